r"""Coming generations: what can be rented today, done by hardware that is announced, at a part of today's price.

A generation with month M and price path f does the work of a node of every accelerator that it replaces, from the first period
u > 0 that starts in or after M. Nobody asks its prices yet: they are estimated as

.. math:: \text{price} = \text{today's list price of the same contract} \cdot f(12\, y_u)

with y_u the years from the start of the horizon to the start of u; constant from then on, before the discount of the seller.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from planner.domain.finance import factor_at
from planner.domain.inputs import PricePath
from planner.domain.options import Option
from planner.domain.scenario import Scenario, Server, Successor
from planner.domain.time import Horizon
from planner.units import MONEY_PLACES, MONTHS_PER_YEAR

IN_PLACE_OF = " in place of "
"""Between the name of a generation and what it does the work of."""


class Coming(NamedTuple):
    """A generation that comes within the horizon."""

    successor: Successor
    factor: Decimal
    """Of today's price of the same work."""

    def price(self, usd: float) -> float:
        """Of the same work, to a millionth of a dollar."""
        exact = Decimal(repr(usd)) * self.factor
        return float(exact.quantize(Decimal(1).scaleb(-MONEY_PLACES), rounding=ROUND_HALF_EVEN))


def coming(scenario: Scenario, paths: Mapping[str, PricePath], horizon: Horizon) -> tuple[Coming, ...]:
    """The generations of a scenario that come after the start of the horizon and before its end; none without a calendar."""
    found = []
    for successor in scenario.successors or ():
        first = horizon.first_from(successor.month)
        if 0 < first < len(horizon.periods):
            months = horizon.periods[first].start_years * MONTHS_PER_YEAR
            found.append(Coming(successor, factor_at(paths[successor.path].points, months)))
    return tuple(found)


def succeeded(option: Option, generations: tuple[Coming, ...]) -> Iterator[Option]:
    """What each generation offers in place of a price of the catalog: on demand, or under the same commitment."""
    if option.block_hours or option.action not in ("on_demand", "commit"):
        return
    for one in generations:
        name = one.successor.name
        if option.accelerator in one.successor.replaces:
            yield option.having(
                id=f"{option.id}+{name.lower().replace(' ', '-')}",
                node_type=done_by(option.node_type, name),
                contract=f"{option.contract}, estimated",
                usd_per_hour=one.price(option.usd_per_hour),
                upfront_usd=one.price(option.upfront_usd),
                provenance=option.provenance._replace(basis="estimated"),
                available_from=one.successor.month,
                generation=name,
                today_usd_per_hour=option.usd_per_hour,
                today_upfront_usd=option.upfront_usd,
            )


def succeeding_servers(server: Server, generations: tuple[Coming, ...]) -> Iterator[tuple[Server, Coming]]:
    """What each generation offers in place of a server that may be bought: the same work and power, at a price that stands."""
    for one in generations:
        if server.accelerator in one.successor.replaces:
            since = max(server.available_from or "", one.successor.month)
            changed = {
                "name": done_by(server.label, one.successor.name),
                "available_from": since,
                "price_change_per_year": 0.0,
            }
            yield server.model_copy(update=changed), one


def done_by(what: str, generation: str) -> str:
    """
    >>> done_by("p5.48xlarge", "Rubin Ultra")
    'Rubin Ultra in place of p5.48xlarge'
    """
    return f"{generation}{IN_PLACE_OF}{what}"


def announced(option: Option) -> bool:
    """Whether it is of hardware that nobody sells yet: rented nodes say of which, servers by their name."""
    return bool(option.generation) or (option.asset is not None and IN_PLACE_OF in option.node_type)
