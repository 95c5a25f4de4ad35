"""Figures of owned things: the scenario's, else the catalog's, each with its source."""

from typing import NamedTuple

from planner.domain.option import Provenance
from planner.domain.ownership_facts import OwnershipFacts
from planner.errors import InputErrors, Mistake
from planner.units import HOURS_PER_YEAR, MONEY_PLACES

KW_PER_MW = 1000.0


class Figure(NamedTuple):
    """One number of an owned thing, and where it is from."""

    name: str
    value: float
    unit: str
    source: str
    as_of: str
    basis: str
    """scenario | listed | observed | derived | estimated | assumed."""


class Figures:
    """Figures of one thing, in the order in which they are asked for."""

    def __init__(self, label: str, source: str, as_of: str) -> None:
        self.label, self.source, self.as_of = label, source, as_of
        self.found: list[Figure] = []

    def stated(self, name: str, value: float, unit: str) -> float:
        self.found.append(Figure(name, value, unit, self.source, self.as_of, "scenario"))
        return value

    def pick(
        self, name: str, stated: float | None, unit: str, row: object, value: float | None = None, *, key: str = ""
    ) -> float:
        """The scenario's figure, else that of a row of the catalog (`value`, default its own), with its source.

        Raises:
            InputErrors: neither has one.
        """
        if stated is not None:
            return self.stated(name, stated, unit)
        if row is None:
            what = f"no figure for `{key or name}` of `{self.label}`: neither the scenario nor the catalog has one"
            raise InputErrors([Mistake(what, help=f"give `{key or name}`", code="no_figure")])
        number = float(value if value is not None else row.value)  # type: ignore[attr-defined]
        found = Figure(name, number, unit, row.source, row.checked_on, row.basis)  # type: ignore[attr-defined]
        self.found.append(found)
        return number


def per_hour(usd_per_year: float) -> float:
    """USD a year as USD an hour, to a millionth."""
    return round(usd_per_year / HOURS_PER_YEAR, MONEY_PLACES)


def engineer_usd(take: Figures, facts: OwnershipFacts) -> float:
    """What an engineer costs a year."""
    return take.pick("engineer_usd_per_year", None, "USD/year", facts.figure("engineer_usd_per_year", "US"))


def price_of(figures: list[Figure], name: str) -> Provenance:
    """Where the price of a thing is from."""
    price = next(figure for figure in figures if figure.name == name)
    return Provenance(
        "scenario" if price.basis == "scenario" else f"owning:{name}", price.source, price.as_of, price.basis
    )
