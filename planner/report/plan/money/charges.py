"""What is paid beside capacity: support, data that leaves or is kept, agreements settled; and the free credits that pay for it."""

from collections import defaultdict
from typing import NamedTuple

from planner.domain.records import ChargeRecord, Plan
from planner.report.document import (
    Section,
    TableRow,
    amount,
    columns_of,
    headline_money,
    kind_words,
    listed,
    money,
    percent,
    section_of,
    stated_price,
    table_of,
    words,
)
from planner.report.plan.money.years import by_year, money_row, year_table
from planner.report.plan.reading import Reading

_CENT = 0.005
BESIDE = ("support", "egress", "storage")
"""Kinds of charges beside rented capacity."""


def beside_capacity(plan: Plan) -> Section | None:
    """Charges by provider and kind, year by year; they are part of the cash above. What is owned has a section of its own."""
    found: dict[tuple[str, str], list[ChargeRecord]] = defaultdict(list)
    charges_beside = [charge for charge in plan.charges if charge.kind in BESIDE]
    for charge in charges_beside:
        found[charge.provider, charge.kind].append(charge)
    paid = {key: charges for key, charges in sorted(found.items()) if any(abs(c.usd) >= _CENT for c in charges)}
    if not paid:
        return None
    rows = [
        money_row(_what(provider, kind, charges), by_year(plan, [(c.period, c.usd) for c in charges]))
        for (provider, kind), charges in paid.items()
    ]
    whole = by_year(plan, [(c.period, c.usd) for c in charges_beside])
    total = money_row("Total", whole)._replace(role="total")
    said = "They are part of the cash by plan-year and by provider."
    return section_of("Support, egress and storage (cash, USD)", year_table(plan, "What", [*rows, total]), said)


def _what(provider: str, kind: str, charges: list[ChargeRecord]) -> str:
    """How much of what is paid for, and at which price."""
    quantity, price = amount(sum(c.quantity for c in charges)), charges[0].unit_price_usd
    if kind == "support":
        return f"{provider}: support, {percent(price)} of {money(sum(c.quantity for c in charges))}"
    if kind in ("rebate", "shortfall"):
        share = f"{percent(-price)} of {money(sum(c.quantity for c in charges))}" if kind == "rebate" else ""
        return f"{provider}: {kind_words(kind)}" + (f", {share}" if share else "")
    unit = "GB-months" if kind == "storage" else "GB"
    each = "GB and month" if kind == "storage" else "GB"
    return f"{provider}: {words(kind)}, {quantity} {unit} at {stated_price(price)} per {each}"


class CreditGrant(NamedTuple):
    """A grant of free credits and what becomes of it, in USD; `granted` is None where the scenario is not known."""

    provider: str
    expires: str
    granted: float | None
    used: float
    gone: bool
    """Whether what is left of it expires within the horizon."""

    @property
    def left(self) -> float:
        """What was not used; below a cent nothing, since what is used is kept to millionths."""
        left = (self.granted or 0.0) - self.used
        return left if left >= _CENT else 0.0


def grants(reading: Reading) -> list[CreditGrant]:
    """Every grant of free credits."""
    granted = reading.asked.credits if reading.asked is not None else ()
    used: dict[int, float] = defaultdict(float)
    provider = {use.credit: use.provider for use in reading.plan.credits}
    for use in reading.plan.credits:
        used[use.credit] += use.usd
    found = []
    for number, grant in enumerate(granted):
        last = grant.expires_period if grant.expires is None else grant.expires
        gone = reading.span(last, None).start < len(reading.plan.horizon.periods) if last is not None else False
        when = "never" if last is None else reading.month(last) if isinstance(last, int) else last
        found.append(CreditGrant(grant.provider, when, grant.usd, used[number], gone))
    return found + [CreditGrant(provider[n], "", None, used[n], False) for n in sorted(used) if n >= len(granted)]


def unused_credits(reading: Reading) -> str:
    """Free credits that expire before they are spent."""
    lost = [grant for grant in grants(reading) if grant.gone and grant.left]
    if not lost:
        return ""
    named = [f"{headline_money(grant.left)} of {grant.provider} in {grant.expires}" for grant in lost]
    return f"Free credits expire unused: {listed(named)}."


def credit_use(reading: Reading) -> Section | None:
    """Every grant of free credits: used, and what is left of it or expires."""
    found = grants(reading)
    if not found:
        return None
    columns = columns_of("Credits of | Expire | #Granted | #Used | #Expired unused | #Left at the end")
    rows = []
    for grant in found:
        known = grant.granted is not None
        cells = (
            grant.provider,
            grant.expires,
            money(grant.granted or 0.0) if known else "",
            money(grant.used),
            money(grant.left * grant.gone) if known else "",
            money(grant.left * (not grant.gone)) if known else "",
        )
        rows.append(TableRow(cells))
    if len(rows) > 1:
        whole = money(sum(grant.granted or 0.0 for grant in found)), money(sum(grant.used for grant in found))
        rows.append(TableRow(("Total", "", *whole, "", ""), "total"))
    return section_of("Credits", table_of(columns, rows))
