r"""Training runs: what one node does in an hour, how much of the time is progress, which clusters to choose from.

.. math::
    H &= W / (rate \cdot n \cdot goodput(n)) \\
    goodput(n) &= \max(0,\ 1 - \delta/\tau - (\tau/2 + R)/M), \quad M = 8760/(\lambda\,n\,a)

=============  ==================================================================================
symbol         meaning
=============  ==================================================================================
H, W, n        wall-clock hours, work of the whole run, nodes of the cluster
δ, R           hours to write a checkpoint, hours to be back at work after a failure
τ              hours between checkpoints: as stated, else √(2δM) (Young, Communications of the ACM 17(9), 1974)
M, λ           mean hours between failures of the cluster, failures per accelerator and year
=============  ==================================================================================

n·goodput(n) is concave in n: a cluster gets faster up to some size, then failures win. The rate of a node is in
`run_rate`, memory under ZeRO-3 in `training`. Source: docs/model.md.
"""

from collections.abc import Callable, Sequence
from math import ceil, inf

from planner.domain.inputs import Accelerator, LanguageModel
from planner.domain.records import Bottleneck, Fit, Rejection
from planner.domain.workloads import TrainingRun
from planner.sizing.constants import SizingConstants
from planner.sizing.derivation import Refuse, Verdict
from planner.sizing.training.admission import counted_on_itself
from planner.sizing.training.failures import goodput, run_hours
from planner.sizing.training.run_rate import node_rate
from planner.sizing.training.throughput import training_memory, training_peak_tflops

MEMORY_TOLERANCE = 0.01
"""A memory figure this much below the wanted one still counts: datasheets round."""
JOINED_PER_NODE = 4
"""Accelerators that a node of a cluster with `interconnect: nvlink` has at least (a smaller cluster: all of its own)."""
MOST_SIZES = 12
"""Cluster sizes offered to the program per run and pool."""


def run_verdict(
    run: TrainingRun,
    accelerator: Accelerator,
    count: int,
    *,
    model: LanguageModel | None,
    reference: Accelerator | None,
    constants: SizingConstants,
) -> Verdict:
    """What a node of `count` accelerators does for a run in an hour, or why it cannot take part.

    `model` is the run's, looked up; `reference` is the accelerator in whose hours the work is counted.
    """

    def refuse(bottleneck: Bottleneck, needed: str, offered: str) -> Rejection:
        return Rejection(run.name, accelerator.id, bottleneck, needed, offered)

    objection = (
        _unknown(run, refuse, model, reference)
        or _unfit(run, refuse, accelerator, count, reference)
        or _too_small(run, refuse, accelerator, count, model, constants)
    )
    if objection is not None:
        return objection
    smallest = smallest_cluster_nodes(run, accelerator, count, model=model, constants=constants) or 1
    rate, steps = node_rate(run, accelerator, count, smallest, model, reference, constants)
    reckoned = run.mfu is None  # a stated utilisation has no range
    if run.accelerator_hours is not None:
        reckoned = not counted_on_itself(accelerator, reference, run.precision)
    need = None if model is None else training_memory(model, count, smallest, constants)
    return Fit(
        run.name,
        accelerator.id,
        count,
        rate,
        0.0,
        precision=run.precision,
        memory_needed_gb=need.total_gb if need else _floor_gb(run, reference),
        derivation=(
            *steps,
            ("accelerators per node", float(count), ""),
            *(
                (
                    ("weights, gradients and optimizer per accelerator", need.state_gb, "GB"),
                    ("activations per accelerator", need.activation_gb, "GB"),
                    ("overhead per accelerator", need.overhead_gb, "GB"),
                    ("usable memory per accelerator", _usable_gb(accelerator, constants), "GB"),
                )
                if need
                else ()
            ),
            ("smallest cluster", float(smallest), "nodes"),
            ("rate per node", rate, f"{run.work_unit}/h"),
        ),
        rate_low=rate * (constants.train_low if reckoned else 1.0),
        rate_high=rate * (constants.train_high if reckoned else 1.0),
    )


# --- what cannot take part -------------------------------------------------------------------------


def _unknown(
    run: TrainingRun, refuse: Refuse, model: LanguageModel | None, reference: Accelerator | None
) -> Rejection | None:
    """Work that cannot be sized at all: units of one's own, a model or a reference without figures."""
    if run.work is not None or (run.tokens is not None and model is None):
        return refuse("throughput", "measured throughput", "none stated")
    if run.tokens is not None and model is not None and (model.layers is None or model.hidden is None):
        return refuse("specification", "measured throughput", f"`{model.id}` states no layers to size from")
    if run.accelerator_hours is None:
        return None
    if reference is None:
        return refuse("throughput", "measured throughput", "none stated")
    if reference.bf16_tflops is None or (reference.memory_gb is None and run.min_accelerator_memory_gb is None):
        return refuse("specification", f"memory and 16-bit throughput of `{reference.id}`", "not stated")
    return None


def _unfit(
    run: TrainingRun, refuse: Refuse, accelerator: Accelerator, count: int, reference: Accelerator | None
) -> Rejection | None:
    """Refusals that need no sizing: figures unknown, a slow fabric, little memory, no such format, nodes too big."""
    if accelerator.memory_gb is None or accelerator.bf16_tflops is None:
        return refuse("specification", f"memory and 16-bit throughput of `{accelerator.id}`", "not stated")
    if run.interconnect == "nvlink" and not accelerator.has_nvlink_class_fabric:
        needed = "accelerators of a node joined faster than by PCIe (above 64 GB/s one way)"
        return refuse("interconnect", needed, f"{accelerator.link_gb_per_s:g} GB/s")
    joined = min(JOINED_PER_NODE, run.min_accelerators)
    if run.interconnect == "nvlink" and count < joined:
        return refuse("interconnect", f"at least {joined} accelerators joined in a node", f"{count} per node")
    floor_gb = _floor_gb(run, reference)
    if accelerator.memory_gb < floor_gb * (1 - MEMORY_TOLERANCE):
        return refuse("memory", f"{floor_gb:g} GB per accelerator", f"{accelerator.memory_gb:g} GB")
    if training_peak_tflops(accelerator, run.precision) is None:
        return refuse("precision", run.precision, f"no hardware for it on `{accelerator.id}`")
    smallest, largest = _limits(run, count)
    if smallest > largest:
        needed = f"a cluster of {run.min_accelerators} to {run.max_accelerators} accelerators"
        return refuse("specification", needed, f"whole nodes of {count}")
    return None


def _too_small(
    run: TrainingRun,
    refuse: Refuse,
    accelerator: Accelerator,
    count: int,
    model: LanguageModel | None,
    c: SizingConstants,
) -> Rejection | None:
    """No allowed cluster holds weights, gradients, optimizer state and the activations of one sequence."""
    if model is None or smallest_cluster_nodes(run, accelerator, count, model=model, constants=c) is not None:
        return None
    most = _largest_nodes(run, count)
    need = training_memory(model, count, 1 if most == inf else int(most), c)
    offered = f"{_usable_gb(accelerator, c):.1f} GB usable of {accelerator.total_memory_gb:g} GB"
    if most == inf:
        beside_gb = need.activation_gb + need.overhead_gb
        return refuse("memory", f"more than {beside_gb:.1f} GB per accelerator on any number of nodes", offered)
    return refuse("memory", f"{need.total_gb:.1f} GB per accelerator with ZeRO-3 over {most:.0f} nodes", offered)


def smallest_cluster_nodes(
    run: TrainingRun, accelerator: Accelerator, count: int, *, model: LanguageModel | None, constants: SizingConstants
) -> int | None:
    """The fewest nodes whose memory holds the run, 1 if its model is unknown; None if no allowed cluster does.

    State of 16 bytes per parameter is spread over all accelerators; activations and overhead are not.
    """
    if model is None:
        return 1
    one = training_memory(model, count, 1, constants)
    room_gb = _usable_gb(accelerator, constants) - one.activation_gb - one.overhead_gb
    if room_gb <= 0:
        return None
    nodes = max(1, ceil(one.state_gb / room_gb))
    return nodes if nodes <= _largest_nodes(run, count) else None


def _largest_nodes(run: TrainingRun, count: int) -> float:
    """Nodes of the largest allowed cluster; infinite where nothing limits it."""
    _, largest = _limits(run, count)
    return min(largest, _nodes(max(run.cluster_sizes), count)) if run.cluster_sizes else largest


def _limits(run: TrainingRun, count: int) -> tuple[int, float]:
    """Fewest and most nodes of `count` accelerators that the run's limits allow."""
    most = inf if run.max_accelerators is None else run.max_accelerators // count
    return _nodes(run.min_accelerators, count), most


def _nodes(accelerators: int, count: int) -> int:
    return -(-accelerators // count)


def _floor_gb(run: TrainingRun, reference: Accelerator | None) -> float:
    """Smallest memory of an accelerator: as stated, else the reference's where work is counted in its hours."""
    if run.min_accelerator_memory_gb is not None:
        return run.min_accelerator_memory_gb
    counted = reference is not None and run.accelerator_hours is not None
    return (reference.memory_gb or 0.0) if reference is not None and counted else 0.0


def _usable_gb(accelerator: Accelerator, c: SizingConstants) -> float:
    return c.memory_use_fraction * (accelerator.total_memory_gb or 0.0)


# --- failures and checkpoints ----------------------------------------------------------------------


# --- clusters to choose from -----------------------------------------------------------------------


def cluster_grid(
    run: TrainingRun,
    count: int,
    rate: float,
    hours_per_period: float,
    window_periods: int,
    smallest_nodes: int,
    blocks: Sequence[float] = (),
    most: int = MOST_SIZES,
) -> tuple[int, ...]:
    """Numbers of nodes to choose from, ascending; each finishes within the window.

    The run's own `cluster_sizes`, rounded up to whole nodes; else for each whole number of periods the smallest
    cluster that is ready in it, and the smallest and the largest allowed, thinned to `most` (at least 2), and the smallest
    that is ready in each of the `blocks` (hours).
    """
    fewest, largest = _limits(run, count)
    least = max(fewest, smallest_nodes)

    def hours(nodes: int) -> float:
        return run_hours(run.total_work, rate, nodes, goodput(run, nodes * count))

    if run.cluster_sizes:
        wanted = {_nodes(size, count) for size in run.cluster_sizes}
    else:
        ready = (_smallest_ready(hours, k * hours_per_period) for k in range(1, window_periods + 1))
        wanted = {least, *(max(nodes, least) for nodes in ready if nodes is not None)}
        if largest != inf:
            wanted |= {int(largest)}
    window_hours = window_periods * hours_per_period
    sizes = sorted(n for n in wanted if least <= n <= largest and hours(n) <= window_hours)
    if run.cluster_sizes:
        return tuple(sizes)
    briefly = (_smallest_ready(hours, length) for length in blocks if length <= window_hours)
    fitting = {max(nodes, least) for nodes in briefly if nodes is not None and nodes <= largest}
    return tuple(sorted({*_thinned(sizes, most), *(n for n in fitting if hours(n) <= window_hours)}))


def _smallest_ready(hours: Callable[[int], float], limit_hours: float) -> int | None:
    """The smallest cluster that is ready within `limit_hours`; None if even the fastest is not.

    Clusters get faster up to one size and slower from there on, so the search first doubles until a cluster is ready
    or no longer faster, then halves the distance: towards the fastest if needed, then towards the smallest.
    """
    top = 1
    while hours(top) > limit_hours and hours(2 * top) < hours(top):
        top *= 2
    if hours(top) > limit_hours:
        top = _first(lambda n: hours(n + 1) >= hours(n), max(top // 2, 1), 2 * top)
    return _first(lambda n: hours(n) <= limit_hours, 1, top) if hours(top) <= limit_hours else None


def _first(true: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest n in [low, high] of which a monotone statement is true; `high` if of none below it."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if true(middle) else (middle + 1, high)
    return low


def _thinned(sizes: list[int], most: int) -> tuple[int, ...]:
    """Both ends and at most `most` sizes: again and again the one between the closest neighbours (by ratio) goes."""
    kept = list(sizes)
    while len(kept) > max(most, 2):
        del kept[min(range(1, len(kept) - 1), key=lambda i: kept[i + 1] / kept[i - 1])]
    return tuple(kept)
