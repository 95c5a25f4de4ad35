"""Parameters: every set and every number the mathematics needs, in final units.

Money is in thousands of US dollars of present value (coefficients stay within 1e-4 .. 1e5), capacity in
nodes, time in hours. No unit conversion and no question about brands happens behind this point.
"""

from dataclasses import dataclass, field

from planner.domain.time import Horizon
from planner.formulation.parameters.money import DataPrice, Energy, Grant, Resilience, Saving, Site, SpendTiers, Use
from planner.formulation.parameters.service import (
    CapLimit,
    Cast,
    Host,
    HostedSupply,
    Mode,
    ProgramOption,
    Service,
    SubstitutionClass,
    Window,
)

THOUSAND = 1000.0


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
    most: dict[str, int] = field(default_factory=dict)
    """Limits on whole numbers of things, by the scenario's field without `max_`: providers, pools, signings_per_year."""
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
