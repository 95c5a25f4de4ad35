"""docs/formulation.md is what the docstrings say, and its Markdown is whole."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_formulation", DOCS / "make_formulation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh(maker: ModuleType) -> None:
    page = (DOCS / "formulation.md").read_text(encoding="utf-8")
    assert page == maker.page(), "docs/formulation.md is stale: run `make docs`"


def test_every_family_has_a_section_with_a_formula(maker: ModuleType) -> None:
    sections = maker.page().split("\n### ")
    for family in maker.FAMILIES:
        (section,) = (text for text in sections if text.startswith(f"{family.name.capitalize()}\n"))
        assert "```math" in section


def test_nothing_of_the_docstring_syntax_is_left(maker: ModuleType) -> None:
    page = maker.page()
    assert ".. math::" not in page
    assert "====" not in page
    assert page.count("```") % 2 == 0


def test_formulas_and_tables(maker: ModuleType) -> None:
    text = "A:\n\n.. math:: x\n    + y\n\nB\n\n===  ====\nk    unit\n===  ====\nq̄_o  ``n``,\n     m|m\n===  ====\n\nEnd"
    assert maker.markdown(text) == (
        "A:\n\n```math\nx\n+ y\n```\n\nB\n\n| k | unit |\n| --- | --- |\n| $\\bar{q}_o$ | `n`, m\\|m |\n\nEnd"
    )
