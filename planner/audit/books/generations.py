"""Announced generations, read off the embedded scenario again: when each is there, and at which part of today's prices.

part = path(months from the start of the horizon to the first period that starts in or after its month)
"""

from decimal import Decimal
from typing import NamedTuple

from planner.audit.books.check import exact
from planner.audit.books.plan_index import Books
from planner.audit.books.price_paths import factor_on_path
from planner.audit.books.prices import rounded
from planner.domain.scenario import Successor


class Generation(NamedTuple):
    """A generation that comes within the horizon."""

    stated: Successor
    first: int
    """Period from which it is there, never the first one."""
    part: Decimal

    def price(self, today_usd: float) -> float:
        """Of what costs so much today, to a millionth of a dollar."""
        return float(rounded(exact(today_usd) * self.part))


def generations(books: Books) -> dict[str, Generation]:
    """By name; those that are there at the start, or only after the horizon, are none."""
    found = {}
    for stated in books.asked.successors or ():
        first = books.first_period_from(stated.month, None, 0)
        if 0 < first < books.calendar.count:
            points = books.plan.inputs.price_paths[stated.path]
            found[stated.name] = Generation(
                stated, first, factor_on_path(points, books.calendar.start_years(first) * 12)
            )
    return found
