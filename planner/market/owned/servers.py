"""A server of the scenario's `own` block → options to buy it for a site, once per age at which it may be sold."""

from collections.abc import Iterator
from decimal import Decimal

from planner.domain.inputs import Catalog, OwnershipFacts, OwningFigure
from planner.domain.options import Asset, Option, Recurring, cap_name
from planner.domain.scenario import Own, Server
from planner.market.owned.figures import (
    KW_PER_MW,
    OwnFigures,
    engineer_usd,
    exact,
    per_hour,
    price_of,
    to_micro,
    to_power,
)
from planner.market.owned.sites import SiteDesk
from planner.market.successors import Coming
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_YEAR, MONEY_PLACES, MONTHS_PER_YEAR

YEAR = float(MONTHS_PER_YEAR)


class ServerDesk:
    """Figures of one server."""

    def __init__(
        self, server: Server, own: Own, catalog: Catalog, succeeds: tuple[Server, Coming] | None = None
    ) -> None:
        """`succeeds`: the server whose work a coming generation does, and that generation."""
        self.server, self.own = server, own
        self.measured_as = server.label if succeeds is None else succeeds[0].label
        facts = catalog.ownership
        take = self.take = OwnFigures(server.label, server.source, server.as_of)
        self.accelerator = server.accelerator or ""
        known = catalog.accelerators.get(self.accelerator)
        row = facts.server_price(self.accelerator)
        self.count = int(
            take.pick(
                "accelerators_per_server",
                server.accelerators_per_server or (None if self.accelerator else 1),
                "accelerators",
                row,
                row.accelerators if row else None,
            )
        )
        usd = None if row is None else row.usd_per_accelerator * self.count
        list_price = take.pick("price_usd", server.price_usd, "USD", row, usd)
        if succeeds is not None:
            list_price = take.estimate(succeeds[1].price(list_price))
        discount = take.stated("discount", server.discount, "of the price") if server.discount else 0.0
        self.price = exact(to_micro(exact(list_price) * (1 - exact(discount))))
        self.storage = take.pick(
            "storage_fraction",
            server.storage_fraction,
            "of a cluster's cost",
            facts.figure("storage_share_of_datacenter_cost"),
        )
        self.network = self._network(facts)
        self.kw = self._nameplate(facts, known.tdp_watts if known else None)
        self.draw = take.pick(
            "draw_fraction",
            server.draw_fraction,
            "of the rated power",
            self._by_family(facts, "measured_draw_fraction", "gpu"),
        )
        self.idle = take.stated("idle_draw_fraction", server.idle_draw_fraction, "of the draw under load")
        self.maintenance = take.pick(
            "maintenance_fraction_per_year",
            server.maintenance_fraction_per_year,
            "of the price, a year",
            facts.figure("maintenance_fraction_per_year"),
        )
        self.spares = self._spares(facts)
        self.software = take.stated(
            "software_usd_per_accelerator_year", server.software_usd_per_accelerator_year, "USD/accelerator/year"
        )
        self.staff = self._staff(facts)
        self.lead_months = take.pick(
            "server_lead_months",
            server.lead_months,
            "months",
            facts.figure("lead_months", "servers"),
            key="lead_months",
        )
        self.life = take.pick("life_months", server.life_months, "months", facts.figure("economic_life_months"))
        self.book_life = take.stated("book_life_months", server.book_life_months or self.life, "months")
        self.curve = self._curve(facts)
        self.figures = tuple(take.found)

    def _network(self, facts: OwnershipFacts) -> float:
        """Share of the cluster: stated; from the switches and cables of an accelerator where they are known; else a usual share."""
        stated, unit = self.server.network_fraction, "of a cluster's cost"
        parts = facts.figure("network_usd_per_accelerator", self.accelerator.split("-")[0])
        if stated is not None or parts is None:
            return self.take.pick("network_fraction", stated, unit, facts.figure("network_share_of_cluster_cost"))
        usd = exact(parts.value) * self.count
        share = usd * (1 - exact(self.storage)) / (self.price + usd)
        return self.take.pick("network_fraction", None, unit, parts, float(round(share, MONEY_PLACES)))

    def _by_family(self, facts: OwnershipFacts, name: str, otherwise: str) -> OwningFigure | None:
        """The figure of the accelerator's family (what stands before the first dash of its id), else that of another context."""
        return facts.figure(name, self.accelerator.split("-")[0]) or facts.figure(name, otherwise)

    def _nameplate(self, facts: OwnershipFacts, tdp_watts: float | None) -> float:
        """Rated kW of a server: stated, known, or the accelerator's TDP by the ratio known of its family."""
        known = facts.power(self.accelerator)
        ratio = facts.figure("nameplate_kw_per_accelerator_kw", self.accelerator.split("-")[0])
        if known is None and ratio is not None and tdp_watts is not None:
            rated = ratio.value * tdp_watts / KW_PER_MW * self.count
            return self.take.pick("nameplate_kw", self.server.nameplate_kw, "kW", ratio, rated)
        rated_known = None if known is None else known.kw_per_accelerator * self.count
        return self.take.pick("nameplate_kw", self.server.nameplate_kw, "kW", known, rated_known)

    def _spares(self, facts: OwnershipFacts) -> Decimal:
        """Spares per server in use: as stated, and no fewer than what is under repair on average."""
        server = self.server
        spares = self.take.pick(
            "spare_fraction", server.spare_fraction, "per server in use", facts.figure("spare_fraction")
        )
        if not server.repair_days:
            return exact(spares)
        row = self._by_family(facts, "faulty_per_accelerator_year", "")
        faults = self.take.pick("faults_per_accelerator_year", server.faults_per_accelerator_year, "a year", row)
        days = self.take.stated("repair_days", server.repair_days, "days")
        broken = exact(faults) * self.count * exact(days) * exact(HOURS_PER_DAY) / exact(HOURS_PER_YEAR)
        return max(exact(spares), broken)

    def _staff(self, facts: OwnershipFacts) -> Decimal:
        stated = self.server.staff_usd_per_server_year
        if stated is not None:
            return exact(self.take.stated("staff_usd_per_server_year", stated, "USD/server/year"))
        looked_after = self.take.pick(
            "servers_per_fte",
            None,
            "servers per engineer",
            facts.figure("servers_per_fte"),
            key="staff_usd_per_server_year",
        )
        return exact(engineer_usd(self.take, facts)) / exact(looked_after)

    def _curve(self, facts: OwnershipFacts) -> tuple[tuple[float, float], ...]:
        stated = self.server.residual_curve
        if stated is not None and not isinstance(stated, str):
            for months, share in stated:
                self.take.stated(f"resale_at_{months:g}_months", share, "of the price")
            return stated
        row = facts.residual_curve(stated or "")
        if row is None:
            self.take.lacks("residual_curve")
            return ((0.0, 1.0), (YEAR, 1.0))
        for months, share in row.points:
            self.take.pick(f"resale_at_{months:g}_months", None, "of the price", row, share)
        return row.points

    def options(self, site: "SiteDesk") -> Iterator[Option]:
        """The server at a site, once per age at which it may be sold."""
        server = self.server
        asset, shorter = self._asset(site), 0.0
        for months in self.ages():
            kept, shorter = asset._replace(shorter_hours=shorter), months * HOURS_PER_MONTH
            yield Option(
                id=f"own:{site.site.name}/{server.label}/{months:g}m",
                action="buy",
                provider=site.site.name,
                region=site.region,
                country=site.site.country,
                node_type=server.label,
                accelerator=server.accelerator,
                count=self.count,
                contract=f"bought, kept {months:g} months",
                usd_per_hour=round(sum(part.usd_per_hour for part in asset.recurring), MONEY_PLACES),
                provenance=price_of(self.take.found, "price_usd"),
                upfront_usd=round(sum(usd for _, usd, _ in asset.capital), MONEY_PLACES),
                term_hours=months * HOURS_PER_MONTH,
                lead_hours=self.lead_months * HOURS_PER_MONTH,
                offer=f"own:{self.measured_as}" if server.throughput else None,
                available_from=max(server.available_from or "", site.site.available_from or ""),
                vendor="",
                kw_per_node=to_power(exact(self.kw) * exact(self.draw)),
                groups=() if server.max_servers is None else (cap_name("servers", servers_at(site.site.name, server)),),
                asset=kept,
            )

    def ages(self) -> tuple[float, ...]:
        """Ages in months at which it may be sold, the oldest last."""
        stated = self.server.keep_months
        if stated is not None:
            return tuple(sorted({min(months, self.life) for months in stated}))
        full = [YEAR * n for n in range(2, int(self.life / YEAR) + 1)]
        return tuple(sorted({*full, self.life}))

    def _asset(self, site: "SiteDesk") -> Asset:
        change, price = self.server.price_change_per_year, self.price
        network, storage = exact(self.network), exact(self.storage)
        cluster = price / (1 - network - storage)
        capital = [
            ("servers", price),
            ("network", cluster * network),
            ("storage nodes", cluster * storage),
            ("spares", price * self.spares),
        ]
        bought = sum((usd for _, usd in capital), Decimal(0))
        capital.append(("sales tax", bought * exact(site.sales_tax)))
        draw, wages = exact(self.kw) * exact(self.draw), site.site.wages_change_per_year
        idle = draw * exact(self.idle)
        recurring = (
            Recurring(
                "energy",
                to_micro(idle * exact(site.pue) * exact(site.usd_per_kwh)),
                site.site.usd_per_kwh_change_per_year,
                "calendar",
            ),
            Recurring("maintenance", per_hour(price * exact(self.maintenance)), 0.0, "purchase"),
            Recurring("software", per_hour(exact(self.software) * self.count), 0.0, "calendar"),
            Recurring("staff", per_hour(self.staff), wages, "calendar"),
            Recurring("tax and insurance", per_hour(bought * exact(site.tax)), 0.0, "purchase"),
        )
        return Asset(
            site=site.site.name,
            role="server",
            kw=self.kw,
            capital=tuple((kind, to_micro(usd), change) for kind, usd in capital if usd),
            change_per_year=change,
            recurring=tuple(part for part in recurring if part.usd_per_hour or part.kind == "energy"),
            worth_usd=to_micro(price * (1 + self.spares)),
            worth=self.curve,
            worth_at_end=self._at_end(),
            book_life_months=self.book_life,
            pue=site.pue,
            idle_kw=to_power(idle),
            busy_kw=to_power(draw),
            usd_per_kwh=site.usd_per_kwh,
            usd_per_kwh_change_per_year=site.site.usd_per_kwh_change_per_year,
            g_per_kwh=site.site.g_per_kwh,
        )

    def _at_end(self) -> tuple[tuple[float, float], ...]:
        match self.own.value_at_end:
            case "market":
                return self.curve
            case "book":
                return ((0.0, 1.0), (self.book_life, 0.0))
            case _:
                return ()


def servers_at(site: str, server: Server) -> str:
    """What the cap on a server's number at a site limits."""
    return f"{site}:{server.label}"
