"""Calibration: the constants that bring the formulas closest to what was measured, and how close that is.

Distance is a Huber loss of ln(formula/measured), so that a few strange rows do not pull; every pair of model and
accelerator weighs the square root of its rows, and constants that the rows do not decide stay near where they
started. The search goes along one constant after the other with steps that grow and shrink. Rows are held out by
whole pairs: a model on an accelerator is either fitted on or tried, never both.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from planner.domain.inputs.measurement import ServingMeasurement, TrainingMeasurement
from planner.sizing.constants import MATURE, SizingConstants, Software
from planner.sizing.figures import Column, Figures, figures_of, pick, stack
from planner.sizing.formats import format_on
from planner.sizing.memory import Group, Shape, memory_need
from planner.sizing.serving import running_sequences
from planner.sizing.throughput import MS, speed_from
from planner.sizing.training.throughput import TrainingFigures, stack_runs, tokens_per_s, training_figures

Mask = npt.NDArray[np.bool_]
Predict = Callable[[SizingConstants], Column]

MOST_RUNNING = 4096.0
"""Sequences at once where a measurement took as many as memory and engine allowed."""
HUBER = 0.25
"""ln(formula/measured) up to which deviations count squared."""
PULL = 0.002
"""Weight of staying near the start."""
ROUNDS = 25
FOLDS = 10

SERVING_BOUNDS: dict[str, tuple[float, float]] = {
    "e_bw": (0.5, 1.0), "e_kv": (0.4, 1.0), "e_f": (0.1, 1.0), "e_pf": (0.1, 1.0), "q8": (0.5, 1.2),
    "q4": (0.3, 1.2), "q_wo": (0.2, 1.2), "c_moe": (0.2, 1.0), "t_moe_us": (1, 150), "t_l_us": (1, 150),
    "t_0_ms": (0.01, 3), "t_b_us": (0.1, 60), "a_ar_us": (0.5, 40), "e_ln": (0.2, 1.0), "pcie": (0.1, 10),
}  # fmt: skip
"""What is fitted, and within which limits: shares of datasheet figures do not exceed them."""
START = SizingConstants(
    e_bw=0.9, e_kv=0.9, e_f=0.5, e_pf=0.6, q8=0.9, q4=0.7, q_wo=0.6, c_moe=0.7, t_moe_us=10, t_l_us=37, t_0_ms=0.57,
    t_b_us=16, a_ar_us=9.4, e_ln=0.97, pcie=2.3, t_first_ms=60, n_wait=1, w_queue=0.15, f_engine=1, train_bf16=0.88,
    train_fp8=0.63, train_fp4=0.52, train_moe=0.35, train_attention=0.26, train_layer=0.71, train_scale=0.041,
)  # fmt: skip
"""Where every search begins, and what a constant stays near that the rows do not decide."""
WAITING_BOUNDS: dict[str, tuple[float, float]] = {"t_first_ms": (5, 300), "n_wait": (0.5, 6), "w_queue": (0.01, 1)}
SOFTWARE_BOUNDS: dict[str, tuple[float, float]] = {"compute": (0.01, 1), "prefill": (0.1, 1), "overhead": (1, 6)}
SOFTWARE_START = Software(compute=0.1, prefill=0.5, overhead=2.0)
ENGINE_BOUNDS = (0.7, 1.6)
TRAINING_BOUNDS: dict[str, tuple[float, float]] = {
    "train_bf16": (0.3, 1.0), "train_fp8": (0.2, 1.0), "train_fp4": (0.1, 1.0), "train_moe": (0.1, 1.0),
    "train_attention": (0.05, 1.0), "train_layer": (0.01, 10), "train_scale": (0.001, 0.2),
}  # fmt: skip
NAIVE_UTILISATION = (0.005, 1.0)


# --- rows as columns -------------------------------------------------------------------------------


class ServingRows(NamedTuple):
    """Measured serving as columns, with what does not depend on fitted constants worked out."""

    figures: Figures[Column]
    running: Column
    """Sequences that run at once: as many as asked for, or as memory holds."""
    waiting: Column
    """Sequences that wait for memory, per running one."""
    measured: Column
    """Output tokens/s of the group."""
    ttft_s: Column
    """NaN where not measured."""
    tpot_s: Column
    engine: tuple[str, ...]
    accelerator: tuple[str, ...]
    pair: tuple[str, ...]
    usd_per_hour: Column
    """Of the group; NaN where no price is known."""


def serving_rows(rows: Iterable[ServingMeasurement], usd_per_accelerator_hour: Mapping[str, float]) -> ServingRows:
    """The rows that can be compared. Memory limits are those of "starts at all": a benchmark runs to the brim."""
    c = SizingConstants().least()
    kept = [row for row in rows if format_on(row.accelerator, row.precision, row.model) is not None]
    figures, running, waiting = [], [], []
    for row in kept:
        form = format_on(row.accelerator, row.precision, row.model, row.kv_bytes)
        assert form is not None, "filtered above"
        group, shape = Group(row.tensor, row.pipeline, row.data), Shape(row.input_tokens, row.output_tokens)
        figures.append(figures_of(row.model, row.accelerator, form, group, shape, c))
        need = memory_need(row.model, row.accelerator, form, group, shape, c)
        asked = row.concurrency or MOST_RUNNING
        running.append(running_sequences(need, asked))
        waiting.append(0.0 if row.concurrency is None else max(0.0, asked - running[-1]) / running[-1])
    sizes = [row.tensor * row.pipeline * row.data for row in kept]
    prices = [usd_per_accelerator_hour.get(row.accelerator.id, np.nan) for row in kept]
    return ServingRows(
        stack(figures),
        np.array(running),
        np.array(waiting),
        np.array([row.output_tokens_per_s for row in kept]),
        np.array([np.nan if row.ttft_ms is None else row.ttft_ms * MS for row in kept]),
        np.array([np.nan if row.tpot_ms is None else row.tpot_ms * MS for row in kept]),
        tuple(row.engine for row in kept),
        tuple(row.accelerator.id for row in kept),
        tuple(row.pair for row in kept),
        np.array(prices) * np.array(sizes),
    )


def some(rows: ServingRows, mask: Mask) -> ServingRows:
    """Some of the rows."""
    chosen = np.flatnonzero(mask)
    parts: list[Any] = [pick(rows.figures, mask)]
    for part in rows[1:]:
        parts.append(part[mask] if isinstance(part, np.ndarray) else tuple(part[i] for i in chosen))
    return ServingRows(*parts)


def _with_software(rows: ServingRows, c: SizingConstants) -> Figures[Column]:
    """Figures with the maturity that `c` says of each row's accelerator."""
    maturity = [c.software.get(a, MATURE) for a in rows.accelerator]
    columns = (np.array(column) for column in zip(*maturity, strict=True))
    compute, prefill, overhead = columns
    return rows.figures._replace(software_compute=compute, software_prefill=prefill, software_overhead=overhead)


def engine_factors(rows: ServingRows, c: SizingConstants) -> Column:
    """f of each row's engine. Immature software was measured together with its engine, so there it is 1."""
    return np.array(
        [1.0 if a in c.software else c.engines.get(e, 1.0) for e, a in zip(rows.engine, rows.accelerator, strict=True)]
    )


def predicted(rows: ServingRows, c: SizingConstants, *, engine_known: bool) -> Column:
    """Output tokens/s by the formulas."""
    speed = speed_from(_with_software(rows, c), replace(c, f_engine=1.0))
    young = np.array([a in c.software for a in rows.accelerator])
    factor = engine_factors(rows, c) if engine_known else np.where(young, 1.0, c.f_engine)
    return speed.output_tokens_per_s(rows.running) / factor


def predicted_ttft(rows: ServingRows, c: SizingConstants) -> Column:
    """Seconds to the first token, engines known, waiting for memory included."""
    factor = engine_factors(rows, c)
    speed = speed_from(_with_software(rows, c), replace(c, f_engine=1.0))
    busy = factor * (speed.ttft(rows.running) - c.t_first_ms * MS) + c.t_first_ms * MS
    return busy + rows.waiting * rows.figures.output_tokens * factor * speed.tpot(rows.running)


# --- searching -------------------------------------------------------------------------------------


def weights_of_pairs(pairs: Sequence[str]) -> Column:
    """Each pair weighs the square root of its rows."""
    count = Counter(pairs)
    return np.array([count[pair] ** -0.5 for pair in pairs])


def huber(deviation: Column, weights: Column) -> float:
    """Weighted mean of the Huber loss of ln(formula/measured)."""
    size = np.abs(deviation)
    loss = np.where(size < HUBER, deviation**2 / (2 * HUBER), size - HUBER / 2)
    return float((weights * loss).sum() / weights.sum())


def search(
    start: Mapping[str, float], bounds: Mapping[str, tuple[float, float]], loss: Callable[[Mapping[str, float]], float]
) -> dict[str, float]:
    """The values of least loss found along one name after the other, pulled a little to where they started.

    >>> found = search({"x": 1.0}, {"x": (0.1, 10.0)}, lambda v: (v["x"] - 3) ** 2)
    >>> round(found["x"], 1)
    3.0
    """

    def total(values: Mapping[str, float]) -> float:
        return loss(values) + PULL * sum(log(values[name] / start[name]) ** 2 for name in bounds)

    best, least, steps = dict(start), total(start), dict.fromkeys(bounds, 0.3)
    for _ in range(ROUNDS):
        for name, (low, high) in bounds.items():
            for step in (steps[name], -steps[name]):
                tried = {**best, name: min(high, max(low, best[name] * exp(step)))}
                value = total(tried)
                if value < least - 1e-9:
                    best, least = tried, value
                    steps[name] *= 1.3
                    break
            else:
                steps[name] *= 0.5
    return best


def changed(c: SizingConstants, values: Mapping[str, float]) -> SizingConstants:
    """The constants with some plain ones replaced."""
    return replace(c, **dict(values))  # type: ignore[arg-type]


def fit_serving(rows: ServingRows, young: Sequence[str] = ()) -> SizingConstants:
    """Constants of serving from measured rows; `young` names accelerators whose software is fitted of its own."""
    weights, engines = weights_of_pairs(rows.pair), sorted(set(rows.engine))
    here = [a for a in young if a in rows.accelerator]
    start = {name: float(getattr(START, name)) for name in SERVING_BOUNDS}
    bounds = dict(SERVING_BOUNDS)
    for engine in engines:
        if engine != REFERENCE_ENGINE:
            start[f"engine.{engine}"], bounds[f"engine.{engine}"] = 1.0, ENGINE_BOUNDS
    for a in here:
        for part, limits in SOFTWARE_BOUNDS.items():
            start[f"{part}.{a}"] = getattr(SOFTWARE_START, part)
            bounds[f"{part}.{a}"] = limits
    base = replace(START, software=dict.fromkeys(young, SOFTWARE_START))

    def constants(values: Mapping[str, float]) -> SizingConstants:
        software = dict(base.software)
        for a in here:
            software[a] = Software(*(values[f"{part}.{a}"] for part in SOFTWARE_BOUNDS))
        known = {e: values.get(f"engine.{e}", 1.0) for e in engines}
        return changed(replace(base, software=software, engines=known), {n: values[n] for n in SERVING_BOUNDS})

    def loss(values: Mapping[str, float]) -> float:
        found = predicted(rows, constants(values), engine_known=True)
        return huber(np.log(found / rows.measured), weights)

    return constants(search(start, bounds, loss))


REFERENCE_ENGINE = "tensorrt-llm"
"""The engine whose factor is 1."""


def fit_unknown_engine(rows: ServingRows, c: SizingConstants) -> SizingConstants:
    """f_engine: the factor that errs least where the engine is not stated."""
    weights = weights_of_pairs(rows.pair)

    def loss(values: Mapping[str, float]) -> float:
        found = predicted(rows, replace(c, f_engine=values["f_engine"]), engine_known=False)
        return huber(np.log(found / rows.measured), weights)

    return changed(c, search({"f_engine": 1.0}, {"f_engine": ENGINE_BOUNDS}, loss))


def fit_waiting(rows: ServingRows, c: SizingConstants) -> SizingConstants:
    """t_first, n_wait and w_queue from the rows with a measured time to first token."""
    timed = some(rows, ~np.isnan(rows.ttft_s))
    if not len(timed.pair):
        return c
    weights = weights_of_pairs(timed.pair)
    start = {name: float(getattr(START, name)) for name in WAITING_BOUNDS}

    def loss(values: Mapping[str, float]) -> float:
        return huber(np.log(predicted_ttft(timed, changed(c, values)) / timed.ttft_s), weights)

    return changed(c, search(start, WAITING_BOUNDS, loss))


def fit_all_serving(rows: ServingRows, young: Sequence[str] = ()) -> SizingConstants:
    """Throughput, then the engine that is not stated, then waiting."""
    return fit_waiting(rows, fit_unknown_engine(rows, fit_serving(rows, young)))


# --- training --------------------------------------------------------------------------------------


class TrainingRows(NamedTuple):
    """Measured training as columns."""

    figures: TrainingFigures[Column]
    measured: Column
    """Tokens/s of one accelerator."""
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
        )
        for row in kept
    ]
    return TrainingRows(
        stack_runs(figures), np.array([row.tokens_per_s for row in kept]), tuple(row.pair for row in kept)
    )


def some_runs(rows: TrainingRows, mask: Mask) -> TrainingRows:
    figures: TrainingFigures[Column] = TrainingFigures(*(column[mask] for column in rows.figures))
    return TrainingRows(figures, rows.measured[mask], tuple(rows.pair[i] for i in np.flatnonzero(mask)))


def fit_training(rows: TrainingRows, c: SizingConstants) -> SizingConstants:
    """Constants of training from measured runs."""
    weights = weights_of_pairs(rows.pair)
    start = {name: float(getattr(START, name)) for name in TRAINING_BOUNDS}

    def loss(values: Mapping[str, float]) -> float:
        return huber(np.log(tokens_per_s(rows.figures, changed(c, values)) / rows.measured), weights)

    return changed(c, search(start, TRAINING_BOUNDS, loss))


# --- rules of thumb to compare with ----------------------------------------------------------------


# --- how close -------------------------------------------------------------------------------------
