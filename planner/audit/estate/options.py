"""What may be owned, read off the embedded scenario again: options to lease, build and buy by name, and the figures of each.

`own:SITE/power` is the power of a site; `own:SITE/SERVER/24m` a server that is sold when it is 24 months old.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from planner.audit.books import Books, Generation, generations
from planner.domain.records import FigureRecord
from planner.domain.scenario import ColocationSite, DatacenterSite, Server

OwnSite = ColocationSite | DatacenterSite
_FIRST_FULL_YEAR = 2
"""Servers may be sold at every full year of age from the second on, if the scenario says nothing else."""


class OwnOption(NamedTuple):
    """A server at a site (`server` is given) or the power of a site."""

    site: OwnSite
    server: Server | None
    months: float
    """Age at which a server is sold, length of a rent contract, or life of a building."""

    @property
    def action(self) -> str:
        if self.server is not None:
            return "buy"
        return "lease" if isinstance(self.site, ColocationSite) else "build"


@dataclass(frozen=True)
class Holdings:
    """What the scenario's `own` block allows."""

    books: Books

    @cached_property
    def sites(self) -> dict[str, OwnSite]:
        own = self.books.asked.own
        return {site.name: site for site in own.sites} if own is not None else {}

    @cached_property
    def servers(self) -> dict[str, Server]:
        own = self.books.asked.own
        stated = own.servers if own is not None else ()
        return {server.label: server for server in (*stated, *(later for later, _, _ in self.succeeding.values()))}

    @cached_property
    def succeeding(self) -> dict[str, tuple[Server, str, Generation]]:
        """By name, what an announced generation offers in place of a server (whose name stands beside it): of the same work and
        power, at a price that stands."""
        own, found = self.books.asked.own, {}
        for server in own.servers if own is not None else ():
            for generation in self._generations:
                if server.accelerator in generation.stated.replaces:
                    name = f"{generation.stated.name} in place of {server.label}"
                    since = max(server.available_from or "", generation.stated.month)
                    changed = {"name": name, "available_from": since, "price_change_per_year": 0.0}
                    found[name] = (server.model_copy(update=changed), server.label, generation)
        return found

    @cached_property
    def _generations(self) -> tuple[Generation, ...]:
        return tuple(generations(self.books).values())

    @cached_property
    def figures(self) -> dict[str, dict[str, FigureRecord]]:
        """By `site:NAME` or `server:LABEL`, and by name."""
        return {thing: {f.name: f for f in figures} for thing, figures in self.books.plan.inputs.figures.items()}

    def of_site(self, site: OwnSite, name: str) -> float:
        """A figure of a site.

        Raises:
            LookupError: the plan has none.
        """
        return self._value(f"site:{site.name}", name)

    def of_server(self, server: Server, name: str) -> float:
        return self._value(f"server:{server.label}", name)

    def _value(self, thing: str, name: str) -> float:
        if name not in self.figures.get(thing, {}):
            raise LookupError(f"no figure `{name}` of `{thing}`")
        return self.figures[thing][name].value

    @cached_property
    def options(self) -> dict[str, OwnOption]:
        """Everything that can be signed, by the name of its option."""
        found: dict[str, OwnOption] = {}
        for site in self.sites.values():
            months = "term_months" if isinstance(site, ColocationSite) else "life_months"
            found[f"own:{site.name}/power"] = OwnOption(site, None, self.of_site(site, months))
            for server in self.servers.values():
                if server.sites is None or site.name in server.sites:
                    for age in self.ages(server):
                        found[f"own:{site.name}/{server.label}/{age:g}m"] = OwnOption(site, server, age)
        return found

    def ages(self, server: Server) -> set[float]:
        """Ages at which a server may be sold: as stated but no older than its life, or every full year, and the end of its life."""
        life = self.of_server(server, "life_months")
        if server.keep_months is not None:
            return {min(months, life) for months in server.keep_months}
        years = range(_FIRST_FULL_YEAR, int(life // 12) + 1)
        return {12.0 * n for n in years} | {life}

    def of(self, option: str) -> OwnOption | None:
        """What an option of the plan stands for, if it is owned."""
        return self.options.get(option) if self.sites else None
