"""Single rules against arithmetic said aloud: demand, goodput, price paths, lead times, sized rates."""

from decimal import Decimal
from typing import Any

import audit_lab_plan as labs
import audit_plans as plans
import audit_world_plan as worlds
import pytest
from test_audit_corruptions import changed, rules

from planner.audit.availability.domains import Domains
from planner.audit.books.demands import Demand, demands, surged
from planner.audit.books.plan_index import Books
from planner.audit.books.prices import factor_on_path
from planner.audit.rules.runs import progress, total_work, window
from planner.domain.finance.price_path import factor_at
from planner.domain.workloads.base import Surge
from planner.domain.workloads.training_run import TrainingRun
from planner.sizing.training.failures import goodput

Json = dict[str, Any]


def demand_of(months: int = 2, scale: float = 1.0, **workload: Any) -> Demand:
    """Of one workload, over months of 730 h of a single slice."""
    plan = plans.startup()
    single = [{"name": "s0", "hours": 730.0}]
    plan["horizon"]["week_hours"] = [list(range(168))]
    plan["horizon"]["periods"] = [
        {"index": t, "start": f"p{t}", "hours": 730.0, "plan_year": t // 12, "slices": single} for t in range(months)
    ]
    asked = plans.asked(plan, months=months, demand_scale=scale, workloads=[{"name": "w", **workload}])
    return demands(Books(plans.read(asked)))["w"]


CHAT = {"kind": "inference", "demand_per_hour": 10.0}
BATCH = {"kind": "batch", "demand_per_hour": 10.0}
SURGE = {"after_months": 0, "weeks": 2, "growth_per_week": 0.5}
MONTH_WEEKS = 730 / 168


@pytest.mark.parametrize(
    ("workload", "rates"),
    [
        ({**CHAT, "surges": [SURGE]}, [22.5, 22.5]),  # both weeks are over by the end of January: 10 × 1.5²
        ({**CHAT, "surges": [{**SURGE, "weeks": 99}]}, [10 * 1.5**MONTH_WEEKS, 10 * 1.5 ** (2 * MONTH_WEEKS)]),
        ({**BATCH, "surges": [{**SURGE, "weeks": 3}]}, [10 * 1.5 ** (MONTH_WEEKS / 2), 33.75]),  # at the middle
        ({**CHAT, "surges": [{"start": "2027-02", "weeks": 1, "growth_per_week": 0.5}]}, [10.0, 15.0]),
        ({**CHAT, "surges": [SURGE, {**SURGE, "growth_per_week": -0.5}]}, [5.625, 5.625]),
        ({**CHAT, "growth_per_month": 0.1, "surges": [SURGE]}, [22.5, 24.75]),
        ({**CHAT, "demand_per_hour": [4.0, 6.0]}, [4.0, 6.0]),
    ],
)
def test_surges_and_lists(workload: Json, rates: list[float]) -> None:
    found = demand_of(**workload)
    assert [found.rate(t, 0) for t in (0, 1)] == pytest.approx(rates)
    twice = demand_of(scale=2.0, **workload)
    assert [twice.rate(t, 0) for t in (0, 1)] == pytest.approx([2 * rate for rate in rates])


def test_heads_of_each_plan_year() -> None:
    team: Json = {"kind": "development", "headcount": [10, 30], "accelerator_hours_per_head_per_month": 73}
    team |= {"reference_accelerator": "c", "profile": "flat"}
    found = demand_of(months=36, **team)
    assert [found.rate(t, 0) for t in (0, 11, 12, 35)] == pytest.approx([1.0, 1.0, 3.0, 3.0])


def test_a_surge_never_runs_backwards() -> None:
    surge = Surge(after_months=6, weeks=4, growth_per_week=0.5)
    assert [surged(surge, months) for months in (-6, 0, 12)] == pytest.approx([1.0, 1.0, 1.5**4])


@pytest.mark.parametrize("interval", [None, 0.5, 3.0])
@pytest.mark.parametrize("failures", [0.0, 0.173, 5.0])
@pytest.mark.parametrize("minutes", [0.0, 5.0])
def test_goodput_agrees_with_the_sizing(interval: float | None, failures: float, minutes: float) -> None:
    """Two formulas by two hands."""
    run = TrainingRun(
        name="r",
        kind="training_run",
        flop=1e24,
        checkpoint_interval_hours=interval,
        failures_per_accelerator_year=failures,
        checkpoint_write_minutes=minutes,
    )
    for accelerators in (8, 1024, 100_000):
        assert progress(run, accelerators) == pytest.approx(goodput(run, accelerators), abs=1e-12)


def test_price_paths_agree_with_the_catalog_s() -> None:
    points = ((0.0, 1.0), (7.0, 0.6), (12.0, 0.9), (30.0, 1.3))
    for months in (0, 1, 3.3, 7, 11, 12, 29.99, 30, 90):
        assert factor_on_path(points, Decimal(repr(months))) == factor_at(points, months)
    assert factor_on_path(((5.0, 0.8),), Decimal(1)) == Decimal("0.8")


def test_windows_in_quarters() -> None:
    """A run starts with a quarter that begins in or after `earliest`, and may end in the quarter of its deadline."""
    plan = worlds.world()
    for t, month in enumerate(("2027-01", "2027-04")):
        plan["horizon"]["periods"][t] |= {"hours": 2190.0, "start": month}
    books = Books(plans.read(plans.asked(plan, months=None, quarters=2)))

    def of(**dates: str) -> tuple[int, int]:
        return window(books, TrainingRun(name="r", kind="training_run", flop=1e24, **dates))

    assert of() == (0, 2)
    assert of(earliest="2027-02") == (1, 2)
    assert of(earliest="2026-11") == (0, 2)
    assert of(deadline="2027-03") == (0, 1)
    assert of(deadline="2030-01") == (0, 2)
    assert total_work(books, TrainingRun(name="r", kind="training_run", flop=2e22)) == pytest.approx(20.0)


def test_lead_times_of_quotes_and_catalog() -> None:
    entries = [{"months": 2, "provider": "south"}, {"months": 1.5, "accelerator": "chip", "min_accelerators": 8}]
    assert rules(plans.asked(labs.lab(), lead_times=entries)) == {"lead-time"}
    late = changed(plans.asked(labs.lab(), lead_times=entries), "inputs/options/1/lead_periods", 2)
    assert "lead-time" not in rules(late)  # 1.5 months are two, and this entry says more
    assert "commitment-start" in rules(late)
    small = [{"months": 2, "min_accelerators": 9}]
    assert rules(plans.asked(labs.lab(), lead_times=small)) == set()


def test_maturity_and_round_trips_change_sized_rates() -> None:
    assert rules(plans.asked(labs.lab(), maturity={"Acme": 0.5})) == {"fit-sized"}
    assert rules(plans.asked(labs.lab(), maturity={"Other": 0.5})) == set()
    assert rules(plans.asked(labs.lab(), round_trips_ms={"n1": 499.9})) == {"fit-sized"}
    assert rules(plans.asked(labs.lab(), round_trips_ms={"NO": 600})) == {"fit-sized"}
    assert rules(plans.asked(labs.lab(), round_trips_ms={"elsewhere": 600})) == set()
    near = plans.with_workload(plans.asked(labs.lab(), round_trips_ms={"NO": 600}), 1, round_trip_ms=0)
    assert rules(near) == set()


def test_nodes_that_are_paid_for_the_whole_last_period_are_in_the_fleet() -> None:
    """A run may end on them too; the share then says so, and nothing is paid twice."""
    plan = changed(worlds.world(), "runs/0/shares/1/hours", 730.0)
    assert {"busy-nodes", "line-quantity"} <= rules(plan)
    for s in (0, 1):
        plan["fleet"][2 + s]["nodes"] += 2
    assert "busy-nodes" not in rules(plan)
    assert not rules(plan) & {"run-nodes", "run-work"}


def test_of_slices_that_are_busy_alike_the_plan_may_choose() -> None:
    plan = plans.startup()
    flat = plans.with_workload(plan, 0, profile=[1.0] * 168, demand_per_hour=5.0, growth_per_month=None)
    asked = plans.asked(flat, availability={"failure": "provider", "survive": 0.5})
    for s in (0, 1):
        asked["failures"] = [
            {"failed": "inline", "period": t, "slice": s, "workload": "chat", "needed_per_hour": 2.5, "parts": []}
            for t in (0, 1)
        ]
        domains = Domains(Books(plans.read(asked)))
        assert list(domains.checked(domains.protected)) == [(0, s), (1, s)]
        assert set(domains.expected()) == {("inline", ("chat", t, s)) for t in (0, 1)}


def test_without_nodes_there_are_no_emissions_to_record() -> None:
    """Hosted APIs are unknown: a plan of nothing else has no record, one with nodes has."""
    plan = plans.asked(plans.startup(), carbon={"usd_per_tonne": 10})
    assert "carbon" in rules(plan)
    plan["fleet"] = plan["lines"] = []
    assert "carbon" not in rules(plan)
