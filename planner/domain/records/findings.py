"""What was found on the way to a plan: what fits, what does not and why, and where the accountants disagree."""

from typing import Any, Literal, NamedTuple

Bottleneck = Literal[
    "memory",
    "latency",
    "precision",
    "specification",
    "throughput",
    "vendor",
    "accelerator",
    "provider",
    "region",
    "country",
    "weights",
    "contract",
    "term",
    "price_age",
    "access",
    "estimate",
    "spot",
    "context",
    "delivery",
    "carbon",
    "deadline",
    "interconnect",
]
"""The first thing that stands in the way."""


class Fit(NamedTuple):
    """How one node type serves one workload. Rates are planned ones: utilisation and derating are in them."""

    workload: str
    accelerator: str
    count: int  # type: ignore[assignment]  # shadows a method of tuple
    """Accelerators per node."""
    rate_per_node_hour: float
    """Work units a node serves in an hour when it does nothing else."""
    replica_nodes: float
    """Nodes one replica takes: 1/k where k replicas share a node, a whole number where a replica spans
    nodes; 0 for work that needs no replicas (training, development) and splits freely."""
    precision: str = ""
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    batch: int = 0
    """Concurrent sequences per replica."""
    ttft_ms: float = 0.0
    tpot_ms: float = 0.0
    memory_needed_gb: float = 0.0
    """Per accelerator, at that batch."""
    basis: Literal["sized", "measured"] = "sized"
    derivation: tuple[tuple[str, float, str], ...] = ()
    """(what, value, unit), in the order of the calculation."""
    rate_low: float = 0.0
    """`rate_per_node_hour` if sizing errs as in the worst tenth of measurements; measured rates are what they are."""
    rate_high: float = 0.0
    """The same for the best tenth."""


class Rejection(NamedTuple):
    """Why an option cannot serve a workload: the bottleneck, what was needed, what is offered."""

    workload: str
    subject: str
    """The accelerator, node type or option rejected."""
    bottleneck: Bottleneck
    needed: str
    offered: str


class Cause(NamedTuple):
    """One reason why no plan exists, in the user's words."""

    family: str
    workload: str | None
    period: str | None
    have: float | None
    need: float | None
    unit: str
    message: str
    fix: str
    limits: tuple[str, ...] = ()
    """Paths of the limits that it is about, `*` for any part: `workloads.*.latency`. What is done about it goes by them."""


class Repair(NamedTuple):
    """A change of the scenario that was tried and makes a plan possible."""

    change: str
    """What is done to which field."""
    by: str
    """From what to what."""
    npv_usd: float | None = None
    """NPV of the plan that becomes possible."""
    when: str | None = None
    """Plan-years or periods whose limits move, where only some do."""
    set: dict[str, Any] = {}
    """Path → value: the change as `--set` takes it."""


class Conflict(NamedTuple):
    """One of the limits that exclude one another."""

    path: str
    said: str
    value: str


class Diagnosis(NamedTuple):
    """Why a scenario has no plan, and what would give it one."""

    causes: tuple[Cause, ...]
    repairs: tuple[Repair, ...]
    conflict: tuple[Conflict, ...]
    """Limits of the user's that leave no plan together, none of which can be spared; empty where the limits are not the reason."""
    complete: bool = True
    """False if the time was over before all ways out were tried, or somebody interrupted."""
