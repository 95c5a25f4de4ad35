"""The default cost of an owned hour lies where others say it does, and the page that says so is fresh."""

import sys
from pathlib import Path

import pytest

from planner.inputs.catalog.load import load_catalog

DOCS = Path(__file__).resolve().parents[2] / "docs"
RANGES = {"h100-sxm-80gb": (1.30, 1.69), "b200-sxm-180gb": (1.95, 2.34), "gb200-186gb": (2.21, 2.75)}


@pytest.mark.exhaustive
def test_owned_hours_beside_published_ones() -> None:
    sys.path.insert(0, str(DOCS))
    try:
        import make_owned_hours as owned
    finally:
        sys.path.remove(str(DOCS))
    rows = {row.accelerator: row for row in owned.owned_hours(load_catalog())}
    for chip, (low, high) in RANGES.items():
        assert (rows[chip].low, rows[chip].high) == (low, high)
        assert low <= rows[chip].usd <= high, chip
        assert rows[chip].usd < rows[chip].usd_as_lenders < 1.2 * high
    assert {chip for chip, row in rows.items() if row.usd > row.high} == {"h200-sxm-141gb", "b300-sxm-270gb"}, (
        "told on the page"
    )
    planned = {chip: round(row.usd_as_planned, 2) for chip, row in rows.items() if row.usd_as_planned is not None}
    assert planned == {"h100-sxm-80gb": 1.85, "h200-sxm-141gb": 2.02, "b200-sxm-180gb": 2.76}, "README of the catalog"
    assert owned.PAGE.read_text(encoding="utf-8") == owned.page(list(rows.values()))


@pytest.mark.parametrize("fit_out", [0, 750])
def test_power_may_be_let_for_nothing(fit_out: int) -> None:
    from planner.analysis.answer import answer
    from planner.inputs.scenario_file import parse_scenario

    catalog = load_catalog()
    text = f"""
start: 2027-01
months: 12
period: quarter
clouds: []
hosted_apis: none
workloads: [{{name: t, kind: training, accelerator_hours_per_month: 20k, reference_accelerator: h100-sxm-80gb}}]
own:
  sites:
    - {{name: hall, kind: colocation, country: US, max_mw: 1, term_months: 24, lead_months: 0, rent_usd_per_kw_month: 0,
       fit_out_usd_per_kw: {fit_out}}}
  servers: [{{accelerator: h100-sxm-80gb, lead_months: 0}}]
"""
    plan = answer(parse_scenario(text, "rent.yaml", catalog=catalog), catalog, baselines=False).plan
    assert plan is not None
    assert plan.audit.agrees, plan.audit.discrepancies
    (power,) = [line for line in plan.lines if line.action == "lease"]
    assert power.unit_price_usd == 0
    assert power.total_usd == pytest.approx(fit_out * power.units)
