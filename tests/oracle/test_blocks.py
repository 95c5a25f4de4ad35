"""Capacity blocks: what they carry, against arithmetic and against an enumeration of signings that knows no program."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil, inf
from typing import Any

import pytest
from planning import a_scenario, an_offer, flexible, on_demand, online, optimum, planned

from planner.domain.scenario import Scenario
from planner.inputs.catalog import load_catalog
from planner.market.options import market_of
from planner.pipeline import horizon_of

MONTH, DAY = 730.0, 24.0


def block(usd: float, days: float, **fields: Any) -> dict[str, Any]:
    return {"kind": "block", "usd_per_hour": usd, "days": days} | fields


def a_run(work: float, **fields: Any) -> dict[str, Any]:
    """A run that never fails: hours = work / nodes at one work unit a node-hour."""
    calm = {"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0}
    return {"name": "run", "kind": "training_run", "unit": "step", "work": work} | calm | fields


def asked(months: int, work: list[dict[str, Any]], *contracts: dict[str, Any], **fields: Any) -> Any:
    rates = {one["name"]: 1.0 for one in work}
    offer = an_offer("node", rates, *contracts, **fields)
    return a_scenario(months=months, start="2027-01", workloads=work, offers=[offer])


def test_a_run_of_ten_days_takes_one_block_of_fourteen() -> None:
    """7,680 H100-hours on 32 are 240 hours; 4 nodes x 336 hours x 39.33 are 52,859.52, by the hour it is 94,387.20."""
    run = a_run(960, cluster_sizes=[4])
    plan = planned(asked(3, [run], on_demand(98.32), block(39.33, 14)))
    assert plan.total_usd == pytest.approx(52_859.52)
    assert [(line.contract, line.nodes, line.utilisation) for line in plan.lines] == [
        ("block of 14 days", 4, pytest.approx(240 / 336))
    ]
    assert planned(asked(3, [run], on_demand(98.32))).total_usd == pytest.approx(94_387.20)


def test_without_stated_sizes_the_cluster_is_what_the_block_asks_for() -> None:
    """3,360 node-hours in 336 hours: ten nodes, whatever is ready in a whole month."""
    plan = planned(asked(1, [a_run(3360)], on_demand(10.0), block(4.0, 14)))
    assert plan.runs[0].nodes == 10
    assert plan.total_usd == pytest.approx(10 * 336 * 4.0)


def test_a_run_longer_than_the_block_does_not_stand_on_it() -> None:
    run = a_run(4 * 340, cluster_sizes=[4])
    assert planned(asked(2, [run], on_demand(10.0), block(1.0, 14))).total_usd == pytest.approx(4 * 340 * 10)


def test_a_run_may_end_on_the_rest_of_a_block() -> None:
    """1,000 hours on two nodes within a block of 45 days, 1,080 hours: a month and 350 hours more."""
    run = a_run(2000, cluster_sizes=[2])
    plan = planned(asked(3, [run], on_demand(10.0), block(3.0, 45)))
    assert plan.total_usd == pytest.approx(2 * 1080 * 3.0)
    assert plan.lines[0].utilisation == pytest.approx(1000 / 1080)
    assert (plan.lines[0].start_index, plan.lines[0].end_index) == (plan.runs[0].start_index, plan.runs[0].end_index)


def test_work_that_waits_uses_all_days_of_a_block() -> None:
    """45 days are 1,080 hours: 1,080 units of work for one node, 730 of them in the first month."""
    need = flexible("jobs", [1.0, 350 / MONTH], unserved={"usd_per_unit": 100.0})
    plan = planned(asked(2, [need], block(3.0, 45)))
    assert plan.total_usd == pytest.approx(1080 * 3.0)
    assert plan.unserved == ()
    assert plan.lines[0].utilisation == pytest.approx(1.0)


def test_online_work_is_not_served_in_a_part_of_a_period() -> None:
    need = online("chat", [1.0, 1.0], unserved={"usd_per_unit": 100.0})
    plan = planned(asked(2, [need], block(3.0, 45, start_period=0)))
    assert sum(u.work for u in plan.unserved) == pytest.approx(MONTH)


def test_months_of_thirty_days_are_months() -> None:
    """90 days miss 30 hours of three months of 730: less than a day of each."""
    need = online("chat", [1.0, 1.0, 1.0])
    plan = planned(asked(3, [need], on_demand(10.0), block(3.0, 90)))
    assert plan.total_usd == pytest.approx(90 * DAY * 3.0)
    assert plan.lines[0].term_periods == 3


def test_two_runs_do_not_share_a_node_of_a_block() -> None:
    runs = [a_run(400, cluster_sizes=[2]), a_run(400, cluster_sizes=[2]) | {"name": "other"}]
    plan = planned(asked(1, runs, on_demand(100.0), block(2.0, 14, max_nodes=3)))
    assert plan.total_usd == pytest.approx(3 * 336 * 2.0 + 200 * 100.0)


# --- against an enumeration ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    months: int
    sizes: tuple[int, ...]
    """Cluster sizes of the run."""
    work: float
    jobs: tuple[float, ...]
    """Work that may wait, by month."""
    lost_usd: float
    """Cost of a unit of it that is not done."""
    hourly: float
    most_hourly: int | None
    blocks: tuple[tuple[float, float, int | None, int], ...]
    """(USD an hour, days, month of the start or None, most nodes)."""


def a_world(seed: int) -> World:
    r = random.Random(seed)
    months = r.choice([1, 2, 2, 3])
    sizes = tuple(sorted(r.sample([1, 2, 3], r.choice([1, 2]))))
    hourly = round(r.uniform(3.0, 12.0), 2)
    return World(
        months,
        sizes,
        round(max(sizes) * r.choice([r.uniform(60, 720), r.uniform(100, 700), r.uniform(731, 1400)]), 2),
        tuple(round(r.uniform(0, 1200), 1) for _ in range(months)) if r.random() < 0.6 else (),
        round(r.uniform(0.2, 0.95) * hourly, 2),
        hourly,
        r.choice([None, None, 1, 2]),
        tuple(
            (
                round(r.uniform(0.8, 8.0), 2),
                r.choice([5, 7, 10, 14, 21, 29.1, 30, 35, 45]),
                r.choice([None, None, *range(months)]),
                r.choice([1, 2, 3]),
            )
            for _ in range(r.choice([1, 2] if months < 3 else [1]))
        ),
    )


def scenario_of(w: World) -> Any:
    work = [a_run(w.work, cluster_sizes=list(w.sizes))]
    if w.jobs:
        rates = [units / MONTH for units in w.jobs]
        work.append(flexible("jobs", rates, unserved={"usd_per_unit": w.lost_usd}))
    contracts = [on_demand(w.hourly, **({} if w.most_hourly is None else {"max_nodes": w.most_hourly}))]
    for usd, days, start, most in w.blocks:
        contracts.append(block(usd, days, max_nodes=most, **({} if start is None else {"start_period": start})))
    return asked(w.months, work, *contracts)


def there(days: float, start: int, t: int) -> float:
    """Hours of month t that a block is there for; a day of each month may be missing."""
    hours, month = days * DAY, 0
    while hours > 0:
        whole = hours > MONTH - DAY * (month + 1)
        if start + month == t:
            return MONTH if whole else hours
        hours -= MONTH
        month += 1
        if not whole:
            break
    return 0.0


def signings(w: World) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """All combinations of (block, month, nodes)."""
    places = [
        (b, v) for b, (_, _, start, _) in enumerate(w.blocks) for v in range(w.months) if start is None or start == v
    ]
    for counts in product(*(range(w.blocks[b][3] + 1) for b, _ in places)):
        signed = tuple((b, v, n) for (b, v), n in zip(places, counts, strict=True) if n)
        at_once = all(
            sum(n for q, v, n in signed if q == b and there(w.blocks[b][1], v, t) > 0) <= w.blocks[b][3]
            for b in range(len(w.blocks))
            for t in range(w.months)
        )
        if at_once:
            yield signed


def least(w: World) -> float:
    best = inf
    for signed in signings(w):
        paid = sum(n * w.blocks[b][0] * w.blocks[b][1] * DAY for b, _, n in signed)
        for size, start in product(w.sizes, range(w.months)):
            if paid < best:
                best = min(best, paid + run_and_jobs(w, signed, size, start))
    return best


def run_and_jobs(w: World, signed: tuple[tuple[int, int, int], ...], size: int, start: int) -> float:
    """What is paid by the hour for a run of so many nodes from a month on, and what the jobs that are left undone cost."""
    hours = w.work / size
    months = max(ceil(hours / MONTH - 1e-9), 1)
    if start + months > w.months:
        return inf
    cost = 0.0
    for t in range(w.months):
        lots = [(n, there(w.blocks[b][1], v, t)) for b, v, n in signed]
        busy = min(hours - (t - start) * MONTH, MONTH) if start <= t < start + months else 0.0
        cost += min(month_of(w, t, lots, size if busy else 0, busy, used) for used in range(size + 1))
    return cost


def month_of(w: World, t: int, lots: list[tuple[int, float]], size: int, busy: float, hourly: int) -> float:
    """Least cost of a month in which so many nodes of the run are by the hour; the run takes the shortest stays that are enough."""
    left = size - hourly
    if left < 0 or (w.most_hourly is not None and hourly > w.most_hourly):
        return inf
    spare = 0.0
    for n, stay in sorted(lots, key=lambda lot: lot[1]):
        taken = min(left, n) if stay >= busy - 1e-9 else 0
        left -= taken
        spare += (n - taken) * stay
    if left > 0:
        return inf
    undone = max((w.jobs[t] if w.jobs else 0.0) - spare, 0.0)
    return hourly * busy * w.hourly + undone * w.lost_usd


@pytest.mark.parametrize("seed", range(60))
def test_blocks_runs_and_jobs_cost_what_the_enumeration_says(seed: int) -> None:
    world = a_world(seed)
    expected = least(world)
    found = optimum(scenario_of(world))
    if expected == inf:
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-3)
        planned(scenario_of(world))


@pytest.mark.exhaustive
def test_the_enumerated_worlds_are_worth_drawing() -> None:
    """Most have a plan, and in many a block that ends within a month carries the run or the jobs."""
    plans = [planned(scenario_of(a_world(seed))) for seed in range(60) if least(a_world(seed)) < inf]
    ending = [
        plan
        for plan in plans
        if any(line.option in {o.option for o in plan.inputs.options if o.period_share < 1} for line in plan.lines)
    ]
    assert len(plans) >= 45
    assert len(ending) >= 15
    assert sum(any(share.hours < MONTH for run in plan.runs for share in run.shares) for plan in ending) >= 8


@pytest.mark.parametrize(
    ("horizon", "contract"),
    [
        ({"months": 3}, "block of 1 month"),
        ({"quarters": 3}, "block of 3 months"),
        ({"periods": [{"hours": 1440}] * 2}, "block of 60 days"),
    ],
)
def test_a_block_of_a_whole_period_is_called_by_what_can_be_signed(horizon: dict[str, Any], contract: str) -> None:
    """Reported: a block of 91.25 days, which nobody sells."""
    work = {
        "name": "w",
        "kind": "training",
        "accelerator_hours_per_month": "6k",
        "reference_accelerator": "h100-sxm-80gb",
    }
    asked = Scenario.model_validate({"start": "2027-01", "workloads": [work], "clouds": ["aws"], **horizon})
    if "periods" in horizon:
        asked = asked.model_copy(update={"start": None})
    blocks = {o.contract for o in market_of(asked, load_catalog(), horizon_of(asked)).options if "block" in o.contract}
    assert blocks == {contract, "block of 14 days"}
