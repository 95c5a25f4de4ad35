"""The best way to serve a model on a node: precision, group and batch, or what stands in the way.

A replica is a group of accelerators inside a node: TP ranks that divide the attention heads, times the stages of a
pipeline where the node's accelerators are no power of two; several groups share a node. Where TP fills a node of at
least 8, pipelines over 2 or 4 nodes are tried too. Each (precision, group) gets the largest batch, up to 1,024, that
its memory holds and that meets the latency limits. TPOT and TTFT rise with the batch and so do tokens per second, hence
the largest such batch is the best one; it is found exactly, by bisection, for all candidates at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planner.domain.inputs import Accelerator, LanguageModel, Precision
from planner.domain.workloads import LatencyTier
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Column, SizingFigures, figures_of, stack
from planner.sizing.formats import NumberFormat, format_on
from planner.sizing.layouts import groups_within, why_impossible
from planner.sizing.memory import LayerGroup, MemoryNeed, ModelShape, memory_need
from planner.sizing.throughput import NOTHING_STATED, Speed, Stated, speed_from, speed_of

MS = 1e-3
PIPELINE_NODES = (2, 4)
SMALLEST_PIPELINED_NODE = 8


class Task(NamedTuple):
    """What sizing must know of an inference workload."""

    model: LanguageModel
    precisions: tuple[Precision, ...]
    shape: ModelShape
    tier: LatencyTier
    kv_bytes: float | None = None
    """Bytes per element of the cache; None: those of the weights' format."""
    stated: Stated = NOTHING_STATED


class Placement(NamedTuple):
    """A format on a group of accelerators: where a replica may run."""

    accelerator: Accelerator
    precision: Precision
    group: LayerGroup


@dataclass(frozen=True, slots=True)
class ServingCandidate:
    """One precision and group, with the largest batch that memory and latency allow."""

    form: NumberFormat
    group: LayerGroup
    need: MemoryNeed
    figures: SizingFigures[float]
    batch: int
    """0 if memory or latency forbids."""
    tokens_per_s: float
    """Output tokens per second of the group at that batch."""

    def speed(self, task: Task, c: SizingConstants) -> Speed[float]:
        return speed_from(self.figures, c, task.stated)


def groups_of(count: int, model: LanguageModel, accelerator: Accelerator) -> Iterator[LayerGroup]:
    """Groups that a node of `count` accelerators can form, and pipelines over nodes; without a link only single ones."""
    for group in groups_within(model, accelerator, count):
        yield group
        if group.tensor == count >= SMALLEST_PIPELINED_NODE:
            over = (LayerGroup(count, nodes, spans_nodes=True) for nodes in PIPELINE_NODES)
            yield from (wider for wider in over if not why_impossible(model, wider))


def places_of(task: Task, accelerator: Accelerator, count: int) -> Iterator[Placement]:
    """Every precision and group the node can run, whether or not it fits."""
    for group in groups_of(count, task.model, accelerator):
        for precision in task.precisions:
            yield Placement(accelerator, precision, group)


def largest_batches(speed: Speed[Column], tier: LatencyTier, limits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The largest batches up to `limits` within the tier; 0 where there is none. Latency rises with the batch."""
    low, high = np.zeros_like(limits), limits.copy()
    while bool(np.any(low < high)):
        middle = (low + high + 1) // 2
        batch = middle.astype(np.float64)
        meets = np.ones(len(limits), dtype=np.bool_)
        if tier.tpot_ms is not None:
            meets &= speed.tpot(batch) <= tier.tpot_ms * MS
        if tier.ttft_ms is not None:
            meets &= speed.ttft(batch) <= tier.ttft_ms * MS
        low, high = np.where(meets, middle, low), np.where(meets, high, middle - 1)
        high = np.maximum(low, high)
    return low


def candidates(task: Task, places: Sequence[Placement], c: SizingConstants) -> list[ServingCandidate | None]:
    """Memory, speed and batch of many places at once, in their order; None where hardware lacks the format."""
    rows: dict[
        tuple[int, Precision, LayerGroup], int
    ] = {}  # by identity: hashing a datasheet costs more than sizing it
    able: list[Able] = []
    for a, precision, group in places:
        key = (id(a), precision, group)
        if key not in rows:
            form = format_on(a, precision, task.model, task.kv_bytes)
            rows[key] = -1 if form is None else len(able)
            if form is not None:
                where = (task.model, a, form, group, task.shape, c)
                able.append((form, group, memory_need(*where), figures_of(*where)))
    sized = _with_batches(task, able, c) if able else []
    found = (rows[id(a), precision, group] for a, precision, group in places)
    return [sized[row] if row >= 0 else None for row in found]


Able = tuple[NumberFormat, LayerGroup, MemoryNeed, SizingFigures[float]]
FEW = 8
"""Candidates below which one after the other is quicker than all at once."""


def _with_batches(task: Task, able: Sequence[Able], c: SizingConstants) -> list[ServingCandidate]:
    if len(able) < FEW:
        return [_alone(task, one, c) for one in able]
    speed = speed_from(stack([figures for *_, figures in able]), c, task.stated)
    limits = np.array([need.batch_limit for _, _, need, _ in able], dtype=np.int64)
    batches = largest_batches(speed, task.tier, limits)
    return [_candidate(task, one, int(batch), c) for one, batch in zip(able, batches, strict=True)]


def _alone(task: Task, one: Able, c: SizingConstants) -> ServingCandidate:
    """The same by plain numbers."""
    _, _, need, figures = one
    speed, tier = speed_from(figures, c, task.stated), task.tier
    low, high = 0, need.batch_limit
    while low < high:
        middle = (low + high + 1) // 2
        slow_token = tier.tpot_ms is not None and speed.tpot(float(middle)) > tier.tpot_ms * MS
        slow_start = tier.ttft_ms is not None and speed.ttft(float(middle)) > tier.ttft_ms * MS
        low, high = (low, middle - 1) if slow_token or slow_start else (middle, high)
    return _candidate(task, one, low, c)


def _candidate(task: Task, one: Able, batch: int, c: SizingConstants) -> ServingCandidate:
    form, group, need, figures = one
    rate = speed_from(figures, c, task.stated).output_tokens_per_s(float(batch)) if batch else 0.0
    return ServingCandidate(form, group, need, figures, batch, rate)


def replica_nodes(group: LayerGroup, count: int) -> float:
    """Nodes per replica: 1/k with k = ⌊count/size⌋ replicas in a node, or the stages of a pipeline over nodes.

    >>> replica_nodes(LayerGroup(2), 8), replica_nodes(LayerGroup(4), 7)
    (0.25, 1.0)
    >>> replica_nodes(LayerGroup(2, 3), 6), replica_nodes(LayerGroup(8, 2), 8)
    (1.0, 2.0)
    """
    return float(group.pipeline) if group.size > count else 1 / (count // group.size)


def best(found: Sequence[ServingCandidate], count: int) -> ServingCandidate | None:
    """The candidate with the most tokens per node and second, hence the cheapest; of equals the smallest group."""
    able = [one for one in found if one.batch > 0]
    if not able:
        return None
    return max(able, key=lambda one: (one.tokens_per_s / replica_nodes(one.group, count), -one.group.size))


class ServingEstimate(NamedTuple):
    """What one group does when so many requests are under way."""

    output_tokens_per_s: float
    tpot_ms: float
    ttft_ms: float
    step_ms: float
    prefill_ms: float
    running: float
    """Sequences that run at once; the others wait for memory."""
    memory_needed_gb: float
    """With one sequence of full length, or all that run at mean length."""
    memory_usable_gb: float

    @property
    def fits(self) -> bool:
        return self.memory_needed_gb <= self.memory_usable_gb


def estimate(
    model: LanguageModel,
    accelerator: Accelerator,
    precision: Precision,
    group: LayerGroup,
    shape: ModelShape,
    batch: float,
    c: SizingConstants,
    *,
    kv_bytes: float | None = None,
    stated: Stated = NOTHING_STATED,
) -> ServingEstimate | None:
    """The sizing formulas at a given group and concurrency, e.g. to compare with a measurement.

    Where memory holds fewer sequences than asked for, the rest wait: a request then waits for
    (batch − running)/running rounds. None if the accelerator lacks the format; neither utilisation nor
    derating is in it.
    """
    form = format_on(accelerator, precision, model, kv_bytes)
    if form is None:
        return None
    speed = speed_of(model, accelerator, form, group, shape, c, stated)
    need = memory_need(model, accelerator, form, group, shape, c)
    running = running_sequences(need, batch)
    tpot = speed.tpot(running)
    waiting = max(0.0, batch - running) / running * shape.output_tokens * tpot
    return ServingEstimate(
        output_tokens_per_s=speed.output_tokens_per_s(running),
        tpot_ms=tpot / MS,
        ttft_ms=(speed.ttft(running) + waiting) / MS,
        step_ms=speed.step(running) / MS,
        prefill_ms=speed.prefill / MS,
        running=running,
        memory_needed_gb=max(need.smallest_gb, need.at(running)),
        memory_usable_gb=need.usable_gb,
    )


def running_sequences(need: MemoryNeed, batch: float) -> float:
    """Sequences that run at once when `batch` are asked for; what does not fit at all is taken as if it did."""
    return batch if need.smallest_gb > need.usable_gb else min(batch, need.running_limit)
