"""Rules on contracts: term, lead and labels of every line; holdings; what the option records say of themselves."""

from collections.abc import Iterator
from math import ceil, floor, isclose

from planner.audit.books import (
    OWN_ACTIONS,
    SIGNED,
    Books,
    Check,
    Entry,
    Stated,
    contract_of,
    holds,
    line_name,
    list_price_per_hour,
    same,
    same_number,
    walkable,
)
from planner.audit.ledger import Ledger
from planner.audit.rules import labels
from planner.domain.records import OptionRecord, PlanLine
from planner.domain.scenario import (
    Block,
    Commitment,
    Held,
    HeldSavingsPlan,
    Holding,
    HostedApiOffer,
    InstanceOffer,
    OnDemand,
    Quote,
    SavingsPlan,
    Spot,
)
from planner.units import HOURS_PER_MONTH

_NEARLY = 1e-9
_ACTION = {"commitment": "commit", "block": "commit", "on_demand": "on_demand", "spot": "spot"}


def commitments(ledger: Ledger) -> Iterator[Check]:
    """start = signed + lead; end − start = term: never ended early; signed within the horizon."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        where, record = line_name(i, line), books.options.get(line.option)
        yield holds("line-periods", where, walkable(line), (line.start_index, line.end_index), "a span")
        if line.action in OWN_ACTIONS:
            own = ledger.estate.holdings.of(line.option)
            fine = own is not None and own.action == line.action
            yield holds("action-unknown", where, fine, line.action, "what may be owned")
        if record is None or line.action != "commit":
            continue
        if isinstance(ledger.prices.origins.get(line.option), SIGNED):
            yield from _held_term(line, record, where)
            continue
        yield same("commitment-term", where, line.end_index - line.start_index, record.term_periods)
        yield same("commitment-term", where, line.term_periods, record.term_periods)
        yield same("commitment-start", where, line.start_index, line.signed_index + record.lead_periods)
        inside = 0 <= line.signed_index < (1 if _whole_horizon(ledger, line.option) else books.calendar.count)
        yield holds("commitment-signed", where, inside, line.signed_index, "within the horizon")


def _whole_horizon(ledger: Ledger, option: str) -> bool:
    """A commitment for the whole horizon is signed at its start."""
    entry = ledger.prices.origins.get(option)
    contract = contract_of(option, entry) if isinstance(entry, InstanceOffer) else None
    return isinstance(contract, Commitment) and contract.term_periods == "horizon"


def _held_term(line: PlanLine, record: OptionRecord, where: str) -> Iterator[Check]:
    yield holds("commitment-signed", where, line.signed_index <= 0, line.signed_index, "before the start")
    left = line.end_index - line.start_index
    yield same("commitment-term", where, left, record.term_periods)
    yield holds("commitment-term", where, line.term_periods in {None, left}, line.term_periods, left)


def use_lines(ledger: Ledger) -> Iterator[Check]:
    """What is paid by use has no term, is used in the first and the last period of its line, inside the horizon."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        if line.action == "commit" or line.action in OWN_ACTIONS:
            continue
        where = line_name(i, line)
        yield same("use-term", where, line.term_periods, None)
        yield same("use-periods", where, line.signed_index, line.start_index)
        inside = line.end_index <= books.calendar.count
        yield holds("use-periods", where, inside, line.end_index, f"at most {books.calendar.count}")


def line_labels(ledger: Ledger) -> Iterator[Check]:
    """`signed`, `start` and `end` name the periods of their indices."""
    books = ledger.books
    for i, line in enumerate(books.plan.lines):
        held = isinstance(ledger.prices.origins.get(line.option), SIGNED)
        pairs = [("start", line.start, line.start_index), ("end", line.end, line.end_index - 1)]
        if not held:
            pairs.append(("signed", line.signed, line.signed_index))
        for name, label, t in pairs:
            known = _known_labels(books, t)
            fine = not known or label in known
            yield holds("line-label", f"{line_name(i, line)} {name}", fine, label, sorted(known))


def _known_labels(books: Books, t: int) -> set[str]:
    """Names of a period; beyond an explicit horizon there are none."""
    if t < 0 or (books.asked.periods is not None and t >= books.calendar.count):
        return set()
    return labels(books, t)


def holdings(ledger: Ledger) -> Iterator[Check]:
    """Every holding is there, all its nodes or dollars, from its first whole period until its last."""
    books, origins = ledger.books, ledger.prices.origins
    for held in books.asked.held:
        starts, ends = _starts(books, held), _ends(books, held)
        if (ends is not None and ends <= starts) or starts >= books.calendar.count:
            continue
        lines = [line for _, line in books.commitments if origins.get(line.option) == held]
        where, amount = f"held {held.name}", held.nodes if isinstance(held, Held) else held.usd_per_hour
        yield same_number("held", f"{where} nodes", sum(line.nodes for line in lines), amount)
        for line in lines:
            yield same("held", f"{where} start", line.start_index, starts)
            if ends is not None:
                yield same("held", f"{where} end", line.end_index, ends)


def _starts(books: Books, held: Holding) -> int:
    """Index of the first period that it is there for the whole of."""
    return max(books.first_period_from(held.since, held.from_period, 0), 0)


def _ends(books: Books, held: Holding) -> int | None:
    """Index of the first period without it; a period that it leaves half-way is without it already.

    None where months have no meaning.
    """
    if held.periods is not None:
        return held.periods
    if held.until is None or books.asked.periods is not None:
        return None
    start, months = books.plan.horizon.start, books.plan.horizon.periods[0].hours / HOURS_PER_MONTH
    years = int(held.until[:4]) - int(start[:4])
    return max(0, floor((years * 12 + int(held.until[5:7]) - int(start[5:7])) / months))


def option_prices(ledger: Ledger) -> Iterator[Check]:
    """Discount and price path are the scenario's; the list price is what its parts add up to."""
    books, prices = ledger.books, ledger.prices
    for record in books.plan.inputs.options:
        o = record.option
        if record.action in OWN_ACTIONS:
            continue  # `owned_records.py`
        yield same("option-discount", o, record.discount_fraction, prices.discount(record))
        yield same("option-change", o, record.change_per_year, prices.change(record))
        listed = _list_prices(books, record)
        close = any(abs(record.list_price_usd - p) <= 1.5e-6 for p in listed)
        yield holds("option-list-price", o, close, record.list_price_usd, listed)
        if record.action in {"on_demand", "spot"}:
            fine = record.usd_per_hour in {0.0, record.list_price_usd} and record.upfront_usd == 0
            yield holds("option-list-price", o, fine, record.usd_per_hour, record.list_price_usd)


def _list_prices(books: Books, record: OptionRecord) -> tuple[float, ...]:
    """Commitments: recurring + upfront / hours of the term (an inline one may name the recurring price)."""
    if record.action == "hosted_api":
        return (0.0,)
    if record.action != "commit":
        return (record.list_price_usd,)
    hours = record.term_periods * float(books.calendar.lengths[-1])
    spread = record.usd_per_hour + (record.upfront_usd / hours if hours > 0 else 0.0)
    return (spread, record.usd_per_hour)


def inline_prices(ledger: Ledger) -> Iterator[Check]:
    """An option of the scenario's own has the price and the limits that the scenario states."""
    books = ledger.books
    for record in books.plan.inputs.options:
        entry = ledger.prices.origins[record.option]
        if entry is None and record.action in OWN_ACTIONS:
            known = ledger.estate.holdings.of(record.option)
            fine = known is not None and known.action == record.action
            yield holds("inline-only", record.option, fine, record.action, "what may be owned")
        elif entry is None:
            none = books.asked.catalog == "none"
            yield holds("inline-only", record.option, not none, "of the catalog", "catalog: none")
        else:
            fine = _states(books, entry, record)
            yield holds("inline-price", record.option, fine, "prices and limits", f"as stated: {entry}")


def _states(books: Books, entry: Entry, record: OptionRecord) -> bool:
    if isinstance(entry, HostedApiOffer):
        return _api_states(books, entry, record)
    if isinstance(entry, InstanceOffer):
        contract = contract_of(record.option, entry)
        return contract is not None and _contract_states(books, contract, record)
    if isinstance(entry, HeldSavingsPlan):
        return True  # `agreements.savings_plans`
    if isinstance(entry, Held):
        return entry.usd_per_hour == record.usd_per_hour and record.upfront_usd == 0
    if isinstance(entry, SavingsPlan):
        return True  # `agreements.savings_plans`
    return _quote_states(books, entry, record)


def _api_states(books: Books, entry: HostedApiOffer, record: OptionRecord) -> bool:
    """Prices per token or per unit as stated; what a model without tokens is said to cost per million is per its unit."""
    tokens = (entry.usd_per_mtok_input, entry.usd_per_mtok_output)
    claimed = (record.list_price_input_usd_per_mtok, record.list_price_output_usd_per_mtok)
    each = (record.priced_unit, record.list_price_usd_per_unit)
    rest = (entry.usd_per_mtok_cached, entry.usd_per_mtok_input_batch, entry.usd_per_mtok_output_batch)
    batch = (record.list_price_input_batch_usd_per_mtok, record.list_price_output_batch_usd_per_mtok)
    if tuple(0 if record.priced_unit else usd or 0 for usd in rest) != (record.list_price_cached_usd_per_mtok, *batch):
        return False
    if entry.unit is not None:
        return each == (entry.unit, entry.usd_per_unit) and claimed == (0, 0)
    model = books.plan.inputs.language_models.get(entry.model, {})
    if model.get("attention") == "none":
        return each == ("unit", entry.usd_per_mtok_input) and tokens[0] == tokens[1] and claimed == (0, 0)
    return each == ("", 0) and tokens == claimed


def _quote_states(books: Books, quote: Quote, record: OptionRecord) -> bool:
    upfront = quote.upfront_fraction * quote.price_usd_per_hour * HOURS_PER_MONTH * quote.term_months
    recurring = quote.price_usd_per_hour * (1 - quote.upfront_fraction)
    return (
        abs(recurring - list_price_per_hour(record)) <= 1e-6
        and isclose(upfront, record.upfront_usd, rel_tol=_NEARLY, abs_tol=1e-6)
        and (record.action != "commit" or quote.min_nodes == record.min_nodes)
        and quote.interruptions_per_month == record.interruptions_per_month
        and _same_term(books, quote.term_months, record.term_periods)
    )


def _contract_states(books: Books, contract: Stated, record: OptionRecord) -> bool:
    if (contract.max_nodes, _ACTION[contract.kind]) != (record.max_nodes, record.action):
        return False
    if isinstance(contract, Commitment):
        term = contract.term_periods
        periods = books.calendar.count if term == "horizon" else term
        if periods is not None and periods != record.term_periods:
            return False
        return (
            _commitment_states(books, contract, record)
            and (contract.min_nodes, contract.exact_nodes) == (record.min_nodes, record.exact_nodes)
            and _same_term(books, contract.term_months, record.term_periods)
            and _same_lead(books, contract, record.lead_periods)
        )
    if isinstance(contract, Block):
        return contract.min_nodes == record.min_nodes  # the rest: `agreements.blocks`
    if isinstance(contract, OnDemand) and contract.exact_nodes != record.exact_nodes:
        return False
    lost = contract.interruptions_per_month if isinstance(contract, Spot) else 0.0
    return contract.usd_per_hour == record.list_price_usd and lost == record.interruptions_per_month


def _commitment_states(books: Books, contract: Commitment, record: OptionRecord) -> bool:
    """What is paid by the hour and at signing; of a share paid at signing, both from the price of the whole term."""
    if not contract.upfront_fraction:
        return (contract.usd_per_hour, contract.upfront_usd) == (record.usd_per_hour, record.upfront_usd)
    hours = float(sum(books.calendar.hours(t) for t in range(record.term_periods)))
    if contract.term_months:
        hours = contract.term_months * HOURS_PER_MONTH
    upfront = contract.upfront_fraction * contract.usd_per_hour * hours
    recurring = (1 - contract.upfront_fraction) * contract.usd_per_hour
    same_upfront = isclose(upfront, record.upfront_usd, rel_tol=_NEARLY, abs_tol=1e-6)
    return same_upfront and abs(recurring - record.usd_per_hour) <= 1e-6


def _same_lead(books: Books, contract: Commitment, lead_periods: int) -> bool:
    """Months of lead are rounded up to periods."""
    if contract.lead_months is None:
        return contract.lead_periods == lead_periods
    exact_periods = contract.lead_months * HOURS_PER_MONTH / float(books.calendar.lengths[0])
    return ceil(round(exact_periods, 9)) == lead_periods


def _same_term(books: Books, months: float | None, periods: int) -> bool:
    """A term in months is a whole number of periods of equal length."""
    if not months:
        return months is None or periods == 0
    exact_periods = months * HOURS_PER_MONTH / float(books.calendar.lengths[0])
    return len(set(books.calendar.lengths)) == 1 and abs(exact_periods - periods) <= 1e-6


RULES = (commitments, use_lines, line_labels, holdings, option_prices, inline_prices)
