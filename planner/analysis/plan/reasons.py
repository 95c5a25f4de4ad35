"""Why this and not that: one sentence per option taken, the nearest ones not taken, and what was rejected.

Prices are those of `unit_prices`: what the program itself reckons with.
"""

from collections import Counter
from math import inf
from typing import NamedTuple

from planner.analysis.plan.unit_prices import Unit, cheapest_while, hourly_usd
from planner.domain.options import Option, spread_usd
from planner.domain.records import Alternative, RejectionRecord
from planner.market import Pricing, announced
from planner.pipeline import Question, Solution
from planner.report.document import unit_price

NEAREST = 4
EXAMPLES_PER_WORKLOAD = 6
MOST_NAMED = 6
"""Workloads of an option that are named with their price."""


def why(solution: Solution, prices: dict[int, list[Unit]]) -> dict[int, str]:
    """One sentence per option of the plan, by its index in the parameters."""
    question, decisions = solution.question, solution.decisions
    assert decisions is not None
    p, sources = question.parameters, question.assembled.sources
    served: dict[int, set[int]] = {}
    for parts in decisions.busy.values():
        for part in parts:
            served.setdefault(part.option, set()).add(part.workload)
    for placed in decisions.runs:
        for share in placed.parts:
            served.setdefault(share.option, set()).add(placed.cast.workload)
    for h, _, _ in decisions.hosted:
        served.setdefault(p.hosted[h].option, set()).add(p.hosted[h].workload)
    used, pricing = {sources[o] for o in served}, question.pricing
    sentences = {}
    for o, workloads in served.items():
        option = p.options[o].option
        best = min(workloads, key=lambda w: (_place(prices, w, sources[o]), w))
        sentences[o] = (
            f"serves {_rates(question, prices, sorted(workloads), sources[o])}"
            + _next_best(question, prices, best, sources[o], used, several=len(workloads) > 1)
            + _break_even(question, pricing, prices, best, option, sources[o])
        )
    sentences |= {saving.option: _why_saving(solution, i) for i, saving in enumerate(p.savings)}
    for o, member in enumerate(p.options):
        if member.option.held and member.option.savings_plan:
            sentences[o] = f"already signed; {sentences[o]}"
        elif member.option.held:
            sentences[o] = "already signed; its payments are owed" + (
                "" if o in served else ", its capacity is not needed"
            )
    return sentences


def _why_saving(solution: Solution, i: int) -> str:
    """What a savings plan covers, saves and loses, inside the horizon."""
    question, decisions = solution.question, solution.decisions
    assert decisions is not None
    p = question.parameters
    rates, plan = dict(p.savings[i].covers), p.savings[i].option
    node_hours = saved = used = 0.0
    for (o, j, t, s), nodes in decisions.covered.items():
        if j == i:
            hours, usd = nodes * p.hours[t][s], p.options[o].terms.usd_per_hour[t]
            node_hours, saved, used = (
                node_hours + hours,
                saved + hours * usd * rates[o],
                used + hours * usd * (1 - rates[o]),
            )
    committed = sum(
        float(payment.quantity)
        for payment in solution.paid
        if payment.option == plan and payment.period < len(p.hours) and not payment.at_start
    )
    lost = max(committed - used, 0.0)
    return (
        f"covers {node_hours:,.0f} node-hours on demand, ${saved:,.0f} off their price; ${lost:,.0f} of the commitment is "
        "unused in the horizon; at the rates of the scenario (`savings_plans`)"
    )


def _place(prices: dict[int, list[Unit]], w: int, o: int) -> int:
    return next((i for i, unit in enumerate(prices.get(w, [])) if unit.option == o), 10**9)


def _rates(question: Question, prices: dict[int, list[Unit]], workloads: list[int], o: int) -> str:
    """Every workload with what a unit of its own work costs on an option that is always busy."""
    p, said, named = question.parameters, [], set()
    for w in workloads:
        name = p.workloads[p.parent(w)]
        mine = next((unit.usd for unit in prices.get(w, []) if unit.option == o), None)
        if name not in named:
            said.append(
                name if mine is None or mine <= 0 else f"{name} at {unit_price(mine)} per {p.units[p.parent(w)]}"
            )
        named.add(name)
    if len(said) > MOST_NAMED:
        said = [*said[:MOST_NAMED], f"{len(said) - MOST_NAMED} more"]
    return ", ".join(said) + (" when busy" if any(" at $" in one for one in said) else "")


def _next_best(
    question: Question, prices: dict[int, list[Unit]], w: int, o: int, used: set[int], *, several: bool
) -> str:
    """The cheapest option of a kind that is not in the plan and costs no less."""
    mine = next((unit.usd for unit in prices.get(w, []) if unit.option == o), None)
    if mine is None or mine <= 0:
        return ""
    options = question.market.options
    taken = {_kind(options[i]) for i in used}
    rivals = (
        u for u in prices[w] if _kind(options[u.option]) not in taken and _there_by(options[u.option], options[o])
    )
    other = next((u for u in rivals if u.usd >= mine), None)
    whose = f" for {question.parameters.workloads[question.parameters.parent(w)]}" if several else ""
    return (
        "" if other is None else f"; next best not used{whose}: {options[other.option].id} at {unit_price(other.usd)}"
    )


def _break_even(
    question: Question, pricing: Pricing, prices: dict[int, list[Unit]], w: int, option: Option, o: int
) -> str:
    """Utilisation from which a commitment beats the cheapest option that is paid by use in the periods that it serves."""
    if option.action != "commit" or option.held:
        return ""
    mine = next((unit.usd for unit in prices.get(w, []) if unit.option == o), None)
    by_use = [
        u
        for u in prices.get(w, [])
        if (other := question.market.options[u.option]).action in ("on_demand", "hosted_api")
        and _there_by(other, option)
    ]
    cheapest = cheapest_while(question, pricing, option, w, by_use)
    if mine is None or cheapest == inf:
        return ""
    if mine >= cheapest:
        return f"; paid by use it would cost {unit_price(cheapest)}, as far as it can be had"
    return f"; pays from {mine / cheapest:.0%} utilisation against paying by use"


def _there_by(other: Option, option: Option) -> bool:
    """Whether another option can be had when this one can: what comes later is no alternative to it."""
    return other.available_from <= option.available_from


def alternatives(solution: Solution, prices: dict[int, list[Unit]]) -> tuple[Alternative, ...]:
    """Per workload, the nearest options of today that fit and were not taken: one per provider, accelerator and kind."""
    question, decisions = solution.question, solution.decisions
    assert decisions is not None
    p, sources, market = question.parameters, question.assembled.sources, question.market
    used: dict[int, set[int]] = {}
    for parts in decisions.busy.values():
        for part in parts:
            used.setdefault(part.workload, set()).add(sources[part.option])
    for placed in decisions.runs:
        for share in placed.parts:
            used.setdefault(placed.cast.workload, set()).add(sources[share.option])
    for h, _, _ in decisions.hosted:
        used.setdefault(p.hosted[h].workload, set()).add(sources[p.hosted[h].option])
    found = []
    for w, units in sorted(prices.items()):
        if w >= len(p.workloads):
            continue
        today = [unit for unit in units if not announced(market.options[unit.option])]
        taken = {unit.option for unit in today} & used.get(w, set())
        best = min((u.usd for u in today if u.option in taken), default=0.0)
        seen = {_kind(market.options[o]) for o in taken}
        for unit in today:
            option = market.options[unit.option]
            if len(seen) - len({_kind(market.options[o]) for o in taken}) >= NEAREST or best <= 0:
                break
            if unit.option in taken or _kind(option) in seen:
                continue
            seen.add(_kind(option))
            found.append(
                Alternative(
                    workload=p.workloads[w],
                    option=option.id,
                    contract=option.contract,
                    usd_per_unit=unit.usd,
                    best_usd_per_unit=best,
                    dearer_fraction=unit.usd / best - 1,
                    unit=p.units[w],
                )
            )
    return tuple(found)


def _kind(option: Option) -> tuple[str, str | None, str]:
    return option.provider, option.accelerator or option.node_type, option.action


class Listed(NamedTuple):
    """What is rejected by."""

    usd: float
    """List price of an hour of one accelerator, upfront spread over the term."""
    hardware: str
    """The accelerator, or the provider where there is none."""


NOT_LISTED = Listed(0.0, "")


def _listed(question: Question) -> dict[str, Listed]:
    """By id of every option of the market. The order of examples needs no price path: list prices do."""
    pricing, horizon = question.pricing, question.parameters.horizon
    found = {}
    for option in question.market.options:
        usd = spread_usd(option, horizon) if option.asset is None else hourly_usd(option, question, pricing)
        found[option.id] = Listed(usd / max(option.count, 1), option.accelerator or option.provider)
    return found


def rejections(question: Question) -> tuple[tuple[RejectionRecord, ...], dict[str, int]]:
    """A few telling rejections per workload, the cheapest hardware first, and how many there were of each kind."""
    counts: Counter[str] = Counter(r.bottleneck for r in question.screened.rejections)
    counts.update(row.bottleneck for row in question.market.left_out)
    listed = _listed(question)
    found: list[RejectionRecord] = []
    for workload in question.scenario.workloads:
        seen: set[tuple[str, str]] = set()
        mine = [r for r in question.screened.rejections if r.workload == workload.name and r.bottleneck != "weights"]
        for r in sorted(mine, key=lambda r: (listed.get(r.subject, NOT_LISTED).usd, r.subject)):
            kind = (r.bottleneck, listed.get(r.subject, NOT_LISTED).hardware)
            per_bottleneck = sum(bottleneck == r.bottleneck for bottleneck, _ in seen)
            if kind in seen or per_bottleneck >= 2 or len(seen) >= EXAMPLES_PER_WORKLOAD:
                continue
            seen.add(kind)
            found.append(
                RejectionRecord(
                    workload=r.workload, option=r.subject, bottleneck=r.bottleneck, needed=r.needed, offered=r.offered
                )
            )
    return tuple(found), dict(sorted(counts.items()))
