"""What a plan decides: what is signed, what runs, who serves what."""

from typing import NamedTuple

from planner.formulation.parameters import Cast, Parameters, Service


class Busy(NamedTuple):
    """Part of a slice in which an option's nodes serve a workload."""

    workload: int
    option: int
    nodes: float
    """On average over the slice."""
    units: float
    """Replicas, or nodes' worth of work."""
    service: Service


class RunPart(NamedTuple):
    """Nodes of one option that a training run holds in a period, and for how many hours."""

    option: int
    period: int
    nodes: float
    hours: float
    extra: bool
    """Whether the nodes run for the run alone, in a part of its last period."""
    ending: bool = False
    """Whether they are of a block that is there for the first part of the period."""


class Placed(NamedTuple):
    """A training run where it is placed."""

    cast: Cast
    parts: tuple[RunPart, ...]


class Decisions(NamedTuple):
    """All decisions, by the indices of the parameters."""

    signed: dict[tuple[int, int], float]
    """(o, v) → nodes."""
    running: dict[tuple[int, int, int], float]
    """(o, t, s) → nodes."""
    busy: dict[tuple[int, int], tuple[Busy, ...]]
    """(t, s) → who serves what."""
    hosted: dict[tuple[int, int, int], float]
    """(h, t, s) → work units."""
    unserved: dict[tuple[int, int, int], float]
    """(w, t, s) → work units."""
    runs: tuple[Placed, ...] = ()
    sent: dict[tuple[int, str, int, int], float] = {}
    """(w, provider, t, s) → work units whose data leaves from the provider."""
    stored: frozenset[tuple[int, str]] = frozenset()
    """(w, provider) where data is kept."""
    covered: dict[tuple[int, int, int, int], float] = {}
    """(o, i, t, s) → running nodes of option o that savings plan i covers."""
    levels: dict[tuple[int, int], int] = {}
    """(a, y) → tier of agreement a in plan-year y."""
    opened: dict[int, int] = {}
    """k → period in which site k is opened."""
    credit: dict[tuple[int, int], float] = {}
    """(i, t) → credits used, USD; bounded by the bills when they are known."""
    credited: dict[tuple[int, int, int], float] = {}
    """(a, y, t) → what of them pays for what agreement a covers in plan-year y, USD; exact when the bills are known."""

    def held_by_runs(self, o: int, t: int) -> float:
        """Nodes of an option that training runs hold all through a period, beside those that run for them alone."""
        return sum(
            part.nodes
            for placed in self.runs
            for part in placed.parts
            if part.option == o and part.period == t and not part.extra and not part.ending
        )

    def ending_for_runs(self, o: int, t: int) -> float:
        """Nodes of a block that ends within a period that training runs hold in it."""
        parts = (part for placed in self.runs for part in placed.parts if part.ending)
        return sum(part.nodes for part in parts if (part.option, part.period) == (o, t))

    def lasting(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service all through a slice."""
        terms = p.options[o].terms
        if not terms.term:
            return self.running.get((o, t, s), 0.0)
        whole = terms.term - (p.options[o].option.period_share < 1)
        first = t - terms.lead - whole + 1
        return sum(self.signed.get((o, v), 0.0) for v in range(max(first, 0), t - terms.lead + 1))

    def brief(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Of them what is there for a part of the slice only: what runs by the hour beyond whole nodes."""
        option = p.options[o].option
        if not p.whole_nodes or p.options[o].terms.term or option.delivery == "container":
            return 0.0
        return self.lasting(p, o, t, s) % 1.0

    def ending(self, p: Parameters, o: int, t: int) -> float:
        """Nodes of a block that are there for the first part of a period."""
        terms = p.options[o].terms
        if p.options[o].option.period_share == 1:
            return 0.0
        return self.signed.get((o, t - terms.lead - terms.term + 1), 0.0)

    def live(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service in a slice, of blocks that end in its period their share of it."""
        return self.lasting(p, o, t, s) + self.ending(p, o, t) * p.options[o].option.period_share

    def free(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service that no training run holds."""
        ending = max(self.ending(p, o, t) - self.ending_for_runs(o, t), 0.0)
        return self.lasting(p, o, t, s) - self.held_by_runs(o, t) + ending * p.options[o].option.period_share
