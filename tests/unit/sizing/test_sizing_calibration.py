"""Calibration: how far the formulas are from measurements they have not seen, and that the fit is what it says."""

import math
from pathlib import Path

import numpy as np
import pytest

from planner.inputs.catalog.load import load_catalog
from planner.inputs.catalog.measurements import load_measurements
from planner.sizing import calibration as cal
from planner.sizing.constants import constants_from
from planner.sizing.estimates import accuracy as acc

YOUNG = ("mi300x",)


@pytest.fixture(scope="module")
def serving() -> cal.ServingRows:
    catalog = load_catalog()
    usd = {price.accelerator: price.price_usd_per_hour / price.count for price in reversed(catalog.prices)}
    return cal.serving_rows(load_measurements(catalog).serving, usd)


@pytest.fixture(scope="module")
def training() -> cal.TrainingRows:
    return cal.training_rows(load_measurements(load_catalog()).training)


def test_the_rows_are_all_there(serving: cal.ServingRows, training: cal.TrainingRows) -> None:
    assert len(serving.pair) == 2141
    assert len(training.pair) == 248
    assert len(set(serving.pair)) > 30


def test_the_bundled_constants_are_close_to_what_was_measured(serving: cal.ServingRows) -> None:
    c = constants_from(load_catalog().constants)
    found = acc.accuracy("all", cal.predicted(serving, c, engine_known=False), serving.measured, serving.pair)
    assert found.median < 0.13
    assert found.p90 < 0.40


def test_rows_held_out_are_predicted_as_promised(serving: cal.ServingRows) -> None:
    """Three folds fit on two thirds of the pairs only; `make calibrate` uses ten."""
    held = acc.held_out_serving(serving, YOUNG, folds=3)
    found = acc.accuracy("held out", held.unknown, serving.measured, serving.pair, serving.usd_per_hour)
    assert found.median <= 0.15
    assert found.p90 <= 0.50
    assert found.rank_correlation is not None
    assert found.rank_correlation >= 0.85
    naive = acc.accuracy("naive", held.naive, serving.measured, serving.pair)
    assert naive.median > 3 * found.median


def test_training_held_out_is_predicted_as_promised(training: cal.TrainingRows) -> None:
    held = acc.held_out_training(training)
    found = acc.accuracy("held out", held.formula, training.measured, training.pair)
    assert found.median <= 0.17
    assert found.p90 <= 0.50
    assert acc.accuracy("naive", held.naive, training.measured, training.pair).median > 2 * found.median


def test_pairs_are_held_out_whole(serving: cal.ServingRows) -> None:
    folds = acc.folds_of(serving.pair)
    assert np.all(sum(fold.astype(int) for fold in folds) == 1)
    for fold in folds:
        tried = {pair for pair, out in zip(serving.pair, fold, strict=True) if out}
        rest = {pair for pair, out in zip(serving.pair, fold, strict=True) if not out}
        assert not tried & rest


def test_a_fit_finds_the_constants_that_made_the_rows(training: cal.TrainingRows) -> None:
    true = cal.changed(cal.START, {"train_bf16": 0.7, "train_moe": 0.5, "train_scale": 0.06})
    made = training._replace(measured=cal.tokens_per_s(training.figures, true))
    found = cal.fit_training(made, cal.START)
    assert found.train_bf16 == pytest.approx(0.7, rel=0.05)
    assert found.train_moe == pytest.approx(0.5, rel=0.05)
    assert found.train_scale == pytest.approx(0.06, rel=0.1)


def test_the_page_shows_every_constant_as_it_is() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "sizing.md").read_text(encoding="utf-8")
    for name, row in load_catalog().constants.items():
        assert f"| `{name}` | {row.value:.4g} |" in page, "run `python datasets/calibrate.py --write`"


def test_the_loss_is_square_near_and_straight_far() -> None:
    one = np.ones(1)
    assert cal.huber(np.array([0.1]), one) == pytest.approx(0.1**2 / 0.5)
    assert cal.huber(np.array([-2.0]), one) == pytest.approx(2 - 0.125)


def test_pairs_weigh_the_root_of_their_rows() -> None:
    assert cal.weights_of_pairs(["a", "a", "a", "a", "b"]) == pytest.approx([0.5, 0.5, 0.5, 0.5, 1.0])


def test_accuracy_says_how_far_off() -> None:
    found = acc.accuracy(
        "x", np.array([1.1, 0.5, 3.0]), np.array([1.0, 1.0, 2.0]), ("a", "a", "b"), np.full(3, math.nan)
    )
    assert (found.rows, found.pairs, found.rank_correlation) == (3, 2, None)
    assert found.median == pytest.approx(0.5)
