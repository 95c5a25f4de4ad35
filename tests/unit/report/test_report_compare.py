"""A comparison as people read it: signs, words, folding, warnings; as programs do: every row of it."""

import csv
import io
import json

import pytest
from plan_pairs import compared, grown, tiny, with_line, with_lines, with_question

from planner.analysis.compare.compare import judged
from planner.domain.records.plan import UnservedRecord
from planner.report.answers.comparison.changes import MOST_LINES
from planner.report.answers.comparison.compare import MOST_FIELDS, comparison_report
from planner.report.answers.differences import in_words, value_text
from planner.report.document import render


def table(a, b, **options):
    return " ".join(render(comparison_report(compared(a, b)), **options).split())


def changed(number=0, **fields):
    return table(tiny(), with_line(tiny(), number, **fields))


def test_nothing_differs():
    text = table(tiny(), tiny())
    assert text.startswith("tiny, A → B: no change in NPV, $16,342")
    assert "No line differs." in text
    assert "Nothing: both answer the same scenario." in text
    assert "Lines that changed" not in text


def test_what_changed_is_told_once():
    """More nodes are more node-hours, a later start is a later signing and end; only the first is told."""
    more = changed(nodes=6.0, quantity=8760.0, in_horizon_usd=14892.0, total_usd=14892.0)
    assert "nodes 4 → 6" in more
    assert "node-hours" not in more
    later = changed(start="2027-02", signed="2027-02", end="2027-03", start_index=1, end_index=3)
    assert "start 2027-01 → 2027-02" in later
    assert "signed" not in later
    assert "end 2027" not in later
    assert "node-hours 5,840 → 5,000" in changed(quantity=5000.0, in_horizon_usd=8500.0)
    assert "upfront $0 → $100.00" in changed(upfront_usd=100.0)
    assert "signed 2027-01 → 2026-10" in changed(signed="2026-10")
    assert "end 2027-02 → 2027-04" in changed(1, end="2027-04", end_index=4)


def test_what_is_owed_after_the_horizon_is_told_below_the_line():
    assert "owed in all, also after the horizon: $9,928 → $19,856" in changed(total_usd=19856.0)


def test_columns_add_up_by_what_is_the_same():
    a = with_lines(tiny(), *tiny().lines, beside_usd=50.0)
    b = with_lines(tiny(), tiny().lines[0], beside_usd=50.0)
    text = table(a, b)
    assert "= 1 line the same $9,928 $9,928" in text
    assert "= beside the lines $50.00 $50.00" in text
    assert "Cash in the horizon $16,548 $9,978 -$6,570 -39.7%" in text


def test_cash_beside_the_lines_has_its_row():
    lines = tiny().lines
    text = table(with_lines(tiny(), *lines), with_lines(tiny(), *lines, beside_usd=70.0))
    assert "~ beside the lines – $70.00 +$70.00 new" in text


def test_many_small_changes_are_told_together_and_the_sum_stays():
    line = tiny().lines[1]
    drops = [line.model_copy(update={"region": f"r{n}", "in_horizon_usd": 1.0, "total_usd": 1.0}) for n in range(3)]
    text = table(tiny(), with_lines(tiny(), *tiny().lines, *drops))
    assert "~ 3 smaller changes all of them in `--format json` – $3.00 +$3.00 new" in text
    assert "r0" not in text
    many = [line.model_copy(update={"region": f"r{n}"}) for n in range(MOST_LINES + 5)]
    assert "~ 5 smaller changes" in table(tiny(), with_lines(tiny(), *tiny().lines, *many))
    assert len(compared(tiny(), with_lines(tiny(), *tiny().lines, *many)).changes) == MOST_LINES + 5


def test_a_difference_within_the_gaps_is_no_difference_that_was_proven():
    a = tiny().model_copy(update={"bound_usd": tiny().npv_usd - 16, "status": "feasible", "gap": 0.001})
    b = tiny().model_copy(update={"npv_usd": tiny().npv_usd + 5, "bound_usd": tiny().npv_usd - 11})
    text = table(a, b)
    assert "not proven to be the cheapest (within 0.10% of the best)" in text
    assert "Which of the two is cheaper is not proven" in text
    assert "between -$11.00 and +$21.00" in text
    assert "not proven" not in table(tiny(), grown())


def test_horizons_that_differ_are_told_first():
    longer = tiny().model_copy(update={"horizon": tiny().horizon.model_copy(update={"start": "2026-12"})})
    assert "The horizons differ, so that sums are not alike" in table(tiny(), longer)


def test_demand_left_unserved_is_told():
    left = UnservedRecord(workload="chat", period=0, slice=0, work=7.0, work_unit="unit", cost_usd=0)
    less = tiny().model_copy(update={"unserved": (left,)})
    assert "B leaves more of chat unserved: 7 unit against none." in table(tiny(), less)
    assert "A leaves more of chat unserved" in table(less, tiny())


def test_more_fields_than_a_person_reads_are_counted():
    b = with_question(tiny(), **{f"x{n}": n for n in range(MOST_FIELDS + 3)})
    text = table(tiny(), b)
    assert "And 3 more fields, in `--format json`." in text
    assert len(compared(tiny(), b).scenario_changes) == MOST_FIELDS + 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "true"),
        (3.0, "3"),
        (1e300, "1e+300"),
        ([1, "a"], "[1, a]"),
        ({"a": 1, "b": [], "c": None}, "{a: 1}"),
        ("x" * 80, "x" * 59 + "…"),
    ],
)
def test_values_of_the_question(value, text):
    assert value_text(value) == text


def test_text_from_outside_can_neither_colour_nor_be_markup_nor_a_formula():
    named = with_question(tiny(), name="=1+1 \x1b[31m| <b>")
    for form in ("table", "markdown", "csv", "json"):
        text = render(comparison_report(compared(tiny(), named)), form)
        assert "\x1b" not in text
    assert "&lt;b&gt;" in render(comparison_report(compared(tiny(), named)), "markdown")
    assert "'=1+1" in render(comparison_report(compared(tiny(), named)), "csv")


def test_the_verdict_of_the_policy():
    passed, failed = (judged(compared(*pair), 0.05) for pair in ((tiny(), grown()), (grown(), tiny())))
    assert "Passed: the NPV may rise by at most 5.0%, and changed by -14.3%." in render(comparison_report(passed))
    assert "FAILED: the NPV may rise by at most 5.0%, and changed by +16.7%." in render(comparison_report(failed))
    assert json.loads(render(comparison_report(failed), "json"))["policy"] == {
        "fail_above_fraction": 0.05,
        "passed": False,
    }


def test_csv_lines_add_up_to_the_change_of_the_cash():
    rows = list(csv.DictReader(io.StringIO(render(comparison_report(compared(tiny(), grown())), "csv"))))
    cash = sum(float(row["difference"]) for row in rows if row["section"] == "line" and not row["field"])
    (total,) = [float(row["difference"]) for row in rows if row["item"] == "total_usd"]
    assert cash == total == 14116.0 - 16498.0


@pytest.mark.parametrize("width", [40, 60, 200])
def test_no_line_is_wider_than_the_window(width):
    text = render(comparison_report(compared(tiny(), grown())), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_what_is_signed_again_and_again_is_told_once():
    """Three signings that grow alike are one sentence in words, and no region is named that says nothing."""
    found = compared(tiny(), with_line(tiny(), 0, nodes=6.0, in_horizon_usd=14892.0, total_usd=14892.0))
    (change,) = (one for one in found.changes if one.change == "~")
    said = in_words(found.model_copy(update={"changes": (change, change, change)}))
    (sentence,) = (one for one in said if one.startswith("Change "))
    assert sentence.endswith(" each, 3 times.")
    assert "any" not in sentence.split()
