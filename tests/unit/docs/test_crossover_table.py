"""First-principles estimates of the size from which owning pays, posed as scenarios."""

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from planner.inputs.catalog.load import load_catalog

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[3] / "docs"
NEVER = float("inf")
BAND = 0.4
"""What the estimates say of themselves."""


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("make_crossover_table", DOCS / "make_crossover_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MAKER = _load()


@pytest.fixture(scope="module")
def found():
    """Thresholds by case and way, at the cheap end of the published ranges."""
    catalog = load_catalog()
    return {case.name: MAKER.measured(MAKER.scenario_of(case, MAKER.CHEAP_END), catalog) for case in MAKER.CASES}


def test_each_figure_lies_within_the_band_of_its_estimate(found):
    compared = 0
    for case in MAKER.CASES:
        if "neocloud" in case.name:
            continue  # see below
        for way, estimate in (("colocation", case.colocation), ("own building", case.building)):
            measured = found[case.name][way]
            if estimate is None:
                assert measured.usd_per_year is None
                assert "r above 1" in measured.never
            else:
                assert abs(measured.usd_per_year / 1e6 / estimate - 1) <= BAND, (case.name, way, measured)
                compared += 1
    assert compared == 8


@pytest.mark.parametrize("way", ["colocation", "own building"])
def test_the_order_of_the_estimates_is_reproduced(found, way):
    def estimate(case):
        return (case.colocation if way == "colocation" else case.building) or NEVER

    ranked = sorted(MAKER.CASES, key=estimate)
    measured = {case.name: found[case.name][way].usd_per_year or NEVER for case in ranked}
    for case, following in pairwise(ranked):
        if estimate(following) > 1.1 * estimate(case):  # estimates that are nearly equal may stand either way
            assert measured[case.name] <= measured[following.name], (case.name, following.name)


def test_where_r_is_near_one_a_twentieth_decides(found):
    """The estimate of 55 million means r = 1 − 3 / 55 = 0.945; the planner finds a twentieth more, so a multiple of the sum.

    With hardware 25% below list instead of 20% it is inside the band.
    """
    case = MAKER.CASES[1]
    assert "neocloud" in case.name
    measured = found[case.name]["colocation"]
    assert measured.usd_per_year is not None
    assert measured.ratio - (1 - 3 / 55) == pytest.approx(0.05, abs=0.01)
    assert found[case.name]["own building"].usd_per_year is None
    cheaper = MAKER.measured(MAKER.scenario_of(case, MAKER.CHEAP_END, discount=0.25), load_catalog())
    assert abs(cheaper["colocation"].usd_per_year / 1e6 / case.colocation - 1) <= BAND
    assert abs(cheaper["own building"].usd_per_year / 1e6 / case.building - 1) <= BAND


@pytest.mark.parametrize(
    "name", ["rents stand still", "rents fall 20% a year", "hardware at list", "cost of capital 15%"]
)
def test_what_moves_the_estimate_moves_the_threshold(name):
    moved, estimate, change = next(move for move in MAKER.MOVES if move[0] == name)
    found = MAKER.measured(MAKER.scenario_of(MAKER.ONE_YEAR, MAKER.CHEAP_END, **change), load_catalog())["own building"]
    assert abs(found.usd_per_year / 1e6 / estimate - 1) <= BAND, moved
