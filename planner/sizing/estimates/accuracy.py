"""How close sizing is to what was measured: held-out errors, beside the naive rule and the plain roofline."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.sizing.calibration import (
    FOLDS,
    NAIVE_UTILISATION,
    START,
    Mask,
    ServingRows,
    TrainingRows,
    fit_all_serving,
    fit_training,
    huber,
    predicted,
    predicted_ttft,
    search,
    some,
    some_runs,
    weights_of_pairs,
)
from planner.sizing.constants import SizingConstants
from planner.sizing.figures import Column, Figures
from planner.sizing.throughput import TERA
from planner.sizing.training.throughput import FLOP_PER_PARAMETER, TrainingFigures, tokens_per_s
from planner.units import GIGA


def naive_serving(f: Figures[Column], running: Column) -> Column:
    """2p FLOP per token of input and output at the whole peak: tokens/s to be scaled by one utilisation."""
    flop = 2 * f.active_b * GIGA * (f.input_tokens + f.output_tokens) / f.output_tokens
    return f.size * f.tflops * TERA / flop + 0 * running


def plain_roofline(f: Figures[Column], running: Column) -> Column:
    """The larger of computing and reading, at datasheet speed, with nothing lost."""
    reading = ((f.dense_gb + f.expert_gb) / f.size + running * f.cache_gb / f.kv_shards) / f.bandwidth
    computing = 2 * f.active_b * GIGA * running / (f.size * f.tflops * TERA)
    prefill = 2 * f.active_b * GIGA * f.input_tokens / (f.size * f.tflops * TERA)
    return running / (np.maximum(reading, computing) + running * prefill / f.output_tokens)


def naive_training(f: TrainingFigures[Column]) -> Column:
    """6p FLOP per token at the whole peak, to be scaled by one utilisation."""
    return f.tflops * TERA / (FLOP_PER_PARAMETER * f.active_b * GIGA)


def one_factor(found: Column, rows_measured: Column, weights: Column) -> float:
    """The utilisation that brings a rule of thumb closest."""

    def loss(values: Mapping[str, float]) -> float:
        return huber(np.log(values["u"] * found / rows_measured), weights)

    return search({"u": 0.3}, {"u": NAIVE_UTILISATION}, loss)["u"]


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
    what: str, found: Column, measured: Column, pairs: Sequence[str], usd_per_hour: Column | None = None
) -> Accuracy:
    """Compare with what was measured."""
    off = np.abs(found / measured - 1)
    ratio = measured / found
    rank = None
    if usd_per_hour is not None:
        priced = ~np.isnan(usd_per_hour)
        if priced.sum() > 2:
            rank = spearman((found / usd_per_hour)[priced], (measured / usd_per_hour)[priced])
    return Accuracy(
        what,
        len(measured),
        len(set(pairs)),
        float(np.median(off)),
        float(np.quantile(off, 0.9)),
        float(np.quantile(ratio, 0.1)),
        float(np.quantile(ratio, 0.9)),
        rank,
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


def held_out_serving(rows: ServingRows, young: Sequence[str] = (), folds: int = FOLDS, seed: int = 0) -> HeldOut:
    """Fit without some pairs, ask about them, over all folds.

    An accelerator whose software is fitted of its own keeps it as long as other models of it are left to fit.
    """
    known, unknown, ttft, naive = (np.zeros(len(rows.pair)) for _ in range(4))
    fitted = []
    simple = naive_serving(rows.figures, rows.running)
    for tried in folds_of(rows.pair, folds, seed):
        rest, out = some(rows, ~tried), some(rows, tried)
        c = fit_all_serving(rest, young)
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
        c = fit_training(rest, START)
        fitted.append(c)
        formula[tried] = tokens_per_s(some_runs(rows, tried).figures, c)
        naive[tried] = one_factor(simple[~tried], rest.measured, weights_of_pairs(rest.pair)) * simple[tried]
    return HeldOutTraining(formula, naive, tuple(fitted))
