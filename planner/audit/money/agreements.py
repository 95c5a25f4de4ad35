"""Rules on agreements: tiers that hold, discounts, shortfalls; what savings plans cover; dates and lengths of blocks."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.audit.books import (
    DOLLARS,
    ZERO,
    Books,
    Check,
    at_most,
    contract_of,
    holds,
    line_name,
    same,
    same_number,
    same_usd,
)
from planner.audit.ledger import Ledger, in_force
from planner.domain.records import OptionRecord
from planner.domain.scenario import Block, HeldSavingsPlan, InstanceOffer, PlanRate, SavingsPlan
from planner.units import HOURS_PER_MONTH

_REACHED = Decimal("1e-6")
"""Relative: spend that reaches a threshold up to the tolerance of a linear program."""
_DAY = 24.0


def tiers(ledger: Ledger) -> Iterator[Check]:
    """Every agreement has one record a plan-year; a tier that nothing is paid for has to be reached."""
    books, agreements = ledger.books, ledger.books.asked.spend_agreements
    records = {(r.agreement, r.plan_year): r for r in books.plan.agreements}
    due = ledger.agreed
    wanted = sorted((one.agreement, one.plan_year) for one in due)
    yield same(
        "agreement-level", "agreements", sorted((r.agreement, r.plan_year) for r in books.plan.agreements), wanted
    )
    levels: dict[int, set[int]] = defaultdict(set)
    for one in due:
        if (one.agreement, one.plan_year) not in records:
            continue
        record, stated = records[one.agreement, one.plan_year], agreements[one.agreement]
        where = f"agreement {one.agreement} with {one.provider}, plan-year {one.plan_year + 1}"
        levels[one.agreement].add(record.level)
        known = 0 <= record.level <= len(stated.tiers)
        yield holds("agreement-level", where, known, record.level, f"0 to {len(stated.tiers)}")
        if not stated.take_or_pay:
            fine = one.counted_usd >= one.threshold_usd * (1 - _REACHED)
            yield holds("agreement-level", where, fine, f"{one.counted_usd:.2f}", f"at least {one.threshold_usd:.2f}")
        yield same("agreement-level", f"{where}: provider", record.provider, stated.provider)
        yield same_number("agreement-rebate", f"{where}: discount", record.discount_fraction, float(one.discount))
        for rule, name, claimed, own in (
            ("agreement-level", "threshold", record.threshold_usd, one.threshold_usd),
            ("agreement-spend", "covered spend", record.covered_spend_usd, one.spend_usd),
            ("agreement-rebate", "rebate", record.rebate_usd, one.rebate_usd),
            ("agreement-shortfall", "shortfall", record.shortfall_usd, one.shortfall_usd),
        ):
            yield same_usd(rule, f"{where}: {name}", claimed, own)
        yield same("price-provenance", where, (record.source, record.as_of), (stated.source, stated.as_of))
    for one in due:
        stated, said = agreements[one.agreement], records.get((one.agreement, one.plan_year))
        if stated.signed and said is not None:
            calendar = books.calendar
            runs = any(calendar.hours_in(t, one.plan_year) > 0 for t in in_force(books, stated))
            where = f"agreement {one.agreement}, plan-year {one.plan_year + 1}"
            yield same("agreement-signed", where, (said.signed, said.level), (True, int(runs)))
    for a, stated in enumerate(agreements):
        if stated.level == "horizon" and not stated.signed:
            yield holds(
                "agreement-level", f"agreement {a}", len(levels[a]) <= 1, sorted(levels[a]), "one tier throughout"
            )


def covered(ledger: Ledger) -> Iterator[Check]:
    """No more nodes are covered than run, within the dollars committed, at the discounts that the scenario states."""
    books, origins = ledger.books, ledger.prices.origins
    nodes: dict[tuple[str, int, int], float] = defaultdict(float)
    dollars: dict[tuple[str, int, int], float] = defaultdict(float)
    for i, c in enumerate(books.plan.covered):
        where, plan, record = f"covered[{i}]", origins.get(c.savings_plan), books.options.get(c.option)
        yield holds("negative", where, c.nodes >= 0, c.nodes, "at least 0")
        yield holds("unknown-slice", where, (c.period, c.slice) in books.slice_hours, (c.period, c.slice), "a slice")
        fine = isinstance(plan, DOLLARS) and record is not None and record.action == "on_demand"
        yield holds("savings-scope", where, fine, (c.option, c.savings_plan), "nodes on demand, and a savings plan")
        if not isinstance(plan, DOLLARS) or record is None:
            continue
        discount = _discount(plan, record)
        yield holds("savings-scope", where, discount > 0, c.option, f"what {plan.name} covers")
        price = float(ledger.prices.recurring(record, c.period)) * (1 - discount)
        yield same_number("savings-rate", where, c.usd_per_hour, price)
        nodes[c.option, c.period, c.slice] += c.nodes
        dollars[c.savings_plan, c.period, c.slice] += c.nodes * price
    for (option, t, s), used in nodes.items():
        running = books.fleet.get((option, t, s), 0.0)
        yield at_most("savings-nodes", f"{option}, period {t}, slice {s}", used, running)
    for (option, t, s), used in dollars.items():
        committed = books.in_service.get((option, t), 0.0)
        yield at_most("savings-committed", f"{option}, period {t}, slice {s}", used, committed)


def _discount(plan: SavingsPlan | HeldSavingsPlan, record: OptionRecord) -> float:
    """Of the rates that match: the one that says most, the last of equals; 0 if none does."""
    if plan.provider != record.provider:
        return 0.0
    fitting = [(_says(rate), i, rate.discount) for i, rate in enumerate(plan.rates) if _matches(rate, record)]
    return max(fitting)[2] if fitting else 0.0


def _says(rate: PlanRate) -> int:
    return sum(word is not None for word in (rate.accelerator, rate.region, rate.instance))


def _matches(rate: PlanRate, record: OptionRecord) -> bool:
    return (
        rate.accelerator in {None, record.accelerator}
        and rate.region in {None, record.region}
        and rate.instance in {None, record.node_type}
    )


def savings_plans(ledger: Ledger) -> Iterator[Check]:
    """A savings plan costs a dollar a dollar: the share upfront at signing, the rest by the hour; its limit holds."""
    books = ledger.books
    for record in books.plan.inputs.options:
        plan = ledger.prices.origins.get(record.option)
        o, calendar = record.option, books.calendar
        if isinstance(plan, HeldSavingsPlan):
            owed = (round(1 - plan.upfront_fraction, 6), 0.0, plan.usd_per_hour)
            yield same("savings-price", f"{o} owed", (record.usd_per_hour, record.upfront_usd, record.max_nodes), owed)
            yield same("savings-scope", f"{o} provider", record.provider, plan.provider)
        if not isinstance(plan, SavingsPlan):
            continue
        hours = plan.term_months * HOURS_PER_MONTH if plan.term_months else None
        if hours is None:
            hours = float(sum((calendar.hours(t) for t in range(plan.term_periods or 0)), ZERO))
        yield same_number("savings-price", f"{o} hourly", record.usd_per_hour, round(1 - plan.upfront_fraction, 6))
        yield same_number(
            "savings-price", f"{o} upfront", record.upfront_usd, plan.upfront_fraction * hours, 1e-9, 1e-6
        )
        term = plan.term_periods or round(hours / float(calendar.lengths[0]))
        yield same("savings-price", f"{o} term", record.term_periods, term)
        yield same("savings-price", f"{o} most", record.max_nodes, plan.max_usd_per_hour)
        yield same("savings-scope", f"{o} provider", record.provider, plan.provider)
        yield same("savings-price", f"{o} unit", (record.accelerators_per_node, record.lead_periods), (0, 0))


def blocks(ledger: Ledger) -> Iterator[Check]:
    """A block is paid in full when it starts, where it may, and is there for its length and no longer."""
    books, origins = ledger.books, ledger.prices.origins
    for record in books.plan.inputs.options:
        entry = origins.get(record.option)
        stated = contract_of(record.option, entry) if isinstance(entry, InstanceOffer) else None
        if not isinstance(stated, Block):
            if record.block_hours > 0 or record.period_share != 1:
                yield holds("block-origin", record.option, entry is None, "a block", "of the catalog")
                yield from _extent(books, record, 0)
            continue
        hours, o = stated.days * _DAY, record.option
        yield same_number("block-length", f"{o} hours", record.block_hours, hours)
        yield same_number("block-price", f"{o} upfront", record.upfront_usd, stated.usd_per_hour * hours, 1e-9, 1e-6)
        yield same("block-price", f"{o} hourly", record.usd_per_hour, 0.0)
        start = books.first_period_from(stated.start, stated.start_period, -1)
        yield from _extent(books, record, max(start, 0))
        for i, line in books.commitments:
            if line.option == o and start >= 0:
                yield same("block-start", line_name(i, line), line.signed_index, start)


def _extent(books: Books, record: OptionRecord, start: int) -> Iterator[Check]:
    """Whole periods, of which a day in every month and a thirtieth may be missing; what is left is a share of one more."""
    left, missing, periods, share = record.block_hours, 0.0, 0, 1.0
    while left > 0:
        length = float(books.calendar.hours(start + periods))
        missing += min(_DAY * max(length / HOURS_PER_MONTH, 1.0), length / 30)
        periods += 1
        if left <= length - missing:
            share = left / length
            break
        left -= length
    yield same("block-length", f"{record.option} periods", record.term_periods, periods)
    yield same_number("block-length", f"{record.option} share", record.period_share, share)


RULES = (tiers, covered, savings_plans, blocks)
