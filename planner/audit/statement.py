"""A plan as an account statement, from the second accountant's ledger: what a workbook or a page of cash flows is made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

from planner.audit.books import Books
from planner.audit.estate import FIXED
from planner.audit.ledger import DIGITS, CashFlow, Ledger, open_ledger
from planner.audit.money import Attribution, carbon_due, counted, fallback_due, unserved_due
from planner.domain.records import Entry, Plan, Statement


def statement(plan: Plan) -> Statement:
    """Every payment of a plan with how it counts, computed from the plan file alone.

    Raises:
        ValueError, KeyError: the plan is malformed; `audit` says how.
    """
    with localcontext() as context:
        context.prec = DIGITS
        ledger = open_ledger(Books(plan))
        attribution = Attribution(ledger)
        entries = tuple(_entries(ledger, attribution))
        return Statement(ledger.books.asked.discount_rate, entries, _shares(attribution), dict(attribution.units))


def _entries(ledger: Ledger, attribution: Attribution) -> Iterator[Entry]:
    number = 0
    settled = ((flow, ledger.support_on(flow)) for flow in ledger.settled)
    for flow, support in (*ledger.bills, *settled):
        yield _entry(ledger, attribution, flow, flow)
        number += 1
        if support is not None:
            yield _entry(ledger, attribution, support, flow, number - 1)
            number += 1
    for flow in (*ledger.owned, *ledger.credited):
        yield _entry(ledger, attribution, flow, flow)
    yield from _beside_cash(ledger)


def _entry(
    ledger: Ledger, attribution: Attribution, flow: CashFlow, bill: CashFlow, share_of: int | None = None
) -> Entry:
    inside = flow.period_index < ledger.books.calendar.count
    return Entry(
        kind=flow.kind,
        provider=flow.provider,
        option=flow.option,
        workload=flow.workload,
        centre=_centre(attribution, flow),
        line=flow.line,
        period=flow.period_index,
        years=float(flow.date_years),
        quantity=float(flow.quantity),
        unit_price_usd=float(flow.unit_price_usd),
        usd=float(flow.amount_usd),
        counts=1.0 if inside else float(counted(ledger, bill)),
        cash=inside,
        share_of=share_of,
    )


def _beside_cash(ledger: Ledger) -> Iterator[Entry]:
    """Stated costs that are not cash: they count in the middle of their period."""
    calendar = ledger.books.calendar
    for kind, due in (
        ("unserved", unserved_due(ledger)),
        ("fallback", fallback_due(ledger)),
        ("carbon price", carbon_due(ledger)),
    ):
        for t, usd in sorted(_by_period(due).items()):
            when = float(calendar.middle_years(t))
            yield Entry(kind, "", "", "", "", None, t, when, 0.0, 0.0, float(usd), 1.0, cash=False)


def _by_period(due: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for t, usd in due:
        found[t] += usd
    return found


def _centre(attribution: Attribution, flow: CashFlow) -> str:
    """Who bears a flow, by the rules of `money/costs.py`; what is owed later belongs to nobody, what is left is worth something."""
    if flow.period_index >= attribution.books.calendar.count and flow.kind != "sale":
        return ""
    own = attribution.ledger.estate.holdings.of(flow.option)
    if flow.workload:
        return f"workload {flow.workload}"
    if flow.kind in FIXED or (own is not None and own.server is None):
        return f"site {flow.provider}"
    return f"option {flow.option}" if flow.option else ""


def _shares(attribution: Attribution) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {f"workload {name}": {name: 1.0} for name in attribution.units}
    for option, used in attribution.busy.items():
        hours = sum(used.values())
        if hours > 0:
            found[f"option {option}"] = {name: part / hours for name, part in used.items()}
    for site, by_server in attribution.kwh_by_site.items():
        power = sum(by_server.values())
        shares: dict[str, float] = defaultdict(float)
        for option, part in by_server.items():
            for name, share in found.get(f"option {option}", {}).items():
                shares[name] += share * part / power if power > 0 else 0.0
        found[f"site {site}"] = dict(shares)
    return found
