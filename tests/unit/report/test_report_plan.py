"""Nothing that a CTO or CFO needs is lost, and nothing in it can hurt the reader's screen."""

import csv
import io
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_builders import a_disputed_plan, a_line, a_plan, api_line, spot_line, unserved
from rich.cells import cell_len

from planner.domain.records.plan import Baseline, Cost, Plan, PlanLine, plan_from_json_value
from planner.report.document.rendering import csv_text
from planner.report.plan.render import render_plan

READABLE = ("table", "markdown")
HOSTILE = '=HYPERLINK("http://evil")|<script>alert(1)</script>[red]x[/red]`c`\x1b[31m\x1b]0;t\x07\n# y\u202e&amp;'


def joined(text: str) -> str:
    """Without wrapping and escapes, so that a sentence can be looked for."""
    return " ".join(text.replace("\\", "").replace("<br>", " ").split())


@pytest.mark.parametrize("form", READABLE)
def test_every_figure_is_there(form: str) -> None:
    text = joined(render_plan(a_plan(), form))
    for figure in (
        *("$1.71M", "$416,194", "$1,713,500", "$821.50", "0.05%", "0.10%"),
        *(
            "$1,852,000",
            "$100,000",
            "$392,000",
            "$20.00",
            "87,600",
            "93.4%",
            "$23,725",
            "$8.125",
            "$468.75",
            "$0.3125",
        ),
        *("$1,876,194", "$600,000", "$183,806", "$257,862"),
        *("$0.4321", "$1.0156", "$2,612,345", "34.4%", "$898,024", "$1,812,345", "$98,024", "cannot serve"),
        *("$1,460,000", "$1,300,123", "12,000 Mtok", "88.9%", "11.1%", "2,920 chip-80gb-hour"),
        *(
            "$0.75",
            "$0.031",
            "more cash saves a little",
            "20.3%",
            "1,207",
            "41",
            "needed 141 GB, offered 24 GB",
        ),
        *("2026-03", "2,957", "215", "1,249", "HiGHS 1.15.1", "support is not counted", "ab" * 32),
        *(
            "Second accountant: agrees, 1,234 checks, largest difference $0.00.",
            "12.0% at north",
            "south spot",
        ),
    ):
        assert figure in text, figure


@pytest.mark.parametrize("form", READABLE)
def test_sections_stand_in_the_order_in_which_one_asks(form: str) -> None:
    text = render_plan(a_plan(), form)
    titles = (
        *("Acme AI", "What to sign and use", "Cost by plan-year and kind", "Cost by provider", "Unit costs"),
        *("Against the usual ways (", "After the horizon", "Who serves what", "Limits that bind"),
        *("Nearest options not taken", "What could not serve", "What this rests on", "Audit"),
    )
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_commitments_come_before_what_is_only_used() -> None:
    text = render_plan(a_plan(lines=(api_line(), spot_line(), a_line())), "table")
    assert text.index("Commitments to sign") < text.index("Spot, to use") < text.index("Hosted APIs, to use")


def test_a_line_says_when_to_sign_and_that_it_outlives_the_horizon() -> None:
    text = joined(render_plan(a_plan(lines=(a_line(),)), "markdown"))
    assert "commitment, 12 months sign 2027-01 2027-01 to 2027-12 ends after horizon" in text
    assert "10 × big8 80 × chip-80gb north · east-1 · US" in text


@pytest.mark.parametrize("form", READABLE)
def test_a_disputed_plan_shouts_before_anything_else(form: str) -> None:
    text = render_plan(a_disputed_plan(), form)
    shout = text.index("DO NOT RELY ON THIS PLAN")
    assert shout < text.index("$1,852,100.00") < text.index("NPV over")
    assert "DISAGREES, 2 disagreements in 1,234 checks, largest difference $100.00" in joined(text).replace("!! ", "")


def test_a_plan_cut_short_does_not_claim_to_be_the_cheapest() -> None:
    text = joined(render_plan(a_plan(status="feasible", gap=0.031), "table"))
    assert "Not proven to be the cheapest: the search ended at a gap of 3.1%" in text


def test_cash_beside_the_lines_is_reconciled() -> None:
    beside = joined(render_plan(a_plan(total_usd=426193.75), "table"))
    assert "Cash in the horizon holds $10,000 beside these lines" in beside  # 426,193.75 − 416,193.75
    assert "beside these lines" not in joined(render_plan(a_plan(), "table"))


def test_a_closed_gap_is_a_proof() -> None:
    text = render_plan(a_plan(bound_usd=1714321.5, gap=0.0), "table")
    assert "Proven to be the cheapest: no plan" in joined(text)


def test_unserved_demand_is_said_at_the_top_with_its_cost_below() -> None:
    text = joined(render_plan(a_plan(unserved=(unserved(),)), "table"))
    assert text.index("demand of chat is left unserved") < text.index("What to sign")
    assert "left unserved at $750.00 7.5 Mtok 0.06%" in text  # 7.5 of 13,507.5
    assert "All demand is served" not in text


def test_a_plan_dearer_than_a_baseline_claims_no_saving() -> None:
    cheap = Baseline(name="all on demand", npv_usd=1000.0, saving_fraction=-1713.3)
    assert "The cheapest of the usual ways, all on demand, would cost at least" in joined(
        render_plan(a_plan(baselines=(cheap,)), "table")
    )


@pytest.mark.parametrize("form", READABLE)
def test_an_empty_plan_is_told_in_sentences(form: str) -> None:
    cost = Cost(by_kind={}, by_period=(), by_plan_year=(0.0,), by_provider={}, outstanding_liability_usd=0.0)
    empty = a_plan(
        npv_usd=0.0, total_usd=0.0, bound_usd=0.0, lines=(), fleet=(), serving=(), cost=cost, unit_costs=(),
        baselines=(), binding=(), alternatives=(), rejections=(), rejection_counts={},
    )  # fmt: skip
    text = render_plan(empty, form)
    assert "Nothing needs to be signed or bought." in text
    assert "Nothing is owed after the horizon." in text
    assert "Which limits bind was not checked." in text
    assert "Unit costs" not in text


def test_budgets_per_year_stand_below_the_years() -> None:
    resolved = {"budget_per_year_usd": [400000.0], "budget_total_usd": 450000.0}
    plan = a_plan()
    text = render_plan(
        plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"resolved": resolved})}), "table"
    )
    assert "Budget                  $400,000  $450,000" in text
    assert "Left of it              -$16,194   $33,806" in text


def test_many_years_stand_one_below_the_other() -> None:
    plan = a_plan()
    first = plan.horizon.periods[0]
    periods = tuple(first.model_copy(update={"index": y, "plan_year": y, "start": f"{2027 + y}-01"}) for y in range(8))
    costs = tuple(
        plan.cost.by_period[0].model_copy(update={"index": y, "cash_usd": 1000.0 + y, "by_kind": {"spot": 1000.0 + y}})
        for y in range(8)
    )
    cost = plan.cost.model_copy(
        update={
            "by_kind": {"spot": 8028.0},
            "by_period": costs,
            "by_plan_year": tuple(1000.0 + y for y in range(8)),
        }
    )
    horizon = plan.horizon.model_copy(update={"periods": periods})
    text = render_plan(plan.model_copy(update={"cost": cost, "horizon": horizon, "total_usd": 8028.0}), "table")
    assert re.search(r"Year 8 from 2034-01 +\$1,007 +\$1,007", text)
    assert re.search(r"Total +\$8,028 +\$8,028", text)


@pytest.mark.parametrize("width", [40, 60, 80, 110, 160])
def test_no_line_is_wider_than_asked_and_no_figure_is_cut(width: int) -> None:
    plan = a_plan(lines=(a_line(node_type="x" * 70 + "界" * 30), spot_line(), api_line()))
    text = render_plan(plan, "table", width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for figure in ("$1,852,000", "$392,000", "$23,725", "$2,612,345", "$0.3125"):
        assert figure in text
    assert "".join(text.split()).count("界") >= 30


def test_without_colour_there_is_no_escape_byte_and_with_it_only_styles() -> None:
    plain, coloured = render_plan(a_plan(), "table"), render_plan(a_plan(), "table", color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_environment_does_not_change_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render_plan(a_plan(), "table")
    for name, value in (("COLUMNS", "47"), ("FORCE_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    assert render_plan(a_plan(), "table") == before


def a_hostile_plan() -> Plan:
    line = a_line(
        option=HOSTILE, provider=HOSTILE, node_type=HOSTILE, region=HOSTILE, why=HOSTILE, price_source=HOSTILE
    )
    plan = a_plan(lines=(line,), binding=(a_plan().binding[0].model_copy(update={"key": HOSTILE}),))
    facts = plan.facts.model_copy(update={"assumptions": (HOSTILE,)})
    scenario = plan.scenario.model_copy(update={"name": HOSTILE})
    return plan.model_copy(update={"facts": facts, "scenario": scenario})


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "table"])
@pytest.mark.parametrize("color", [False, True])
def test_names_cannot_send_commands_to_the_terminal(form: str, color: bool) -> None:
    text = re.sub(r"\x1b\[[0-9;]*m", "", render_plan(a_hostile_plan(), form, color=color))
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text)
    if color is False:
        assert "31m" not in text or form == "json"  # JSON writes it as an escape


def test_square_brackets_are_text_and_not_markup() -> None:
    assert "[red]x[/red]" in "".join(render_plan(a_hostile_plan(), "table", width=200).split())


def test_json_is_the_plan_and_reads_back() -> None:
    text = render_plan(a_plan(), "json")
    assert plan_from_json_value(json.loads(text)) == a_plan()
    assert text.startswith('{\n  "schema": "planner/plan/1"')
    assert text.endswith("}\n")
    hostile = json.loads(render_plan(a_hostile_plan(), "json"))
    assert hostile["scenario"]["name"] == HOSTILE


def test_csv_has_every_field_of_every_line_and_reads_back() -> None:
    text = render_plan(a_plan(), "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 3
    assert list(rows[0]) == list(PlanLine.model_fields)
    for row, line in zip(rows, a_plan().lines, strict=True):
        for name, value in line.model_dump().items():
            same = "" if value is None else str(value)
            assert row[name] == same or float(row[name]) == value
    assert text.count("\r\n") == 4
    assert text.replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", '"=1', "＝1"])
def test_csv_text_cannot_be_a_formula(text: str) -> None:
    out = render_plan(a_plan(lines=(a_line(why=text),)), "csv")
    row = next(csv.DictReader(io.StringIO(out, newline="")))
    assert row["why"].startswith("'")


HIDDEN = [
    chr(code) for code in range(0x20, 0x110000) if unicodedata.category(chr(code)) in ("Cf", "Cc", "Zs", "Zl", "Zp")
]


@given(st.lists(st.sampled_from([*HIDDEN, "'", '"']), max_size=4), st.sampled_from("=+-@＝＋－＠"), st.text(max_size=5))
def test_nothing_invisible_hides_a_formula(before: list[str], sign: str, rest: str) -> None:
    out = csv_text((f"{''.join(before)}{sign}{rest}",), [(f"{''.join(before)}{sign}{rest}",)])
    for (cell,) in csv.reader(io.StringIO(out, newline="")):
        assert not re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell)


@pytest.mark.parametrize("text", ["\u200b=HYPERLINK(1)", "\u00ad@SUM(1)", "\u2060+1+1", "\u200d-1+1"])
def test_the_reported_invisible_prefixes_hide_none(text: str) -> None:
    row = next(csv.DictReader(io.StringIO(render_plan(a_plan(lines=(a_line(why=text),)), "csv"), newline="")))
    assert row["why"] == f"'{text[1:]}"


def test_csv_negative_numbers_stay_numbers() -> None:
    out = render_plan(a_plan(lines=(a_line(total_usd=-5.5),)), "csv")
    assert next(csv.DictReader(io.StringIO(out, newline="")))["total_usd"] == "-5.5"


@pytest.mark.parametrize("form", ["csv", "json", "markdown", "table"])
def test_same_plan_same_bytes(form: str) -> None:
    assert render_plan(a_plan(), form) == render_plan(a_plan(), form)


def test_the_head_says_what_the_money_rests_on() -> None:
    """Shares by evidence and by age; ages are reckoned at the newest price of the catalog."""
    plan = a_plan()
    lines = tuple(
        a_line(price_basis=basis, price_as_of=day, total_usd=usd)
        for basis, day, usd in (
            ("listed", "2026-10-10", 600.0),
            ("observed", "2026-05-25", 300.0),
            ("derived", "2026", 100.0),
        )
    )
    facts = plan.facts.model_copy(update={"newest_price_as_of": "2026-11-09"})
    text = joined(render_plan(plan.model_copy(update={"lines": lines, "facts": facts}), "table"))
    said = "The money for rent and use rests 60.0% on list prices, 30.0% on prices that others observed and 10.0% on derived prices"
    assert f"{said}; 90.0% of it on prices of the six months before 2026-11-09, the oldest of 2026." in text
    assert "Get quotes for what is derived." in text
    only = tuple(line.model_copy(update={"price_basis": "scenario"}) for line in lines)
    assert "The money for rent and use" not in joined(render_plan(plan.model_copy(update={"lines": only}), "table"))
