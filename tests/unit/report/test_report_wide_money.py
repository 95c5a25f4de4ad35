"""What a CFO sees of charges, credits, runway, margin and moving prices."""

import csv
import io
import math

import pytest
from planning import a_scenario, an_offer, commitment, on_demand, online, planned
from reading_reports import joined, markdown
from report_builders import a_line, a_plan, api_line, spot_line
from wide_plans import CHARGES, SPENT, a_wide_plan, asking, cash_records

from planner.domain.records.plan import HorizonRecord, PeriodRecord, PlanLine
from planner.report.plan.render import render_plan


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


def test_moving_prices_and_lead_times_stand_in_what_it_rests_on() -> None:
    text = markdown(a_wide_plan()).split("What this rests on")[1]
    assert (
        "price path `replay`: × 1 at the start, × 0.709 after 2 months, lowest × 0.7 after 1," in text
    )  # 0.7 + 0.2 / 23
    assert "for commitment of chip-80gb at north" in text
    assert "prices assumed to change by -15.0% a year: spot of chip-80gb at south" in text
    assert "release of chip-2 assumed in 2027-02; from then on -20.0% for spot of chip-80gb at south" in text
    assert "delivered 2 months after signing: commitment of chip-80gb at north" in text


def test_what_is_held_from_a_later_month_is_not_delivered_after_signing() -> None:
    nodes = {"name": "old", "provider": "north", "nodes": 1, "usd_per_hour": 1.5, "from": "2027-06", "until": "2027-09"}
    plan = {"name": "plan", "provider": "north", "kind": "savings_plan", "usd_per_hour": 1, "from": "2027-05"}
    held = [nodes | {"throughput": {"w": 1}}, plan | {"until": "2027-08", "rates": [{"discount": "50%"}]}]
    offers = [an_offer("n", {"w": 1}, on_demand(2.0), provider="north")]
    for waits in (0, 1):
        late = an_offer("late", {"w": 1}, commitment(1.0, 8, lead_months=waits), provider="south")
        scenario = a_scenario(
            start="2027-01", months=9, workloads=[online("w", 4.0)], offers=[*offers, late], held=held
        )
        assert ("after signing" in markdown(planned(scenario))) is bool(waits)


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
    assert "$7.5000 to $8.1250 per node-hour × 5,840" in text  # 2 × 2,920
    assert "| $47,450 | 75.0% |" in text  # 2 × 23,725; half of it used whole, half by half
    assert "Where a price moves, its lowest and its highest are shown." in text


def test_what_runs_at_the_same_time_stays_apart() -> None:
    other = api_line().model_copy(update={"unit_price_usd": 0.5, "total_usd": 750.0})
    text = markdown(a_plan(lines=(api_line(), other)))
    assert "$0.3125 per Mtok" in text
    assert "$0.5000 per Mtok" in text
