"""Payments → what a plan costs, by kind, period and unit of work."""

from collections import defaultdict
from decimal import Decimal

from planner.domain.records import Cost, PeriodCost, UnitCost
from planner.formulation.parameters import Parameters
from planner.solution.decisions import Decisions
from planner.solution.payments import KINDS, Beside, Payment, Present, over_years
from planner.solution.records.lines import ZERO, Busyness
from planner.solution.records.periods import dollars


def cost_of(p: Parameters, paid: list[Payment], beside: Beside, present: Present) -> Cost:
    """Cash by kind, period, plan-year and provider inside the horizon; what is owed beyond it."""
    count = len(p.horizon.periods)
    kinds: dict[str, Decimal] = defaultdict(lambda: ZERO)
    providers: dict[str, Decimal] = defaultdict(lambda: ZERO)
    periods: list[dict[str, Decimal]] = [defaultdict(lambda: ZERO) for _ in range(count)]
    years: list[dict[str, Decimal]] = [defaultdict(lambda: ZERO) for _ in range(p.horizon.plan_years)]
    owed = residual = ZERO

    def pay(kind: str, t: int, usd: Decimal, at_start: bool, plan_year: int = -1) -> None:
        whole = [(plan_year, usd)] if plan_year >= 0 else over_years(p.horizon, t, usd, at_start)
        for year, part in whole:
            years[year][kind] += part

    for payment in paid:
        if payment.period >= count:
            owed += payment.usd
            continue
        kinds[payment.kind] += payment.usd
        providers[p.options[payment.option].option.provider] += payment.usd
        periods[payment.period][payment.kind] += payment.usd
        pay(payment.kind, payment.period, payment.usd, payment.at_start)
    flows = [(c.kind, c.provider, c.period, c.usd, c.at_start, c.plan_year) for c in beside.charges]
    flows += [("credits", p.credits[i].provider, t, -usd, False, -1) for (i, t), usd in beside.credits.items()]
    for kind, provider, t, usd, at_start, plan_year in flows:
        if t >= count:
            residual -= usd if kind == "sale" else ZERO
            owed += ZERO if kind == "sale" else usd
            continue
        kinds[kind] += usd
        providers[provider] += usd
        periods[t][kind] += usd
        pay(kind, t, usd, at_start, plan_year)
    return Cost(
        by_kind={kind: dollars(kinds[kind]) for kind in KINDS if kind in kinds},
        by_period=tuple(
            PeriodCost(
                period=p.horizon.periods[t].start,
                index=t,
                cash_usd=dollars(sum(by_kind.values(), ZERO)),
                by_kind={kind: dollars(by_kind[kind]) for kind in KINDS if kind in by_kind},
            )
            for t, by_kind in enumerate(periods)
        ),
        by_plan_year=tuple(dollars(sum(by_kind.values(), ZERO)) for by_kind in years),
        by_plan_year_and_kind=tuple(
            {kind: dollars(by_kind[kind]) for kind in KINDS if kind in by_kind} for by_kind in years
        ),
        by_provider={
            name: dollars(usd) for name, usd in sorted(providers.items(), key=lambda item: (-item[1], item[0]))
        },
        outstanding_liability_usd=dollars(owed),
        residual_usd=dollars(residual),
        terminal_npv_usd=dollars(present.terminal),
        unserved_npv_usd=dollars(present.unserved),
        fallback_npv_usd=dollars(present.fallback),
        carbon_npv_usd=dollars(present.carbon),
    )


def unit_costs_of(
    p: Parameters, d: Decisions, paid: list[Payment], beside: Beside, busyness: Busyness
) -> tuple[UnitCost, ...]:
    """Cash inside the horizon by work unit asked for, support plans included and credits not deducted.

    What an option costs goes to workloads by busy node-hours. What is owned counts less its sales and its value at the end of the
    horizon; what a site costs goes to its servers by busy power.
    """
    count = len(p.horizon.periods)
    cost: dict[int, float] = defaultdict(float)
    instances: dict[int, float] = defaultdict(float)
    by_option: dict[int, float] = defaultdict(float)
    for payment in paid:
        if payment.period >= count:
            continue
        usd = float(payment.usd) * (1 + p.support.get(p.options[payment.option].option.provider, 0.0))
        if payment.workload >= 0:
            cost[payment.workload] += usd
        else:
            by_option[payment.option] += usd
    by_site: dict[str, float] = defaultdict(float)
    for charge in beside.charges:
        if charge.option >= 0 and charge.period <= count:
            by_option[charge.option] += float(charge.usd)
        elif charge.kind in ("site", "team") and charge.period < count:
            by_site[charge.provider] += float(charge.usd)
        elif charge.workload >= 0 and charge.period < count:
            cost[charge.workload] += float(charge.usd) * (1 + p.support.get(charge.provider, 0.0))
    _spread_over_servers(p, by_option, by_site, busyness)
    accelerator_hours: dict[int, float] = defaultdict(float)
    working: dict[int, float] = defaultdict(float)
    for (o, _), hours in busyness.by_pair.items():
        working[o] += hours
    for (o, w), hours in busyness.by_pair.items():
        share = by_option[o] * hours / working[o] if working[o] > 0 else 0.0
        cost[w] += share
        instances[w] += share
        accelerator_hours[w] += hours * p.options[o].option.count
    found = []
    for w, name in enumerate(p.workloads):
        work = p.total_work(w) - sum(u for (v, _, _), u in d.unserved.items() if v == w)
        if work > 0 and cost[w] > 0:
            per_hour = instances[w] / accelerator_hours[w] if accelerator_hours[w] > 0 else None
            found.append(
                UnitCost(workload=name, usd_per_unit=cost[w] / work, unit=p.units[w], usd_per_accelerator_hour=per_hour)
            )
    return tuple(found)


def _spread_over_servers(
    p: Parameters, by_option: dict[int, float], by_site: dict[str, float], busyness: Busyness
) -> None:
    """Power, land and teams of a site added to its servers, by the kW-hours they work."""
    for site in p.sites:
        shared = by_site[site.name] + by_option.pop(site.power, 0.0)
        work = {o: busyness.by_option[o] * kw for o, kw in site.servers if busyness.by_option[o] > 0}
        for o, kwh in work.items():
            by_option[o] += shared * kwh / sum(work.values())
