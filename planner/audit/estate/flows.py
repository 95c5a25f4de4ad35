"""The invoices of what is owned, one by one, as they would arrive, and the receipts of what is sold.

A unit signed at the start of period v serves from v + lead on for its term, and is sold at the start of the period after, or valued
at the end of the horizon. Capital is due at signing; running costs in the middle of every period of service inside the horizon;
rents in every period of the contract, also beyond. A site costs its land or set-up when it is decided and its team from its
first power on; work costs the energy that it takes beyond idling.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from planner.audit.books import OWN_ACTIONS, ZERO, Books, exact, rounded, walkable
from planner.audit.estate.options import Holdings, OwnOption, OwnSite
from planner.audit.estate.tariffs import Curve, Tariff, nine_places, tariff_of
from planner.domain.records import PlanLine
from planner.domain.scenario import ColocationSite
from planner.units import HOURS_PER_MONTH

CAPITAL = frozenset({"servers", "network", "storage nodes", "spares", "sales tax", "fit-out", "building"})
LINED = CAPITAL | {"rent"}
"""Kinds of cash that are lines of a plan; the rest are charges."""
CHARGED = frozenset(
    {"site", "team", "energy", "energy of work", "staff", "maintenance", "software", "tax and insurance", "sale"}
)
FIXED = frozenset({"site", "team"})
_DUST = 1e-6
ONE = Decimal(1)


class Flow(NamedTuple):
    """One payment; a sale is below 0."""

    kind: str
    site: str
    option: str
    """Empty for what belongs to a site as a whole."""
    signed: int
    period: int
    at_start: bool
    quantity: Decimal
    """Units, unit-hours, kWh of work, hours of a team."""
    price: Decimal
    counts: Decimal = ONE
    """Share that counts in the present value."""
    line: int | None = None

    @property
    def usd(self) -> Decimal:
        return self.quantity * self.price


class OwnSigning(NamedTuple):
    """Units of an option signed in a period, with the lines that say so, the earliest first."""

    option: str
    own: OwnOption
    signed: int
    units: Decimal
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Estate:
    """Everything owned by a plan, and its cash."""

    books: Books

    @cached_property
    def holdings(self) -> Holdings:
        return Holdings(self.books)

    @cached_property
    def lines(self) -> dict[tuple[str, int], tuple[int, ...]]:
        """Positions of the lines of every signing, the earliest first."""
        found: dict[tuple[str, int], list[int]] = defaultdict(list)
        for i, line in enumerate(self.books.plan.lines):
            own = self.holdings.of(line.option)
            if own is not None and line.action == own.action:
                found[line.option, line.signed_index].append(i)
        return {key: tuple(sorted(of, key=self._start)) for key, of in found.items()}

    def _start(self, i: int) -> int:
        return self.books.plan.lines[i].start_index

    @cached_property
    def signings(self) -> tuple[OwnSigning, ...]:
        """Those that can be walked; a term starts within the horizon."""
        lines, count = self.books.plan.lines, self.books.calendar.count
        return tuple(
            OwnSigning(option, self.holdings.options[option], v, exact(lines[of[0]].units), of)
            for (option, v), of in sorted(self.lines.items())
            if 0 <= v < count
            and all(walkable(lines[i]) for i in of)
            and self.lead(self.holdings.options[option]) < count
        )

    def tariff(self, own: OwnOption) -> Tariff:
        key = own.site.name, "" if own.server is None else own.server.label
        if key not in self._tariffs:
            self._tariffs[key] = tariff_of(self.holdings, own)
        return self._tariffs[key]

    @cached_property
    def _tariffs(self) -> dict[tuple[str, str], Tariff]:
        return {}

    @cached_property
    def period_hours(self) -> float:
        """Of every period: terms in months need periods of one length."""
        lengths = set(self.books.calendar.lengths)
        if len(lengths) != 1:
            raise LookupError("months of ownership have no meaning in periods of different lengths")
        return float(lengths.pop())

    def term(self, own: OwnOption) -> int:
        """Whole periods of service, at least one."""
        return max(1, floor(own.months * HOURS_PER_MONTH / self.period_hours + _DUST))

    def lead(self, own: OwnOption) -> int:
        """Periods from signing to service, rounded up."""
        if own.server is not None:
            months = self.holdings.of_server(own.server, "server_lead_months")
        else:
            months = self.holdings.of_site(own.site, "lead_months")
        return ceil(months * HOURS_PER_MONTH / self.period_hours - _DUST)

    def power_lead(self, site: OwnSite) -> int:
        return self.lead(self.holdings.options[f"own:{site.name}/power"])

    def end(self, own: OwnOption, v: int) -> int:
        """Period at whose start a unit signed in v is gone or, at the end of the horizon, valued."""
        return min(v + self.lead(own) + self.term(own), self.books.calendar.count)

    def age_months(self, own: OwnOption, v: int) -> Decimal:
        """When it is gone."""
        calendar = self.books.calendar
        served = calendar.start_years(self.end(own, v)) - calendar.start_years(v + self.lead(own))
        return max(nine_places(served * 12), ZERO)

    def at(self, usd: Decimal, change: Decimal, t: int) -> Decimal:
        """A price of the start of the horizon at the start of period t."""
        if not change:
            return rounded(usd)
        if (change, t) not in self._moved:
            self._moved[change, t] = (1 + change) ** self.books.calendar.start_years(t)
        return rounded(usd * self._moved[change, t])

    @cached_property
    def _moved(self) -> dict[tuple[Decimal, int], Decimal]:
        """Prices that change by so much a year, at the start of a period, relative to the start of the horizon."""
        return {}

    def rent(self, own: OwnOption, v: int, tau: int) -> Decimal:
        """Per kW and hour of a contract signed in v: it rises after every full year of service."""
        tariff, calendar = self.tariff(own), self.books.calendar
        if tariff.rent is None:
            return ZERO
        agreed = self.at(tariff.rent.usd, tariff.rent.change, v)
        years = int(calendar.start_years(tau) - calendar.start_years(v + self.lead(own)) + Decimal(repr(_DUST)))
        return rounded(agreed * (1 + tariff.rise) ** years) if years else agreed

    def capital(self, own: OwnOption, v: int) -> dict[str, Decimal]:
        """Per unit signed in v, by kind."""
        return {part.kind: self.at(part.usd, part.change, v) for part in self.tariff(own).capital}

    def sale(self, own: OwnOption, v: int) -> Decimal:
        """What a unit signed in v brings, or is worth at the end of the horizon."""
        tariff = self.tariff(own)
        curve = tariff.sold if self.end(own, v) < self.books.calendar.count else tariff.left
        return rounded(self.at(tariff.new_usd, tariff.change, v) * share_left(curve, self.age_months(own, v)))

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        return (*self._of_signings(), *self._of_work(), *self._of_sites())

    def _of_signings(self) -> Iterator[Flow]:
        for signing in self.signings:
            option, own, v, units, lines = signing
            flow = Flow("", own.site.name, option, v, v, True, units, ZERO)
            for kind, price in self.capital(own, v).items():
                yield flow._replace(kind=kind, price=price, line=lines[0])
            yield from self._running(signing, flow._replace(at_start=False))
            price = self.sale(own, v)
            if price:
                yield flow._replace(kind="sale", period=self.end(own, v), price=-price)

    def _running(self, signing: OwnSigning, flow: Flow) -> Iterator[Flow]:
        _, own, v, units, lines = signing
        calendar, start = self.books.calendar, v + self.lead(own)
        for tau in range(start, start + self.term(own)):
            hours = units * calendar.hours(tau)
            here = flow._replace(period=tau, quantity=hours)
            rent = self.rent(own, v, tau)
            if self.tariff(own).rent is not None:  # a rent of 0 is a contract all the same
                counts = ONE if tau < calendar.count else self._counts(own, rent)
                yield here._replace(kind="rent", price=rent, counts=counts, line=self._covering(lines, tau))
            for part in self.tariff(own).running if tau < calendar.count else ():
                price = self.at(part.usd, part.change, v if part.of_price_paid else tau)
                if price:
                    yield here._replace(kind=part.kind, price=price)

    def _covering(self, lines: tuple[int, ...], tau: int) -> int | None:
        every: tuple[PlanLine, ...] = self.books.plan.lines
        return next((i for i in lines if every[i].start_index <= tau < every[i].end_index), None)

    def _counts(self, own: OwnOption, rent: Decimal) -> Decimal:
        """Share that counts of a rent owed beyond the horizon."""
        rule, tariff = self.books.asked.terminal, self.tariff(own)
        if rule == "liability" or tariff.rent is None:
            return ONE
        new = self.at(tariff.rent.usd, tariff.rent.change, self.books.calendar.count)
        return ZERO if rule == "annuity" or not rent else max(ZERO, 1 - new / rent)

    @cached_property
    def worked(self) -> dict[tuple[str, int], Decimal]:
        """Node-hours of owned servers that work, by option and period; a run has its nodes, and their energy, for whole periods."""
        return self._hours(whole_periods=True)

    @cached_property
    def busy(self) -> dict[tuple[str, int], Decimal]:
        """The same, in the last period of a run as long as it takes."""
        return self._hours(whole_periods=False)

    def _hours(self, *, whole_periods: bool) -> dict[tuple[str, int], Decimal]:
        books, hours = self.books, defaultdict[tuple[str, int], Decimal](Decimal)
        for r in books.known_serving:
            hours[r.option, r.period] += exact(r.nodes) * books.slice_hours[r.period, r.slice]
        for run, share in books.known_shares:
            held = exact(share.nodes) * exact(share.hours) if whole_periods else exact(books.run_hours(run, share))
            hours[share.option, share.period] += held
        return {key: h for key, h in sorted(hours.items()) if books.options[key[0]].action == "buy"}

    def _of_work(self) -> Iterator[Flow]:
        for (option, t), hours in self.worked.items():
            own = self.holdings.of(option)
            if own is None:
                continue
            tariff = self.tariff(own)
            if tariff.extra_kwh > 0 and hours:
                price = self.at(tariff.kwh.usd, tariff.kwh.change, t)
                yield Flow("energy of work", own.site.name, option, -1, t, False, hours * tariff.extra_kwh, price)

    def _of_sites(self) -> Iterator[Flow]:
        for record in self.books.plan.sites:
            site, count = self.holdings.sites.get(record.site), self.books.calendar.count
            if site is None or not 0 <= record.opened_index < count:
                continue
            once = exact(self.holdings.of_site(site, once_of(site)))
            if once:
                yield Flow("site", site.name, "", -1, record.opened_index, True, ONE, once)
            team = rounded(self._team(site) / 8760)
            for t in range(record.opened_index + self.power_lead(site), count):
                price = self.at(team, exact(site.wages_change_per_year), t)
                if price:
                    yield Flow("team", site.name, "", -1, t, False, self.books.calendar.hours(t), price)

    def _team(self, site: OwnSite) -> Decimal:
        """USD a year."""
        if site.team_usd_per_year is not None:
            return exact(self.holdings.of_site(site, "team_usd_per_year"))
        people = "team_fte" if isinstance(site, ColocationSite) else "site_staff_fte"
        engineer = exact(self.holdings.of_site(site, "engineer_usd_per_year"))
        return exact(self.holdings.of_site(site, people)) * engineer


def once_of(site: OwnSite) -> str:
    """Name of the figure that is paid once for a site."""
    return "setup_usd" if isinstance(site, ColocationSite) else "land_and_development_usd"


def share_left(curve: Curve, months: Decimal) -> Decimal:
    """Share of the price at an age: linear between points; after the last one its slope goes on, down to nothing.

    >>> curve = ((Decimal(0), Decimal(1)), (Decimal(12), Decimal("0.7")))
    >>> [str(share_left(curve, Decimal(m))) for m in (0, 6, 24, 60)]
    ['1.000000000', '0.850000000', '0.400000000', '0']
    """
    if not curve:
        return ZERO
    if months <= curve[0][0]:
        return nine_places(curve[0][1])
    pieces = list(pairwise(curve))
    (m0, f0), (m1, f1) = next((piece for piece in pieces if months <= piece[1][0]), pieces[-1])
    return max(nine_places(f0 + (f1 - f0) * (months - m0) / (m1 - m0)), ZERO)


def owned_lines(books: Books) -> Iterator[tuple[int, PlanLine]]:
    """Lines that say that something is bought, leased or built."""
    for i, line in enumerate(books.plan.lines):
        if line.action in OWN_ACTIONS:
            yield i, line
