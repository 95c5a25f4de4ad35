"""Parameters: every set and every number the mathematics needs, in final units.

Money is in thousands of US dollars of present value (coefficients stay within 1e-4 .. 1e5), capacity in
nodes, time in hours. No unit conversion and no question about brands happens behind this point.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from planner.domain.options import Option, Terms
from planner.domain.scenario import FailureKind
from planner.domain.time import Horizon

THOUSAND = 1000.0


class Service(NamedTuple):
    """How a node type serves one workload.

    One unit of service is a replica (`whole`), or a node's worth of work where work splits freely.
    """

    rate_per_hour: float
    """Work units one unit of service does in an hour."""
    nodes: float
    """Nodes one unit of service takes."""
    whole: bool
    """Only whole units exist."""

    @property
    def rate_per_node_hour(self) -> float:
        return self.rate_per_hour / self.nodes


Column = tuple[tuple[int, Service], ...]
"""Efficiency column of a node type: how it serves each workload it may serve, by workload index."""


class Kin(NamedTuple):
    """What options must have in common to substitute for each other, as far as the scenario makes it matter."""

    domain: str = ""
    """Failure domain, where failures are to be survived."""
    provider: str = ""
    """Provider, where the share, the data or the credits of one matter."""
    places: tuple[bool, ...] = ()
    """Whether it counts for each residency rule (`Parameters.places`)."""
    delivery: str = "node"
    savings: tuple[float, ...] = ()
    """Discount of each savings plan on its nodes on demand; empty where there is none."""
    asset: str = ""
    """Pool, where it is owned: its energy is paid by use."""
    use: str = ""
    """Provider, pool or option, where the number of them, or the worth of each, is limited."""


class SubstitutionClass(NamedTuple):
    """Pools with the same efficiency column and kin: any split of the use of a class over its options is feasible.

    Exact with caps, budgets, tiers and integers, because all of these speak of nodes held, not of who serves whom.
    """

    column: Column
    kin: Kin
    spot: bool
    running: tuple[int, ...]
    """Options of the class paid by the hour."""
    committed: tuple[int, ...]
    """Commitments of the class."""
    most_useful_nodes: float
    """More nodes than this at once can serve nothing: all demand at its peak on this class alone."""
    part: bool = False
    """Its options are blocks in their last period, of which they are there for a part."""


class ProgramOption(NamedTuple):
    """An option with its cost coefficients; arrays by period of use (t) or of signing (v)."""

    option: Option
    terms: Terms
    cost: tuple[float, ...]
    """Commitments: present value of signing one node in v, terminal rule included. Paid by use: present value
    of one node-hour (or work unit) in t. Thousands of dollars."""
    cash: tuple[dict[int, float], ...]
    """Undiscounted cash by period of the same unit, thousands of dollars."""
    upfront: tuple[float, ...] = ()
    """Cash paid upfront for one node signed in v, thousands of dollars."""
    tonnes: float = 0.0
    """Tonnes CO2e of one node-hour that is paid for; 0 if unknown or of no interest."""


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


class HostedSupply(NamedTuple):
    """A hosted API serving one workload, or the fallback of one."""

    option: int
    workload: int
    cost: tuple[float, ...]
    """Present value of one work unit in t, thousands of dollars."""
    cash: tuple[float, ...]
    """Undiscounted price of one work unit in t, thousands of dollars."""
    usable: tuple[bool, ...]


class CapLimit(NamedTuple):
    """A cap on nodes, weighted by what each member counts."""

    name: str
    limit: float
    weight: tuple[tuple[int, float], ...]
    """(option, what one of its nodes counts)."""
    counts_commitments: bool
    follows_from: int | None = None
    """Position of the cap that implies it for whole nodes; None for a cap of its own."""


class Host(NamedTuple):
    """A pool that can host training runs."""

    group: int
    """Class of its options."""
    running: tuple[int, ...]
    committed: tuple[int, ...]
    most_running: float
    """Most nodes of it that can run by the hour at once."""
    blocks: tuple[int, ...] = ()
    """Options of the pool that are there for the first part of the last period of their term: a run may end on them."""


class Cast(NamedTuple):
    """One way to place a training run: a host, a cluster size, a start."""

    workload: int
    host: int
    rate_per_hour: float
    """Work units of one node, before goodput."""
    nodes: int
    start: int
    end: int
    """Period after its last one."""
    hours: float
    """Wall-clock hours."""
    last_hours: float
    """Hours of the last period that it takes."""
    partial: bool
    """Whether these are fewer than the period has."""


class Window(NamedTuple):
    """A run that may stop and move: its work may be done in any of these periods."""

    work: float
    periods: tuple[int, ...]


class Mode(NamedTuple):
    """The fallback of a workload; it is workload `len(workloads) + its position` in efficiency columns."""

    parent: int
    share: float
    """Largest share of the demand of a slice."""
    spike: str | None
    """Only in slices of this spike; None: always."""
    cost: tuple[float, ...]
    """Present value of what a work unit costs in quality, by period, thousands of dollars."""


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

    kind: Literal["provider", "pool", "option"]
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


@dataclass(frozen=True, slots=True)
class Parameters:
    """All sets and numbers of one program. Indices: w, o, c, t, s, v as everywhere."""

    horizon: Horizon
    workloads: tuple[str, ...]
    units: tuple[str, ...]
    hours: tuple[tuple[float, ...], ...]
    """hours[t][s]."""
    online: dict[tuple[int, int, int], float]
    """Demand rate of online workloads, work units an hour, by (w, t, s)."""
    flexible: dict[tuple[int, int], float]
    """Work of flexible workloads, work units, by (w, t)."""
    spot_share: dict[int, float]
    """Largest spot share of the workloads that some spot class can serve and whose share is below 1."""
    unserved: dict[int, tuple[float, tuple[float, ...]]]
    """(largest fraction, cost per work unit in t) of workloads whose demand may stay unserved."""
    options: tuple[ProgramOption, ...]
    classes: tuple[SubstitutionClass, ...]
    hosted: tuple[HostedSupply, ...]
    caps: tuple[CapLimit, ...]
    budget_total: float | None
    budgets: tuple[float | None, ...]
    """Cash limit of each plan-year, thousands of dollars."""
    whole_nodes: bool
    running_upper: tuple[float | None, ...]
    """Own cap of each option paid by the hour, nodes."""
    holding: frozenset[int] = frozenset()
    """Workloads (and fallbacks) that hold whole nodes all through a slice: online inference. All other work starts and stops
    nodes within it."""
    given: dict[tuple[int, int], float] = field(default_factory=dict)
    """(o, v) → signings that are not to be decided but given, nodes."""
    middle: tuple[float, ...] = ()
    """Discount factor of the middle of each period."""
    runs: dict[int, float] = field(default_factory=dict)
    """Training runs held together on one cluster → work units."""
    casts: tuple[Cast, ...] = ()
    hosts: tuple[Host, ...] = ()
    windows: dict[int, Window] = field(default_factory=dict)
    """Training runs that may stop and move."""
    modes: tuple[Mode, ...] = ()
    places: tuple[tuple[int, float], ...] = ()
    """Residency rules: (workload, smallest share)."""
    provider_share: float | None = None
    uses: tuple[Use, ...] = ()
    """Only those of the kinds that are limited."""
    max_providers: int | None = None
    max_pools: int | None = None
    max_signings: int | None = None
    """Contracts signed in a plan-year."""
    min_line: float | None = None
    """Smallest worth of a signing, and of what is used of an option by use, thousands of dollars."""
    data: dict[int, dict[str, DataPrice]] = field(default_factory=dict)
    """Workload → provider → what its data costs there; only workloads with priced data."""
    support: dict[str, float] = field(default_factory=dict)
    """Share of everything paid to a provider that comes on top."""
    credits: tuple[Grant, ...] = ()
    period_budgets: tuple[float | None, ...] = ()
    upfront_budgets: tuple[float | None, ...] = ()
    runway: tuple[float, ...] = ()
    """Cash that may have been spent by the end of each period; empty if there is no cash block."""
    carbon_caps: tuple[float | None, ...] = ()
    """Tonnes of each plan-year."""
    resilience: Resilience | None = None
    agreements: tuple[SpendTiers, ...] = ()
    savings: tuple[Saving, ...] = ()
    sites: tuple[Site, ...] = ()
    energy: dict[int, Energy] = field(default_factory=dict)
    """By class; only classes of owned servers whose work takes more than their idling."""
    _serving: dict[int, list[tuple[int, Service]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def served_workloads(self) -> int:
        """Workloads and the fallbacks after them."""
        return len(self.workloads) + len(self.modes)

    def serving(self, w: int) -> tuple[tuple[int, Service], ...]:
        """(class, service) of every class that serves workload w."""
        if not self._serving:
            for c, group in enumerate(self.classes):
                for v, service in group.column:
                    self._serving.setdefault(v, []).append((c, service))
        return tuple(self._serving.get(w, ()))

    def last_of_year(self, y: int) -> int:
        """Last period of a plan-year."""
        return max(period.index for period in self.horizon.periods if any(y == year for year, _ in period.plan_years))

    def years_of(self, t: int, at_start: bool = False) -> tuple[tuple[int, float], ...]:
        """(plan-year, share) of cash of a period: all of what is paid at its start belongs to the plan-year of that."""
        period = self.horizon.periods[t]
        return ((period.plan_year, 1.0),) if at_start else period.plan_years

    def apis(self, w: int) -> list[int]:
        """Hosted supplies of workload w."""
        return [h for h, supply in enumerate(self.hosted) if supply.workload == w]

    def parent(self, w: int) -> int:
        """The workload that a fallback belongs to; a workload itself otherwise."""
        return w if w < len(self.workloads) else self.modes[w - len(self.workloads)].parent

    def mode_of(self, w: int) -> int | None:
        """The workload number of a workload's fallback, or None."""
        return next((len(self.workloads) + i for i, mode in enumerate(self.modes) if mode.parent == w), None)

    def allowed(self, w: int, t: int, s: int) -> bool:
        """Whether a workload (or a fallback) may be served in the slice, as far as time is concerned."""
        if w < len(self.workloads):
            return True
        spike = self.modes[w - len(self.workloads)].spike
        return spike is None or self.horizon.periods[t].slices[s].spike == spike

    def wanted(self, w: int, t: int, s: int) -> bool:
        """Whether workload w (or a fallback) may use capacity in the slice."""
        v = self.parent(w)
        if self.online.get((v, t, s), 0.0) > 0:
            return self.allowed(w, t, s)
        return self.flexible.get((v, t), 0.0) > 0 or (v in self.windows and t in self.windows[v].periods)

    def points(self, w: int) -> list[tuple[int, int, int]]:
        """Where workload w has demand: every (w, t, s) if online, every (w, t, 0) if flexible or in its window.

        A fallback has the points of its workload in which it is allowed.
        """
        v = self.parent(w)
        online = [key for key, rate in self.online.items() if key[0] == v and rate > 0]
        if online:
            return [(w, t, s) for _, t, s in online if self.allowed(w, t, s)]
        if v in self.windows:
            return [(w, t, 0) for t in self.windows[v].periods]
        return [(w, t, 0) for (f, t), work in self.flexible.items() if f == v and work > 0]

    def total_work(self, w: int) -> float:
        """Work units asked for over the whole horizon."""
        if w in self.runs:
            return self.runs[w]
        if w in self.windows:
            return self.windows[w].work
        return sum(self.work(*point) for point in self.points(w))

    def work(self, w: int, t: int, s: int) -> float:
        """Work units asked for at a demand point (of a run in its window: of all of it)."""
        v = self.parent(w)
        if v in self.windows:
            return self.windows[v].work
        rate = self.online.get((v, t, s))
        return self.flexible[v, t] if rate is None else rate * self.hours[t][s]
