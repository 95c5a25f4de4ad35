"""Parameters: every set and every number the mathematics needs, in final units.

Money is in thousands of US dollars of present value (coefficients stay within 1e-4 .. 1e5), capacity in
nodes, time in hours. No unit conversion and no question about brands happens behind this point.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from planner.domain.horizon import Horizon
from planner.domain.option import Option, Terms

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


class SubstitutionClass(NamedTuple):
    """Pools with the same efficiency column: any split of the use of a class over its options is feasible.

    Exact with caps, budgets, tiers and integers, because all of these speak of nodes held, not of who serves whom.
    """

    column: Column
    spot: bool
    running: tuple[int, ...]
    """Options of the class paid by the hour."""
    committed: tuple[int, ...]
    """Commitments of the class."""
    most_useful_nodes: float
    """More nodes than this at once can serve nothing: all demand at its peak on this class alone."""


class ProgramOption(NamedTuple):
    """An option with its cost coefficients; arrays by period of use (t) or of signing (v)."""

    option: Option
    terms: Terms
    cost: tuple[float, ...]
    """Commitments: present value of signing one node in v, terminal rule included. Paid by use: present value
    of one node-hour (or work unit) in t. Thousands of dollars."""
    cash: tuple[dict[int, float], ...]
    """Undiscounted cash by plan-year of the same unit, thousands of dollars."""


class HostedSupply(NamedTuple):
    """A hosted API serving one workload."""

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
    given: dict[tuple[int, int], float] = field(default_factory=dict)
    """(o, v) → signings that are not to be decided but given, nodes."""

    def wanted(self, w: int, t: int, s: int) -> bool:
        """Whether workload w may use capacity in the slice."""
        return self.online.get((w, t, s), 0.0) > 0 or self.flexible.get((w, t), 0.0) > 0

    def points(self, w: int) -> list[tuple[int, int, int]]:
        """Where workload w has demand: every (w, t, s) if online, every (w, t, 0) if flexible."""
        online = [key for key, rate in self.online.items() if key[0] == w and rate > 0]
        return online or [(w, t, 0) for (f, t), work in self.flexible.items() if f == w and work > 0]

    def work(self, w: int, t: int, s: int) -> float:
        """Work units asked for at a demand point."""
        rate = self.online.get((w, t, s))
        return self.flexible[w, t] if rate is None else rate * self.hours[t][s]
