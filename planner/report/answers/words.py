"""The difference between two plans in a few sentences."""

from collections.abc import Iterator

from planner.domain.answers import OTHER, Comparison, LineChange
from planner.report.answers.differences import difference_money, difference_percent
from planner.report.document import SIGNED, headline_money, kind_words, unit_price

MOST_LINES = 5
"""Changed lines that are told."""
_CENT = 0.005
SMALLEST_SHARE = 0.0001
"""Below which a change is told in dollars alone."""


def in_words(comparison: Comparison) -> tuple[str, ...]:
    """What B costs and buys that A does not, the largest first."""
    return (*_cost(comparison), *_lines(comparison), *_units(comparison), *_unserved(comparison))


def _cost(comparison: Comparison) -> Iterator[str]:
    totals = comparison.totals
    npv = totals.npv_usd
    if abs(npv.difference) < _CENT:
        yield "It costs the same."
    else:
        more = "more" if npv.difference > 0 else "less"
        change = npv.change_fraction
        share = "" if change is None or abs(change) < SMALLEST_SHARE else f" ({difference_percent(npv)})"
        yield f"It costs {headline_money(abs(npv.difference))} {more} in present value{share}."
    least, most = totals.npv_difference_at_least_usd, totals.npv_difference_at_most_usd
    may_be_less, may_be_more = least is None or least < -_CENT, most is None or most > _CENT
    if may_be_less and may_be_more and abs(npv.difference) >= _CENT:
        yield "Which of the two is cheaper is not proven yet: the difference lies within what the searches left open."
    first = totals.by_plan_year[0] if totals.by_plan_year else None
    if first is not None and abs(first.difference) >= 1:
        yield f"Cash of the first year: {difference_money(first.difference)}."
    owed = totals.outstanding_liability_usd
    if abs(owed.difference) >= 1:
        yield f"Owed beyond the horizon: {difference_money(owed.difference)}."


def _lines(comparison: Comparison) -> Iterator[str]:
    told = [change for change in comparison.changes if abs(change.cash_usd.difference) >= 1 or change.change in "+-"]
    yield from (_line(change) for change in told[:MOST_LINES])
    left = told[MOST_LINES:]
    if left:
        rest = sum(change.cash_usd.difference for change in left)
        yield f"And {len(left)} smaller changes, {difference_money(rest)} together."


def _line(change: LineChange) -> str:
    if change.action == OTHER:
        return f"Rebates, charges, credits and what is held: {difference_money(change.cash_usd.difference)}."
    what = " ".join(part for part in (change.provider, change.region, change.node_type) if part)
    kind = kind_words(change.action) + (f", {change.term_periods} periods" if change.term_periods else "")
    signed = change.action in SIGNED
    verb = {"+": "Sign" if signed else "Use", "-": "No longer sign" if signed else "No longer use"}
    head = verb.get(change.change, "Change")
    size = _nodes(change) if signed else ""
    return f"{head} {what} ({kind}){size}: {difference_money(change.cash_usd.difference)}."


def _nodes(change: LineChange) -> str:
    a, b = change.a.nodes if change.a else 0.0, change.b.nodes if change.b else 0.0
    if a == b or change.a is None or change.b is None:
        return f", {max(a, b):,.0f} nodes" if max(a, b) else ""
    return f", {a:,.0f} → {b:,.0f} nodes"


def _units(comparison: Comparison) -> Iterator[str]:
    for cost in comparison.totals.unit_costs:
        of = cost.usd_per_unit
        if of.a and of.b and abs(of.difference) >= 0.001 * abs(of.a):
            change = difference_percent(of)
            yield f"{cost.workload}: {unit_price(of.a)} → {unit_price(of.b)} per {cost.unit} ({change})."


def _unserved(comparison: Comparison) -> Iterator[str]:
    for change in comparison.totals.unserved:
        if change.work.difference:
            more = "more" if change.work.difference > 0 else "less"
            yield f"It leaves {more} of {change.workload} unserved."
