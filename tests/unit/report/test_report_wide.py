"""What a CTO and a CFO see of runs, failures, spikes, cash, charges, places, paths and carbon; and nothing where there is none."""

import csv
import io
import math
import re

import pytest
from report_builders import a_line, a_plan, api_line, spot_line
from rich.cells import cell_len
from wide_plans import CHARGES, FAILURES, SPENT, TOKENS, a_wide_plan, asking, cash_records, failure, part

from planner.domain.plan import HorizonRecord, PeriodRecord, Plan, PlanLine
from planner.report.render import render_plan

READABLE = ("table", "markdown")
NEW = (
    "Support, egress and storage", "Cash and runway", "Credits of", "Margin of what is sold", "Training runs", "Spikes",
    "Survives the loss", "Places and providers", "Emissions",
)  # fmt: skip
HOSTILE = '=HYPERLINK("http://evil")|<script>alert(1)</script>[x](http://evil)\x1b[31m'


def joined(text: str) -> str:
    """Without wrapping and escapes, so that a sentence can be looked for."""
    return " ".join(text.replace("\\", "").replace("<br>", " ").replace("&gt;", ">").split())


def markdown(plan: Plan) -> str:
    return joined(render_plan(plan, "markdown"))


def row_of(text: str, start: str) -> str:
    """The first row of a Markdown table that starts so."""
    return next(joined(line) for line in text.splitlines() if line.startswith(f"| {start}"))


@pytest.mark.parametrize("form", READABLE)
def test_a_plan_without_them_has_none_of_the_sections(form: str) -> None:
    text = render_plan(a_plan(), form)
    assert not [title for title in NEW if title in text]


@pytest.mark.parametrize("form", READABLE)
def test_money_comes_before_machines_and_reasons_come_last(form: str) -> None:
    text = render_plan(a_wide_plan(), form)
    titles = (
        *("What to sign and use", "Cost by plan-year and kind", "Support, egress and storage", "Cost by provider"),
        *("Cash and runway", "Credits of", "Unit costs", "Margin of what is sold", "Against the usual ways ("),
        *(
            "After the horizon",
            "Training runs\n",
            "Who serves what",
            "Spikes\n",
            "\nSurvives the loss of any one region\n",
        ),
        *("Places and providers", "Emissions", "Limits that bind", "What this rests on", "Audit"),
    )
    places = [text.replace("### ", "").index(title) for title in titles]
    assert places == sorted(places)


def test_the_first_page_says_what_is_survived_finished_and_left_in_cash() -> None:
    top = joined(render_plan(a_wide_plan(), "table").split("What to sign")[0])
    assert "Survives the loss of any one region with at least 90.0% of every protected workload, see below." in top
    assert "Training runs finish: grand in 2027-02." in top
    assert "Cash is lowest at the end of 2027-01, with $2,365." in top  # 300,000 + 10,000 − 4,000 − 303,634.83


def test_most_served_says_the_multiple() -> None:
    found = asking(a_wide_plan(), objective="most_served", demand_scale=1.84)
    assert "Serves 1.84 × the stated demand: the most that was found within all limits." in markdown(found)
    most = asking(a_wide_plan(), objective="most_served", demand_scale=10.0)
    assert "Serves 10 × the stated demand: the largest multiple that was tried." in markdown(most)
    assert "the stated demand" not in markdown(a_wide_plan())


def test_a_run_stands_on_one_row_with_its_cluster_window_goodput_cost_and_contracts() -> None:
    row = row_of(render_plan(a_wide_plan(), "markdown"), "grand<br>")
    assert (
        "grand 7,884 step | 2 × big8 16 × chip-80gb east · east-9 | 2027-01 to 2027-02 may: 2027-01 to 2027-02" in row
    )
    assert "1,095 h 45.6 days 75.0% of window" in row  # 1,095 / 24; 1,095 of 1,460
    assert "| 90.0% | $65,700 | 2 on demand |" in row  # 7,884 × 8.3333


def test_a_run_that_may_move_shows_where_its_work_went() -> None:
    row = row_of(render_plan(a_wide_plan(), "markdown"), "flex<br>")
    assert "may stop and move up to 2 nodes | 2027-02 only may: 2027-02 only | 730 h" in row
    assert "100% spot, big8" in row


def test_of_several_contracts_of_a_run_each_says_how_many_and_when() -> None:
    run = a_wide_plan().runs[0]
    shares = (*run.shares, run.shares[1].model_copy(update={"option": "north/big8/12m", "nodes": 1.0}))
    row = row_of(render_plan(a_wide_plan(runs=(run.model_copy(update={"shares": shares}),)), "markdown"), "grand<br>")
    assert "2 on demand, 2027-01 to 2027-02 1 commitment, 2027-02 only" in row


def test_the_worst_loss_is_the_one_that_hangs_most_on_what_is_started() -> None:
    text = render_plan(a_wide_plan(), "markdown")
    row = row_of(text, "chat | 90.0%")
    assert "90.0% of its demand | without north/east-1 2027-02, launch 54 an hour" in row
    assert "| – | 4 × big8 (on demand, east east-9) |" in row
    assert "loss of 2 domains (east/east-9 and north/east-1), each in 2 busiest slices" in joined(text)


def test_a_loss_that_is_not_fully_survived_is_the_worst() -> None:
    short = failure("east/east-9", 1, 0, part(TOKENS, 0.0, 13.5))  # half of the 27 that are needed
    row = row_of(render_plan(a_wide_plan(failures=(*FAILURES, short)), "markdown"), "chat | 45.0%")
    assert "without east/east-9 2027-02, s0" in row
    assert "13.5 an hour by m-70b (hosted api, tokens)" in row


def test_idle_capacity_is_what_lives_beyond_the_work_of_the_slice() -> None:
    # 10 nodes of 8 are committed, 3 are busy: 56 of 80; in January grand holds both nodes on demand: 56 of 96.
    text = markdown(a_wide_plan())
    assert "56 of 96 accelerators (58.3%; 2027-01, s0) at the least, 56 of 96 accelerators" not in text
    assert "56 of 96 accelerators (58.3%; 2027-01, s0)" in text


def test_the_simulation_says_what_was_assumed_and_how_to_run_it_again() -> None:
    text = markdown(a_wide_plan())
    assert "| chat | 99.987% | 1.139 | 99.800% |" in text  # 0.00013 × 8,760 h
    assert "2 × a year, assumed, because the scenario states no `outages_per_year`, for 4 h on average" in text
    assert "200 samples of the whole horizon, seed 7. Again, or with other outages: `planner simulate PLAN`." in text
    assert "`planner simulate PLAN` says what availability this buys." in markdown(a_wide_plan(availability=None))


def test_the_standing_reserve_is_a_case_without_a_loss() -> None:
    assert (
        "Standing reserve of 10.0%: with nothing lost, capacity that is not spot can serve 66 an hour of chat in 2027-02, launch."
        in markdown(a_wide_plan())
    )


def test_a_spike_shows_who_serves_it_and_what_hangs_on_the_fallback() -> None:
    text = render_plan(a_wide_plan(), "table")
    spikes = joined(text[text.index("\nSpikes\n") : text.index("\nSurvives the loss of any one region\n")])
    assert "chat in launch, 2 × its mean, 14.6 h of the horizon" in spikes
    assert re.search(r"per token 438 Mtok 50\.0%", spikes) or re.search(r"hosted api 438 Mtok 50\.0%", spikes)
    assert "as fallback" in spikes
    said = joined(text)
    assert (
        "The fallback of chat serves 438 Mtok in 14.6 h; without it 438 Mtok, 50.0% of the demand of these hours,"
        in said
    )
    assert (
        "(at most 50.0% may); each Mtok of it counts $2.00 in the NPV. In all, service by a fallback counts $870.50"
        in said
    )


def test_charges_by_provider_add_up_to_the_kinds_of_the_money_table() -> None:
    text = render_plan(a_wide_plan(), "markdown")
    assert "north: support, 2.0% of $392,000 | $7,840 | $7,840 |" in joined(text)
    assert "north: egress, 2,000 GB at $0.05 per GB | $100.00 | $100.00 |" in joined(text)
    assert "north: storage, 200 GB-months at $0.0233 per GB and month | $4.66 | $4.66 |" in joined(text)
    for row in ("support | $7,840", "egress | $100.00", "storage | $4.66", "credits used | -$3,000"):
        assert f"| {row} |" in text
    assert "**$7,945**" in text  # 7,840 + 100 + 4.66
    beside = "Beside these lines $7,840 for support, $100.00 for egress and $4.66 for storage fall due in the horizon."
    assert f"{beside} Credits pay $3,000 of the bills." in joined(text)
    assert "beside these lines, such as" not in joined(text)


def test_the_rows_of_the_csv_add_up_to_all_cash_to_the_cent() -> None:
    plan = a_wide_plan()
    rows = list(csv.DictReader(io.StringIO(render_plan(plan, "csv"), newline="")))
    assert list(rows[0]) == list(PlanLine.model_fields)
    assert [row["action"] for row in rows[4:]] == [charge.kind for charge in CHARGES] + ["credits"]
    total = math.fsum(float(row["in_horizon_usd"]) for row in rows)
    assert total == pytest.approx(sum(SPENT), abs=0.005)
    egress = next(row for row in rows if row["action"] == "egress")
    assert (egress["start"], egress["quantity"], egress["unit"], egress["total_usd"]) == (
        "2027-01",
        "1000.0",
        "GB",
        "50.0",
    )


def test_budgets_stand_beside_what_is_spent_of_them() -> None:
    text = markdown(a_wide_plan())
    assert (
        "| Paid upfront | $100,000 | $100,000 | | Budget for upfront | $150,000 | $150,000 | | Left of it | $50,000 |"
        in text
    )
    assert "The budget of every period is $300,000; least is left in 2027-01: -$3,635." in text
    listed = markdown(asking(a_wide_plan(), budget_per_period_usd=[310_000, 183_500]))
    assert "Every period has a budget of its own; least is left in 2027-02: $296.42 of $183,500." in listed


def test_the_runway_says_when_cash_is_lowest_and_what_the_raise_is_for() -> None:
    text = markdown(a_wide_plan())
    row = "| 2027-01 to 2027-02 | $300,000 | $20,000 | $250,000 | $486,838 | $8,000 | $75,162 | $2,365 2027-01 |"
    assert row in text
    assert "Cash is lowest at the end of 2027-01 with $2,365, $17,635 below the least allowed of $20,000." in text
    assert "Without what is raised ($250,000 in 2027-02) it would be short from 2027-01 on, by up to $194,838." in text


@pytest.mark.parametrize(("count", "rows", "first"), [(24, 8, "2027-01 to 2027-03"), (60, 5, "2027-01 to 2027-12")])
def test_a_long_runway_is_told_by_quarter_then_by_plan_year(count: int, rows: int, first: str) -> None:
    periods = tuple(
        PeriodRecord(index=t, start=f"{2027 + t // 12}-{t % 12 + 1:02d}", hours=730.0, plan_year=t // 12, slices=())
        for t in range(count)
    )
    cost = a_plan().cost.model_copy(update={"by_plan_year": (0.0,) * (count // 12)})
    plan = a_plan(horizon=HorizonRecord(start="2027-01", periods=periods), cash=cash_records(count), cost=cost)
    text = render_plan(plan, "markdown").split("### Cash and runway")[1].split("\n\n")[1]
    assert len(text.splitlines()) == rows + 3  # titles, their rule, the sum
    assert joined(text.splitlines()[2]).startswith(f"| {first} | $100,000 |")
    assert f"| **${count * 500:,}** |" in text  # income of all periods


def test_credits_expire_or_stay() -> None:
    text = markdown(a_wide_plan())
    assert "| north | 2027-02 | $5,000 | $3,000 | $2,000 | – |" in text
    assert "| east | never | $700.00 | – | – | $700.00 |" in text
    assert "| **Total** |  | **$5,700** | **$3,000** |".replace("  ", " ") in text


def test_margin_is_revenue_less_cost() -> None:
    assert "| chat | 44,238 Mtok at $2.00 | $88,476 | $39,814 | $48,662 | 55.0% |" in markdown(a_wide_plan())


def test_what_is_not_cash_is_named_beside_the_npv() -> None:
    text = markdown(a_wide_plan())
    assert (
        "The NPV holds $870.50 for work that only a fallback serves and $1,614 for the price of carbon; that is not cash."
        in text
    )
    assert "$1,460,000 to north until 2027-12 - $29,200 for support of it" in text  # 1,489,200 − 1,460,000


def test_places_and_providers_show_the_share_reached_where_it_is_extreme() -> None:
    text = markdown(a_wide_plan())
    # In the launch 30 of 60 come from the US; in all 2 × (30 × 722.7 + 30 × 7.3) of 2 × (30 × 722.7 + 60 × 7.3).
    assert "| in DE and US | chat | at least 30.0% | 50.0% 2027-01, launch | 99.0% |" in text
    assert "| from one provider | chat | at most 70.0% | 100% 2027-01, s0 north | 99.0% |" in text


def test_carbon_has_its_cap_its_places_and_what_is_unknown() -> None:
    text = markdown(a_wide_plan())
    assert "| Year 1 from 2027-01 | 16.25 | 40 | 23.75 |" in text
    assert "| north/east-1 | 13 | 80.0% |" in text
    assert "12.5% of the node-hours stand where power or carbon intensity is not known" in text
    assert "At $50.00 a tonne they add $1,614 to the NPV; that is not cash." in text


def test_carbon_nobody_asked_for_is_shown_only_where_it_is_known() -> None:
    unknown = a_wide_plan().carbon
    assert unknown is not None
    nothing = unknown.model_copy(update={"tonnes": 0.0, "by_plan_year": (0.0,), "by_region": {}})
    assert "Emissions" not in render_plan(asking(a_wide_plan(carbon=nothing), carbon=None), "table")
    assert "Emissions" in render_plan(asking(a_wide_plan(), carbon=None), "table")


def test_moving_prices_and_lead_times_stand_in_what_it_rests_on() -> None:
    text = markdown(a_wide_plan()).split("What this rests on")[1]
    assert (
        "price path `replay`: × 1 at the start, × 0.709 after 2 months, lowest × 0.7 after 1," in text
    )  # 0.7 + 0.2 / 23
    assert "for commitment of chip-80gb at north" in text
    assert "prices assumed to change by -15.0% a year: spot of chip-80gb at south" in text
    assert "release of chip-2 assumed in 2027-02; from then on -20.0% for spot of chip-80gb at south" in text
    assert "delivered 2 months after signing: commitment of chip-80gb at north" in text


def test_years_of_one_option_are_one_row_with_the_sums_of_all() -> None:
    second = {"start": "2027-02", "start_index": 1, "end": "2027-02", "end_index": 2}
    first = spot_line().model_copy(update={"end": "2027-01", "end_index": 1})
    later = spot_line().model_copy(
        update={**second, "nodes": 6.0, "accelerators": 48.0, "unit_price_usd": 7.5, "utilisation": 0.5}
    )
    text = joined(render_plan(a_plan(lines=(a_line(), first, later)), "markdown"))
    assert (
        "4 to 6 × big8 32 to 48 × chip-80gb south · west-2 · DE _interruptible work_ | spot 2027-01 to 2027-02 |"
        in text
    )
    assert "$7.50 to $8.125 per node-hour × 5,840" in text  # 2 × 2,920
    assert "| $47,450 | 75.0% |" in text  # 2 × 23,725; half of it used whole, half by half
    assert "Where a price moves, its lowest and its highest are shown." in text


def test_what_runs_at_the_same_time_stays_apart() -> None:
    other = api_line().model_copy(update={"unit_price_usd": 0.5, "total_usd": 750.0})
    text = markdown(a_plan(lines=(api_line(), other)))
    assert "$0.3125 per Mtok" in text
    assert "$0.50 per Mtok" in text


@pytest.mark.parametrize("width", [40, 60, 80, 110, 160])
def test_no_line_is_wider_than_asked_and_no_figure_is_cut(width: int) -> None:
    text = render_plan(a_wide_plan(), "table", width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    for figure in ("$65,700", "$7,945", "$48,662", "$75,162", "99.987%", "-$3,000"):
        assert figure in text


def a_hostile_plan() -> Plan:
    """Every name of the new sections is an attack."""
    plan = a_wide_plan()
    names = {"chat": HOSTILE, "grand": f"g{HOSTILE}", "north": HOSTILE, "north/east-1": HOSTILE}

    def poisoned(value: object) -> object:
        if isinstance(value, dict):
            return {names.get(key, key): poisoned(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [poisoned(entry) for entry in value]
        return names.get(value, value) if isinstance(value, str) else value

    value = {**plan.model_dump(mode="json"), "scenario": plan.scenario.model_dump(mode="json")}
    return Plan.model_validate(poisoned(value))


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_names_in_the_new_sections_stay_text(form: str) -> None:
    text = render_plan(a_hostile_plan(), form)
    assert "\x1b" not in text
    if form == "markdown":
        assert "<script>" not in text
        assert "[x](http" not in text
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["provider"][:2] for row in rows if row["action"] == "egress"] == ["'=", "'="]


def test_a_plan_whose_scenario_is_no_scenario_still_shows_its_figures() -> None:
    record = a_wide_plan().scenario.model_copy(update={"resolved": {"name": "cut short"}})
    text = markdown(a_wide_plan(scenario=record))
    for figure in ("grand 7,884 step", "$7,945", "99.987%", "16.25", "$88,476"):
        assert figure in text
