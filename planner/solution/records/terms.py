"""Decisions → the records of a plan beside lines and serving: runs, charges, credits, cash, margins, carbon."""

from collections import defaultdict
from decimal import Decimal

from planner.assembly import cash_flows, runs_of
from planner.domain.records import (
    AgreementRecord,
    CarbonRecord,
    CashRecord,
    ChargeRecord,
    CoverRecord,
    CreditRecord,
    MarginRecord,
    RunRecord,
    RunShare,
    UnitCost,
)
from planner.domain.scenario import Scenario
from planner.formulation.parameters import THOUSAND, Parameters
from planner.sizing.training import goodput
from planner.solution.charges import node_hours
from planner.solution.decisions import Decisions
from planner.solution.payments import Beside, Payment, Present, Settled, exact, over_years
from planner.solution.records.lines import covered_usd_per_hour
from planner.solution.records.periods import dollars, label


def runs_record(p: Parameters, d: Decisions, scenario: Scenario) -> tuple[RunRecord, ...]:
    """Training runs as they are placed."""
    runs = runs_of(scenario)
    found = []
    for placed in sorted(d.runs, key=lambda one: one.cast.workload):
        cast = placed.cast
        first = p.options[placed.parts[0].option].option
        accelerators = cast.nodes * first.count
        found.append(
            RunRecord(
                workload=p.workloads[cast.workload],
                pool=first.pool,
                start=label(p.horizon, cast.start),
                start_index=cast.start,
                end=label(p.horizon, cast.end - 1),
                end_index=cast.end,
                nodes=cast.nodes,
                accelerators=accelerators,
                hours=cast.hours,
                last_period_hours=cast.last_hours,
                work=p.runs[cast.workload],
                work_unit=p.units[cast.workload],
                rate_per_node_hour=cast.rate_per_hour,
                goodput=goodput(runs[cast.workload], accelerators),
                shares=tuple(
                    RunShare(
                        option=p.options[part.option].option.id,
                        period=part.period,
                        nodes=part.nodes,
                        hours=part.hours,
                    )
                    for part in placed.parts
                ),
            )
        )
    return tuple(found)


def charges_record(p: Parameters, beside: Beside) -> tuple[ChargeRecord, ...]:
    """Charges inside the horizon, and values at its end (in the period after the last one); support by provider and period."""
    merged: dict[tuple[str, str, int, int, int, int, Decimal], list[Decimal]] = defaultdict(
        lambda: [Decimal(0), Decimal(0)]
    )
    for charge in beside.charges:
        if charge.period < len(p.horizon.periods) or charge.kind == "sale":
            sums = merged[
                charge.kind,
                charge.provider,
                charge.workload,
                charge.period,
                charge.option,
                charge.signed,
                charge.unit_price,
            ]
            sums[0] += charge.quantity
            sums[1] += charge.usd
    return tuple(
        ChargeRecord(
            kind=kind,
            provider=provider,
            workload=p.workloads[w] if w >= 0 else "",
            option=p.options[o].option.id if o >= 0 else "",
            signed_index=v,
            period=t,
            quantity=float(quantity),
            unit_price_usd=float(price),
            usd=dollars(usd),
        )
        for (kind, provider, w, t, o, v, price), (quantity, usd) in sorted(merged.items())
    )


def credits_record(p: Parameters, beside: Beside) -> tuple[CreditRecord, ...]:
    return tuple(
        CreditRecord(provider=p.credits[i].provider, credit=i, period=t, usd=dollars(usd))
        for (i, t), usd in sorted(beside.credits.items())
    )


def agreements_record(p: Parameters, beside: Beside, scenario: Scenario) -> tuple[AgreementRecord, ...]:
    """Every agreement in every plan-year, with what it gives and costs."""
    return tuple(
        AgreementRecord(
            agreement=one.agreement,
            signed=scenario.spend_agreements[one.agreement].signed,
            provider=p.agreements[one.agreement].provider,
            plan_year=one.plan_year,
            level=one.level,
            threshold_usd=dollars(one.threshold),
            discount_fraction=float(one.discount),
            covered_spend_usd=dollars(one.spend),
            credited_usd=tuple(
                dollars(one.credited.get(t, Decimal(0))) for t in range(len(p.hours) if one.credited else 0)
            ),
            rebate_usd=dollars(one.rebate),
            shortfall_usd=dollars(one.shortfall),
            why=_why_agreed(p, beside, one),
            source=scenario.spend_agreements[one.agreement].source,
            as_of=scenario.spend_agreements[one.agreement].as_of,
        )
        for one in beside.settled
    )


def _why_agreed(p: Parameters, beside: Beside, one: Settled) -> str:
    agreement = p.agreements[one.agreement]
    if not one.level:
        return (
            _why_none(p, beside, one)
            if agreement.share_of_year[one.plan_year] > 0
            else "not in force in this plan-year"
        )
    gives = f"{'signed already; ' if agreement.signed else ''}{one.discount:.1%} of ${one.earning:,.0f} gives ${one.rebate:,.0f}"
    if round(one.shortfall, 2):
        return f"{gives}; ${one.shortfall:,.0f} is missing to the minimum of ${one.threshold:,.0f} and paid"
    return f"{gives}; the minimum of ${one.threshold:,.0f} is reached"


def _why_none(p: Parameters, beside: Beside, one: Settled) -> str:
    """What its best tier would give and cost at the spend of the plan: in the plan-year, or where one tier holds for
    all, over all."""
    agreement = p.agreements[one.agreement]
    years = [s for s in beside.settled if s.agreement == one.agreement and (agreement.one_level or s == one)]
    found = []
    for level in range(1, len(agreement.tiers) + 1):
        given = sum(agreement.discount(level) * float(s.earning) for s in years)
        missing = sum(
            max(agreement.threshold(s.plan_year, level) * THOUSAND - float(s.earning) * agreement.counts(level), 0.0)
            for s in years
        )
        found.append((given - missing, given, missing, level))
    if agreement.take_or_pay:
        _, given, missing, level = max(found)
    else:
        _, given, missing, level = min(found, key=lambda tier: tier[2])
    when = (
        f"over all {len(years)} plan-years, for which one tier holds," if agreement.one_level else "in this plan-year"
    )
    spend = f"{when} the plan spends ${sum(float(s.earning) for s in years):,.0f} that counts; tier {level}"
    if not agreement.take_or_pay:
        return f"none: {spend} is ${missing:,.0f} away and would give ${given:,.0f}"
    return f"none: {spend} would give ${given:,.0f} and leave ${missing:,.0f} to be paid for nothing"


def covered_record(p: Parameters, d: Decisions) -> tuple[CoverRecord, ...]:
    """What savings plans cover, slice by slice."""
    return tuple(
        CoverRecord(
            option=p.options[o].option.id,
            savings_plan=p.options[p.savings[i].option].option.id,
            period=t,
            slice=s,
            nodes=nodes,
            usd_per_hour=round(covered_usd_per_hour(p, o, i, t), 12),
        )
        for (o, i, t, s), nodes in sorted(d.covered.items())
    )


def cash_record(p: Parameters, scenario: Scenario, spent: tuple[float, ...]) -> tuple[CashRecord, ...]:
    """Balance of the cash block, period by period.

    Args:
        spent: cash of each period on compute, after credits, USD.
    """
    if scenario.cash is None:
        return ()
    balance, found = scenario.cash.at_hand_usd, []
    for t, flow in enumerate(cash_flows(scenario, p.horizon)):
        closing = balance + flow.income_usd + flow.raised_usd - flow.other_usd - spent[t]
        found.append(
            CashRecord(
                period=t,
                opening_usd=round(balance, 6),
                income_usd=round(flow.income_usd, 6),
                raised_usd=round(flow.raised_usd, 6),
                other_costs_usd=round(flow.other_usd, 6),
                spent_usd=spent[t],
                closing_usd=round(closing, 6),
            )
        )
        balance = closing
    return tuple(found)


def margins_record(
    p: Parameters, d: Decisions, scenario: Scenario, unit_costs: tuple[UnitCost, ...]
) -> tuple[MarginRecord, ...]:
    """Revenue of what is sold against its share of the cash inside the horizon."""
    cost = {unit.workload: unit.usd_per_unit for unit in unit_costs}
    found = []
    for w, workload in enumerate(scenario.workloads):
        price = workload.price_usd_per_unit
        if price is None:
            continue
        units = p.total_work(w) - sum(work for (v, _, _), work in d.unserved.items() if v == w)
        revenue, paid = units * price, units * cost.get(workload.name, 0.0)
        found.append(
            MarginRecord(
                workload=workload.name,
                units=units,
                revenue_usd=round(revenue, 6),
                cost_usd=round(paid, 6),
                margin_fraction=(revenue - paid) / revenue if revenue > 0 else None,
            )
        )
    return tuple(found)


def carbon_record(
    p: Parameters, d: Decisions, paid: list[Payment], present: Present, tonnes_per_hour: dict[int, float]
) -> CarbonRecord | None:
    """Emissions of the node-hours paid for inside the horizon; None if no nodes are paid for."""
    years = [Decimal(0)] * p.horizon.plan_years
    regions: dict[str, Decimal] = defaultdict(Decimal)
    known, unknown = Decimal(0), Decimal(0)
    for o, t, hours in node_hours(p, d, paid):
        if p.options[o].option.savings_plan:
            continue
        rate = tonnes_per_hour.get(o)
        if rate is None:
            unknown += hours
            continue
        known += hours
        option = p.options[o].option
        tonnes = hours * exact(rate)
        for year, part in over_years(p.horizon, t, tonnes):
            years[year] += part
        regions[f"{option.provider}/{option.region}"] += tonnes
    if known + unknown == 0:
        return None
    return CarbonRecord(
        tonnes=dollars(sum(years, Decimal(0))),
        by_plan_year=tuple(dollars(y) for y in years),
        by_region={name: dollars(t) for name, t in sorted(regions.items(), key=lambda item: (-item[1], item[0]))},
        unknown_node_hours_fraction=float(unknown / (known + unknown)),
        npv_usd=dollars(present.carbon),
    )
