"""Levers of what may be owned: power and servers at most, delivery, dates, what must be opened."""

from collections.abc import Iterator

from planner.analysis.infeasible.levers.levers import FILTER, STATED, Lever
from planner.analysis.infeasible.levers.supply import earlier, lower_to, raise_of
from planner.analysis.infeasible.settings import Path
from planner.domain.scenario import BaseSite, ColocationSite, Scenario, Server
from planner.domain.time import Horizon


def own_levers(scenario: Scenario, horizon: Horizon) -> Iterator[Lever]:
    """Limits of the `own` block."""
    if scenario.own is None:
        return
    for i, site in enumerate(scenario.own.sites):
        yield from _site(site, ("own", "sites", i), horizon)
    for i, server in enumerate(scenario.own.servers):
        yield from _server(server, ("own", "servers", i), horizon)


def _site(site: BaseSite, path: Path, horizon: Horizon) -> Iterator[Lever]:
    if site.max_mw is not None:
        most: Path = (*path, "max_mw")
        said = f"the most power at `{site.name}`"
        yield Lever(
            "facility", most, said, STATED, {most: None}, unit="MW", at=lambda x: {most: round(x, 6)}, now=site.max_mw
        )
    if isinstance(site, ColocationSite) and site.min_kw > 0:
        said = f"the least power of a contract at `{site.name}`"
        yield lower_to("facility", (*path, "min_kw"), said, site.min_kw, 0, unit="kW")
    if site.required:
        must: Path = (*path, "required")
        said = f"that `{site.name}` must be opened"
        yield Lever("facility", must, said, FILTER, {must: False}, choices=(("may stay closed", {must: False}),))
    yield from _dates(site.name, site.lead_months, site.available_from, path, horizon)


def _server(server: Server, path: Path, horizon: Horizon) -> Iterator[Lever]:
    if server.max_servers is not None:
        said = f"the most servers of `{server.label}`"
        yield raise_of("facility", (*path, "max_servers"), said, server.max_servers, unit="servers")
    if server.sites is not None:
        where: Path = (*path, "sites")
        said = f"where `{server.label}` may stand"
        yield Lever("facility", where, said, FILTER, {where: None}, choices=(("everywhere", {where: None}),))
    yield from _dates(server.label, server.lead_months, server.available_from, path, horizon)


def _dates(name: str, lead: float | None, since: str | None, path: Path, horizon: Horizon) -> Iterator[Lever]:
    if lead:
        said = f"what delivery of `{name}` takes"
        yield lower_to("lead", (*path, "lead_months"), said, lead, 0, unit="months")
    if since is not None and horizon.periods[0].start[:1].isdigit():
        said = f"the month from which `{name}` can be had"
        yield earlier("lead", (*path, "available_from"), said, since, horizon)
