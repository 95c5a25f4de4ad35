"""What the catalog fills in for things that may be owned, with the source and the date of every figure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.scenario import Scenario
from planner.inputs.source import KeyPath
from planner.market import Figure, ServerDesk, SiteDesk, intensity_of

_RESALE = "resale_at_"
_KEYS = {"server_lead_months": "lead_months"}
"""Keys of the scenario that are not called like their figure."""


class Filled(NamedTuple):
    """A value that the scenario leaves open."""

    value: Any
    origin: str
    """`catalog: …` with source and date, or `default`."""


def filled_in(scenario: Scenario, catalog: Catalog) -> dict[KeyPath, Filled]:
    """By path; a path is there whether or not the scenario gives its value."""
    own = scenario.own
    if own is None:
        return {}
    found: dict[KeyPath, Filled] = {}
    for i, site in enumerate(own.sites):
        power = SiteDesk(site, scenario, catalog).offer()
        pairs = (*_each(power.figures), *_team(power.figures), *_carbon(power.power, scenario, catalog))
        found |= {("own", "sites", i, key): value for key, value in pairs}
    for i, server in enumerate(own.servers):
        desk = ServerDesk(server, own, catalog)
        pairs = (*_each(desk.figures), *_staff(desk.figures), *_curve(desk.figures))
        found |= {("own", "servers", i, key): value for key, value in pairs}
        found["own", "servers", i, "keep_months"] = Filled(list(desk.ages()), "default")
    return found


def _each(figures: Sequence[Figure]) -> Iterator[tuple[str, Filled]]:
    for figure in figures:
        yield _KEYS.get(figure.name, figure.name), Filled(figure.value, _origin([figure]))


def _carbon(power: Option, scenario: Scenario, catalog: Catalog) -> Iterator[tuple[str, Filled]]:
    """Of the place, unless the scenario's `carbon` block says what it is."""
    known = catalog.carbon_of(power.provider, power.region, power.country)
    if known is not None and intensity_of(power, scenario, catalog) == known.grams_co2e_per_kwh:
        origin = f"catalog: {known.source} ({known.basis}, {known.checked_on})"
        yield "g_per_kwh", Filled(known.grams_co2e_per_kwh, origin)


def _origin(figures: Sequence[Figure]) -> str:
    said = [f"{figure.source} ({figure.basis}, {figure.as_of})" for figure in figures if figure.basis != "scenario"]
    return f"catalog: {'; '.join(dict.fromkeys(said))}" if said else "default"


def _by_name(figures: Sequence[Figure]) -> Mapping[str, Figure]:
    return {figure.name: figure for figure in figures}


def _team(figures: Sequence[Figure]) -> Iterator[tuple[str, Filled]]:
    """People at what an engineer costs."""
    known = _by_name(figures)
    for name in ("team_fte", "site_staff_fte"):
        if name in known:
            parts = known[name], known["engineer_usd_per_year"]
            yield "team_usd_per_year", Filled(parts[0].value * parts[1].value, _origin(parts))


def _staff(figures: Sequence[Figure]) -> Iterator[tuple[str, Filled]]:
    """An engineer over the servers that one looks after."""
    known = _by_name(figures)
    if "servers_per_fte" in known:
        parts = known["engineer_usd_per_year"], known["servers_per_fte"]
        yield "staff_usd_per_server_year", Filled(round(parts[0].value / parts[1].value, 6), _origin(parts))


def _curve(figures: Sequence[Figure]) -> Iterator[tuple[str, Filled]]:
    points = [figure for figure in figures if figure.name.startswith(_RESALE)]
    if points:
        ages = [float(figure.name.removeprefix(_RESALE).removesuffix("_months")) for figure in points]
        values = [[age, figure.value] for age, figure in zip(ages, points, strict=True)]
        yield "residual_curve", Filled(values, _origin(points))
