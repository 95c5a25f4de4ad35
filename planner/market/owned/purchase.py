"""The scenario's `own` block and the catalog's facts → sites, and options to buy servers for them."""

from collections.abc import Mapping
from typing import NamedTuple

from planner.domain.inputs import Catalog
from planner.domain.options import Cap, Option
from planner.domain.scenario import Scenario
from planner.errors import InputErrors, Mistake
from planner.market.owned.figures import Figure
from planner.market.owned.servers import ServerDesk, servers_at
from planner.market.owned.sites import SiteDesk, SiteOffer
from planner.market.successors import Coming, succeeding_servers


class OwnedMarket(NamedTuple):
    """Sites, the options to buy servers for them, and the figures of the servers."""

    sites: tuple[SiteOffer, ...]
    options: tuple[Option, ...]
    caps: tuple[Cap, ...]
    figures: Mapping[str, tuple[Figure, ...]]
    """Of each server, by its label."""


NOTHING = OwnedMarket((), (), (), {})


def owned_market(scenario: Scenario, catalog: Catalog, generations: tuple[Coming, ...] = ()) -> OwnedMarket:
    """Everything that may be owned.

    Raises:
        InputErrors: a figure that neither the scenario nor the catalog has.
    """
    own = scenario.own
    if own is None:
        return NOTHING
    desks = {site.name: SiteDesk(site, scenario, catalog) for site in own.sites}
    servers = [
        desk
        for server in own.servers
        for desk in (
            ServerDesk(server, own, catalog),
            *(ServerDesk(later, own, catalog, (server, one)) for later, one in succeeding_servers(server, generations)),
        )
    ]
    options = [
        option
        for site in own.sites
        for desk in servers
        if desk.server.sites is None or site.name in desk.server.sites
        for option in desk.options(desks[site.name])
    ]
    offers = tuple(desk.offer() for desk in desks.values())
    takes = (*(desk.take for desk in desks.values()), *(desk.take for desk in servers))
    lacking = [missing for take in takes for missing in take.missing]
    if lacking:
        raise InputErrors([Mistake(one.what, help=f"give `{one.key}`", code="no_figure") for one in lacking])
    return OwnedMarket(
        offers,
        tuple(options),
        tuple(
            Cap("servers", servers_at(site.name, desk.server), float(desk.server.max_servers), None)
            for site in own.sites
            for desk in servers
            if desk.server.max_servers is not None
        ),
        {desk.server.label: desk.figures for desk in servers},
    )
