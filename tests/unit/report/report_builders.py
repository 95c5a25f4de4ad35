"""A plan made by hand: two workloads, three lines, two periods of two slices. Its figures add up."""

from typing import Any

from planner.domain.records.plan import (
    AuditRecord,
    Baseline,
    Binding,
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
    UnservedRecord,
)
from planner.domain.records.plan_inputs import (
    Alternative,
    CapRecord,
    Facts,
    FitRecord,
    Inputs,
    OptionRecord,
    RejectionRecord,
)

SLICES = (SliceRecord(name="peak", hours=230.0), SliceRecord(name="rest", hours=500.0))


def a_line(**changed: Any) -> PlanLine:
    """10 nodes for 12 months at $20 with $100,000 upfront: 10 × 8,760 h × $20 + $100,000 = $1,852,000."""
    base = PlanLine(
        action="commit",
        option="north/big8/12m",
        provider="north",
        region="east-1",
        country="US",
        accelerator="chip-80gb",
        node_type="big8",
        contract="commitment",
        term_periods=12,
        signed="2027-01",
        signed_index=0,
        start="2027-01",
        start_index=0,
        end="2027-12",
        end_index=12,
        nodes=10.0,
        accelerators=80.0,
        quantity=87600.0,
        unit_price_usd=20.0,
        unit="node-hour",
        list_price_usd=21.141553,
        upfront_usd=100000.0,
        paid_upfront_usd=100000.0,
        total_usd=1852000.0,
        in_horizon_usd=392000.0,
        utilisation=0.934,
        why="base load of chat: used 93% of its hours, pays from 61% on",
        price_source="https://prices.example/north",
        price_as_of="2026-10-02",
        price_basis="listed",
    )
    return base.model_copy(update=changed)


def spot_line() -> PlanLine:
    return a_line(
        action="spot", option="south/big8/spot", provider="south", region="west-2", country="DE", contract="spot",
        term_periods=None, end="2027-02", end_index=2, nodes=4.0, accelerators=32.0, quantity=2920.0,
        unit_price_usd=8.125, list_price_usd=8.125, upfront_usd=0.0, total_usd=23725.0, in_horizon_usd=23725.0,
        utilisation=1.0, why="interruptible work", price_as_of="2026-03", price_basis="observed",
        price_source="https://prices.example/south",
    )  # fmt: skip


def api_line() -> PlanLine:
    return a_line(
        action="hosted_api", option="tokens/m70", provider="tokens", region="", country="", contract="hosted_api",
        accelerator=None, node_type="m-70b", term_periods=None, signed="2027-02", signed_index=1, start="2027-02",
        start_index=1, end="2027-02", end_index=2, nodes=0.0, accelerators=0.0, quantity=1500.0,
        unit_price_usd=0.3125, unit="Mtok", list_price_usd=0.3125, upfront_usd=0.0, total_usd=468.75,
        in_horizon_usd=468.75, utilisation=None, why="peaks of chat", price_basis="listed",
        price_source="https://prices.example/tokens",
    )  # fmt: skip


def an_option(line: PlanLine, **changed: Any) -> OptionRecord:
    base = OptionRecord(
        option=line.option,
        action=line.action,
        pool=f"{line.provider}/{line.node_type}",
        provider=line.provider,
        region=line.region,
        country=line.country,
        node_type=line.node_type,
        accelerator=line.accelerator,
        accelerators_per_node=8,
        contract=line.contract,
        list_price_usd=line.list_price_usd,
        discount_fraction=0.0,
        change_per_year=0.0,
        source=line.price_source,
        as_of=line.price_as_of,
        basis=line.price_basis,
        price_row="row-1",
    )
    return base.model_copy(update=changed)


def a_fit(workload: str, option: str, **changed: Any) -> FitRecord:
    base = FitRecord(
        workload=workload,
        option=option,
        rate_per_node_hour=12.5,
        replica_nodes=0.5,
        spot_lost_fraction=0.0,
        precision="fp8",
        tensor_parallel=4,
        pipeline_parallel=1,
        batch=64,
        ttft_ms=210.0,
        tpot_ms=31.0,
        basis="sized",
    )
    return base.model_copy(update=changed)


def serving(workload: str, option: str, nodes: float, work: float, unit: str) -> tuple[ServingRecord, ...]:
    """The same work in each of the four slices."""
    return tuple(
        ServingRecord(
            workload=workload,
            period=t,
            slice=s,
            option=option,
            nodes=nodes,
            replicas=0.0,
            work=work,
            work_unit=unit,
        )
        for t in (0, 1)
        for s in (0, 1)
    )


def a_cost() -> Cost:
    january = {"commitment": 246000.0, "spot": 11862.5, "hosted_api": 0.0}
    february = {"commitment": 146000.0, "spot": 11862.5, "hosted_api": 468.75}
    return Cost(
        by_kind={"commitment": 392000.0, "spot": 23725.0, "hosted_api": 468.75},
        by_period=(
            PeriodCost(period="2027-01", index=0, cash_usd=257862.5, by_kind=january),
            PeriodCost(period="2027-02", index=1, cash_usd=158331.25, by_kind=february),
        ),
        by_plan_year=(416193.75,),
        by_provider={"north": 392000.0, "south": 23725.0, "tokens": 468.75},
        outstanding_liability_usd=1460000.0,
        terminal_npv_usd=1300123.0,
    )


def the_inputs() -> Inputs:
    lines = (a_line(), spot_line(), api_line())
    return Inputs(
        options=(an_option(lines[0], discount_fraction=0.12), an_option(lines[1]), an_option(lines[2])),
        fits=(
            a_fit("chat", lines[0].option),
            a_fit("tune", lines[1].option, batch=0, ttft_ms=0.0, tpot_ms=0.0, spot_lost_fraction=0.0171),
        ),
        caps=(CapRecord(name="south spot", max_nodes=None, max_accelerators=64, counts="running", assumed=True),),
    )


def a_plan(**changed: Any) -> Plan:
    periods = tuple(
        PeriodRecord(index=t, start=f"2027-0{t + 1}", hours=730.0, plan_year=0, slices=SLICES) for t in (0, 1)
    )
    base = Plan(
        scenario=ScenarioRecord(name="Acme AI", sha256="ab" * 32, resolved={"budget_per_year_usd": 600000.0}),
        status="optimal",
        npv_usd=1714321.5,
        total_usd=416193.75,
        bound_usd=1713500.0,
        gap=0.000479,
        gap_target=0.001,
        horizon=HorizonRecord(start="2027-01", periods=periods),
        lines=(a_line(), spot_line(), api_line()),
        fleet=(FleetRecord(option="south/big8/spot", period=0, slice=0, nodes=4.0),),
        serving=(
            *serving("chat", "north/big8/12m", 9.5, 3000.0, "Mtok"),
            *serving("chat", "tokens/m70", 0.0, 375.0, "Mtok"),
            *serving("tune", "south/big8/spot", 4.0, 730.0, "chip-80gb-hour"),
        ),
        unserved=(),
        cost=a_cost(),
        unit_costs=(
            UnitCost(workload="chat", usd_per_unit=0.4321, unit="Mtok"),
            UnitCost(workload="tune", usd_per_unit=1.0156, unit="chip-80gb-hour", usd_per_accelerator_hour=1.0156),
        ),
        baselines=(
            Baseline(name="all on demand", npv_usd=2612345.0, saving_fraction=0.3438, note="at north"),
            Baseline(name="best single provider", npv_usd=1812345.0, saving_fraction=0.0541, note="north"),
            Baseline(name="commit to the peak", npv_usd=2012345.0, saving_fraction=0.1481),
            Baseline(name="commit to the mean", npv_usd=None, saving_fraction=None, note="spot cap of south"),
        ),
        binding=(
            Binding(constraint="cap", key="south spot", shadow_price=-0.75, unit="accelerator-hour"),
            Binding(
                constraint="budget", key="year 1", shadow_price=0.031, unit="dollar", meaning="more cash saves a little"
            ),
        ),
        alternatives=(
            Alternative(
                workload="chat", option="east/big8/12m", contract="commitment", usd_per_unit=0.52,
                best_usd_per_unit=0.4321, dearer_fraction=0.2034, unit="Mtok",
            ),
        ),
        rejections=(
            RejectionRecord(workload="chat", option="tiny1", bottleneck="memory", needed="141 GB", offered="24 GB"),
        ),
        rejection_counts={"memory": 41, "vendor": 1207},
        inputs=the_inputs(),
        audit=AuditRecord(agrees=True, checks=1234, largest_difference_usd=0.0),
        facts=Facts(
            solver="HiGHS", version="1.15.1", columns=321, rows=123, integers=45, catalog_rows_considered=2957,
            catalog_rows_too_old=215, oldest_price_as_of="2026-03", options_considered=1249, options_in_program=17,
            assumptions=("spot interruptions of south: 5 a month", "support is not counted"),
        ),
    )  # fmt: skip
    return base.model_copy(update=changed)


def a_disputed_plan() -> Plan:
    found = (
        ("money", "line 1", "$1,852,000.00", "$1,852,100.00"),
        ("demand", "chat, 2027-02", "6,750", "6,700"),
    )
    return a_plan(audit=AuditRecord(agrees=False, checks=1234, largest_difference_usd=100.0, discrepancies=found))


def unserved(work: float = 7.5, cost_usd: float = 750.0) -> UnservedRecord:
    return UnservedRecord(workload="chat", period=1, slice=0, work=work, work_unit="Mtok", cost_usd=cost_usd)
