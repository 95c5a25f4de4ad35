"""Decisions and payments → the lines of a plan."""

from collections import defaultdict
from decimal import Decimal
from math import ceil
from typing import Any

from planner.domain.options import Option
from planner.domain.records import PlanLine
from planner.domain.scenario import Scenario
from planner.domain.workloads import Batch, Inference, Workload
from planner.formulation.parameters import Parameters
from planner.solution.charges import node_hours
from planner.solution.decisions import Decisions
from planner.solution.payments import ACTIONS, Payment
from planner.solution.records.done import done_of
from planner.solution.records.periods import CENT_PLACES, dollars, label

ZERO = Decimal(0)
NEARLY = 1e-6
"""So little more than a whole node is no other node."""


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
        **line_head(p, first.option, signed, start, end),
        held=option.held,
        term_periods=terms.term or None,
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
    )


def line_head(p: Parameters, o: int, signed: int, start: int, end: int) -> dict[str, Any]:
    """What every line says of its option, of its price, and of its dates: used from `start` on, before `end`."""
    option = p.options[o].option
    same = ("action", "provider", "region", "country", "accelerator", "node_type", "contract")
    return {name: getattr(option, name) for name in same} | {
        "option": option.id,
        "signed": label(p.horizon, signed),
        "signed_index": signed,
        "start": label(p.horizon, start),
        "start_index": start,
        "end": label(p.horizon, end - 1),
        "end_index": end,
        "price_source": option.provenance.source,
        "price_as_of": option.provenance.as_of,
        "price_basis": option.provenance.basis,
    }


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
