"""The comparison of two tiny plans in every format, byte by byte."""

import pytest
from goldens import matches
from plan_pairs import compared, grown, tiny

from planner.analysis.compare.compare import judged
from planner.report.answers.comparison.compare import comparison_report
from planner.report.document import render

SUFFIX = {"table": "txt", "json": "json", "csv": "csv", "markdown": "md"}


@pytest.mark.parametrize("form", sorted(SUFFIX))
def test_format(form: str) -> None:
    a = tiny()
    masked = a.model_copy(update={"scenario": a.scenario.model_copy(update={"sha256": "a" * 64})})
    found = judged(compared(masked, grown()), 0.05)
    matches(f"compare.{SUFFIX[form]}", render(comparison_report(found), form, width=100))
