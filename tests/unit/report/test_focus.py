"""FOCUS rows of a plan: the cash and nothing but the cash, commitments paid once and used once, and the specification's rules."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from planning import a_scenario, an_offer, answered, commitment, months, on_demand, online, planned
from rival_worlds import CATALOG
from term_worlds import draw_terms

from planner.audit import statement
from planner.cli import run
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.domain.scenario.scenario import Scenario
from planner.report.focus import focus_csv
from planner.report.focus.columns import FOCUS, OURS
from planner.report.focus.focus import DatelessError

TINY = Path(__file__).parents[2] / "golden" / "tiny.json"
SEEDS = 12
NEVER_EMPTY = (
    "BilledCost",
    "EffectiveCost",
    "ListCost",
    "ContractedCost",
    "BillingAccountId",
    "ServiceName",
    "ProviderName",
)
VALIDATOR = shutil.which("focus-validator")
Row = dict[str, str]


def value() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TINY.read_text(encoding="utf-8"))
    return loaded


def tiny() -> Plan:
    return plan_from_json_value(value())


def rows(plan: Plan) -> list[Row]:
    return list(csv.DictReader(io.StringIO(focus_csv(plan, statement(plan)))))


def total(found: list[Row], column: str) -> float:
    return sum(float(row[column]) for row in found)


def obeys_the_rules(found: list[Row]) -> None:
    """What FOCUS 1.3 says of single rows, as far as a forecast meets it."""
    for row in found:
        for name in (
            "BilledCost",
            "EffectiveCost",
            "ListCost",
            "ContractedCost",
            "BillingAccountId",
            "ServiceName",
            "ProviderName",
        ):
            assert row[name] != "", name
        assert row["ChargePeriodStart"] < row["ChargePeriodEnd"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["ChargePeriodStart"])
        assert row["BillingCurrency"] == "USD"
        assert row["ChargeCategory"] in ("Usage", "Purchase", "Credit")
        assert row["ChargeFrequency"] in ("One-Time", "Recurring", "Usage-Based")
        status, category = row["CommitmentDiscountStatus"], row["ChargeCategory"]
        assert (status != "") == (row["PricingCategory"] == "Committed")
        assert (row["ConsumedQuantity"] != "") == (category == "Usage" and status != "Unused")
        assert (row["ConsumedUnit"] != "") == (row["ConsumedQuantity"] != "")
        if category == "Purchase" and row["CommitmentDiscountId"]:
            assert float(row["EffectiveCost"]) == 0
        if status:
            assert float(row["BilledCost"]) == 0
            assert row["CommitmentDiscountId"]


def test_columns_of_focus_stand_before_ours() -> None:
    header = focus_csv(tiny(), statement(tiny())).splitlines()[0].split(",")
    assert tuple(header) == (*FOCUS, *OURS)
    assert all(name.startswith("x_") for name in OURS)
    assert all(re.fullmatch(r"[A-Z][A-Za-z]{1,49}", name) for name in FOCUS)
    assert list(FOCUS) == sorted(FOCUS)


def test_billed_is_the_cash_of_the_plan() -> None:
    """Drawn markets with agreements, savings plans and blocks; some of them serve nobody."""
    units: list[str] = []
    for seed in range(SEEDS):
        scenario = draw_terms(seed)
        dated = Scenario.model_validate(scenario.model_dump(mode="json", exclude_unset=True) | {"start": "2027-01"})
        plan = answered(dated, catalog=CATALOG).plan
        if plan is not None:
            adds_up(plan)
            units += [line.unit for line in plan.lines if line.action == "commit"]
    assert {"node-hour", "committed USD"} <= set(units), "what is to be shown was drawn"


def adds_up(plan: Plan) -> None:
    found = rows(plan)
    assert total(found, "BilledCost") == pytest.approx(plan.total_usd, rel=1e-9, abs=1e-6)
    obeys_the_rules(found)
    effective: dict[str, float] = defaultdict(float)
    for row in found:
        if row["CommitmentDiscountStatus"]:
            effective[row["x_Line"]] += float(row["EffectiveCost"])
    for number, line in enumerate(plan.lines, start=1):
        if line.action == "commit" and line.end_index <= len(plan.horizon.periods) and line.nodes:
            assert effective[str(number)] == pytest.approx(line.total_usd, rel=1e-9, abs=1e-6)


def test_used_and_unused_by_hand() -> None:
    """4 nodes for 2 months at 1.70; 73 of 5,840 node-hours idle."""
    found = rows(tiny())
    by = {status: [row for row in found if row["CommitmentDiscountStatus"] == status] for status in ("Used", "Unused")}
    assert total(by["Used"], "ConsumedQuantity") == pytest.approx(5840 - 73)
    assert total(by["Unused"], "EffectiveCost") == pytest.approx(73 * 1.7)
    assert total(by["Used"], "EffectiveCost") == pytest.approx(5767 * 1.7)
    assert {row["ChargePeriodStart"] for row in by["Used"]} == {"2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"}
    assert {row["ChargePeriodEnd"] for row in by["Used"]} == {"2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"}


def test_upfront_is_paid_once_and_spread_over_the_term() -> None:
    """A node for 4 months: 400 at once and 0.10 an hour; the horizon sees 2 of them."""
    prepaid = commitment(0.10, 4, upfront_usd=400)
    offer = an_offer("n", {"w": 2}, prepaid, on_demand(30.0))
    plan = planned(a_scenario(periods=months(2), start="2027-01", workloads=[online("w", 2)], offers=[offer]))
    found = rows(plan)
    once = [row for row in found if row["ChargeFrequency"] == "One-Time"]
    assert [(row["ChargeCategory"], float(row["BilledCost"]), float(row["EffectiveCost"])) for row in once] == [
        ("Purchase", 400, 0)
    ]
    used = [row for row in found if row["CommitmentDiscountStatus"] == "Used"]
    assert [float(row["EffectiveCost"]) for row in used] == pytest.approx([100 + 73, 100 + 73])
    assert total(found, "BilledCost") == pytest.approx(plan.total_usd)


@pytest.mark.parametrize("hostile", ["=HYPERLINK(7777)", "@SUM(7777)", "\u200b=7777", "+7777", "\t=7777"])
def test_text_of_a_user_is_no_formula(hostile: str) -> None:
    bad = value()
    bad["scenario"]["name"] = hostile
    for line in bad["lines"]:
        line |= {"node_type": hostile, "region": hostile, "price_source": hostile}
    cells = [cell for row in rows(plan_from_json_value(bad)) for cell in row.values()]
    assert any("7777" in cell for cell in cells)
    assert not [cell for cell in cells if re.match(r"\s*[=+@]", cell)]


def test_a_bill_needs_dates() -> None:
    bad = value()
    bad["horizon"]["start"] = "some day"
    bad["scenario"]["resolved"]["start"] = None
    plan = plan_from_json_value(bad)
    with pytest.raises(DatelessError, match="a bill needs dates"):
        focus_csv(plan, statement(tiny()))


def test_the_command_writes_it(tmp_path: Path) -> None:
    target = tmp_path / "forecast.csv"
    assert run(["show", str(TINY), "--format", "focus", "-o", str(target)]) == 0
    assert target.read_bytes().decode() == focus_csv(tiny(), statement(tiny()))


@pytest.mark.skipif(VALIDATOR is None, reason="no focus-validator on PATH")
def test_the_published_validator_accepts_it(tmp_path: Path) -> None:
    """Its rules for 1.0 ask for five columns by names that FOCUS 1.0 does not have; they are given to it under those too."""
    spelt = {
        "Provider": "ProviderName",
        "Publisher": "PublisherName",
        "InvoiceIssuer": "InvoiceIssuerName",
        "ResourceID": "ResourceId",
        "ChargeType": "ChargeCategory",
    }
    found = [row | {name: row[ours] for name, ours in spelt.items()} for row in rows(tiny())]
    with (tmp_path / "focus.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    assert VALIDATOR is not None
    site = next(
        (Path(VALIDATOR).resolve().parents[1] / "lib").glob("python*/site-packages")
    )  # it reads files beside itself
    command = [VALIDATOR, "--data-file", str(tmp_path / "focus.csv"), "--validate-version", "1.0"]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, timeout=120, check=False)
    assert "Validation succeeded." in done.stdout + done.stderr
