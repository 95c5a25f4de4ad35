"""A plan of ordinary size is audited in a second: 36 periods × 8 slices × 5 options."""

import time

import audit_plans as plans

from planner.audit import audit
from planner.units import month_after

MONTHS, SLICES, OPTIONS = 36, 8, 5
HOURS = 730 / SLICES


def big() -> plans.Json:
    """36 months; every slice served by five options alike (whether honest does not matter here)."""
    plan = plans.asked(plans.startup(), months=MONTHS)
    pieces = [{"name": f"s{s}", "hours": HOURS} for s in range(SLICES)]
    plan["horizon"]["week_hours"] = [list(range(21 * s, 21 * s + 21)) for s in range(SLICES)]
    plan["horizon"]["periods"] = [
        {"index": t, "start": month_after("2027-01", t), "hours": 730.0, "plan_year": t // 12, "slices": pieces}
        for t in range(MONTHS)
    ]
    rent = plan["inputs"]["options"][1]
    plan["inputs"]["options"] += [{**rent, "option": f"{rent['option']}-{n}"} for n in range(OPTIONS - 1)]
    rents = [rent["option"], *(f"{rent['option']}-{n}" for n in range(OPTIONS - 1))]
    cells = [(o, t, s) for o in rents for t in range(MONTHS) for s in range(SLICES)]
    plan["fleet"] = [{"option": o, "period": t, "slice": s, "nodes": 2.0} for o, t, s in cells]
    plan["serving"] = [
        {
            "workload": w,
            "option": o,
            "period": t,
            "slice": s,
            "nodes": 1.0,
            "replicas": 1.0,
            "work": HOURS,
            "work_unit": "Mtok",
        }
        for o, t, s in cells
        for w in ("chat", "tune", "bulk")
    ]
    return plan


def test_a_plan_of_ordinary_size_takes_less_than_a_second() -> None:
    plan = plans.read(big())
    start = time.process_time()
    record = audit(plan)
    assert time.process_time() - start < 1.0
    assert record.checks > 10_000
