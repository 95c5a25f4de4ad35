"""Sites, energy, data, credits, agreements and limits on numbers in use, as the program sees them."""

from typing import NamedTuple

from planner.domain.scenario import FailureKind


class Site(NamedTuple):
    """A site that may be opened: power, and servers that take it."""

    name: str
    servers: tuple[tuple[int, float], ...]
    """(option, nameplate kW of one server)."""
    power: int
    """Option of its power: kW under contract, or modules."""
    kw: float
    """kW of one unit of it."""
    most_units: float
    """More units of power than this can serve nothing: all demand at its peak in this site alone (`overlap.py`)."""
    cost: tuple[float, ...]
    """Present value of opening the site in v: what is paid once, and the team from its first power to the end of the horizon.
    Thousands of dollars."""
    cash: tuple[dict[int, float], ...]
    """Undiscounted cash by period of the same, thousands of dollars."""
    once: float
    """The part of it that is paid at opening, thousands of dollars."""
    required: bool
    generations: int = 1
    """How many times the servers that serve all demand can be of use at once: 2 where a successor may come early."""


class Energy(NamedTuple):
    """What an hour of work of a node of a class adds to its idle hours, by period, thousands of dollars."""

    provider: str
    cost: tuple[float, ...]
    """Present value."""
    cash: tuple[float, ...]


class DataPrice(NamedTuple):
    """What the data of a workload costs at a provider."""

    egress: float
    """Per work unit, thousands of dollars."""
    storage: float
    """Per hour, thousands of dollars."""


class Grant(NamedTuple):
    """Free credits of a provider."""

    provider: str
    amount: float
    """Thousands of dollars."""
    end: int
    """First period in which they are gone."""


class SpendTiers(NamedTuple):
    """An agreement on the covered spend of a provider; tier 0 is none."""

    provider: str
    options: frozenset[int]
    """Options whose payments it covers."""
    tiers: tuple[tuple[tuple[float, ...], float], ...]
    """(thousands of dollars of each whole plan-year, discount), rising."""
    take_or_pay: bool
    one_level: bool
    """One tier for all plan-years."""
    after_discount: bool
    """Spend counts towards a tier as it is invoiced after the discount."""
    share_of_year: tuple[float, ...]
    """Part of each plan-year that lies inside the horizon and in which it is in force."""
    periods: range
    """Periods in which it is in force."""
    signed: bool = False
    """Signed already: its tier holds in every plan-year in which it is in force."""

    def threshold(self, y: int, level: int) -> float:
        """Thousands of dollars in plan-year y from which a tier (from 1) holds."""
        return self.tiers[level - 1][0][y] * self.share_of_year[y]

    def counts(self, level: int) -> float:
        """What a dollar of covered spend at a tier counts towards its threshold."""
        return 1.0 - self.discount(level) if self.after_discount else 1.0

    def spend_for(self, y: int, level: int) -> float:
        """Thousands of dollars of covered spend that reach a tier."""
        return self.threshold(y, level) / self.counts(level) if level else 0.0

    def discount(self, level: int) -> float:
        return self.tiers[level - 1][1] if level else 0.0

    def fixed(self, y: int, level: int) -> bool | None:
        """Whether a tier holds in plan-year y, if there is nothing to choose: it is signed, or not in force."""
        if self.share_of_year[y] <= 0 and not self.one_level:
            return level == 0
        return level == 1 if self.signed else None

    def chosen_in(self, y: int) -> int:
        """Plan-year whose choice of a tier holds in plan-year y."""
        return 0 if self.one_level else y


class Saving(NamedTuple):
    """A savings plan: its option is signed in dollars an hour."""

    option: int
    covers: tuple[tuple[int, float], ...]
    """(option paid by the hour, discount off its price)."""


class Use(NamedTuple):
    """What is used or not: a provider, a pool, an option that is paid by use."""

    kind: str
    """`option`, or what is counted: `providers`, `pools`."""
    name: str
    options: frozenset[int]
    """What makes use of it; hosted APIs by their options."""


class Resilience(NamedTuple):
    """Failures to be survived, and the reserve to be held."""

    kind: FailureKind | None
    """None if only a reserve is asked for."""
    survive: dict[int, float]
    """Share of the demand of each protected workload that survivors can serve."""
    reserve: dict[int, float]
    """Share of the demand (1 + reserve) that capacity can serve with nothing failed."""
    checks: tuple[tuple[int, int], ...]
    """(t, s) that are checked."""
    standby_on_demand: bool
    standby_hosted: bool
