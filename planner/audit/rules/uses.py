"""Rules on how much there is to operate: providers, pools, signings, and the worth of each line.

Counted from the lines alone. What is held already, fixed by the scenario or owned, and savings plans count for nothing.
"""

from collections import defaultdict
from collections.abc import Iterator

from planner.audit.books import Check, at_least, at_most
from planner.audit.ledger import Ledger
from planner.domain.records import OptionRecord, PlanLine

_OWN = frozenset({"buy", "build", "lease"})
_CENT = 0.01


def _counted(ledger: Ledger) -> Iterator[tuple[PlanLine, OptionRecord]]:
    """Lines that count."""
    for line in ledger.books.plan.lines:
        record = ledger.books.options.get(line.option)
        if record is None or line.action in _OWN or line.held or record.exact_nodes is not None:
            continue
        if not line.option.startswith(("savings-plan:", "held:")):
            yield line, record


def numbers(ledger: Ledger) -> Iterator[Check]:
    """No more providers, pools and signings than allowed."""
    asked, plan = ledger.books.asked, ledger.books.plan
    found = list(_counted(ledger))
    if asked.max_providers is not None:
        yield at_most("max-providers", "plan", len({record.provider for _, record in found}), asked.max_providers)
    if asked.max_pools is not None:
        pools = {record.provider if record.action == "hosted_api" else record.pool for _, record in found}
        yield at_most("max-pools", "plan", len(pools), asked.max_pools)
    if asked.max_signings_per_year is not None:
        years: dict[int, int] = defaultdict(int)
        for line, _ in found:
            if line.action == "commit":
                years[plan.horizon.periods[line.signed_index].plan_year] += 1
        for year, number in sorted(years.items()):
            yield at_most("max-signings", f"plan-year {year + 1}", number, asked.max_signings_per_year)


def worth(ledger: Ledger) -> Iterator[Check]:
    """A signing over its term, and what is used of an option over the horizon, are worth the smallest sum."""
    least = ledger.books.asked.min_line_usd
    if least is None:
        return
    by_use: dict[str, float] = defaultdict(float)
    for line, record in _counted(ledger):
        if record.action == "commit":
            yield at_least("min-line", f"{line.option} signed in {line.signed}", line.total_usd + _CENT, least)
        else:
            by_use[line.option] += line.total_usd
    for option, usd in sorted(by_use.items()):
        yield at_least("min-line", option, usd + _CENT, least)


RULES = (numbers, worth)
