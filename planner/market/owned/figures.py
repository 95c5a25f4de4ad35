"""Figures of owned things: the scenario's, else the catalog's, each with its source."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from planner.domain.inputs import OwnershipFacts
from planner.domain.options import Provenance
from planner.units import HOURS_PER_YEAR, MONEY_PLACES

KW_PER_MW = 1000.0
POWER_PLACES = 9
"""Decimal places of kW and kWh."""


class Figure(NamedTuple):
    """One number of an owned thing, and where it is from."""

    name: str
    value: float
    unit: str
    source: str
    as_of: str
    basis: str
    """scenario | listed | observed | derived | estimated | assumed; `missing` if nobody has it."""


class Missing(NamedTuple):
    """A figure that neither the scenario nor the catalog has."""

    label: str
    """Of the site or the server."""
    key: str
    """Of the scenario, by which it can be given."""

    @property
    def what(self) -> str:
        return f"no figure for `{self.key}` of `{self.label}`: neither the scenario nor the catalog has one"


class OwnFigures:
    """Figures of one thing, in the order in which they are asked for.

    What is missing is noted and stands as 1 until all of it is known (`owned_market` refuses it).
    """

    def __init__(self, label: str, source: str, as_of: str) -> None:
        self.label, self.source, self.as_of = label, source, as_of
        self.found: list[Figure] = []
        self.missing: list[Missing] = []

    def stated(self, name: str, value: float, unit: str) -> float:
        self.found.append(Figure(name, value, unit, self.source, self.as_of, "scenario"))
        return value

    def pick(
        self, name: str, stated: float | None, unit: str, row: object, value: float | None = None, *, key: str = ""
    ) -> float:
        """The scenario's figure, else that of a row of the catalog (`value`, default its own), with its source."""
        if stated is not None:
            return self.stated(name, stated, unit)
        if row is None:
            self.lacks(key or name)
            self.found.append(Figure(name, 1.0, unit, "", "", "missing"))
            return 1.0
        number = float(value if value is not None else row.value)  # type: ignore[attr-defined]
        found = Figure(name, number, unit, row.source, row.checked_on, row.basis)  # type: ignore[attr-defined]
        self.found.append(found)
        return number

    def estimate(self, value: float) -> float:
        """What is reckoned from the figure that was found last, in its place; what nobody has stays missing."""
        last = self.found[-1]
        if last.basis != "missing":
            self.found[-1] = last._replace(value=value, basis="estimated")
        return self.found[-1].value

    def lacks(self, key: str) -> None:
        """Note that nobody has a figure, once."""
        missing = Missing(self.label, key)
        if missing not in self.missing:
            self.missing.append(missing)


def exact(value: float) -> Decimal:
    """A float as the decimal number it is written as: prices are worked out in these, so that all round alike.

    >>> round(10.2 * 0.75 * 1.42 * 0.0925, 6), to_micro(exact(10.2) * exact(0.75) * exact(1.42) * exact(0.0925))
    (1.004827, 1.004828)
    """
    return Decimal(repr(float(value)))


def to_micro(usd: Decimal) -> float:
    """To a millionth of a dollar, half to even."""
    return float(usd.quantize(Decimal(1).scaleb(-MONEY_PLACES), rounding=ROUND_HALF_EVEN))


def to_power(kw: Decimal) -> float:
    """kW or kWh, to a millionth of a watt."""
    return float(kw.quantize(Decimal(1).scaleb(-POWER_PLACES), rounding=ROUND_HALF_EVEN))


def per_hour(usd_per_year: Decimal) -> float:
    """USD a year as USD an hour, to a millionth."""
    return to_micro(usd_per_year / exact(HOURS_PER_YEAR))


def engineer_usd(take: OwnFigures, facts: OwnershipFacts) -> float:
    """What an engineer costs a year."""
    return take.pick("engineer_usd_per_year", None, "USD/year", facts.figure("engineer_usd_per_year", "US"))


def price_of(figures: list[Figure], name: str) -> Provenance:
    """Where the price of a thing is from."""
    price = next(figure for figure in figures if figure.name == name)
    return Provenance(
        "scenario" if price.basis == "scenario" else f"owning:{name}", price.source, price.as_of, price.basis
    )
