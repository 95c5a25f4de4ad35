"""The decision in five lines: what it costs, what to sign, what to use, how sure that is, what it hangs on."""

from collections.abc import Iterator

from planner.domain.records import Plan, PlanLine
from planner.report.document import (
    ACTIONS,
    SIGNED,
    Document,
    Paragraph,
    Section,
    amount,
    count,
    headline_money,
    kind_words,
    listed,
    money,
    percent,
    plural,
)
from planner.report.plan import headline
from planner.report.plan import provenance as trust
from planner.report.plan.money import announced_lines, unused_credits
from planner.report.plan.reading import Reading
from planner.report.plan.service import unlimited
from planner.report.plan.short.one_screen import how_many, in_turn

WIDTH = 100
"""Cells within which a line stays where a shorter way to say it is known."""
CENT = 0.005


def brief(plan: Plan) -> Document:
    """Title and at most four lines; what does not apply is left out."""
    reading = Reading(plan)
    said = (_to_sign(plan), _to_use(plan), _sure(reading), _mind(reading))
    lines = tuple(Paragraph(text) for text in said if text)
    return Document(headline.title(plan), (Section("", lines),), trust.alarm(plan.audit))


def _to_sign(plan: Plan) -> str:
    """What is signed, ordered and agreed on, and the first of it with its date."""
    parts = [_part(action, lines) for action in SIGNED_IN_TURN if (lines := _new(plan, action))]
    agreed = list(dict.fromkeys(r.provider for r in plan.agreements if r.level and not r.signed and r.threshold_usd))
    parts += [f"agree on spend with {listed(agreed)}"] if agreed else []
    if not parts:
        return ""
    said = _begun(listed(parts))
    turn = in_turn(plan, signed=True)
    if not turn:
        return f"{said}."
    first = turn[0].line
    whole = f"{said}, first {how_many(first)} of {first.provider} in {first.signed}."
    return whole if len(whole) <= WIDTH else f"{said}, the first in {first.signed}."


SIGNED_IN_TURN = ("buy", "build", "lease", "commit")


def _new(plan: Plan, action: str) -> list[PlanLine]:
    return [line for line in plan.lines if line.action == action and not line.held]


def _part(action: str, lines: list[PlanLine]) -> str:
    usd = headline_money(sum(line.total_usd for line in lines))
    if action == "buy":
        servers = sum(line.units for line in lines)
        return f"buy {count(servers)} {'server' if servers == 1 else 'servers'} for {usd}"
    if action == "build":
        return f"build {listed(sorted({line.provider for line in lines}))} for {usd}"
    if action == "lease":
        return f"lease power for {usd}"
    return f"sign {plural(len(lines), 'contract')} worth {usd}"


def _to_use(plan: Plan) -> str:
    """What is paid by use, by credits and after the horizon."""
    used = {a: sum(line.total_usd for line in _new(plan, a)) for a in ACTIONS if a not in SIGNED}
    dearest = sorted((item for item in used.items() if item[1] > 0), key=lambda item: -item[1])
    named = [f"{kind_words(action)} for {headline_money(usd)}" for action, usd in dearest]
    parts = [f"use {listed(named)}"] if named else []
    credit, owed = -plan.cost.by_kind.get("credits", 0.0), plan.cost.outstanding_liability_usd
    parts += [f"credits pay {headline_money(credit)}"] if credit >= CENT else []
    held = sum(line.in_horizon_usd for line in plan.lines if line.held)
    parts += [f"{headline_money(held)} falls due for what is held"] if held >= CENT else []
    parts += [f"{headline_money(owed)} is owed after the horizon"] if owed >= CENT else []
    return f"{_begun('; '.join(parts))}." if parts else ""


def _sure(reading: Reading) -> str:
    """How near to the cheapest, and what it saves."""
    plan, asked = reading.plan, reading.asked
    parts = []
    if asked is not None and asked.objective == "most_served":
        parts.append(f"serves {amount(asked.demand_scale)} × the stated demand")
    parts += [_proven(plan), _saved(plan)]
    return f"{_begun('; '.join(part for part in parts if part))}."


def _proven(plan: Plan) -> str:
    least = headline.bound_of(plan)
    if least is None:
        return "not proven to be the cheapest: nothing bounds yet what could be saved"
    room = max(0.0, plan.npv_usd - least)
    if room < CENT:
        return "proven to be the cheapest"
    share = f" ({percent(room / plan.npv_usd)})" if plan.npv_usd > 0 else ""
    near = f"at most {money(room)}{share} could still be saved"
    return near if plan.status == "optimal" else f"not proven to be the cheapest: {near}"


def _saved(plan: Plan) -> str:
    known = [b for b in plan.baselines if b.npv_usd is not None and b.saving_fraction is not None]
    best = min(known, key=lambda b: b.npv_usd or 0.0, default=None)
    if best is None or not best.saving_fraction or best.saving_fraction < 0:
        return ""
    return f"{percent(best.saving_fraction)} below {best.name}"


def _mind(reading: Reading) -> str:
    """What a signature hangs on."""
    parts = list(_hangs(reading))
    return f"Mind: {'; '.join(parts)}." if parts else ""


def _hangs(reading: Reading) -> Iterator[str]:
    plan = reading.plan
    if unserved := sorted({u.workload for u in plan.unserved if u.work > 0}):
        yield f"part of {listed(unserved)} is left unserved"
    if open_ := unlimited(reading):
        sellers = listed(sorted({line.provider for line in open_}))
        yield f"{sellers} must confirm the quantity of {headline_money(sum(line.total_usd for line in open_))}"
    total = sum(line.total_usd for line in plan.lines)
    coming = sum(line.total_usd for line in announced_lines(reading))
    if coming > 0:
        yield f"{percent(coming / total)} of the money is for announced hardware"
    if plan.cash:
        lowest = min(plan.cash, key=lambda record: record.closing_usd)
        yield f"cash falls to {headline_money(lowest.closing_usd)} by the end of {reading.month(lowest.period)}"
    if lost := unused_credits(reading):
        yield lost[:1].lower() + lost[1:].rstrip(".")


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
