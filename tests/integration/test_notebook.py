"""What a notebook shows, and the notebook of the examples from top to bottom."""

import json
from pathlib import Path
from typing import Any

import pytest
from planning import a_scenario, an_offer, on_demand, online

import planner
from planner.domain.records import Plan, plan_from_json_value
from planner.errors import PlannerError
from planner.notebook import charts

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert(1)</script>"
SCENARIO = a_scenario(
    periods=[{"hours": 730}], workloads=[online("w", 4)], offers=[an_offer("n", {"w": 2}, on_demand(3.0))], name=EVIL
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    value = json.loads((ROOT / "tests" / "golden" / "tiny.json").read_text(encoding="utf-8"))
    value["scenario"]["name"] = EVIL
    return plan_from_json_value(value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "s.json").write_text(SCENARIO.model_dump_json(exclude_defaults=True))
    return tmp_path / "s.json"


def test_records_show_themselves_escaped(plan: Plan, file: Path) -> None:
    answer = planner.grid(file, {"demand_scale": [1, 2], "discount_rate": ["5%", "10%"]})
    assert [p.figures is not None for p in answer.points] == [True] * 4
    for record in (SCENARIO, plan, planner.compare(plan, plan), answer):
        text = record._repr_html_()
        assert text.startswith('<div class="planner">')
        assert "&lt;script&gt;" in text
        assert "<script" not in text
        assert "<table>" in text or record not in (SCENARIO, plan, answer)


def test_charts_are_figures_where_plotly_is(plan: Plan, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plotly = pytest.importorskip("plotly.graph_objects")
    for one in (plan, planner.grid(file, {"demand_scale": [1, 2]})):
        found = charts(one)
        assert len(found) > 2
        assert all(isinstance(figure, plotly.Figure) and figure.data for figure in found.values())
    monkeypatch.setitem(__import__("sys").modules, "plotly.graph_objects", None)
    with pytest.raises(PlannerError, match="plotly is not installed"):
        charts(plan)


@pytest.mark.exhaustive
def test_the_notebook_runs(tmp_path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("plotly")
    notebook: Any = nbformat.read(ROOT / "examples" / "notebook.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "saved without outputs"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT / "examples")}}).execute()
    shown = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert sum("text/html" in out.get("data", {}) for out in shown) >= 5
