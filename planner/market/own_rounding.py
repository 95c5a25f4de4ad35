"""Terms and lead times of what may be owned, where they are no whole number of periods: what the program makes of them."""

from collections.abc import Iterator
from typing import NamedTuple

from planner.domain.options import Option
from planner.domain.time import Horizon
from planner.market.asset import whole_periods
from planner.units import HOURS_PER_MONTH

_WHOLE = 1e-6


class RoundedQuantity(NamedTuple):
    """A time that is taken as a whole number of periods."""

    site: str
    server: str
    """Empty if it is of the site's power."""
    what: str
    """`term`, `lead`, `age` or `life`."""
    months: float
    periods: int
    up: bool

    @property
    def words(self) -> str:
        """`25 months of a contract are taken as 8 periods`."""
        of = {
            "term": "of a contract",
            "lead": "from signing to power" if not self.server else "from order to service",
            "age": "until it is sold",
            "life": "of life",
        }[self.what]
        noun = "period" if self.periods == 1 else "periods"
        months = "1 month" if self.months == 1 else f"{self.months:.10g} months"
        return f"{months} {of} are taken as {self.periods} {noun}"


def roundings(options: tuple[Option, ...], horizon: Horizon) -> Iterator[RoundedQuantity]:
    """Every time of owned options that is no whole number of periods; terms are rounded down (to 1 at least), lead times up."""
    last = horizon.periods[-1].hours
    for option in options:
        asset = option.asset
        if asset is None:
            continue
        server = option.node_type if asset.role == "server" else ""
        term = {"server": "age", "rent": "term", "building": "life"}[asset.role]
        for what, hours, up in ((term, option.term_hours, False), ("lead", option.lead_hours, True)):
            if abs(hours / last - round(hours / last)) > _WHOLE:
                periods = whole_periods(hours, horizon, up=up) if up else max(whole_periods(hours, horizon), 1)
                yield RoundedQuantity(asset.site, server, what, hours / HOURS_PER_MONTH, periods, up)
