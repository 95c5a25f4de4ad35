"""A plan by hand with everything that can stand in one. Two months of 730 h from 2027-01, 7.3 h of each are the launch.

chat asks for 30 Mtok/h, 60 in the launch; half of that hangs on its fallback. The run `grand` holds 2 nodes on demand for 1,095 h:
January, and 365 h of February. `flex` may stop and move. Money: north takes 2% support, 1,000 GB leave it in each month.
"""

from typing import Any

from report_builders import a_fit, a_line, a_plan, an_option, api_line, spot_line

from planner.domain.records.plan import (
    Cost,
    FleetRecord,
    HorizonRecord,
    PeriodCost,
    PeriodRecord,
    Plan,
    PlanLine,
    ScenarioRecord,
    ServingRecord,
    SliceRecord,
    UnitCost,
)
from planner.domain.records.plan_inputs import Inputs
from planner.domain.records.plan_records import (
    AvailabilityRecord,
    CarbonRecord,
    CashRecord,
    ChargeRecord,
    CreditRecord,
    FailurePart,
    FailureRecord,
    MarginRecord,
    RunRecord,
    RunShare,
    SimulatedAvailability,
)
from planner.domain.scenario.scenario import Scenario

ORDINARY, LAUNCH = 722.7, 7.3
NORTH, SOUTH, EAST, TOKENS = "north/big8/12m", "south/big8/spot", "east/big8/od", "tokens/m70"

SCENARIO: dict[str, Any] = {
    "name": "Wide",
    "start": "2027-01",
    "months": 2,
    "catalog": "none",
    "budget_per_period_usd": 300_000,
    "budget_upfront_per_year_usd": 150_000,
    "cash": {
        "at_hand_usd": 300_000,
        "income_per_month_usd": 10_000,
        "other_costs_per_month_usd": 4000,
        "raises": [{"month": "2027-02", "usd": 250_000}],
        "minimum_usd": 20_000,
    },
    "credits": [{"provider": "north", "usd": 5000, "expires": "2027-02"}, {"provider": "east", "usd": 700}],
    "support": {"north": 0.02},
    "egress_usd_per_gb": {"default": 0.05},
    "releases": [
        {
            "accelerator": "chip-2",
            "month": "2027-02",
            "price_drops": [{"accelerator": "chip-80gb", "by": -0.2, "contract": "spot"}],
        }
    ],
    "availability": {"failure": "region"},
    "standing_reserve": 0.1,
    "max_share_per_provider": 0.7,
    "carbon": {"usd_per_tonne": 50, "max_tonnes_per_year": 40},
    "workloads": [
        {
            "name": "chat",
            "kind": "inference",
            "demand_per_hour": 30.0,
            "spike": {"name": "launch", "multiplier": 2.0, "hours_per_year": 87.6},
            "fallback": {"share": 0.5, "usd_per_unit": 2.0},
            "residency": [{"share": 0.3, "countries": ["DE", "US"]}],
            "price_usd_per_unit": 2.0,
            "egress_gb_per_unit": 0.1,
            "survive": 0.9,
        },
        {"name": "grand", "kind": "training_run", "unit": "step", "work": 7884.0, "deadline": "2027-02"},
        {
            "name": "flex",
            "kind": "training_run",
            "unit": "step",
            "work": 1000.0,
            "earliest_period": 1,
            "interruptible": True,
        },
    ],
}


def resolved(**changes: Any) -> dict[str, Any]:
    return Scenario.model_validate({**SCENARIO, **changes}).model_dump(mode="json")


def asking(plan: Plan, **changes: Any) -> Plan:
    """The plan as the answer to another scenario."""
    record = ScenarioRecord(name="Wide", sha256="cd" * 32, resolved=resolved(**changes))
    return plan.model_copy(update={"scenario": record})


def on_demand_line(**changed: Any) -> PlanLine:
    return a_line(
        action="on_demand", option=EAST, provider="east", region="east-9", country="FR", contract="on_demand",
        term_periods=None, end="2027-02", end_index=2, nodes=2.0, accelerators=16.0, quantity=2190.0,
        unit_price_usd=30.0, list_price_usd=30.0, upfront_usd=0.0, total_usd=65700.0, in_horizon_usd=65700.0,
        utilisation=1.0, why="the cluster of grand", price_source="https://prices.example/east",
    ).model_copy(update=changed)  # fmt: skip


def _inputs() -> Inputs:
    north = an_option(a_line(), price_path="replay", lead_periods=2)
    spot = an_option(spot_line(), change_per_year=-0.15)
    east, tokens = an_option(on_demand_line()), an_option(api_line())
    return Inputs(
        options=(north, spot, east, tokens),
        fits=(a_fit("chat", NORTH), a_fit("chat", TOKENS, mode="fallback", rate_per_node_hour=0.0)),
        caps=(),
        price_paths={"replay": ((0.0, 1.0), (1.0, 0.7), (24.0, 0.9))},
    )


def _serving() -> tuple[ServingRecord, ...]:
    rows = []
    for t in (0, 1):
        for s, hours in enumerate((ORDINARY, LAUNCH)):
            row = ServingRecord(
                workload="chat",
                period=t,
                slice=s,
                option=NORTH,
                nodes=3.0,
                replicas=6.0,
                work=30 * hours,
                work_unit="Mtok",
            )
            rows.append(row)
        lesser = {"slice": 1, "option": TOKENS, "mode": "fallback", "nodes": 0.0, "replicas": 0.0, "work": 30 * LAUNCH}
        rows.append(rows[-1].model_copy(update=lesser))
    rows += [
        ServingRecord(
            workload="flex", period=1, slice=s, option=SOUTH, nodes=2.0, replicas=0.0, work=550.0, work_unit="step"
        )
        for s in (0, 1)
    ]
    return tuple(rows)


def _run() -> RunRecord:
    shares = tuple(RunShare(option=EAST, period=t, nodes=2.0, hours=(730.0, 365.0)[t]) for t in (0, 1))
    return RunRecord(
        workload="grand", pool="east/big8", start="2027-01", start_index=0, end="2027-02", end_index=2, nodes=2,
        accelerators=16, hours=1095.0, last_period_hours=365.0, work=7884.0, work_unit="step",
        rate_per_node_hour=4.0, goodput=0.9, shares=shares,
    )  # fmt: skip


def failure(failed: str, t: int, s: int, *parts: FailurePart, needed: float = 27.0) -> FailureRecord:
    return FailureRecord(failed=failed, period=t, slice=s, workload="chat", needed_per_hour=needed, parts=parts)


def part(option: str, nodes: float, work: float, started: float = 0.0) -> FailurePart:
    return FailurePart(option=option, nodes=nodes, standby_nodes=started, work_per_hour=work)


FAILURES = (
    failure("north/east-1", 0, 0, part(EAST, 2.0, 17.0, started=1.0), part(TOKENS, 0.0, 10.0)),
    failure("north/east-1", 1, 1, part(EAST, 4.0, 54.0, started=4.0), needed=54.0),
    failure("east/east-9", 0, 0, part(NORTH, 3.0, 27.0)),
    failure("", 1, 1, part(NORTH, 6.6, 66.0), needed=66.0),
)

CHARGES = tuple(
    ChargeRecord(
        kind=kind, provider="north", workload=workload, period=t, quantity=quantity, unit_price_usd=price, usd=usd
    )
    for t in (0, 1)
    for kind, workload, quantity, price, usd in (
        ("support", "", (246000.0, 146000.0)[t], 0.02, (4920.0, 2920.0)[t]),
        ("egress", "chat", 1000.0, 0.05, 50.0),
        ("storage", "chat", 100.0, 0.0233, 2.33),
    )
)
"""north: 2% of 246,000 and of 146,000; 1,000 GB at $0.05; 100 GB-months at $0.0233."""

DATA = {"egress": 50.0, "storage": 2.33}
KINDS = (
    {"commitment": 246000.0, "on_demand": 43800.0, "spot": 11862.5, "support": 4920.0, **DATA, "credits": -3000.0},
    {"commitment": 146000.0, "on_demand": 21900.0, "spot": 11862.5, "hosted_api": 468.75, "support": 2920.0, **DATA},
)
SPENT = tuple(sum(kinds.values()) for kinds in KINDS)
"""303,634.83 and 183,203.58."""


def _cost() -> Cost:
    names = dict.fromkeys([*KINDS[0], *KINDS[1]])
    kinds = {name: KINDS[0].get(name, 0.0) + KINDS[1].get(name, 0.0) for name in names}
    return Cost(
        by_kind=kinds,
        by_period=tuple(
            PeriodCost(period=f"2027-0{t + 1}", index=t, cash_usd=SPENT[t], by_kind=dict(KINDS[t])) for t in (0, 1)
        ),
        by_plan_year=(sum(SPENT),),
        by_provider={"north": 396944.66, "east": 65700.0, "south": 23725.0, "tokens": 468.75},
        outstanding_liability_usd=1489200.0,
        terminal_npv_usd=1300123.0,
        fallback_npv_usd=870.5,
        carbon_npv_usd=1614.0,
    )


def cash_records(count: int, spent: float = 1000.0, income: float = 500.0) -> tuple[CashRecord, ...]:
    """A runway of equal periods that starts at 100,000."""
    return tuple(
        CashRecord(
            period=t, opening_usd=100_000.0 - t * (spent - income), income_usd=income, raised_usd=0.0, other_costs_usd=0.0,
            spent_usd=spent, closing_usd=100_000.0 - (t + 1) * (spent - income),
        )
        for t in range(count)
    )  # fmt: skip


def _cash() -> tuple[CashRecord, ...]:
    rows, opening = [], 300_000.0
    for t, raised in enumerate((0.0, 250_000.0)):
        closing = opening + 10_000 + raised - 4000 - SPENT[t]
        rows.append(
            CashRecord(
                period=t, opening_usd=opening, income_usd=10_000, raised_usd=raised, other_costs_usd=4000, spent_usd=SPENT[t],
                closing_usd=closing,
            )
        )  # fmt: skip
        opening = closing
    return tuple(rows)


def a_wide_plan(**changed: Any) -> Plan:
    pieces = (SliceRecord(name="s0", hours=ORDINARY), SliceRecord(name="launch", hours=LAUNCH, spike="launch"))
    periods = tuple(
        PeriodRecord(index=t, start=f"2027-0{t + 1}", hours=730.0, plan_year=0, slices=pieces) for t in (0, 1)
    )
    base = a_plan(
        scenario=ScenarioRecord(name="Wide", sha256="cd" * 32, resolved=resolved()),
        total_usd=sum(SPENT),
        horizon=HorizonRecord(start="2027-01", periods=periods, week_hours=(tuple(range(168)),)),
        lines=(a_line(), on_demand_line(), spot_line(), api_line()),
        fleet=tuple(FleetRecord(option=EAST, period=0, slice=s, nodes=2.0) for s in (0, 1)),
        serving=_serving(),
        runs=(_run(),),
        failures=FAILURES,
        availability=AvailabilityRecord(
            failure="region", outages_per_year=2.0, hours_per_outage=4.0, assumed=True, samples=200, seed=7,
            workloads=(SimulatedAvailability(workload="chat", availability=0.99987, worst=0.998),),
        ),
        charges=CHARGES,
        credits=(CreditRecord(provider="north", credit=0, period=0, usd=3000.0),),
        cash=_cash(),
        carbon=CarbonRecord(
            tonnes=16.25, by_plan_year=(16.25,), by_region={"north/east-1": 13.0, "east/east-9": 3.25},
            unknown_node_hours_fraction=0.125, npv_usd=1614.0,
        ),
        cost=_cost(),
        unit_costs=(
            UnitCost(workload="chat", usd_per_unit=0.9, unit="Mtok"),
            UnitCost(workload="grand", usd_per_unit=8.3333, unit="step"),
            UnitCost(workload="flex", usd_per_unit=2.0, unit="step"),
        ),
        margins=(
            MarginRecord(workload="chat", units=44238.0, revenue_usd=88476.0, cost_usd=39814.2, margin_fraction=0.55),
        ),
        inputs=_inputs(),
    )  # fmt: skip
    return base.model_copy(update=changed)
