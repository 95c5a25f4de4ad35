"""Levers of money and carbon: budgets, upfront payments, cash, emissions."""

from collections.abc import Iterator
from math import ceil

from planner.analysis.infeasible.levers.levers import STATED, Lever, Vector
from planner.analysis.infeasible.settings import Path, Settings
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon

_WORDS: dict[Vector, str] = {
    "total": "the budget of the whole horizon",
    "year": "the budget per plan-year",
    "period": "the budget per period",
    "upfront": "the upfront payments per plan-year",
    "carbon": "the cap on emissions per plan-year",
}


def money_levers(scenario: Scenario, horizon: Horizon) -> Iterator[Lever]:
    """Every limit on money and carbon that the scenario states."""
    years, periods = horizon.plan_years, len(horizon.periods)
    fields: tuple[tuple[str, Vector, int, str], ...] = (
        ("budget_total_usd", "total", 1, "budget"),
        ("budget_per_year_usd", "year", years, "budget"),
        ("budget_per_period_usd", "period", periods, "cash"),
        ("budget_upfront_per_year_usd", "upfront", years, "cash"),
    )
    for name, vector, count, family in fields:
        stated = getattr(scenario, name)
        if stated is not None:
            yield _limit((name,), vector, stated, count, family, "USD")
    if scenario.carbon is not None and scenario.carbon.max_tonnes_per_year is not None:
        path = ("carbon", "max_tonnes_per_year")
        yield _limit(path, "carbon", scenario.carbon.max_tonnes_per_year, years, "carbon", "t CO2e")
    if scenario.cash is not None:
        yield from _cash(scenario)


def _limit(path: Path, vector: Vector, stated: float | tuple[float, ...], count: int, family: str, unit: str) -> Lever:
    scalar = not isinstance(stated, tuple)
    base = (stated,) * count if not isinstance(stated, tuple) else stated[:count]
    return Lever(family, path, _WORDS[vector], STATED, {path: None}, unit=unit, vector=vector, base=base, scalar=scalar)


def raised(lever: Lever, limits: tuple[float, ...]) -> Settings:
    """The changes that set a vector to new limits; one number for all where that says the same."""
    rounded = tuple(_up(limit, lever.unit) for limit in limits)
    if lever.scalar and len(set(rounded)) == 1:
        return {lever.path: rounded[0]}
    return {lever.path: list(rounded)}


def _up(limit: float, unit: str) -> float:
    """Rounded up: to the cent, to a millionth of a tonne."""
    places = 2 if unit == "USD" else 6
    return float(ceil(round(limit * 10**places, 4)) / 10**places)


def _cash(scenario: Scenario) -> Iterator[Lever]:
    cash = scenario.cash
    assert cash is not None
    path: Path = ("cash", "at_hand_usd")
    yield Lever(
        "cash",
        path,
        "the cash at hand",
        STATED,
        {("cash",): None},
        unit="USD",
        vector="runway",
        base=(cash.at_hand_usd,),
        scalar=True,
    )
    if cash.minimum_usd > 0:
        least: Path = ("cash", "minimum_usd")
        yield Lever(
            "cash",
            least,
            "the least cash that must be left",
            STATED,
            {least: 0.0},
            unit="USD",
            at=lambda x: {least: round(x, 2)},
            now=cash.minimum_usd,
            end=0.0,
        )
