"""How close sizing is to what was measured: held-out errors by class, beside the naive rule and the plain roofline."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from calibration_fit import (
    fit_serving,
    fit_training,
    predicted,
    predicted_training,
    predicted_ttft,
    search,
    weights_of_pairs,
)
from calibration_rows import Mask, ServingRows, TrainingRows, some, some_runs

from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Column, SizingFigures
from planner.sizing.throughput import TERA
from planner.sizing.training.throughput import FLOP_PER_PARAMETER, TrainingFigures
from planner.units import GIGA

FOLDS = 10
NAIVE_UTILISATION = (0.3, 0.005, 1.0)
BAND = (0.1, 0.9)
"""Quantiles of measured over formula between which a plan's low and high rates lie."""


def naive_serving(f: SizingFigures[Column], running: Column) -> Column:
    """2p FLOP per token of input and output at the whole peak: tokens/s to be scaled by one utilisation."""
    flop = 2 * f.active_b * GIGA * (f.input_tokens + f.output_tokens) / f.output_tokens
    return f.size * f.tflops * TERA / flop + 0 * running


def plain_roofline(f: SizingFigures[Column], running: Column) -> Column:
    """The larger of computing and reading, at datasheet speed, with nothing lost."""
    reading = ((f.dense_gb + f.expert_gb) / f.size + running * f.cache_gb / (f.kv_shards * f.data)) / f.bandwidth
    computing = 2 * f.active_b * GIGA * running / (f.size * f.tflops * TERA)
    prefill = 2 * f.active_b * GIGA * f.input_tokens / (f.size * f.tflops * TERA)
    return running / (np.maximum(reading, computing) + running * prefill / f.output_tokens)


def naive_training(f: TrainingFigures[Column]) -> Column:
    """6p FLOP per token at the whole peak, to be scaled by one utilisation."""
    return f.tflops * TERA / (FLOP_PER_PARAMETER * f.active_b * GIGA)


def one_factor(found: Column, measured: Column, weights: Column) -> float:
    """The utilisation that brings a rule of thumb closest."""
    return search({"u": NAIVE_UTILISATION}, lambda v: np.log(v["u"] * found / measured), weights)["u"]


class Accuracy(NamedTuple):
    """How far a formula is from rows it has not seen."""

    what: str
    rows: int
    pairs: int
    median: float
    """Absolute deviation, as a share of what was measured."""
    p90: float
    low: float
    """Measured over formula, 10th percentile."""
    high: float
    rank_correlation: float | None = None
    """Of tokens per dollar, Spearman; None where no price is known."""
    in_band: float | None = None
    """Share of rows between the low and the high rate of plans."""


def folds_of(pairs: Sequence[str], folds: int = FOLDS, seed: int = 0) -> list[Mask]:
    """Which rows are tried in each fold; every pair is in exactly one."""
    names = sorted(set(pairs))
    np.random.default_rng(seed).shuffle(names)
    chosen = [set(names[k::folds]) for k in range(min(folds, len(names)))]
    return [np.array([pair in some_pairs for pair in pairs]) for some_pairs in chosen]


def spearman(a: Column, b: Column) -> float:
    """Rank correlation; ties share their mean rank.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.5
    """
    return round(float(np.corrcoef(_ranks(a), _ranks(b))[0, 1]), 12)


def _ranks(values: Column) -> Column:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def accuracy(
    what: str,
    found: Column,
    measured: Column,
    pairs: Sequence[str],
    usd_per_hour: Column | None = None,
    band: tuple[float, float] | None = None,
) -> Accuracy:
    """Compare with what was measured."""
    off, ratio = np.abs(found / measured - 1), measured / found
    rank = None
    if usd_per_hour is not None:
        priced = ~np.isnan(usd_per_hour)
        if priced.sum() > 2:
            rank = spearman((found / usd_per_hour)[priced], (measured / usd_per_hour)[priced])
    inside = None if band is None else float(np.mean((ratio >= band[0]) & (ratio <= band[1])))
    low, high = np.quantile(ratio, BAND)
    return Accuracy(
        what,
        len(measured),
        len(set(pairs)),
        float(np.median(off)),
        float(np.quantile(off, 0.9)),
        float(low),
        float(high),
        rank,
        inside,
    )


class HeldOut(NamedTuple):
    """What the formulas say of rows that they were not fitted on."""

    known: Column
    """Output tokens/s, engine stated."""
    unknown: Column
    """The same, engine not stated."""
    ttft_s: Column
    naive: Column
    """2p at one utilisation, fitted on the other pairs."""
    fitted: tuple[SizingConstants, ...]
    """One set of constants a fold."""


def held_out_serving(rows: ServingRows, folds: int = FOLDS, seed: int = 0) -> HeldOut:
    """Fit without some pairs, ask about them, over all folds."""
    known, unknown, ttft, naive = (np.zeros(len(rows.pair)) for _ in range(4))
    fitted = []
    simple = naive_serving(rows.figures, rows.running)
    for tried in folds_of(rows.pair, folds, seed):
        rest, out = some(rows, ~tried), some(rows, tried)
        c, _ = fit_serving(rest)
        fitted.append(c)
        known[tried] = predicted(out, c, engine_known=True)
        unknown[tried] = predicted(out, c, engine_known=False)
        ttft[tried] = predicted_ttft(out, c)
        u = one_factor(simple[~tried], rest.measured, weights_of_pairs(rest.pair))
        naive[tried] = u * simple[tried]
    return HeldOut(known, unknown, ttft, naive, tuple(fitted))


class HeldOutTraining(NamedTuple):
    formula: Column
    naive: Column
    """6p at one utilisation, fitted on the other pairs."""
    fitted: tuple[SizingConstants, ...]


def held_out_training(rows: TrainingRows, folds: int = FOLDS, seed: int = 0) -> HeldOutTraining:
    """The same for training."""
    formula, naive = np.zeros(len(rows.pair)), np.zeros(len(rows.pair))
    fitted = []
    simple = naive_training(rows.figures)
    for tried in folds_of(rows.pair, folds, seed):
        rest = some_runs(rows, ~tried)
        c = fit_training(rest, SizingConstants())
        fitted.append(c)
        formula[tried] = predicted_training(some_runs(rows, tried), c)
        naive[tried] = one_factor(simple[~tried], rest.measured, weights_of_pairs(rest.pair)) * simple[tried]
    return HeldOutTraining(formula, naive, tuple(fitted))


# --- classes ---------------------------------------------------------------------------------------


def serving_classes(rows: ServingRows) -> Iterator[tuple[str, Mask]]:
    """Dense and mixture, generation, engine, format, regime."""
    f, generation = rows.figures, np.array([a.generation for a in rows.accelerator])
    yield "dense", f.moe == 0
    yield "mixtures of experts", f.moe == 1
    yield "all of Blackwell", np.char.startswith(generation, "blackwell")
    for what, values in (
        ("generation", generation),
        ("engine", np.array(rows.engine)),
        ("format", np.array(rows.precision)),
    ):
        for value in sorted(set(values.tolist())):
            yield f"{what} {value}", values == value
    yield "fewer than 8 sequences", rows.running < 8
    yield "8 to 64 sequences", (rows.running >= 8) & (rows.running < 64)
    yield "64 sequences and more", rows.running >= 64
    yield "several accelerators, tensor parallel", f.tensor > 1
    yield "attention data parallel", f.data > 1
    yield "answers of 8,192 tokens and more", f.output_tokens >= 8192
    yield "prompts of 8,192 tokens and more", f.input_tokens >= 8192
    yield "layout not published", rows.tuned


def training_classes(rows: TrainingRows) -> Iterator[tuple[str, Mask]]:
    """Dense and mixture, LoRA, generation, format."""
    f, generation = rows.figures, np.array([a.generation for a in rows.accelerator])
    yield "dense", (f.moe == 0) & (f.lora == 0)
    yield "mixtures of experts", f.moe == 1
    yield "LoRA", f.lora == 1
    for what, values in (("generation", generation), ("format", np.array(rows.precision))):
        for value in sorted(set(values.tolist())):
            yield f"{what} {value}", values == value
