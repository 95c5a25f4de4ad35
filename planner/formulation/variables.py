"""Variables, with a one-line meaning each (`declare.py` declares them). Names are indices, never user text."""

from dataclasses import dataclass, field
from typing import Any

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair as ProgramPair
from planner.formulation.program import Sense, Sum

FEW = 3
"""From so many terms on a sum is counted as one."""
Pair = tuple[int, int]
Point = tuple[int, int, int]
Sums = dict[tuple[Any, ...], Sum]


@dataclass(slots=True)
class Variables:
    """All decision variables of a program."""

    served: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(w, c, t, s) → units of service (replicas, or nodes' worth) that class c gives workload w in the slice."""
    running: dict[Point, Any] = field(default_factory=dict)
    """(o, t, s) → nodes of a by-the-hour option that run in the slice, on average over its hours."""
    held: dict[Point, Any] = field(default_factory=dict)
    """(c, t, s) → whole nodes of class c that online work holds all through the slice, where they are not whole as it is."""
    beyond: dict[Point, Any] = field(default_factory=dict)
    """(c, t, s) → nodes of class c that work which may wait uses beyond what is free on the held ones."""
    standing: dict[Point, Any] = field(default_factory=dict)
    """(g, t, s) → whole nodes of stand g (`standing.py`) that run all through the slice, where those of its class do not say so."""
    signed: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → nodes signed in period v."""
    open: dict[Pair, Any] = field(default_factory=dict)
    """(k, v) → 1 if site k has been opened by period v."""
    modules: dict[Pair, Any] = field(default_factory=dict)
    """(k, t) → modules of power that are live at site k, where it is built in modules."""
    opened: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → 1 if anything is signed in v, where a signing has a minimum quantity."""
    used: dict[int, Any] = field(default_factory=dict)
    """i → 1 if use i (a provider, a pool, an option) is made at all."""
    hosted: dict[Point, Any] = field(default_factory=dict)
    """(h, t, s) → share of the workload's demand that a hosted API serves; s = 0 for flexible workloads."""
    unserved: dict[Point, Any] = field(default_factory=dict)
    """(w, t, s) → share of the demand left unserved; s = 0 for flexible workloads, t = 0 for training runs."""
    placed: dict[int, Any] = field(default_factory=dict)
    """j → 1 if the run of cast j is placed as it says."""
    homeless: dict[int, Any] = field(default_factory=dict)
    """w → 0, for a run that no pool can host in its window."""
    gang: dict[Pair, Any] = field(default_factory=dict)
    """(b, t) → nodes of host b that training runs hold all through the period."""
    extra: dict[Pair, Any] = field(default_factory=dict)
    """(j, o) → nodes of a by-the-hour option that run for cast j in the part of its last period that it takes."""
    ending: dict[Pair, Any] = field(default_factory=dict)
    """(j, o) → nodes of block o that serve cast j in the part of its last period that it takes, which is the block's last."""
    backed: dict[int, Any] = field(default_factory=dict)
    """j → nodes of cast j that stand on commitments, where its host has any."""
    progress: dict[Pair, Any] = field(default_factory=dict)
    """(w, t) → share of the work of a run that may stop and move that is done in the period."""
    lesser: dict[Point, Any] = field(default_factory=dict)
    """(w, t, s) → share of the demand that workload w's fallback serves."""
    sent: dict[tuple[int, str, int, int], Any] = field(default_factory=dict)
    """(w, provider, t, s) → share of the demand whose data leaves from the provider; s = 0 for flexible workloads."""
    stored: dict[tuple[int, str], Any] = field(default_factory=dict)
    """(w, provider) → 1 if the data of the workload is kept there."""
    credit: dict[Pair, Any] = field(default_factory=dict)
    """(i, t) → credits of grant i used in the period, thousands of dollars."""
    credited: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, t) → what credits pay in the period of the spend of plan-year y that agreement a covers, thousands of dollars."""
    level: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → 1 if tier l of agreement a holds in plan-year y (y = 0: in all, where one is signed for the horizon)."""
    tiered: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → covered spend of plan-year y less what credits pay of it, at tier l, thousands of dollars."""
    missing: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → what is missing to the minimum of tier l and paid, thousands of dollars."""
    covered: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(o, i, t, s) → running nodes of option o that savings plan i covers in the slice."""
    rescue: dict[tuple[int, int, int, int, int], Any] = field(default_factory=dict)
    """(d, w, k, t, s) → nodes of column k that serve workload w when domain d has failed."""
    standby: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(d, b, t, s) → nodes of standby pool b that are started when domain d has failed."""
    ready: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(k, d, t, s) → nodes of column k in domain d that could serve in an emergency; d = 0: in all domains."""

    sums: Sums = field(default_factory=dict)
    """What several rows count together, under a key of those who count."""

    def window(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of commitment o that are in service all through period t: the window sum of its starts."""
        terms = p.options[o].terms
        whole = terms.term - (p.options[o].option.period_share < 1)
        first = max(t - terms.lead - whole + 1, 0)
        return [self.signed[o, v] for v in range(first, t - terms.lead + 1) if (o, v) in self.signed]

    def last(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of block o that are there for the first part of period t."""
        terms = p.options[o].terms
        v = t - terms.lead - terms.term + 1
        return [self.signed[o, v]] if p.options[o].option.period_share < 1 and (o, v) in self.signed else []

    def alive(self, p: Parameters, o: int, t: int) -> list[ProgramPair]:
        """The same window sum, as one term where it has several: that of t − 1, what has started since, less what has ended."""
        now, key = self.window(p, o, t), ("alive", o, t)
        if len(now) < FEW:
            return [(signed, 1.0) for signed in now]
        if key not in self.sums:
            self.shared(key, self._since(p, o, t, now))
        return [(self.sums[key], 1.0)]

    def _since(self, p: Parameters, o: int, t: int, now: list[Any]) -> list[ProgramPair]:
        before = self.window(p, o, t - 1) if t else []
        if len(before) < FEW:
            return [(signed, 1.0) for signed in now]
        were, are = {signed.name for signed in before}, {signed.name for signed in now}
        started = [(signed, 1.0) for signed in now if signed.name not in were]
        ended = [(signed, -1.0) for signed in before if signed.name not in are]
        return [*self.alive(p, o, t - 1), *started, *ended]

    def serving(self, p: Parameters, o: int, t: int) -> list[ProgramPair]:
        """`in_service`, in few terms."""
        return [*((signed, 1.0) for signed in self.last(p, o, t)), *self.alive(p, o, t)]

    def committed(self, p: Parameters, c: int, t: int) -> list[ProgramPair]:
        """Nodes of a class that are in service under commitments, as one term."""
        group = p.classes[c]
        if group.part:
            pairs = [(signed, 1.0) for o in group.committed for signed in self.last(p, o, t)]
        else:
            pairs = [pair for o in group.committed for pair in self.alive(p, o, t)]
        return pairs if len(pairs) < FEW else [(self.shared(("committed", c, t), pairs), 1.0)]

    def shared(self, key: tuple[Any, ...], pairs: list[ProgramPair], sense: Sense = "==") -> Sum:
        """The sum under a key; made of the pairs when it is first asked for."""
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = Sum(pairs, sense)
        return found

    def in_service(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of commitment o that are in service at any time of period t."""
        return [*self.last(p, o, t), *self.window(p, o, t)]
