"""Rules on dates and facts of options: from when they can be had, how long delivery takes, what they say of themselves."""

from collections.abc import Iterator
from math import ceil

from planner.audit.books import SIGNED, Books, Check, Entry, generations, holds, same, same_number
from planner.audit.ledger import Ledger
from planner.domain.records import OptionRecord
from planner.domain.scenario import Held, InstanceOffer, LeadTime, Quote
from planner.units import HOURS_PER_MONTH


def first_use(ledger: Ledger) -> Iterator[Check]:
    """Nothing runs, serves, is signed or is started before it can be had."""
    books = ledger.books
    used = first_periods(books)
    for record in books.plan.inputs.options:
        entry, when = ledger.prices.origins.get(record.option), used.get(record.option)
        if when is None or isinstance(entry, SIGNED):
            continue
        if isinstance(entry, InstanceOffer) and entry.available_from is not None:
            sold = books.first_period_from(entry.available_from, None, 0)
            yield holds("available-from", record.option, when >= sold, f"period {when}", f"period {sold} or later")
        for release in books.asked.releases:
            if release.accelerator == record.accelerator:
                out = books.first_period_from(release.month, release.period, 0)
                yield holds("release", record.option, when >= out, f"period {when}", f"period {out} or later")


def first_periods(books: Books) -> dict[str, int]:
    """Earliest period in which an option is signed, runs, serves or stands by."""
    uses = [(f.option, f.period) for f in books.known_fleet if f.nodes > 0]
    uses += [(share.option, share.period) for _, share in books.known_shares if books.is_part_time(share)]
    uses += [(line.option, line.signed_index) for _, line in (*books.commitments, *books.bought)]
    uses += [(r.option, r.period) for r in books.known_serving if books.options[r.option].action == "hosted_api"]
    uses += [(part.option, f.period) for f in books.plan.failures for part in f.parts if part.standby_nodes > 0]
    first: dict[str, int] = {}
    for option, t in uses:
        first[option] = min(t, first.get(option, t))
    return first


def lead_times(ledger: Ledger) -> Iterator[Check]:
    """Commitments of the catalog and of quotes are in service after the delivery time that the scenario states."""
    books = ledger.books
    for record in books.plan.inputs.options:
        entry = ledger.prices.origins.get(record.option)
        fixed = record.block_hours > 0  # a block is there when it starts
        if record.action == "commit" and not fixed and (entry is None or isinstance(entry, Quote)):
            hours = _lead_months(books.asked.lead_times, record) * HOURS_PER_MONTH
            periods = ceil(round(hours / float(books.calendar.lengths[0]), 9))
            yield same("lead-time", record.option, record.lead_periods, periods)


def _lead_months(entries: tuple[LeadTime, ...], record: OptionRecord) -> float:
    """Of the entries that match: the one that says most (provider, accelerator, size), the last of equals."""
    fitting = [
        (sum((e.provider is not None, e.accelerator is not None, e.min_accelerators > 1)), i, e.months)
        for i, e in enumerate(entries)
        if e.provider in {None, record.provider}
        and e.accelerator in {None, record.accelerator}
        and record.accelerators_per_node >= e.min_accelerators
    ]
    return max(fitting)[2] if fitting else 0.0


def stated_facts(ledger: Ledger) -> Iterator[Check]:
    """Zone, delivery, power and price path of an option are what the scenario says; the vendor is the accelerator's."""
    books = ledger.books
    for record in books.plan.inputs.options:
        o, entry = record.option, ledger.prices.origins.get(record.option)
        yield same("option-path", o, record.price_path, ledger.prices.path(record))
        yield same("option-stated", f"{o} zone and delivery", (record.zone, record.delivery), _place(entry))
        stated = entry.kw_per_node if isinstance(entry, InstanceOffer) else None
        if stated is not None:
            claimed = record.kw_per_node if record.kw_per_node is not None else 0.0
            yield same_number("option-stated", f"{o} kW", claimed, stated)
        vendor = str(books.plan.inputs.accelerators.get(record.accelerator or "", {}).get("vendor", ""))
        if vendor and record.vendor:
            yield same("option-stated", f"{o} vendor", record.vendor, vendor)


def _place(entry: Entry | None) -> tuple[str, str]:
    if isinstance(entry, InstanceOffer):
        return entry.zone, entry.delivery
    return (entry.zone if isinstance(entry, Held) else ""), "node"


def of_generations(ledger: Ledger) -> Iterator[Check]:
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


RULES = (first_use, lead_times, stated_facts, of_generations)
