"""Infeasible answers, audits and the catalog, in all formats."""

import csv
import io
import json

import pytest
from report_builders import a_disputed_plan, a_plan
from rich.cells import cell_len

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, InstancePrice, TokenPrice
from planner.domain.records.findings import Cause, Repair
from planner.report.answers.audit_report import audit_report
from planner.report.answers.infeasible import infeasible_report
from planner.report.catalog.catalog import prices_report, subject_report
from planner.report.catalog.check import check_report, summarise
from planner.report.document import render

BUDGET = Cause(
    "budget",
    "chat",
    "2027-01",
    1e6,
    2.5e6,
    "USD",
    "the cash of year 1 is 1,500,000 short",
    "raise the budget to 2.5M",
)
CAP = Cause("market", None, None, 0.0, 8.0, "nodes", "spot of south is sold out", "allow other providers")
REPAIR = Repair("budget_per_year_usd", "+1.5M", 3000000.0)
DISPUTED = a_disputed_plan().audit


def a_price(**changed: object) -> InstancePrice:
    base = InstancePrice(
        "north/big8/1", "north", "east-1", "US", "big8", "chip-80gb", 8, "commitment", "reserved", 12.0, 0.5, 1, 24.0,
        0.0, "listed", "https://prices.example/north/pricing", "2026-03", "",
    )  # fmt: skip
    return base._replace(**changed)


TOKENS = TokenPrice(
    "tokens/m", "tokens", "m|70", "m-70b", 0.2, 0.6, 0.0, 0, "", "https://tokens.example/prices", "2026-10-22"
)


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_infeasible_says_why_and_the_way_out(form: str) -> None:
    text = render(infeasible_report("Acme", (BUDGET, CAP), (REPAIR,)), form)
    for said in (
        "Acme: no plan exists",
        BUDGET.message,
        BUDGET.fix,
        CAP.message,
        "1,000,000",
        "2,500,000",
        "$3,000,000",
    ):
        assert said in text


def test_infeasible_json_is_what_programs_rely_on() -> None:
    value = json.loads(render(infeasible_report("Acme", (BUDGET,), (), sha256="ab" * 32), "json"))
    assert list(value) == ["schema", "scenario", "status", "causes", "repairs", "conflict", "complete"]
    assert value["schema"] == "planner/infeasible/1"
    assert value["scenario"] == {"name": "Acme", "sha256": "ab" * 32}
    assert value["status"] == "infeasible"
    assert list(value["causes"][0]) == [
        "family",
        "workload",
        "period",
        "have",
        "need",
        "unit",
        "message",
        "fix",
        "limits",
    ]
    assert value["causes"][0]["need"] == 2.5e6
    assert value["repairs"] == []


def test_infeasible_without_causes_still_says_something() -> None:
    assert "No single reason could be named." in render(infeasible_report("Acme", ()))


def test_infeasible_csv_has_one_row_a_cause() -> None:
    rows = list(csv.DictReader(io.StringIO(render(infeasible_report("Acme", (BUDGET, CAP), ()), "csv"), newline="")))
    assert [row["need"] for row in rows] == ["2500000.0", "8.0"]


def test_an_audit_that_agrees_says_so_in_one_line() -> None:
    text = render(audit_report(a_plan(), a_plan().audit))
    assert "agrees, 1,234 checks, largest difference $0.00" in text
    assert "Where they differ" not in text


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_an_audit_that_disagrees_lists_every_difference(form: str) -> None:
    text = render(audit_report(a_plan(), DISPUTED), form)
    for found in DISPUTED.discrepancies:
        assert all(part in text for part in found)
    assert "The plan file says of itself that its audit agrees." in text


def test_audit_json_and_csv_carry_the_same_differences() -> None:
    value = json.loads(render(audit_report(a_plan(), DISPUTED), "json"))
    rows = list(csv.DictReader(io.StringIO(render(audit_report(a_plan(), DISPUTED), "csv"), newline="")))
    assert value["agrees"] is False
    assert value["discrepancies"] == rows
    assert len(rows) == 2


def test_catalog_list_shows_both_prices_age_and_source() -> None:
    text = render(prices_report((a_price(), TOKENS), today="2026-11-22"), "table")
    for said in (
        "$24.00",
        "$3.00",
        "chip-80gb",
        "50.0% upfront",
        "12",
        "8.7",
        "prices.example",
        "$0.20",
        "$0.60",
    ):
        assert said in text
    assert max(cell_len(line) for line in text.splitlines()) <= 110


def test_catalog_csv_and_json_have_the_full_address() -> None:
    text = render(prices_report((a_price(), TOKENS), today="2026-11-22"), "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["source"] == "https://prices.example/north/pricing"
    assert (rows[0]["kind"], rows[1]["kind"]) == ("instance", "hosted_api")
    assert rows[0]["price_usd_per_accelerator_hour"] == "3.0"
    assert rows[1]["usd_per_mtok_output"] == "0.6"
    value = json.loads(render(prices_report((a_price(),), today="2026-11-22"), "json"))
    assert value["rows"][0]["age_months"] == 8.7  # 2026-03-01 to 2026-11-22 = 8 months and 21 days


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_an_empty_catalog_list_is_no_error(form: str) -> None:
    assert render(prices_report((), today="2026-11-22"), form).endswith("\n")


def test_show_tells_what_is_known_and_what_is_not() -> None:
    chip = Accelerator(id="chip-80gb", vendor="V", name="Chip", memory_gb=80.0, source="sheet", checked_on="2026-05")
    text = render(subject_report(chip, (a_price(),), today="2026-11-22"))
    lines = {line.strip() for line in text.splitlines()}
    assert any(line.startswith("memory, GB") and line.endswith("80") for line in lines)
    assert any(line.startswith("bf16, TFLOPS") and line.endswith("not known") for line in lines)
    assert "$24.00" in text
    value = json.loads(render(subject_report(chip, (a_price(),), today="2026-11-22"), "json"))
    assert value["memory_gb"] == 80.0
    assert value["offers"][0]["price_usd_per_hour"] == 24.0


def test_check_counts_rows_ages_and_holes() -> None:
    rows = (a_price(), a_price(contract="spot", checked_on="2024-01", country=""))
    summary = summarise(Catalog(prices=rows, token_prices=(TOKENS,)), today="2026-11-22")
    north = next(entry for entry in summary.providers if entry.provider == "north")
    assert (north.commitment, north.spot, north.oldest, north.newest, north.too_old) == (
        1,
        1,
        "2024-01",
        "2026-03",
        1,
    )
    text = render(check_report(summary, problems=("row 7 of north.csv has no source",)))
    assert "row 7 of north.csv has no source" in text
    assert "prices of unknown country (1): north" in text
    value = json.loads(render(check_report(summary), "json"))
    assert value["files"]["instance prices"] == 2


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "json"])
def test_check_of_an_empty_catalog(form: str) -> None:
    assert render(check_report(summarise(Catalog(), today="2026-11-22")), form)
