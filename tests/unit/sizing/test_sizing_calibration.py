"""Calibration: how far the formulas are from measurements they have not seen, and that the fit is what it says."""

import math
from pathlib import Path

import calibration_accuracy as acc
import calibration_fit as fit
import calibration_rows as rows_of
import numpy as np
import pytest
from measurements import load_measurements

from planner.inputs.catalog.load import load_catalog
from planner.sizing.constants import SizingConstants, constants_from

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def read() -> tuple[rows_of.ServingRows, list[tuple[str, str]]]:
    catalog = load_catalog()
    usd = {price.accelerator: price.price_usd_per_hour / price.count for price in reversed(catalog.prices)}
    return rows_of.serving_rows(load_measurements(catalog).serving, usd)


@pytest.fixture(scope="module")
def serving(read: tuple[rows_of.ServingRows, list[tuple[str, str]]]) -> rows_of.ServingRows:
    return read[0]


@pytest.fixture(scope="module")
def training() -> rows_of.TrainingRows:
    return rows_of.training_rows(load_measurements(load_catalog()).training)


def test_the_rows_are_all_there(
    read: tuple[rows_of.ServingRows, list[tuple[str, str]]], training: rows_of.TrainingRows
) -> None:
    serving, refused = read
    assert len(serving.pair) + len(refused) == 2440
    assert len(training.pair) == 371
    assert len(set(serving.pair)) > 50


def test_rows_that_break_physics_are_refused_with_the_reason(
    read: tuple[rows_of.ServingRows, list[tuple[str, str]]],
) -> None:
    _, refused = read
    assert 0 < len(refused) < 50
    reasons = {why for _, why in refused}
    for said in ("two pools", "datasheet's bandwidth", "longer than the model's context", "of the dense peak"):
        assert any(said.replace("two pools", "a sum of pools") in why for why in reasons), said


def test_the_bundled_constants_are_close_to_what_was_measured(serving: rows_of.ServingRows) -> None:
    c = constants_from(load_catalog().constants)
    found = acc.accuracy("all", fit.predicted(serving, c, engine_known=True), serving.measured, serving.pair)
    assert found.median < 0.09
    assert found.p90 < 0.30
    now = fit.current(serving)
    unknown = acc.accuracy("engine not stated", fit.predicted(now, c, engine_known=False), now.measured, now.pair)
    assert unknown.median < 0.12


@pytest.mark.exhaustive
def test_rows_held_out_are_predicted_as_promised(serving: rows_of.ServingRows) -> None:
    """Two folds fit on half of the pairs only; `make calibrate` uses ten, and promises more."""
    held = acc.held_out_serving(serving, folds=2)
    found = acc.accuracy("held out", held.known, serving.measured, serving.pair, serving.usd_per_hour)
    assert found.median <= 0.20
    assert found.p90 <= 0.60
    assert found.rank_correlation is not None
    assert found.rank_correlation >= 0.92
    naive = acc.accuracy("naive", held.naive, serving.measured, serving.pair)
    assert naive.median > 3 * found.median


def test_training_held_out_is_predicted_as_promised(training: rows_of.TrainingRows) -> None:
    held = acc.held_out_training(training)
    found = acc.accuracy("held out", held.formula, training.measured, training.pair)
    assert found.median <= 0.12
    assert found.p90 <= 0.42
    assert acc.accuracy("naive", held.naive, training.measured, training.pair).median > 2 * found.median


def test_pairs_are_held_out_whole(serving: rows_of.ServingRows) -> None:
    folds = acc.folds_of(serving.pair)
    assert np.all(sum(fold.astype(int) for fold in folds) == 1)
    for fold in folds:
        tried = {pair for pair, out in zip(serving.pair, fold, strict=True) if out}
        rest = {pair for pair, out in zip(serving.pair, fold, strict=True) if not out}
        assert not tried & rest


def test_a_fit_finds_the_constants_that_made_the_rows(training: rows_of.TrainingRows) -> None:
    start = fit.with_values(SizingConstants(), {name: at for name, (at, _, _) in fit.training_parameters().items()})
    true = fit.with_values(start, {"train_bf16": 0.7, "train_attention": 0.4, "train_scale": 0.01})
    found = fit.fit_training(training._replace(measured=fit.predicted_training(training, true)), SizingConstants())
    assert found.train_bf16 == pytest.approx(0.7, rel=0.05)
    assert found.train_attention == pytest.approx(0.4, rel=0.05)
    assert found.train_scale == pytest.approx(0.01, rel=0.15)


def test_the_page_shows_every_constant_as_it_is() -> None:
    page = (ROOT / "docs" / "sizing.md").read_text(encoding="utf-8")
    for name, row in load_catalog().constants.items():
        assert f"| `{name}` | {row.value:.4g} |" in page, "run `python datasets/calibrate.py --write`"


def test_the_loss_is_square_near_and_straight_far() -> None:
    one = np.ones(1)
    assert fit.huber(np.array([0.1]), one) == pytest.approx(0.1**2 / (2 * fit.HUBER))
    assert fit.huber(np.array([-2.0]), one) == pytest.approx(2 - fit.HUBER / 2)


def test_rows_of_large_pairs_weigh_a_little_less() -> None:
    assert fit.weights_of_pairs(["a", "a", "a", "a", "b"]) == pytest.approx([4**fit.WEIGHT] * 4 + [1.0])


def test_accuracy_says_how_far_off() -> None:
    found = acc.accuracy(
        "x", np.array([1.1, 0.5, 3.0]), np.array([1.0, 1.0, 2.0]), ("a", "a", "b"), np.full(3, math.nan)
    )
    assert (found.rows, found.pairs, found.rank_correlation) == (3, 2, None)
    assert found.median == pytest.approx(0.5)
