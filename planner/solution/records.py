"""Decisions and payments → the lines, the fleet, the serving and the cost of a plan."""

from collections import defaultdict
from decimal import Decimal
from math import ceil

from planner.assembly import Assembled
from planner.domain.options import Option
from planner.domain.records import (
    Cost,
    FleetRecord,
    HorizonRecord,
    PeriodCost,
    PeriodRecord,
    PlanLine,
    ServingRecord,
    SliceRecord,
    UnitCost,
    UnservedRecord,
)
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.domain.workloads import Batch, Inference, Workload
from planner.formulation import Parameters
from planner.solution.charges import node_hours
from planner.solution.decisions import Decisions
from planner.solution.done import Done, done_of
from planner.solution.payments import ACTIONS, KINDS, Beside, Payment, Present, exact, over_years
from planner.units import HOURS_PER_MONTH, month_after

ZERO = Decimal(0)
CENT_PLACES = 6
NEARLY = 1e-6
"""So little more than a whole node is no other node."""


def dollars(value: Decimal) -> float:
    """A published amount: to a millionth of a dollar."""
    return float(round(value, CENT_PLACES))


def label(horizon: Horizon, index: int) -> str:
    """Label of a period, also beyond the horizon."""
    periods = horizon.periods
    if index < len(periods):
        return periods[index].start
    start = periods[0].start
    if start[:1].isdigit():
        return month_after(start, round(index * periods[-1].hours / HOURS_PER_MONTH))
    return f"p{index}"


def horizon_record(assembled: Assembled) -> HorizonRecord:
    periods = tuple(
        PeriodRecord(
            index=t.index,
            start=t.start,
            hours=t.hours,
            plan_year=t.plan_year,
            slices=tuple(SliceRecord(name=s.name, hours=s.hours, spike=s.spike) for s in t.slices),
        )
        for t in assembled.parameters.horizon.periods
    )
    return HorizonRecord(start=periods[0].start, periods=periods, week_hours=assembled.week)


class Busyness:
    """How much of what is paid for works, and for whom: node-hours by option and workload, inside the horizon.

    Of a savings plan: dollars committed, given to the workloads by the busy node-hours of the options that it covers.
    """

    def __init__(self, p: Parameters, d: Decisions, paid: list[Payment]) -> None:
        self.by_pair: dict[tuple[int, int], float] = defaultdict(float)
        self.by_option: dict[int, float] = defaultdict(float)
        self.worked: dict[int, float] = defaultdict(float)
        """Node-hours that the work done takes at the planned rates."""
        done = done_of(p, d)
        for (t, s), parts in d.busy.items():
            for part in parts:
                hours = part.nodes * p.hours[t][s]
                self.by_pair[part.option, p.parent(part.workload)] += hours
                self.by_option[part.option] += hours
                self.worked[part.option] += hours * done.fraction(part.workload, t, s)
        for placed in d.runs:
            for share in placed.parts:
                last = share.period == placed.cast.end - 1
                hours = share.nodes * (placed.cast.last_hours if last else share.hours)
                self.by_pair[share.option, placed.cast.workload] += hours
                self.by_option[share.option] += hours
                self.worked[share.option] += hours
        self.paid: dict[int, float] = defaultdict(float)
        for (o, i, t, s), nodes in d.covered.items():
            plan = p.savings[i].option
            usd = nodes * p.hours[t][s] * covered_usd_per_hour(p, o, i, t)
            self.by_option[plan] += usd
            self.worked[plan] += usd
            for w in range(len(p.workloads)):
                if (o, w) in self.by_pair:
                    self.by_pair[plan, w] += usd * self.by_pair[o, w] / self.by_option[o]
        for o, _, hours_paid in node_hours(p, d, paid):
            self.paid[o] += float(hours_paid)

    def utilisation(self, o: int) -> float | None:
        """Work done over what was paid for."""
        return min(self.worked[o] / self.paid[o], 1.0) if self.paid[o] > 0 else None

    def held(self, o: int) -> float | None:
        """Share of what was paid for that a workload holds."""
        return min(self.by_option[o] / self.paid[o], 1.0) if self.paid[o] > 0 else None


def lines_of(
    p: Parameters,
    d: Decisions,
    paid: list[Payment],
    busyness: Busyness,
    scenario: Scenario,
    why: dict[int, str],
    owned: list[PlanLine],
) -> tuple[PlanLine, ...]:
    """Lines in order, those of what is owned among them.

    One per signing; one per option (and workload of a hosted API), plan-year and unit price for what is paid by use.
    """
    groups: dict[tuple[object, ...], list[Payment]] = defaultdict(list)
    for payment in paid:
        if payment.owned:
            continue  # `extract_owned.py`
        if payment.signed >= 0:
            groups["commit", payment.option, payment.signed].append(payment)
        else:
            year = p.horizon.periods[payment.period].plan_year
            groups[payment.kind, payment.option, payment.workload, year, payment.unit_price].append(payment)
    lines = [*owned, *(_line(p, d, group, busyness, scenario, why) for group in groups.values())]
    order = {action: i for i, action in enumerate(ACTIONS)}
    lines.sort(key=lambda line: (order[line.action], line.signed_index, -line.total_usd, line.option, line.start_index))
    return tuple(lines)


def _line(
    p: Parameters, d: Decisions, group: list[Payment], busyness: Busyness, scenario: Scenario, why: dict[int, str]
) -> PlanLine:
    first = group[0]
    member = p.options[first.option]
    option, terms = member.option, member.terms
    by_use = [payment for payment in group if not payment.at_start]
    start = min(payment.period for payment in by_use)
    end = max(payment.period for payment in by_use) + 1
    nodes = _nodes(p, d, first, start, end)
    upfront = sum((payment.usd for payment in group if payment.at_start), ZERO)
    quantity = sum((payment.quantity for payment in by_use), ZERO)
    signed = first.signed if first.signed >= 0 else start
    list_price = option.usd_per_hour
    if first.kind == "hosted_api":
        list_price = _per_work_unit(option, scenario.workloads[first.workload])
    inside = sum((payment.usd for payment in group if payment.period < len(p.horizon.periods)), ZERO)
    return PlanLine(
        action=option.action,
        held=option.held,
        option=option.id,
        provider=option.provider,
        region=option.region,
        country=option.country,
        accelerator=option.accelerator,
        node_type=option.node_type,
        contract=option.contract,
        term_periods=terms.term or None,
        signed=label(p.horizon, signed),
        signed_index=signed,
        start=label(p.horizon, start),
        start_index=start,
        end=label(p.horizon, end - 1),
        end_index=end,
        nodes=nodes,
        accelerators=nodes * option.count,
        quantity=float(quantity),
        unit_price_usd=float(by_use[0].unit_price),
        unit=p.units[first.workload] if first.kind == "hosted_api" else _unit(option),
        list_price_usd=list_price,
        upfront_usd=dollars(upfront),
        paid_upfront_usd=dollars(upfront),
        total_usd=dollars(sum((payment.usd for payment in group), ZERO)),
        in_horizon_usd=dollars(inside),
        utilisation=None if first.kind == "hosted_api" else busyness.utilisation(first.option),
        held_fraction=None if first.kind == "hosted_api" else busyness.held(first.option),
        why=why.get(first.option, ""),
        price_source=option.provenance.source,
        price_as_of=option.provenance.as_of,
        price_basis=option.provenance.basis,
    )


def _unit(option: Option) -> str:
    return "committed USD" if option.savings_plan else "node-hour"


def _nodes(p: Parameters, d: Decisions, first: Payment, start: int, end: int) -> float:
    if first.kind == "hosted_api":
        return 0.0
    if first.signed >= 0:
        return d.signed[first.option, first.signed]
    alone: dict[int, float] = defaultdict(float)
    for placed in d.runs:
        for part in placed.parts:
            if part.extra and part.option == first.option:
                alone[part.period] += part.nodes
    most = max(
        d.running.get((first.option, t, s), 0.0) + alone[t] for t in range(start, end) for s in range(len(p.hours[t]))
    )
    splits = not p.whole_nodes or p.options[first.option].option.delivery == "container"
    return most if splits else float(ceil(most - NEARLY))


def _per_work_unit(option: Option, workload: Workload) -> float:
    assert isinstance(workload, Inference | Batch)
    return float(round(option.usd_per_work_unit(workload), CENT_PLACES))


def covered_usd_per_hour(p: Parameters, o: int, i: int, t: int) -> float:
    """Dollars of savings plan i that a covered node of option o takes up, an hour."""
    return (1.0 - dict(p.savings[i].covers)[o]) * p.options[o].terms.usd_per_hour[t]


def fleet_of(p: Parameters, d: Decisions) -> tuple[FleetRecord, ...]:
    return tuple(
        FleetRecord(option=p.options[o].option.id, period=t, slice=s, nodes=nodes)
        for (o, t, s), nodes in sorted(d.running.items())
    )


def serving_of(p: Parameters, d: Decisions) -> tuple[ServingRecord, ...]:
    """Who serves what: the work done by the nodes busy with it, what they could do, and the work of hosted APIs."""
    found, done = [], done_of(p, d)
    for (t, s), parts in sorted(d.busy.items()):
        merged: dict[tuple[int, int], tuple[float, float, float]] = {}
        for part in parts:
            nodes, units, work = merged.get((part.workload, part.option), (0.0, 0.0, 0.0))
            could = part.nodes / part.service.nodes * part.service.rate_per_hour * p.hours[t][s]
            merged[part.workload, part.option] = (
                nodes + part.nodes,
                units + (part.units if part.service.whole else 0.0),
                work + could,
            )
        for (w, o), (nodes, units, work) in sorted(merged.items()):
            found.append(_serving(p, w, o, t, s, nodes, units, work, done))
    for (h, t, s), work in sorted(d.hosted.items()):
        supply = p.hosted[h]
        found.append(_serving(p, supply.workload, supply.option, t, s, 0.0, 0.0, work, None))
    return tuple(found)


def _serving(
    p: Parameters, w: int, o: int, t: int, s: int, nodes: float, replicas: float, able: float, done: Done | None
) -> ServingRecord:
    return ServingRecord(
        workload=p.workloads[p.parent(w)],
        mode="fallback" if w >= len(p.workloads) else "",
        period=t,
        slice=s,
        option=p.options[o].option.id,
        nodes=nodes,
        replicas=round(replicas, 9),
        work=able if done is None else able * done.fraction(w, t, s),
        work_unit=p.units[p.parent(w)],
        capacity=able,
    )


def unserved_of(p: Parameters, d: Decisions, scenario: Scenario) -> tuple[UnservedRecord, ...]:
    found = []
    for (w, t, s), work in sorted(d.unserved.items()):
        stated = scenario.workloads[w].unserved
        usd = stated.usd_per_unit if stated is not None else 0.0
        found.append(
            UnservedRecord(
                workload=p.workloads[w],
                period=t,
                slice=s,
                work=work,
                work_unit=p.units[w],
                cost_usd=dollars(exact(work) * exact(usd)),
            )
        )
    return tuple(found)


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
    for (o, w), hours in busyness.by_pair.items():
        share = by_option[o] * hours / busyness.by_option[o]
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
