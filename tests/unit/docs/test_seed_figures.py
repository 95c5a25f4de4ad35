"""The figures this project was created from: each that a formula can reproduce is reproduced, the page says all."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_seed_figures", DOCS / "make_seed_figures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER: Any = _load()
ROWS = {row["id"]: row for row in MAKER.rows()}
EXACT = {
    name: row
    for name, row in ROWS.items()
    if row["tolerance"] and row["published"].replace(".", "").replace("e", "").isdigit()
}


def answer(name: str, world: Any) -> Any:
    return MAKER.ANSWERS[name](world)


@pytest.fixture(scope="module")
def world() -> Any:
    return MAKER.the_world()


def test_every_figure_has_an_answer() -> None:
    assert list(MAKER.ANSWERS) == list(ROWS)
    assert len(ROWS) == 48


@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_figure_with_a_tolerance_is_reproduced(world: Any, name: str) -> None:
    row = EXACT[name]
    found = answer(name, world)
    assert found.value == pytest.approx(float(row["published"]), rel=float(row["tolerance"])), found.said


def test_there_are_enough_of_them() -> None:
    assert len(EXACT) >= 15


def test_training_gpt_3_takes_more_than_a_terabyte(world: Any) -> None:
    assert answer("S05", world).value == 2100.0  # 12 bytes per parameter


def test_four_billion_parameters_do_not_train_in_twelve_gigabytes(world: Any) -> None:
    adam = answer("S06", world)
    assert adam.value > 64  # 16 bytes of 4.02 billion
    assert "LoRA 11 GB" in adam.said
    assert "QLoRA 5 GB" in adam.said


def test_gpt_3_costs_within_the_published_estimates(world: Any) -> None:
    assert 500_000 <= answer("S11", world).value <= 4_600_000
    assert 0.0002 <= answer("S09", world).value <= 0.0014


def test_the_two_cards_cost_about_a_thousand_dollars_of_electricity(world: Any) -> None:
    assert answer("S13", world).value == pytest.approx(1000, rel=0.1)


def test_llama_3_405b_takes_as_long_as_its_utilisation_says(world: Any) -> None:
    found = answer("S23", world)
    assert "62-73 days, not 54" in found.said
    assert "49%-51%" in found.said
    assert 69 <= found.value <= 78.4  # 41% of the peak without failures; 30.84 million hours of the model card


def test_prices_spread_and_formats_shrink(world: Any) -> None:
    assert answer("S14", world).value > 3
    assert answer("S18", world).value == pytest.approx(50, rel=0.01)
    assert answer("S31", world).value == pytest.approx(3, rel=0.1)
    assert answer("S48", world).value == pytest.approx(2.0)  # 20 heads · 73 h of 730


def test_figures_of_a_range_lie_in_it(world: Any) -> None:
    assert 1 <= answer("S15", world).value <= 5  # years of the longest term on sale; published 1-3
    assert "12, " in answer("S15", world).said
    assert "36" in answer("S15", world).said
    assert 55 <= answer("S32", world).value <= 75
    assert answer("S20", world).value >= 10
    assert answer("S35", world).value == pytest.approx(10)
    assert "41%-59%" in answer("S35", world).said  # 2^(12/24) − 1, 2^(12/18) − 1


def test_the_gain_of_eight_bit_is_less_than_linear_and_said_to_be(world: Any) -> None:
    found = answer("S19", world)
    assert 1.3 < found.value < 2
    assert "not 2x" in found.said


def test_where_the_planner_differs_it_says_why(world: Any) -> None:
    assert 2 < answer("S30", world).value < 3.2  # published 1.6
    assert "first software" in answer("S30", world).said
    assert 50 < answer("S34", world).value < 70  # published 50 for the best, 20 for the inexperienced
    assert 2 < answer("S16", world).value < 4  # published 3-4
    assert "below the published 63" in answer("S33", world).said
    assert "with sparsity" in answer("S24", world).said


def test_a_price_that_falls_a_fifth_in_two_months(world: Any) -> None:
    assert answer("S40", world).value == pytest.approx(((1.5 / 1.9) ** 6 - 1) * 100)


def test_the_page_shows_inputs_and_tolerances(world: Any) -> None:
    page = MAKER.page(world)
    for row in ROWS.values():
        (line,) = [text for text in page.splitlines() if text.startswith(f"| {row['id']} |")]
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        assert len(cells) == 6
        assert cells[2] == (row["inputs"] or "–")
        assert (cells[4] == "–") is not bool(row["tolerance"])
        assert len(cells[5]) > 5


def test_the_page_is_fresh(world: Any) -> None:
    page = (DOCS / "seed_figures.md").read_text(encoding="utf-8")
    assert page == MAKER.page(world), "docs/seed_figures.md is stale: run `make docs`"
