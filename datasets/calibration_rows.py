"""Measured rows as columns, as far as they can be compared; rows that break physics are refused, with the reason.

Where a benchmark publishes the number of accelerators and no layout, its layout is taken to be the best of the formulas'
starting constants: submitters tune it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from measurements import ServingMeasurement, TrainingMeasurement

from planner.domain.inputs.accelerator import Accelerator
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Column, SizingFigures, figures_of, pick, stack
from planner.sizing.formats import NumberFormat, format_on
from planner.sizing.memory import LayerGroup, MemoryNeed, ModelShape, memory_need
from planner.sizing.serving import running_sequences
from planner.sizing.throughput import MS, TERA, speed_from
from planner.sizing.training.throughput import TrainingFigures, training_figures
from planner.units import GIGA

Mask = npt.NDArray[np.bool_]

MOST_RUNNING = 4096.0
"""Sequences at once on a rank where a measurement took as many as memory and engine allowed."""
MOST_TUNED = 2048.0
"""The same of benchmarks whose layout is not published."""
RESERVED = {"tensorrt-llm": 1.0, "tensorrt-llm-2024": 1.0, "mlperf": 1.0}
"""Share of the answer that engines reserve cache for; all others evict, and hold half of it on average."""
EVICTING = 0.5
LARGEST_UTILISATION = 0.75
"""Of a dense peak: no published matrix product sustains more over a whole engine."""
WIDEST_ENGINE = (1, 2, 4, 8, 16, 32, 64)
"""Accelerators of one engine: other numbers are sums of pools for prefill and decode."""


class ServingRows(NamedTuple):
    """Measured serving as columns, with what does not depend on fitted constants worked out."""

    figures: SizingFigures[Column]
    running: Column
    """Sequences that run at once in a replica: as many as asked for, or as memory holds."""
    waiting: Column
    """Sequences that wait for memory, per running one."""
    measured: Column
    """Output tokens/s of the replica."""
    ttft_s: Column
    """NaN where not measured."""
    engine: tuple[str, ...]
    accelerator: tuple[Accelerator, ...]
    precision: tuple[str, ...]
    pair: tuple[str, ...]
    tuned: Mask
    """True where the layout is not published."""
    usd_per_hour: Column
    """Of the replica; NaN where no price is known."""


class Laid(NamedTuple):
    """One row in one layout."""

    row: ServingMeasurement
    group: LayerGroup
    replicas: int
    figures: SizingFigures[float]
    need: MemoryNeed
    running: float
    asked: float


def serving_rows(
    rows: Iterable[ServingMeasurement], usd_per_accelerator_hour: Mapping[str, float]
) -> tuple[ServingRows, list[tuple[str, str]]]:
    """The rows that can be compared, and (id, reason) of the others.

    Memory limits are those of "starts at all": a benchmark runs to the brim.
    """
    kept, refused = [], []
    for row in rows:
        laid = _laid(row, SizingConstants().least())
        why = "no hardware for the format, or no layout fits" if laid is None else breaks_physics(laid)
        if laid is None or why:
            refused.append((row.id, why))
        else:
            kept.append(laid)
    prices = [usd_per_accelerator_hour.get(one.row.accelerator.id, np.nan) * one.group.size for one in kept]
    found = ServingRows(
        stack([one.figures for one in kept]),
        np.array([one.running for one in kept]),
        np.array([max(0.0, one.asked - one.running) / one.running if one.row.concurrency else 0.0 for one in kept]),
        np.array([one.row.output_tokens_per_s / one.replicas for one in kept]),
        np.array([np.nan if one.row.ttft_ms is None else one.row.ttft_ms * MS for one in kept]),
        tuple(one.row.engine for one in kept),
        tuple(one.row.accelerator for one in kept),
        tuple(one.row.precision for one in kept),
        tuple(one.row.pair for one in kept),
        np.array([one.row.tensor is None for one in kept]),
        np.array(prices),
    )
    return found, refused


def _laid(row: ServingMeasurement, c: SizingConstants) -> Laid | None:
    """The row in its layout, else in the best of those that fit; None if there is none."""
    form = format_on(row.accelerator, row.precision, row.model, row.kv_bytes)
    if form is None:
        return None
    c = replace(c, reserved_fraction=RESERVED.get(row.engine, EVICTING))
    laid = [_in(row, group, replicas, form, c) for group, replicas in _layouts(row)]
    if row.tensor is None:
        laid = [one for one in laid if one.need.batch_limit > 0]
    return max(laid, key=lambda one: _rate(one, c), default=None)


def _layouts(row: ServingMeasurement) -> Iterator[tuple[LayerGroup, int]]:
    if row.tensor is not None:
        yield LayerGroup(row.tensor, row.pipeline, row.data), 1
        return
    for tensor in (1, 2, 4, 8):
        if tensor <= row.accelerators and (row.model.heads or 1) % tensor == 0:
            yield LayerGroup(tensor), row.accelerators // tensor


def _in(row: ServingMeasurement, group: LayerGroup, replicas: int, form: NumberFormat, c: SizingConstants) -> Laid:
    shape = ModelShape(row.input_tokens, row.output_tokens)
    need = memory_need(row.model, row.accelerator, form, group, shape, c)
    most = MOST_TUNED if row.tensor is None else MOST_RUNNING * group.data
    asked = (row.concurrency or most * replicas) / replicas
    figures = figures_of(row.model, row.accelerator, form, group, shape, c)
    return Laid(row, group, replicas, figures, need, running_sequences(need, asked), asked)


def _rate(laid: Laid, c: SizingConstants) -> float:
    return speed_from(laid.figures, c).output_tokens_per_s(laid.running) * laid.replicas


def breaks_physics(laid: Laid) -> str:
    """Why a row cannot be what it says; empty if it can."""
    f, row = laid.figures, laid.row
    if row.model.max_context is not None and row.input_tokens + row.output_tokens > row.model.max_context:
        return "longer than the model's context"
    if row.tensor is not None and row.accelerators not in WIDEST_ENGINE:
        return f"{row.accelerators} accelerators in one engine: a sum of pools for prefill and decode"
    rate = row.output_tokens_per_s / laid.replicas
    touched = 1 - f.experts_left ** max(laid.running / f.pipeline, 1.0)
    reading = (f.dense_gb / f.tensor + f.expert_gb * touched * f.pipeline / f.size) / f.bandwidth
    if laid.running / rate < reading:
        return "faster than reading the weights that even routing touches at the datasheet's bandwidth: prompts alike"
    flop = 2 * GIGA * (f.linear_b + f.prompt_linear_b * f.input_tokens / f.output_tokens) * rate
    if flop > LARGEST_UTILISATION * f.size * f.tflops * TERA:
        return f"more than {LARGEST_UTILISATION:.0%} of the dense peak over the whole engine"
    return ""


def some(rows: ServingRows, mask: Mask) -> ServingRows:
    """Some of the rows."""
    chosen = np.flatnonzero(mask)
    parts: list[Any] = [pick(rows.figures, mask)]
    for part in rows[1:]:
        parts.append(part[mask] if isinstance(part, np.ndarray) else tuple(part[i] for i in chosen))
    return ServingRows(*parts)


class TrainingRows(NamedTuple):
    """Measured training as columns."""

    figures: TrainingFigures[Column]
    measured: Column
    """Tokens/s of one accelerator."""
    accelerator: tuple[Accelerator, ...]
    precision: tuple[str, ...]
    pair: tuple[str, ...]


def training_rows(rows: Iterable[TrainingMeasurement]) -> TrainingRows:
    kept = tuple(rows)
    figures = [
        training_figures(
            row.model,
            row.accelerator,
            "fp8" if row.precision == "fp8" else "fp4" if row.precision == "fp4" else "bf16",
            count=row.count,
            sequence_tokens=row.sequence_tokens,
            lora=row.lora,
            recompute=row.recompute,
            expert_parallel=row.expert_parallel,
        )
        for row in kept
    ]
    return TrainingRows(
        TrainingFigures(*np.ascontiguousarray(np.array(figures, dtype=np.float64).T)),
        np.array([row.tokens_per_s for row in kept]),
        tuple(row.accelerator for row in kept),
        tuple(row.precision for row in kept),
        tuple(row.pair for row in kept),
    )


def some_runs(rows: TrainingRows, mask: Mask) -> TrainingRows:
    figures: TrainingFigures[Column] = TrainingFigures(*(column[mask] for column in rows.figures))
    chosen = np.flatnonzero(mask)
    return TrainingRows(figures, rows.measured[mask], *(tuple(part[i] for i in chosen) for part in rows[2:]))
