r"""What a unit of something owned costs and brings, period by period: a server in a site, a kW of rent, a module of a building.

A unit signed at the start of period v is in service in the periods v + ℓ .. v + ℓ + L − 1 (ℓ lead, L term), and gone at
e = min(v + ℓ + L, T), where it is sold, or valued if the horizon ends. With the years y_t of the start of period t:

.. math::
    \text{capital}_{iv} = u_i (1+g_i)^{y_v}, \qquad
    \text{running}_{jv\tau} = q_j h_\tau \begin{cases} (1+g_j)^{y_\tau} & \text{calendar} \\
    (1+g)^{y_v} & \text{purchase} \\
    (1+g)^{y_v} (1+g_j)^{\lfloor y_\tau - y_{v+\ell} \rfloor} & \text{contract} \end{cases}, \qquad
    \text{sale}_v = \omega (1+g)^{y_v} f(\text{age at } e)

Unit prices are rounded to a millionth of a dollar, in the program and in the books alike.
"""

from collections.abc import Iterator
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from planner.domain.finance import price_on_path, residual_fraction
from planner.domain.options import Asset, Option, Recurring, Terms
from planner.domain.time import Horizon
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MONEY_PLACES, MONTHS_PER_YEAR

WHOLE_YEAR = 1e-6


def owned_terms(option: Option, horizon: Horizon, first: int) -> Terms:
    """Terms of something owned; `first` is the first period in which it may be signed.

    Terms are rounded down to whole periods (at least one), lead times up.
    """
    asset = option.asset
    assert asset is not None
    count = len(horizon.periods)
    term = max(whole_periods(option.term_hours, horizon), 1)
    lead = whole_periods(option.lead_hours, horizon, up=True)
    shorter = whole_periods(asset.shorter_hours, horizon)
    every = range(first, max(count - lead, first))
    years = [years_at(horizon, t) for t in range(count + 1)]
    total = tuple(sum(price_on_path(usd, change, y) for _, usd, change in asset.capital) for y in years)
    hourly = tuple(
        sum(running_price(asset, part, t, 0, t, horizon) for part in asset.recurring) for t in range(count + 1)
    )
    return Terms(
        usd_per_hour=hourly,
        upfront_usd=total,
        term=term,
        lead=lead,
        signing=tuple(v for v in every if not shorter or v + lead + shorter < count),
        usable=(True,) * count,
    )


def whole_periods(hours: float, horizon: Horizon, *, up: bool = False) -> int:
    """Whole periods in a time from the start of the horizon; beyond it they are as long as its last."""
    lengths = [p.hours for p in horizon.periods]
    periods, left = 0, hours
    for length in lengths:
        if left < length * (1 - WHOLE_YEAR):
            return periods + (1 if up and left > length * WHOLE_YEAR else 0)
        periods, left = periods + 1, left - length
    rest = left / lengths[-1]
    return periods + (ceil(rest - WHOLE_YEAR) if up else floor(rest + WHOLE_YEAR))


class AssetFlow(NamedTuple):
    """Cash of one unit in one period; income is negative."""

    kind: str
    period: int
    at_start: bool
    """Due at the start of the period instead of its middle."""
    hours: float
    """Hours it is paid for; 0 for capital and sales."""
    price_usd: float
    """Per unit, or per unit and hour."""

    @property
    def usd(self) -> Decimal:
        """price × hours, or the price alone, exactly."""
        price = Decimal(repr(self.price_usd))
        return price * Decimal(repr(self.hours)) if self.hours else price


def years_at(horizon: Horizon, t: int) -> float:
    """Start of a period in years from the start of the horizon; beyond it periods are as long as its last."""
    periods = horizon.periods
    if t < len(periods):
        return periods[t].start_years
    return horizon.end_years + (t - len(periods)) * periods[-1].hours / HOURS_PER_YEAR


def hours_at(horizon: Horizon, t: int) -> float:
    return horizon.periods[min(t, len(horizon.periods) - 1)].hours


def capital(asset: Asset, v: int, horizon: Horizon) -> tuple[tuple[str, float], ...]:
    """(kind, USD per unit) of what is paid when a unit is signed in period v."""
    years = years_at(horizon, v)
    return tuple((kind, price_on_path(usd, change, years)) for kind, usd, change in asset.capital if usd)


def running_price(asset: Asset, part: Recurring, v: int, lead: int, tau: int, horizon: Horizon) -> float:
    """USD per unit and hour of one running cost in period tau of a unit signed in v."""
    if part.follows == "calendar":
        return price_on_path(part.usd_per_hour, part.change_per_year, years_at(horizon, tau))
    signed = price_on_path(part.usd_per_hour, asset.change_per_year, years_at(horizon, v))
    if part.follows == "purchase":
        return signed
    served = floor(years_at(horizon, tau) - years_at(horizon, v + lead) + WHOLE_YEAR)
    return price_on_path(signed, part.change_per_year, float(served))


def running(asset: Asset, terms: Terms, v: int, horizon: Horizon) -> Iterator[AssetFlow]:
    """Running costs of a unit signed in v in its periods of service; beyond the horizon only what a contract says is owed."""
    count = len(horizon.periods)
    for tau in range(v + terms.lead, v + terms.lead + terms.term):
        for part in asset.recurring:
            if tau >= count and part.follows != "contract":
                continue
            price = running_price(asset, part, v, terms.lead, tau, horizon)
            if price or part.kind == "rent":  # a rent of 0 is a contract all the same
                yield AssetFlow(part.kind, tau, False, hours_at(horizon, tau), price)


def end_of(terms: Terms, v: int, horizon: Horizon) -> int:
    """Period at whose start a unit signed in v is gone: sold, or valued at the end of the horizon."""
    return min(v + terms.lead + terms.term, len(horizon.periods))


def sale(asset: Asset, terms: Terms, v: int, horizon: Horizon) -> AssetFlow | None:
    """What a unit signed in v brings when it is gone; a period equal to the number of periods is the end of the horizon."""
    if not asset.worth_usd or not asset.worth:
        return None
    end = end_of(terms, v, horizon)
    kept = end < len(horizon.periods)
    points = asset.worth if kept else asset.worth_at_end
    if len(points) < 2:
        return None
    age = (years_at(horizon, end) - years_at(horizon, v + terms.lead)) * MONTHS_PER_YEAR
    new = Decimal(repr(price_on_path(asset.worth_usd, asset.change_per_year, years_at(horizon, v))))
    usd = float(round(new * residual_fraction(points, round(max(age, 0.0), 9)), MONEY_PLACES))
    return AssetFlow("sale", end, True, 0.0, -usd) if usd else None


def flows(asset: Asset, terms: Terms, v: int, horizon: Horizon) -> Iterator[AssetFlow]:
    """All cash of a unit signed in v: capital, running costs, sale. Rents are owed beyond the horizon too."""
    for kind, usd in capital(asset, v, horizon):
        yield AssetFlow(kind, v, True, 0.0, usd)
    yield from running(asset, terms, v, horizon)
    gone = sale(asset, terms, v, horizon)
    if gone is not None:
        yield gone


CAPITAL_KINDS = ("servers", "network", "storage nodes", "spares", "sales tax", "fit-out", "building")
SIGNED_KINDS = (*CAPITAL_KINDS, "rent")
"""Kinds of cash that are lines of a plan; the rest are charges beside them."""
CHARGED_KINDS = (
    "site",
    "team",
    "energy",
    "energy of work",
    "staff",
    "maintenance",
    "software",
    "tax and insurance",
    "sale",
)
"""Kinds of the charges."""


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
