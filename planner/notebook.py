"""For notebooks: how scenarios, plans, comparisons and grids look there, charts as plotly figures, and grids in one call."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.analysis.compare import Subject, Variant, what_if
from planner.analysis.compare import compare as compared
from planner.domain.answers import Axis, Comparison, Setting, WhatIfAnswer
from planner.domain.inputs import Catalog
from planner.domain.records import Plan
from planner.domain.scenario import Scenario
from planner.errors import Exit, PlannerError
from planner.inputs import read_for_market
from planner.inputs.catalog import load_catalog
from planner.report.answers import charts_of_what_if, comparison_document, what_if_document
from planner.report.document import Document, columns_of, fragment, section_of, table_of
from planner.report.page import charts_of
from planner.report.plan import plan_document

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_SECTIONS = 3
"""Sections of an answer that a cell shows; the page and the table have all of them."""


class NotebookError(PlannerError):
    """What a notebook asks for is not there."""

    exit_code = Exit.BAD_INPUT


def compare(a: Plan, b: Plan) -> Comparison:
    """What differs between two plans; every difference is B − A."""
    return compared(Subject(a.scenario.name, "plan", a), Subject(b.scenario.name, "plan", b))


def grid(
    path: str | Path,
    axes: Mapping[str, Sequence[object]],
    *,
    catalog: Catalog | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
) -> WhatIfAnswer:
    """Solve a scenario file for every combination of values.

    Args:
        path: of the scenario.
        axes: values by field, a field named as behind `--set`.
        gap: relative gap to prove for each; default: the scenario's.
        time_limit: seconds for all of them.
    """
    catalog = load_catalog() if catalog is None else catalog
    values = {name: [str(value) for value in one] for name, one in axes.items()}
    variants = []
    for point in product(*values.values()):
        pairs = [f"{name}={value}" for name, value in zip(values, point, strict=True)]
        settings = tuple(Setting(path=name, value=value) for name, value in zip(values, point, strict=True))
        variants.append(Variant(" ".join(pairs), settings, read_for_market(path, overrides=pairs, catalog=catalog)))
    found = tuple(Axis(path=name, values=tuple(one)) for name, one in values.items())
    base = read_for_market(path, catalog=catalog)
    return what_if(base, variants, found, catalog, gap=gap, time_limit=time_limit)


def charts(answer: Plan | WhatIfAnswer) -> "dict[str, Figure]":
    """The charts of an answer's page by name, as figures of plotly.

    Raises:
        NotebookError: plotly is not installed.
    """
    try:
        from plotly.graph_objects import Figure
    except ImportError:
        raise NotebookError("plotly is not installed", help="install `planner[notebook]`") from None
    found = charts_of(answer) if isinstance(answer, Plan) else charts_of_what_if(answer)
    return {chart.name: Figure(list(chart.data), {"title": {"text": chart.title}, **chart.layout}) for chart in found}


def shown(record: Any) -> str:
    """A record as HTML for a cell, every text escaped."""
    return fragment(_document(record), MOST_SECTIONS)


def _document(record: Any) -> Document:
    if isinstance(record, Plan):
        return plan_document(record)
    if isinstance(record, Comparison):
        return comparison_document(record)
    if isinstance(record, WhatIfAnswer):
        return what_if_document(record)
    assert isinstance(record, Scenario)
    return _scenario(record)


def _scenario(scenario: Scenario) -> Document:
    """The fields that were given; workloads one a row."""
    given = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"name", "workloads"})
    rows = [(name, _short(value)) for name, value in given.items()]
    workloads = [
        (
            workload.name,
            workload.kind,
            _short(workload.model_dump(mode="json", exclude_defaults=True, exclude={"name", "kind"})),
        )
        for workload in scenario.workloads
    ]
    sections = (
        section_of("Workloads", table_of(columns_of("Name | Kind | What is given"), workloads)),
        section_of("Given", table_of(columns_of("Field | Value"), rows)),
    )
    return Document(scenario.name, sections)


def _short(value: object) -> str:
    text = str(value) if not isinstance(value, dict) else ", ".join(f"{key}: {one}" for key, one in value.items())
    return text if len(text) <= 300 else f"{text[:299]}…"
