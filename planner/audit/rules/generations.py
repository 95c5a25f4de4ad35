"""Rules on announced generations: what they replace, from when they are there, and that their prices are estimates by the path."""

from collections.abc import Iterator

from planner.audit.books import Check, generations, holds, same, same_number
from planner.audit.ledger import Ledger
from planner.audit.rules.dates import first_periods
from planner.domain.records import OptionRecord


def of_records(ledger: Ledger) -> Iterator[Check]:
    """A rented node of a generation costs its part of a price of today, from its month on; nothing else is of one."""
    books, used = ledger.books, first_periods(ledger.books)
    known = generations(books)
    for record in books.plan.inputs.options:
        where, one = record.option, known.get(record.generation)
        if one is None:
            yield same("generation", where, (record.generation, *_today(record)), ("", 0.0, 0.0))
            continue
        yield holds(
            "generation", where, record.accelerator in one.stated.replaces, record.accelerator, one.stated.replaces
        )
        rented = record.action in {"on_demand", "commit"} and ledger.prices.origins.get(where) is None
        yield holds("generation", where, rented, record.action, "a price of the catalog, on demand or committed")
        yield same("generation-basis", where, record.basis, "estimated")
        for name, claimed, today in zip(
            ("by the hour", "upfront"), (record.usd_per_hour, record.upfront_usd), _today(record), strict=True
        ):
            yield same_number("generation-price", f"{where} {name}", claimed, one.price(today), 1e-12, 1e-9)
        when = used.get(where)
        if when is not None:
            yield holds("generation-month", where, when >= one.first, f"period {when}", f"period {one.first} or later")


def _today(record: OptionRecord) -> tuple[float, float]:
    return record.today_usd_per_hour, record.today_upfront_usd


RULES = (of_records,)
