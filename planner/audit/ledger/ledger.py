"""The invoices as they would arrive, one by one, in exact decimal money.

* commitment: upfront on the day of signing; then one invoice in the middle of every period of the term,
  also beyond the horizon: nodes × hours of the period × recurring price of the day of signing;
* on demand, spot: one invoice a period: Σ over slices nodes × hours × price of the period;
* hosted API: one invoice a period and workload: work × blended price of the period;
* data that leaves or is kept: one invoice a period, provider and workload (`charges`);
* support: a share of every one of these invoices, on the same day;
* credits: what they pay of a period's invoices, in its middle, below 0;
* agreements on spend: discount (below 0) and shortfall of each plan-year, in the middle of its last period (`agreed`);
* what is owned: `owned_flows.py`.

Nodes that a savings plan covers are not on the invoices by the hour.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import cached_property
from typing import NamedTuple

from planner.audit.books import BY_THE_HOUR, SIGNED, ZERO, Books, PlanPrices, exact, prices_of, rounded
from planner.audit.estate import Estate, Flow
from planner.audit.ledger.charges_due import Due, charges_due
from planner.audit.ledger.settlements import SettlementDue, settlements_due
from planner.domain.records import OptionRecord, Plan, PlanLine

DIGITS = 40
SETTLED = "agreement"
"""Why of what agreements settle, and of the support on it: no bills that credits pay."""
_BY_USE: tuple[str, ...] = ("on_demand", "spot", "hosted_api")


class CashFlow(NamedTuple):
    """One payment."""

    date_years: Decimal
    """Years from the start of the horizon."""
    period_index: int
    """May lie beyond the horizon."""
    amount_usd: Decimal
    kind: str
    """upfront, commitment, held, on_demand, spot, hosted_api, egress, storage, support, credits, or of what is owned."""
    provider: str
    option: str
    line: int | None
    """Position of the plan line it belongs to; None if no line owns up to it."""
    quantity: Decimal
    """Node-hours or work units that are paid; 0 for upfront payments."""
    unit_price_usd: Decimal
    why: str
    workload: str = ""
    """Whose it is alone: work of a hosted API, data."""
    plan_year: int | None = None
    """Of what agreements settle: the plan-year that it belongs to, whenever it is due."""
    counts: Decimal = Decimal(1)
    """Share that counts in the present value, of what is owned; for rented capacity see `money.terminal_npv`."""


@dataclass(frozen=True)
class Ledger:
    """All cash flows of a plan, with the books and prices they were written from."""

    books: Books
    prices: PlanPrices
    _factors: dict[Decimal, Decimal] = field(default_factory=dict)

    @cached_property
    def capacity(self) -> tuple[CashFlow, ...]:
        """What every line owns up to."""
        return (*self._commitments(), *self._by_the_hour(), *self._by_work())

    @cached_property
    def bills(self) -> tuple[tuple[CashFlow, CashFlow | None], ...]:
        """Everything paid to providers for capacity and data, each with its support."""
        charges = (self._charge(due) for due in self.charges)
        return tuple((flow, self.support_on(flow)) for flow in (*self.capacity, *charges))

    @cached_property
    def flows(self) -> tuple[CashFlow, ...]:
        paid = [part for bill in self.bills for part in bill if part is not None]
        settled = [part for flow in self.settled for part in (flow, self.support_on(flow)) if part is not None]
        return (*paid, *settled, *self.owned, *self.credited)

    @cached_property
    def settled(self) -> tuple[CashFlow, ...]:
        """Discounts and shortfalls of agreements on spend."""
        return tuple(self._settled())

    @cached_property
    def owned(self) -> tuple[CashFlow, ...]:
        """Of everything that is owned."""
        return tuple(self._owned(flow) for flow in self.estate.flows)

    @cached_property
    def estate(self) -> Estate:
        """What is owned."""
        return Estate(self.books)

    def _owned(self, flow: Flow) -> CashFlow:
        """Capital, sales and land at the start of their period, the rest in its middle."""
        calendar, t = self.books.calendar, flow.period
        when = calendar.start_years(t) if flow.at_start else calendar.middle_years(t)
        return CashFlow(
            date_years=when,
            period_index=t,
            amount_usd=flow.usd,
            kind=flow.kind,
            provider=flow.site,
            option=flow.option,
            line=flow.line,
            quantity=flow.quantity,
            unit_price_usd=flow.price,
            why="owned",
            counts=flow.counts,
        )

    @cached_property
    def charges(self) -> tuple[Due, ...]:
        """Data that leaves the providers or is kept by them."""
        return charges_due(self.books)

    @cached_property
    def inside(self) -> tuple[CashFlow, ...]:
        """Paid within the horizon."""
        return tuple(f for f in self.flows if f.period_index < self.books.calendar.count)

    @cached_property
    def beyond(self) -> tuple[CashFlow, ...]:
        """Owed after the horizon, or worth at its end."""
        return tuple(f for f in self.flows if f.period_index >= self.books.calendar.count)

    @cached_property
    def by_line(self) -> dict[int, list[CashFlow]]:
        found: dict[int, list[CashFlow]] = defaultdict(list)
        for flow in self.flows:
            if flow.line is not None:
                found[flow.line].append(flow)
        return found

    def _commitments(self) -> Iterator[CashFlow]:
        for i, line in self.books.commitments:
            record = self.books.options[line.option]
            signed = max(0, line.signed_index)
            upfront = exact(line.nodes) * self.prices.upfront(record, signed)
            when = self.books.calendar.start_years(signed)
            if upfront:
                yield CashFlow(when, signed, upfront, "upfront", record.provider, line.option, i, ZERO, ZERO, "signing")
            yield from self._term(i, line, record, self.prices.recurring(record, signed))

    def _term(self, i: int, line: PlanLine, record: OptionRecord, price: Decimal) -> Iterator[CashFlow]:
        calendar, nodes = self.books.calendar, exact(line.nodes)
        kind = "held" if isinstance(self.prices.origins.get(line.option), SIGNED) else "commitment"
        for t in range(line.start_index, line.end_index):
            share = exact(record.period_share) if t == line.end_index - 1 else Decimal(1)
            hours = nodes * calendar.hours(t) * share
            when = calendar.middle_years(t)
            yield CashFlow(when, t, hours * price, kind, record.provider, line.option, i, hours, price, "term")

    def _by_the_hour(self) -> Iterator[CashFlow]:
        books = self.books
        node_hours: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for f in books.known_fleet:
            node_hours[f.option, f.period] += exact(f.nodes) * books.slice_hours[f.period, f.slice]
        for c in books.known_covered:
            node_hours[c.option, c.period] -= exact(c.nodes) * books.slice_hours[c.period, c.slice]
        for _, share in books.known_shares:
            if books.is_part_time(share):
                node_hours[share.option, share.period] += exact(share.nodes) * exact(share.hours)
        for (option, t), hours in node_hours.items():
            record = books.options[option]
            if record.action in BY_THE_HOUR and hours:
                kind = "spot" if record.action == "spot" else "on_demand"
                yield self._use(record, t, kind, hours, self.prices.recurring(record, t), "node-hours")

    def _by_work(self) -> Iterator[CashFlow]:
        work: dict[tuple[str, str, int], Decimal] = defaultdict(Decimal)
        for r in self.books.known_serving:
            if self.books.options[r.option].action == "hosted_api":
                work[r.option, r.workload, r.period] += exact(r.work)
        for (option, workload, t), units in work.items():
            record = self.books.options[option]
            price = self.prices.blended(record, self.books.workloads[workload], t)
            flow = self._use(record, t, "hosted_api", units, price, f"work of {workload}")
            yield flow._replace(workload=workload)

    def _use(self, record: OptionRecord, t: int, kind: str, quantity: Decimal, price: Decimal, why: str) -> CashFlow:
        line = line_for_use(self.books, record.option, t, price)
        when = self.books.calendar.middle_years(t)
        amount = quantity * price
        return CashFlow(when, t, amount, kind, record.provider, record.option, line, quantity, price, why)

    def _charge(self, due: Due) -> CashFlow:
        """A charge without a price is reported by `charges`, and costs nothing here."""
        price, when = due.price_usd or ZERO, self.books.calendar.middle_years(due.period)
        return CashFlow(
            when, due.period, due.usd, due.kind, due.provider, "", None, due.quantity_gb, price, "data", due.workload
        )

    def support_on(self, flow: CashFlow) -> CashFlow | None:
        """Share of an invoice, to a millionth of a dollar, due with it."""
        share = exact(self.books.asked.support.get(flow.provider, 0.0))
        if share == 0:
            return None
        amount = rounded(share * flow.amount_usd)
        return flow._replace(
            amount_usd=amount,
            kind="support",
            line=None,
            quantity=flow.amount_usd,
            unit_price_usd=share,
            why=flow.why if flow.why == SETTLED else "support",
        )

    @cached_property
    def agreed(self) -> tuple[SettlementDue, ...]:
        """Every agreement on spend in every plan-year."""
        return tuple(settlements_due(self.books, self.prices, self.capacity))

    def _settled(self) -> Iterator[CashFlow]:
        for due in self.agreed:
            when = self.books.calendar.middle_years(due.period)
            flow = CashFlow(when, due.period, -due.rebate_usd, "rebate", due.provider, "", None, ZERO, ZERO, SETTLED)
            flow = flow._replace(plan_year=due.plan_year)
            if due.rebate_usd:
                yield flow._replace(quantity=due.earning_usd, unit_price_usd=-due.discount)
            if due.shortfall_usd:
                yield flow._replace(
                    kind="shortfall",
                    amount_usd=due.shortfall_usd,
                    quantity=due.shortfall_usd,
                    unit_price_usd=Decimal(1),
                )

    @cached_property
    def credited(self) -> tuple[CashFlow, ...]:
        """What credits pay, below 0."""
        return tuple(self._credits())

    def _credits(self) -> Iterator[CashFlow]:
        for used in self.books.plan.credits:
            t = used.period
            if 0 <= t < self.books.calendar.count:
                when, amount = self.books.calendar.middle_years(t), -exact(used.usd)
                yield CashFlow(when, t, amount, "credits", used.provider, "", None, ZERO, ZERO, "credits")

    def discount_factor(self, years: Decimal) -> Decimal:
        """(1 + r)^−years."""
        if years not in self._factors:
            self._factors[years] = (1 + exact(self.books.asked.discount_rate)) ** -years
        return self._factors[years]

    def mid_period_value(self, due: Iterable[tuple[int, Decimal]]) -> Decimal:
        """Present value of amounts in the middle of their periods."""
        middle = self.books.calendar.middle_years
        return sum((usd * self.discount_factor(middle(t)) for t, usd in due), ZERO)


def line_for_use(books: Books, option: str, t: int, price: Decimal) -> int | None:
    """The line that pays for the use of an option in period t; of several, the one with that unit price.

    Lines of one option, price and time are one bill: the first of them stands for all (`bill_of`).
    """
    lines = books.plan.lines
    around = [
        i
        for i in books.lines_of.get(option, ())
        if lines[i].action in _BY_USE and lines[i].start_index <= t < lines[i].end_index
    ]
    if not around:
        return None
    nearest = min(around, key=lambda i: (abs(exact(lines[i].unit_price_usd) - price), i))
    return bill_of(books, nearest)


def bill_of(books: Books, i: int) -> int:
    """First line by use of the same option and unit price whose periods overlap; `i` itself for the rest."""
    line = books.plan.lines[i]
    if line.action not in _BY_USE:
        return i
    for j in books.lines_of[line.option]:
        other = books.plan.lines[j]
        overlap = other.start_index < line.end_index and line.start_index < other.end_index
        if j < i and overlap and other.action == line.action and other.unit_price_usd == line.unit_price_usd:
            return j
    return i


def open_ledger(books: Books) -> Ledger:
    return Ledger(books, prices_of(books))


def cash_flows(plan: Plan) -> tuple[CashFlow, ...]:
    """All invoices of a plan, by date."""
    with localcontext() as context:
        context.prec = DIGITS
        flows = open_ledger(Books(plan)).flows
        return tuple(sorted(flows, key=lambda f: (f.period_index, f.date_years, f.option)))
