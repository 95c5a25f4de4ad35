"""What is paid beside capacity: support, data that leaves or is kept, agreements settled; and the free credits that pay for it."""

from collections import defaultdict

from planner.domain.records import ChargeRecord, Plan
from planner.report.document import (
    Column,
    Paragraph,
    Section,
    Table,
    TableRow,
    amount,
    kind_words,
    money,
    number_columns,
    percent,
    unit_price,
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
    said = Paragraph("They are part of the cash by plan-year and by provider.")
    return Section("Support, egress and storage (cash, USD)", (year_table(plan, "What", [*rows, total]), said))


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
    return f"{provider}: {words(kind)}, {quantity} {unit} at {unit_price(price)} per {each}"


def credit_use(reading: Reading) -> Section | None:
    """Every grant of free credits: used, and what is left of it or expires."""
    granted = reading.asked.credits if reading.asked is not None else ()
    used: dict[int, float] = defaultdict(float)
    provider = {use.credit: use.provider for use in reading.plan.credits}
    for use in reading.plan.credits:
        used[use.credit] += use.usd
    if not granted and not used:
        return None
    columns = (
        Column("Credits of"),
        Column("Expire"),
        *number_columns("Granted", "Used", "Expired unused", "Left at the end"),
    )
    rows = []
    for number in sorted({*range(len(granted)), *used}):
        if number >= len(granted):
            rows.append(TableRow((provider[number], "", "", money(used[number]), "", "")))
            continue
        grant = granted[number]
        last = grant.expires_period if grant.expires is None else grant.expires
        gone = reading.span(last, None).start < len(reading.plan.horizon.periods) if last is not None else False
        left = max(0.0, grant.usd - used[number])
        when = "never" if last is None else reading.month(last) if isinstance(last, int) else last
        cells = (
            grant.provider,
            when,
            money(grant.usd),
            money(used[number]),
            money(left * gone),
            money(left * (not gone)),
        )
        rows.append(TableRow(cells))
    whole = money(sum(used.values()))
    rows += (
        [TableRow(("Total", "", money(sum(g.usd for g in granted)), whole, "", ""), "total")] if len(rows) > 1 else []
    )
    return Section("Credits", (Table(columns, tuple(rows)),))
