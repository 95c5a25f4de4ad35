"""The figures this project was created from: each that a formula can reproduce is reproduced, the page says all."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


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


@pytest.fixture(scope="module")
def world() -> Any:
    return MAKER.the_world()


def test_every_figure_has_an_answer() -> None:
    assert list(MAKER.ANSWERS) == list(ROWS)
    assert len(ROWS) == 48


@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_figure_with_a_tolerance_is_reproduced(world: Any, name: str) -> None:
    row = EXACT[name]
    answer = MAKER.ANSWERS[name](world)
    assert answer.value == pytest.approx(float(row["published"]), rel=float(row["tolerance"])), answer.said


def test_there_are_enough_of_them() -> None:
    assert len(EXACT) >= 15


def test_training_gpt_3_takes_more_than_a_terabyte(world: Any) -> None:
    assert MAKER.s05(world).value == 2100.0  # 12 bytes per parameter


def test_four_billion_parameters_do_not_train_in_twelve_gigabytes(world: Any) -> None:
    adam = MAKER.s06(world)
    assert adam.value > 64  # 16 bytes of 4.02 billion
    assert "LoRA 11 GB" in adam.said
    assert "QLoRA 5 GB" in adam.said


def test_gpt_3_costs_within_the_published_estimates(world: Any) -> None:
    assert 500_000 <= MAKER.s11(world).value <= 4_600_000
    assert 0.0002 <= MAKER.s09(world).value <= 0.0014


def test_the_two_cards_cost_about_a_thousand_dollars_of_electricity(world: Any) -> None:
    assert MAKER.s13(world).value == pytest.approx(1000, rel=0.1)


def test_llama_3_405b_takes_as_long_as_its_utilisation_says(world: Any) -> None:
    found = MAKER.s23(world)
    assert "62-73 days, not 54" in found.said
    assert "49%-51%" in found.said
    assert 54 <= found.value <= 73


def test_prices_spread_and_formats_shrink(world: Any) -> None:
    assert MAKER.s14(world).value > 3
    assert MAKER.s18(world).value == pytest.approx(50, rel=0.01)
    assert MAKER.s31(world).value == pytest.approx(3, rel=0.1)
    assert MAKER.s48(world).value == pytest.approx(2.0)  # 20 heads · 73 h of 730


def test_the_page_is_fresh(world: Any) -> None:
    page = (DOCS / "seed_figures.md").read_text(encoding="utf-8")
    assert page == MAKER.page(world), "docs/seed_figures.md is stale: run `make docs`"
