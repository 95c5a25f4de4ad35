"""docs/ownership.md: its table of defaults is fresh, its worked example is what the planner says, every sum in it is right."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from planner.analysis.answer import answer
from planner.domain.inputs.catalog import Catalog
from planner.domain.records.plan import Plan
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "ownership.md").read_text(encoding="utf-8")
SUM = re.compile(r"^([a-zA-Z ,0-9-]+): +([0-9.,+*/() -]+) = ([0-9.,]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_ownership", DOCS / "make_ownership.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(None)


@pytest.fixture(scope="module")
def plan(catalog: Catalog) -> Plan:
    text = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if block.startswith("name: eight"))
    found = answer(parse_scenario(text, "ownership.md", catalog=catalog), catalog).plan
    assert found is not None
    return found


def worked() -> dict[str, tuple[float, float]]:
    """What each line of the example adds up to, and what it says it does."""
    found = {}
    for name, terms, result in SUM.findall(PAGE):
        found[name] = float(eval(terms.replace(",", ""), {"__builtins__": {}})), float(result.replace(",", ""))
    return found


def test_the_table_of_defaults_is_fresh(maker: ModuleType, catalog: Catalog) -> None:
    assert maker.page(PAGE, catalog) == PAGE, "docs/ownership.md is stale: run `make docs`"


def test_every_sum_of_the_example_is_right() -> None:
    sums = worked()
    assert len(sums) == 20
    for name, (is_, said) in sums.items():
        digits = 4 if said < 100 else 0
        assert round(is_, digits) == said, name


def test_the_planner_says_what_the_example_says(plan: Plan) -> None:
    said = {name: value for name, (_, value) in worked().items()}
    (site,), (asset,), kinds = plan.sites, plan.assets, plan.cost.by_kind
    assert plan.npv_usd == pytest.approx(said["NPV"], abs=2)
    assert "USD 2,850,730" in PAGE
    assert round(plan.npv_usd) == 2_850_730
    assert site.usd_per_accelerator_hour == pytest.approx(said["USD per accelerator-hour"], abs=1e-4)
    assert site.fixed_npv_usd == pytest.approx(said["team alone, of that"], abs=1)
    assert sum(asset.capital_by_kind.values()) == said["eight servers, paid at once"]
    assert (asset.sale_usd, asset.book_value_usd) == (said["worth after two years"], said["book value after two years"])
    for kind, name in (
        ("rent", "rent a year"), ("energy", "energy a year"), ("maintenance", "maintenance a year"), ("staff", "staff a year"),
        ("tax and insurance", "tax and insurance a year"),
    ):  # fmt: skip
        assert kinds[kind] == pytest.approx(2 * said[name], abs=2), kind
    (renting, *_) = plan.baselines
    assert renting.name == "rent everything"
    assert renting.npv_usd == pytest.approx(said["rented"], abs=2)
    assert renting.saving_fraction == pytest.approx(0.441, abs=5e-4)
