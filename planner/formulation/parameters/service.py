"""What serves what: options as the program sees them, classes, hosted supply, caps, training runs, fallback."""

from typing import NamedTuple

from planner.domain.options import Option, Terms


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
