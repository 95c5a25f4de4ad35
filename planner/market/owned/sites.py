"""A site of the scenario's `own` block → its costs and its power as an option."""

from decimal import Decimal
from typing import Literal, NamedTuple

from planner.domain.inputs import Catalog, ColocationRent, OwnershipFacts
from planner.domain.options import Asset, Option, Recurring
from planner.domain.scenario import ColocationSite, DatacenterSite, Scenario
from planner.market.owned.figures import (
    KW_PER_MW,
    Figure,
    OwnFigures,
    engineer_usd,
    exact,
    per_hour,
    price_of,
    to_micro,
)
from planner.units import HOURS_PER_MONTH

AnySite = ColocationSite | DatacenterSite


class SiteOffer(NamedTuple):
    """A site that may be opened."""

    name: str
    kind: str
    region: str
    country: str
    once_usd: float
    """Paid when it is decided: land, development, set-up."""
    team_usd_per_hour: float
    wages_change_per_year: float
    max_kw: float | None
    required: bool
    power: Option
    """Its power: kW under contract, or modules."""
    figures: tuple[Figure, ...]


NEW_HALLS = ("hall", "build_to_suit", "high_density")
"""Size classes that are built for accelerators, with the PUE of such buildings."""


def rent_row(site: ColocationSite, facts: OwnershipFacts) -> ColocationRent | None:
    """The catalog's rent for the size and the country of a site: of its class, else of the size that is stated, else of a suite."""
    if site.size_class is not None:
        return facts.rent_of(site.size_class, site.country)
    kw = max(site.min_kw, (site.max_mw or 0.0) * KW_PER_MW)
    return facts.rent(kw, site.country) if kw else facts.rent_of("suite", site.country)


def _design(site: AnySite, facts: OwnershipFacts) -> str:
    """Which buildings a site is one of, as the catalog tells PUE: fleets of colocation, or new ones for accelerators."""
    if isinstance(site, DatacenterSite):
        return "ai"
    row = rent_row(site, facts)
    return "ai" if row is not None and row.size_class in NEW_HALLS else "colocation"


class SiteDesk:
    """Figures of one site."""

    def __init__(self, site: AnySite, scenario: Scenario, catalog: Catalog) -> None:
        self.site, self.scenario, facts = site, scenario, catalog.ownership
        self.facts: OwnershipFacts = facts
        self.take = OwnFigures(site.name, site.source, site.as_of)
        take, colocation = self.take, isinstance(site, ColocationSite)
        place = site.place or site.country
        tariff = facts.tariff(place) if place else None
        self.usd_per_kwh = take.pick(
            "usd_per_kwh", site.usd_per_kwh, "USD/kWh", tariff, tariff.usd_per_kwh if tariff else None
        )
        self.pue = take.pick("pue", site.pue, "ratio", facts.figure("pue", _design(site, facts)))
        self.tax = take.pick(
            "tax_and_insurance_fraction_per_year",
            site.tax_and_insurance_fraction_per_year,
            "of what was paid, a year",
            facts.figure("tax_and_insurance_fraction_per_year"),
        )
        self.lead_months = take.pick(
            "lead_months",
            site.lead_months,
            "months",
            facts.figure("lead_months", "colocation" if colocation else "own datacenter"),
        )
        self.team = self._team(colocation)
        self.staff_per_mw = take.stated("staff_usd_per_mw_year", site.staff_usd_per_mw_year, "USD/MW/year")
        self.sales_tax = take.stated("sales_tax_fraction", site.sales_tax_fraction, "of the price")
        self.region = site.region or site.name

    def _team(self, colocation: bool) -> Decimal:
        """USD a year of the people who are there whatever the size."""
        if self.site.team_usd_per_year is not None:
            return exact(self.take.stated("team_usd_per_year", self.site.team_usd_per_year, "USD/year"))
        name, context = (
            ("team_fte", "136 accelerators") if colocation else ("site_staff_fte", "retail datacenter 2-5 MW")
        )
        people = self.take.pick(name, None, "people", self.facts.figure(name, context), key="team_usd_per_year")
        return exact(people) * exact(engineer_usd(self.take, self.facts))

    def offer(self) -> SiteOffer:
        site = self.site
        power = self._rented(site) if isinstance(site, ColocationSite) else self._built(site)
        once = site.setup_usd if isinstance(site, ColocationSite) else site.land_and_development_usd
        self.take.stated("setup_usd" if isinstance(site, ColocationSite) else "land_and_development_usd", once, "USD")
        return SiteOffer(
            site.name,
            site.kind,
            self.region,
            site.country,
            once,
            per_hour(self.team),
            site.wages_change_per_year,
            None if site.max_mw is None else site.max_mw * KW_PER_MW,
            site.required,
            power,
            tuple(self.take.found),
        )

    def _power(self, contract: str, asset: Asset, term_hours: float, least: int) -> Option:
        site = self.site
        most = None if site.max_mw is None else int(site.max_mw * KW_PER_MW / asset.kw + 1e-9)
        return Option(
            id=f"own:{site.name}/power",
            action="lease" if asset.role == "rent" else "build",
            provider=site.name,
            region=self.region,
            country=site.country,
            node_type="kW" if asset.role == "rent" else f"module of {asset.kw / KW_PER_MW:g} MW",
            accelerator=None,
            count=0,
            contract=contract,
            usd_per_hour=0.0,
            provenance=price_of(
                self.take.found, "rent_usd_per_kw_month" if asset.role == "rent" else "capex_usd_per_mw"
            ),
            term_hours=term_hours,
            lead_hours=self.lead_months * HOURS_PER_MONTH,
            min_nodes=max(least, 1),
            max_nodes=most,
            available_from=site.available_from or "",
            asset=asset,
        )

    def _rented(self, site: ColocationSite) -> Option:
        row = rent_row(site, self.facts)
        take = self.take
        rent = take.pick(
            "rent_usd_per_kw_month",
            site.rent_usd_per_kw_month,
            "USD/kW/month",
            row,
            row.usd_per_kw_month if row else None,
        )
        stated = site.rent_rise_per_year
        if stated is None and site.rent_usd_per_kw_month is not None:
            stated = 0.0
        rise = take.pick("rent_rise_per_year", stated, "a year", row, row.rise_per_year if row else None)
        per_mw = self.facts.figure("fit_out_usd_per_mw")
        fit_out = take.pick(
            "fit_out_usd_per_kw",
            site.fit_out_usd_per_kw,
            "USD/kW",
            per_mw,
            per_mw.value / KW_PER_MW if per_mw else None,
        )
        asset = self._asset("rent", 1.0, (("fit-out", fit_out, 0.0),), site.rent_change_per_year)._replace(
            recurring=(
                Recurring("rent", to_micro(exact(rent) / exact(HOURS_PER_MONTH)), rise, "contract"),
                *self._upkeep(1.0, exact(fit_out), 0.0, "calendar"),
            )
        )
        term = take.stated("term_months", site.term_months, "months")
        least = int(-(-site.min_kw // 1))
        return self._power(f"colocation, {term:g} months", asset, term * HOURS_PER_MONTH, least)

    def _built(self, site: DatacenterSite) -> Option:
        take, kw = self.take, site.module_mw * KW_PER_MW
        per_mw = take.pick(
            "capex_usd_per_mw", site.capex_usd_per_mw, "USD/MW", self.facts.figure("facility_capex_usd_per_mw")
        )
        life = take.pick("life_months", site.life_months, "months", self.facts.figure("facility_life_months"))
        take.stated("module_mw", site.module_mw, "MW")
        reuse = take.stated("reuse_fraction", site.reuse_fraction, "of the book value")
        price = to_micro(exact(per_mw) * exact(site.module_mw))
        asset = self._asset(
            "building", kw, (("building", price, site.capex_change_per_year),), site.capex_change_per_year
        )
        asset = asset._replace(
            worth_usd=price,
            worth=((0.0, reuse), (life, 0.0)),
            worth_at_end=((0.0, reuse), (life, 0.0)),
            book_life_months=life,
            recurring=self._upkeep(kw, exact(price), site.maintenance_fraction_per_year, "purchase"),
        )
        return self._power("own building", asset, life * HOURS_PER_MONTH, 1)

    def _upkeep(
        self, kw: float, price: Decimal, maintenance: float, follows: Literal["calendar", "purchase"]
    ) -> tuple[Recurring, ...]:
        """Staff by power; maintenance, tax and insurance of a unit of power, of a building whose price may move or of a fit-out."""
        staff = exact(self.staff_per_mw) * exact(kw) / exact(KW_PER_MW)
        parts = (
            Recurring("staff", per_hour(staff), self.site.wages_change_per_year, "calendar"),
            Recurring("maintenance", per_hour(price * exact(maintenance)), 0.0, follows),
            Recurring("tax and insurance", per_hour(price * exact(self.tax)), 0.0, follows),
        )
        return tuple(part for part in parts if part.usd_per_hour)

    def _asset(
        self, role: Literal["rent", "building"], kw: float, capital: tuple[tuple[str, float, float], ...], change: float
    ) -> Asset:
        taxed = sum((exact(usd) for _, usd, _ in capital), Decimal(0)) * exact(self.sales_tax)
        if taxed:
            capital = (*capital, ("sales tax", to_micro(taxed), capital[0][2]))
        return Asset(
            site=self.site.name,
            role=role,
            kw=kw,
            capital=capital,
            change_per_year=change,
            recurring=(),
            worth_usd=0.0,
            worth=(),
            worth_at_end=(),
            book_life_months=0.0,
            pue=self.pue,
            idle_kw=0.0,
            busy_kw=0.0,
            usd_per_kwh=self.usd_per_kwh,
            usd_per_kwh_change_per_year=self.site.usd_per_kwh_change_per_year,
            g_per_kwh=self.site.g_per_kwh,
        )
