"""What a plan costs in one breath: the verdict above the first table."""

from planner.domain.inputs import earliest_day, months_between
from planner.domain.options import OWNED
from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    ACTIONS,
    SIGNED,
    Paragraph,
    Section,
    amount,
    failure_words,
    headline_money,
    horizon_words,
    kind_words,
    listed,
    money,
    percent,
    plural,
)
from planner.report.plan import simplicity
from planner.report.plan.money import (
    agreed_anew,
    announced_in_short,
    generation_of,
    other_rule,
    signed_agreements,
    unused_credits,
)
from planner.report.plan.owned import basis as owned_basis
from planner.report.plan.owned import headline as owned_headline
from planner.report.plan.reading import Reading
from planner.report.plan.service import idle_in_short, in_short, unconfirmed

CENT = 0.005
"""Dollars below which money is none."""
SAME = 1e-6
"""Share of the NPV by which two ways may differ that cost the same."""
_MOST_RUNS = 3
"""Up to so many training runs are named."""


def title(plan: Plan) -> str:
    return (
        f"{plan.scenario.name}: {headline_money(plan.npv_usd)} NPV over {horizon_words(plan.horizon)}"
        f" ({headline_money(plan.total_usd)} cash in the horizon)"
    )


def headline(reading: Reading) -> Section:
    plan = reading.plan
    said = (
        Paragraph(_in_short(plan)),
        Paragraph(other_rule(plan)),
        Paragraph(_multiple(reading), strong=True),
        Paragraph(_survives(reading)),
        Paragraph(_runs(reading)),
        Paragraph(_runway(reading)),
        Paragraph(owned_headline.what_an_hour_costs(plan)),
        Paragraph(owned_headline.money_needed(plan)),
        Paragraph(certainty(plan)),
        Paragraph(_saving(plan)),
        Paragraph(unconfirmed(reading)),
        Paragraph(unused_credits(reading)),
        Paragraph(simplicity.in_short(plan)),
        Paragraph(simplicity.hangs_on(reading)),
        Paragraph(idle_in_short(plan)),
        Paragraph(in_short(plan)),
        Paragraph(_evidence(reading)),
        Paragraph(announced_in_short(reading)),
        Paragraph(owned_basis.weak_money(plan) if plan.sites else ""),
        Paragraph(owned_headline.conventions(reading)),
        Paragraph(_missing(plan), strong=True),
    )
    return Section("", tuple(paragraph for paragraph in said if paragraph.text))


def decision(reading: Reading) -> Section:
    """What to do, how near it is to the cheapest, and what it hangs on: the part for the first screen."""
    plan = reading.plan
    said = (
        Paragraph(_in_short(plan)),
        Paragraph(_multiple(reading), strong=True),
        Paragraph(_runway(reading)),
        Paragraph(certainty(plan)),
        Paragraph(_saving(plan)),
        Paragraph(unconfirmed(reading)),
        Paragraph(unused_credits(reading)),
        Paragraph(announced_in_short(reading)),
        Paragraph(_missing(plan), strong=True),
    )
    return Section("", tuple(paragraph for paragraph in said if paragraph.text))


def recommendation(reading: Reading) -> Section:
    """What to do in a sentence, what is not served, and how near it is to the cheapest."""
    plan = reading.plan
    said = (
        Paragraph(_in_short(plan)),
        Paragraph(_multiple(reading), strong=True),
        Paragraph(_missing(plan), strong=True),
        Paragraph(certainty(plan)),
    )
    return Section("", tuple(paragraph for paragraph in said if paragraph.text))


def _missing(plan: Plan) -> str:
    names = sorted({u.workload for u in plan.unserved if u.work > 0})
    return f"Part of the demand of {listed(names)} is left unserved." if names else ""


def _in_short(plan: Plan) -> str:
    """The decision in one sentence."""
    signed = [line for line in plan.lines if line.action in SIGNED and line.action not in OWNED and not line.held]
    parts = owned_headline.orders(plan)
    if signed:
        worth = headline_money(sum(line.total_usd for line in signed))
        first = min(signed, key=lambda line: line.signed_index).signed
        parts.append(f"sign {plural(len(signed), 'contract')} worth {worth}, the first in {first}")
    parts += [f"agree on spend with {listed(agreed)}"] if (agreed := agreed_anew(plan)) else []
    used = {a: sum(line.total_usd for line in plan.lines if line.action == a) for a in ACTIONS if a not in SIGNED}
    uses = [f"{kind_words(action)} for {headline_money(usd)}" for action, usd in used.items() if usd > 0]
    parts += [f"use {listed(uses)}"] if uses else []
    credit = -plan.cost.by_kind.get("credits", 0.0)
    parts += [f"credits pay {headline_money(credit)} of the bills"] if credit >= CENT else []
    before = [line for line in plan.lines if line.held]
    later = sum(line.total_usd - line.in_horizon_usd for line in before)
    owed = plan.cost.outstanding_liability_usd - later
    parts += [f"{headline_money(owed)} is owed after the horizon"] if owed >= CENT else []
    if before and not signed and not parts:
        parts.append("nothing needs to be signed or used beside what is held")
    elif before and not any(line.action in SIGNED and not line.held for line in plan.lines):
        parts.insert(0, "sign nothing")
    said = f"In short: {'; '.join(parts)}." if parts else ""
    return f"{said} {_signed_already(before, later)} {signed_agreements(plan)}".strip()


def _signed_already(lines: list[PlanLine], later_usd: float) -> str:
    """What is owed whatever is decided, apart from the decision."""
    if not lines:
        return ""
    inside = sum(line.in_horizon_usd for line in lines)
    after = f" and {headline_money(later_usd)} after it" if later_usd >= CENT else ""
    owed = f"{headline_money(inside)} is owed for {'it' if len(lines) == 1 else 'them'} in the horizon{after}"
    paid = "all of it paid for" if inside + later_usd < CENT else f"{owed}, whatever is decided"
    return f"Signed already: {plural(len(lines), 'contract')}, {paid}."


UNLISTED = {"derived", "estimated", "assumed"}
_EVIDENCE = {
    "listed": "list prices",
    "quoted": "quotes",
    "scenario": "what the scenario states",
    "observed": "prices that others observed",
    "derived": "derived prices",
    "estimated": "estimates",
    "assumed": "assumed discounts",
}
"""From the best to the weakest."""
YOUNG_MONTHS = 6


def _evidence(reading: Reading) -> str:
    """Which share of the money rests on which kind of price, how old they are, and what to get quotes for."""
    plan = reading.plan
    lines = [line for line in plan.lines if line.action not in OWNED]
    total = sum(line.total_usd for line in lines)
    if total <= 0 or {line.price_basis for line in lines} == {"scenario"}:
        return ""
    shares = {basis: sum(line.total_usd for line in lines if line.price_basis == basis) / total for basis in _EVIDENCE}
    parts = [f"{percent(share)} on {_EVIDENCE[basis]}" for basis, share in shares.items() if share > 0]
    weak = [line for line in lines if line.price_basis in UNLISTED and generation_of(reading, line) is None]
    quotes = f" Get quotes for what is {listed(sorted({line.price_basis for line in weak}))}." if weak else ""
    return f"The money for rent and use rests {listed(parts)}{_young(plan, lines, total)}.{quotes}"


def _young(plan: Plan, lines: list[PlanLine], total: float) -> str:
    """The share of the money whose prices were read within six months before the newest price of the catalog."""
    today, dated = plan.facts.newest_price_as_of, [line for line in lines if line.price_as_of]
    if not today or not dated:
        return ""
    young = [line for line in dated if months_between(line.price_as_of, today) <= YOUNG_MONTHS]
    share = sum(line.total_usd for line in young) / total
    oldest = min((line.price_as_of for line in dated), key=earliest_day)
    return f"; {percent(share)} of it on prices of the six months before {today}, the oldest of {oldest}"


def _saving(plan: Plan) -> str:
    """Against the cheapest baseline that can serve the demand within the caps; one beyond them only if there is no other."""
    known = [(b.npv_usd, b) for b in plan.baselines if b.npv_usd is not None]
    known = [pair for pair in known if pair[1].saving_fraction is not None] or known
    if not known:
        return ""
    npv_usd, best = min(known, key=lambda pair: pair[0])
    saved = npv_usd - plan.npv_usd
    if abs(saved) < CENT + npv_usd * SAME:
        return f"The cheapest of the usual ways, {best.name}, comes to the same."
    if saved < CENT:
        return (
            f"The cheapest of the usual ways, {best.name}, would cost at least {headline_money(npv_usd)} NPV; that is"
            " computed with fractional nodes and no budgets, and need not be possible."
        )
    share = "" if best.saving_fraction is None else f" ({percent(best.saving_fraction)})"
    return f"Saves {headline_money(saved)}{share} against the cheapest of the usual ways, {best.name}."


def bound_of(plan: Plan) -> float | None:
    """What no plan's NPV is below; None where nothing bounds it: older plans state 0 then."""
    nothing = plan.bound_usd is None or (plan.bound_usd <= 0 < plan.npv_usd and plan.status == "feasible")
    return None if nothing else plan.bound_usd


def certainty(plan: Plan) -> str:
    """Status, gap and bound in words."""
    least = bound_of(plan)
    if least is None:
        return "Not proven to be the cheapest: the search ended before it had any bound on how much cheaper another plan could be."
    bound = f"no plan over the options considered has an NPV below {money(least)}"
    room = max(0.0, plan.npv_usd - least)
    if plan.status == "feasible":
        return (
            f"Not proven to be the cheapest: the search ended at a gap of {percent(plan.gap)} (asked for"
            f" {percent(plan.gap_target)}). At most {_or_nothing(room)} could still be saved: {bound}."
        )
    if room < CENT:
        return f"Proven to be the cheapest: {bound}."
    if (
        plan.gap > plan.gap_target + 1e-9
    ):  # closed in dollars: the NPV is too near zero for a share of it to say anything
        return f"Proven to be the cheapest: {bound}, so at most {money(room)} could still be saved."
    return (
        f"Proven to be the cheapest within {percent(plan.gap)} (asked for {percent(plan.gap_target)}):"
        f" {bound}, so at most {money(room)} could still be saved."
    )


def _or_nothing(usd: float) -> str:
    return money(usd) if usd >= CENT else "nothing"


def _multiple(reading: Reading) -> str:
    """What `most_served` found."""
    asked = reading.asked
    if asked is None or asked.objective != "most_served":
        return ""
    most = asked.demand_scale >= asked.most_demand_scale * (1 - 1e-9)
    said = "the largest multiple that was tried" if most else "the most that was found within all limits"
    return f"Serves {amount(asked.demand_scale)} × the stated demand: {said}."


def _survives(reading: Reading) -> str:
    rules = reading.asked.availability if reading.asked is not None else None
    if rules is None or not any(record.failed for record in reading.plan.failures):
        return ""
    shares = [getattr(reading.workloads.get(r.workload), "survive", None) for r in reading.plan.failures if r.failed]
    least = min(rules.survive if share is None else share for share in shares)
    part = "" if least == 1 else f" with at least {percent(least)} of every protected workload"
    return f"Survives the loss of any one {failure_words(rules.failure)}{part}."


def _runs(reading: Reading) -> str:
    plan = reading.plan
    ends = [f"{run.workload} in {run.end}" for run in sorted(plan.runs, key=lambda run: run.end_index)]
    if not ends:
        return ""
    shown = ends if len(ends) <= _MOST_RUNS else [f"{len(ends)} of them, the last in {_last_end(plan)}"]
    return f"Training runs finish: {listed(shown)}.{_put_off(reading)}"


def _put_off(reading: Reading) -> str:
    """Why runs that may end at any time end last."""
    last = reading.plan.horizon.periods[-1].start
    late = [run.workload for run in reading.plan.runs if run.end == last]
    free = [name for name in late if getattr(reading.workloads.get(name), "ends_at_any_time", False)]
    return f" No `deadline` is given for {listed(free)}, and what is paid later counts less." if free else ""


def _last_end(plan: Plan) -> str:
    """Last period in which a training run is at work."""
    return max(plan.runs, key=lambda run: run.end_index).end


def _runway(reading: Reading) -> str:
    records = reading.plan.cash
    if not records:
        return ""
    lowest = min(records, key=lambda record: record.closing_usd)
    return f"Cash is lowest at the end of {reading.month(lowest.period)}, with {headline_money(lowest.closing_usd)}."
