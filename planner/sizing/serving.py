"""The best way to serve a model on a node: precision, group and batch, or what stands in the way.

A replica is a group of TP accelerators inside a node, TP a power of two that divides the attention
heads; several groups share a node. Where TP fills a node of at least 8, pipelines over 2 or 4 nodes
are tried too. Each (precision, group) gets the largest batch, up to 1,024, that its memory holds and
that meets the latency limits. TPOT and TTFT rise with the batch and so do tokens per second, hence
the largest such batch is the best one; it is found exactly, by bisection.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.domain.accelerator import Accelerator
from planner.domain.language_model import LanguageModel, Precision
from planner.domain.workload_base import LatencyTier
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import Format, format_on
from planner.sizing.memory import Group, MemoryNeed, Shape, memory_need
from planner.sizing.throughput import Speed, speed_of

MS = 1e-3
PIPELINE_NODES = (2, 4)
SMALLEST_PIPELINED_NODE = 8


class Task(NamedTuple):
    """What sizing must know of an inference workload: tasks that are equal have equal answers."""

    model: LanguageModel
    precisions: tuple[Precision, ...]
    shape: Shape
    tier: LatencyTier


class Candidate(NamedTuple):
    """One precision and group, with the largest batch that memory and latency allow."""

    form: Format
    group: Group
    need: MemoryNeed
    speed: Speed | None
    """None if not even one sequence fits."""
    batch: int
    """0 if memory or latency forbids."""
    tokens_per_s: float
    """Output tokens per second of the group at that batch."""


Evaluate = Callable[[Task, Accelerator, Precision, Group, SizingConstants], Candidate | None]


def groups_of(count: int, model: LanguageModel, accelerator: Accelerator) -> Iterator[Group]:
    """Groups that a node of `count` accelerators can form; without link bandwidth only single ones."""
    widest = count if accelerator.link_gb_per_s > 0 else 1
    tensor = 1
    while tensor <= widest:
        if (model.heads or 0) % tensor == 0:
            yield Group(tensor)
            if tensor == count >= SMALLEST_PIPELINED_NODE:
                yield from (Group(tensor, nodes) for nodes in PIPELINE_NODES)
        tensor *= 2


def meets(speed: Speed, tier: LatencyTier, batch: int) -> bool:
    """True if a batch keeps both limits of the tier."""
    slow_token = tier.tpot_ms is not None and speed.tpot(float(batch)) > tier.tpot_ms * MS
    slow_start = tier.ttft_ms is not None and speed.ttft(float(batch)) > tier.ttft_ms * MS
    return not (slow_token or slow_start)


def largest_batch(speed: Speed, tier: LatencyTier, limit: int) -> int:
    """The largest batch up to `limit` within the tier; 0 if there is none. Latency rises with the batch."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if meets(speed, tier, middle) else (low, middle - 1)
    return low


def candidate(
    task: Task, accelerator: Accelerator, precision: Precision, group: Group, c: SizingConstants
) -> Candidate | None:
    """Memory, speed and batch of one precision and group; None if the hardware lacks the format."""
    form = format_on(accelerator, precision, task.model, c)
    if form is None:
        return None
    need = memory_need(task.model, accelerator, form, group, task.shape, c)
    limit = need.batch_limit
    if limit == 0:
        return Candidate(form, group, need, None, 0, 0.0)
    speed = speed_of(task.model, accelerator, form, group, task.shape, c)
    batch = largest_batch(speed, task.tier, limit)
    rate = speed.output_tokens_per_s(float(batch)) if batch else 0.0
    return Candidate(form, group, need, speed, batch, rate)


def remembering() -> Evaluate:
    """`candidate` that computes equal questions once; for one run, as it keeps every answer."""
    known: dict[tuple[object, ...], tuple[object, Candidate | None]] = {}

    def evaluate(
        task: Task, accelerator: Accelerator, precision: Precision, group: Group, c: SizingConstants
    ) -> Candidate | None:
        # by identity, since hashing a model costs more than sizing it; the value keeps both objects alive
        key = (id(task.model), task.shape, task.tier, id(accelerator), precision, group, id(c))
        if key not in known:
            kept = (task.model, accelerator, c)
            known[key] = (kept, candidate(task, accelerator, precision, group, c))
        return known[key][1]

    return evaluate


def candidates(
    task: Task, accelerator: Accelerator, count: int, c: SizingConstants, evaluate: Evaluate = candidate
) -> list[Candidate]:
    """Every precision and group the node can run, whether or not it fits."""
    found = (
        evaluate(task, accelerator, precision, group, c)
        for group in groups_of(count, task.model, accelerator)
        for precision in task.precisions
    )
    return [one for one in found if one is not None]


def replica_nodes(group: Group, count: int) -> float:
    """Nodes per replica: 1/k with k = ⌊count/TP⌋ replicas in a node, or the stages of a pipeline.

    >>> replica_nodes(Group(2), 8), replica_nodes(Group(4), 7), replica_nodes(Group(8, 2), 8)
    (0.25, 1.0, 2.0)
    """
    return float(group.pipeline) if group.pipeline > 1 else 1 / (count // group.tensor)


def best(found: list[Candidate], count: int) -> Candidate | None:
    """The candidate with the most tokens per node and second; of equals the smallest group."""
    able = [one for one in found if one.batch > 0]
    if not able:
        return None
    return max(able, key=lambda one: (one.tokens_per_s / replica_nodes(one.group, count), -one.group.size))


class Estimate(NamedTuple):
    """What one group does at a stated batch."""

    output_tokens_per_s: float
    tpot_ms: float
    ttft_ms: float
    step_ms: float
    prefill_ms: float
    memory_needed_gb: float
    memory_usable_gb: float

    @property
    def fits(self) -> bool:
        return self.memory_needed_gb <= self.memory_usable_gb


def estimate(
    model: LanguageModel,
    accelerator: Accelerator,
    precision: Precision,
    group: Group,
    shape: Shape,
    batch: float,
    c: SizingConstants,
) -> Estimate | None:
    """The sizing formulas at a given group and batch, e.g. to compare with a measurement.

    None if the accelerator lacks the format; neither utilisation nor derating is in it.
    """
    form = format_on(accelerator, precision, model, c)
    if form is None:
        return None
    speed = speed_of(model, accelerator, form, group, shape, c)
    need = memory_need(model, accelerator, form, group, shape, c)
    return Estimate(
        output_tokens_per_s=speed.output_tokens_per_s(batch),
        tpot_ms=speed.tpot(batch) / MS,
        ttft_ms=speed.ttft(batch) / MS,
        step_ms=speed.step(batch) / MS,
        prefill_ms=speed.prefill / MS,
        memory_needed_gb=max(need.smallest_gb, need.fixed_gb + batch * need.sequence_gb),
        memory_usable_gb=need.usable_gb,
    )
