"""Credits, what is signed and to be signed, blocks, hosted units, dates and waiting work together, against a second program."""

from collections import Counter

import pytest
from mixed_program import least_npv
from mixed_worlds import draw_mixed
from planning import a_scenario, answered, optimum

COUNT, CHUNK = 400, 40
TIGHT = 1e-6


@pytest.mark.parametrize("first", range(0, COUNT, CHUNK))
def test_the_optimum_is_that_of_the_second_program(first: int) -> None:
    compared = 0
    for seed in range(first, first + CHUNK):
        fields = draw_mixed(seed)
        expected = least_npv(fields)
        found = answered(a_scenario(**fields))
        if expected is None:
            assert found.stop == "infeasible", f"seed {seed}: the second program has no plan"
            assert found.causes, f"seed {seed}"
            continue
        assert found.plan is not None, (
            f"seed {seed}: there is a plan of {expected.npv}, the planner says {found.causes}"
        )
        assert found.plan.npv_usd == pytest.approx(expected.npv, rel=TIGHT, abs=1e-3), f"seed {seed}"
        assert found.plan.audit.agrees, f"seed {seed}: {found.plan.audit.discrepancies}"
        compared += 1
    assert compared >= CHUNK * 3 // 4, f"{compared} of {CHUNK} draws compared two plans"


@pytest.mark.exhaustive
def test_the_draws_use_all_that_they_are_drawn_for() -> None:
    """Draws of the 400 in which the best plan really uses something of each kind, or a date lies inside the horizon."""
    used: Counter[str] = Counter()
    for seed in range(COUNT):
        fields = draw_mixed(seed)
        found = least_npv(fields)
        if found is None:
            continue
        used.update(name for name, amount in found.used.items() if amount > 1e-6)
        works = fields["workloads"]
        used["dates"] += any({"start", "start_period", "end", "end_period"} & set(work) for work in works)
        used["waits"] += any(work["kind"] != "inference" for work in works)
        used["requests"] += any(offer.get("unit") == "request" for offer in fields["offers"])
        used["signed agreements"] += any(one.get("signed", False) for one in fields.get("spend_agreements", []))
    least = {
        "credits": 100,
        "held nodes": 120,
        "covered": 80,
        "commitments": 80,
        "blocks": 60,
        "hosted": 100,
        "tiers": 80,
        "rebates": 60,
        "shortfalls": 25,
        "dates": 150,
        "waits": 150,
        "requests": 40,
        "signed agreements": 50,
    }
    assert {name: used[name] for name, count in least.items() if used[name] < count} == {}


@pytest.mark.exhaustive
def test_what_is_added_changes_what_is_paid() -> None:
    """Each kind of thing moves the optimum in a fair part of the draws that have it: the comparison would see it missing."""
    moved: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    for seed in range(80):
        fields = draw_mixed(seed)
        whole = least_npv(fields)
        for name in ("credits", "held", "spend_agreements", "support"):
            if whole is None or name not in fields:
                continue
            drawn[name] += 1
            without = least_npv({key: value for key, value in fields.items() if key != name})
            moved[name] += without is None or abs(without.npv - whole.npv) > 1e-4 * abs(whole.npv)
    assert all(moved[name] >= 0.4 * count for name, count in drawn.items()), (moved, drawn)


@pytest.mark.parametrize(("period", "hours"), [("month", 730), ("quarter", 2190)])
@pytest.mark.parametrize(("days", "whole"), [(90, True), (89, True), (84, False)])
def test_a_block_of_ninety_days_is_three_months_or_a_quarter(period: str, hours: int, days: int, whole: bool) -> None:
    """However long the periods are: 90 days serve online work for three months, 84 leave more than a day a month open."""
    scenario = a_scenario(
        start="2027-01",
        months=3,
        period=period,
        workloads=[{"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": 1}],
        offers=[
            {
                "name": "o",
                "throughput": {"w": 1},
                "contracts": [
                    {"kind": "on_demand", "usd_per_hour": 9},
                    {"kind": "block", "usd_per_hour": 2, "days": days, "start_period": 0},
                ],
            }
        ],
    )
    served = 3 * 730 if whole else (3 * 730 // hours - 1) * hours
    open_usd = 9.0 * (3 * 730 - served)
    bought = days * 24 * 2.0 if served else 0.0
    assert optimum(scenario) == pytest.approx(min(bought + open_usd, 9.0 * 2190))
