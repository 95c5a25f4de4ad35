"""The cookbook: every scenario gives what docs/cookbook.md says, is agreed by the audit, and is quick."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.analysis import answer
from planner.cli import run
from planner.domain.inputs import Catalog
from planner.domain.records import Plan, PlanLine
from planner.inputs import load_scenario
from planner.inputs.catalog import load_catalog

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "cookbook"
PAGE = ROOT / "docs" / "cookbook.md"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def lines(plan: Plan, action: str) -> list[PlanLine]:
    return [line for line in plan.lines if line.action == action]


def nodes(plan: Plan, **like: str) -> float:
    return sum(ln.nodes for ln in plan.lines if all(getattr(ln, name) == value for name, value in like.items()))


SAYS: dict[str, Callable[[Plan], bool]] = {
    "01": lambda p: nodes(p, action="commit") == 6 and nodes(p, action="on_demand") == 17,
    "02": lambda p: nodes(p, action="spot") == 6 and nodes(p, action="on_demand") == 5,
    "03": lambda p: lines(p, "on_demand")[0].start == "2027-05" and lines(p, "hosted_api")[0].start == "2027-01",
    "04": lambda p: nodes(p, action="commit") == 5 and 0 < lines(p, "hosted_api")[0].total_usd < 1000,
    "06": lambda p: p.largest_demand_scale is not None and round(p.largest_demand_scale, 3) == 0.856 and nodes(p) == 3,
    "07": lambda p: [(ln.provider, ln.start) for ln in p.lines] == [("grand", "2027-01"), ("north", "2027-03")],
    "08": lambda p: [ln.contract.startswith("savings plan") for ln in p.lines] == [True],
    "09": lambda p: p.total_usd == pytest.approx(2 * 105_120 * 0.9),
    "10": lambda p: nodes(p, provider="north") == 6 and nodes(p, provider="grand") == 4,
    "11": lambda p: [ln.nodes for ln in p.lines] == [3, 3, 3],
    "12": lambda p: nodes(p, region="centre") == 4 and nodes(p, region="west") == 6,
    "13": lambda p: [(ln.contract, ln.nodes, ln.end) for ln in p.lines] == [("block of 30 days", 8, "2027-01")],
    "14": lambda p: [ln.term_periods for ln in p.lines] == [4, 4, 4],
    "15": lambda p: nodes(p, provider="grand") == 4 and nodes(p, action="on_demand") == 6,
    "16": lambda p: [(ln.start, ln.nodes) for ln in lines(p, "commit")] == [("2027-01", 1), ("2027-04", 5)],
    "17": lambda p: {ln.region for ln in p.lines} == {"water"},
    "18": lambda p: lines(p, "buy")[0].start == "2028-01" and lines(p, "commit")[0].start == "2027-01",
    "19": lambda p: nodes(p, action="commit") == 7,
    "20": lambda p: [(ln.provider, ln.nodes) for ln in p.lines] == [("north", 6)],
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize("name", NAMES)
def test_it_gives_what_the_page_says(name: str, catalog: Catalog) -> None:
    found = answer(load_scenario(FOLDER / f"{name}.yaml").scenario, catalog, baselines=False)
    if name.startswith("05"):
        assert found.stop == "infeasible"
        assert "$17,520" in found.causes[0].message
        return
    assert found.plan is not None
    assert found.plan.audit.agrees
    assert SAYS[name[:2]](found.plan), found.plan.lines


def test_the_table_is_fresh_and_whole(catalog: Catalog) -> None:
    spec = importlib.util.spec_from_file_location("make_cookbook", ROOT / "docs" / "make_cookbook.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    text = PAGE.read_text(encoding="utf-8")
    assert maker.page(text, catalog) == text, "docs/cookbook.md is stale: run `make docs`"
    told = dict(maker.ROW.findall(text))
    assert list(told) == NAMES
    assert len(NAMES) == 20
    assert all(told.values())


def test_a_rebate_moves_the_order_where_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whatif", str(FOLDER / "20-what-a-rebate-is-worth.yaml"), "--format", "csv"]) == 0
    small, large = capsys.readouterr().out.splitlines()[2:4]
    assert ",0.0,0.0," in small
    assert "+6 nodes" in large
