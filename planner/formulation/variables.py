"""Variables: declared once, with bounds and a one-line meaning each. Names are indices, never user text."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from planner.formulation.parameters import Parameters

Pair = tuple[int, int]
Point = tuple[int, int, int]


@dataclass(slots=True)
class Variables:
    """All decision variables of a program."""

    served: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(w, c, t, s) → units of service (replicas, or nodes' worth) that class c gives workload w in the slice."""
    running: dict[Point, Any] = field(default_factory=dict)
    """(o, t, s) → nodes of a by-the-hour option that run in the slice."""
    signed: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → nodes signed in period v."""
    opened: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → 1 if anything is signed in v, where a signing has a minimum quantity."""
    hosted: dict[Point, Any] = field(default_factory=dict)
    """(h, t, s) → share of the workload's demand that a hosted API serves; s = 0 for flexible workloads."""
    unserved: dict[Point, Any] = field(default_factory=dict)
    """(w, t, s) → share of the demand left unserved; s = 0 for flexible workloads."""

    def window(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of commitment o that are in service in period t: the window sum of its starts."""
        terms = p.options[o].terms
        first = max(t - terms.lead - terms.term + 1, 0)
        return [self.signed[o, v] for v in range(first, t - terms.lead + 1) if (o, v) in self.signed]


def declare(problem: Any, p: Parameters) -> Variables:
    """Declare every variable of the program in a PuLP problem."""
    x = Variables()
    nodes = "Integer" if p.whole_nodes else "Continuous"
    for c, group in enumerate(p.classes):
        for o in group.committed:
            _declare_signings(problem, p, x, o, group.most_useful_nodes, nodes)
        for t, slices in enumerate(p.hours):
            for s in range(len(slices)):
                for o in group.running:
                    if p.options[o].terms.usable[t]:
                        x.running[o, t, s] = _running(problem, p, o, t, s, nodes)
                for w, service in group.column:
                    if p.wanted(w, t, s):
                        kind = "Integer" if service.whole and p.whole_nodes else "Continuous"
                        x.served[w, c, t, s] = problem.add_variable(f"served_{w}_{c}_{t}_{s}", 0, None, kind)
    _declare_work(problem, p, x)
    return x


def _running(problem: Any, p: Parameters, o: int, t: int, s: int, kind: str) -> Any:
    exact = p.options[o].option.exact_nodes
    upper = p.running_upper[o] if exact is None else exact
    return problem.add_variable(f"running_{o}_{t}_{s}", exact or 0, upper, kind)


def _declare_signings(problem: Any, p: Parameters, x: Variables, o: int, useful: float, kind: str) -> None:
    option, terms = p.options[o].option, p.options[o].terms
    exact = option.exact_nodes
    upper = max(ceil(useful), option.min_nodes) if exact is None else exact
    if option.max_nodes is not None and exact is None:
        upper = min(upper, option.max_nodes)
    for v in terms.signing:
        if (o, v) in p.given:
            x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", p.given[o, v], p.given[o, v], kind)
            continue
        x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", exact or 0, upper, kind)
        if option.min_nodes > 1 and exact is None:
            binary = "Integer" if p.whole_nodes else "Continuous"
            x.opened[o, v] = problem.add_variable(f"opened_{o}_{v}", 0, 1, binary)


def _declare_work(problem: Any, p: Parameters, x: Variables) -> None:
    for h, supply in enumerate(p.hosted):
        for _, t, s in p.points(supply.workload):
            if supply.usable[t]:
                x.hosted[h, t, s] = problem.add_variable(f"hosted_{h}_{t}_{s}", 0, 1)
    for w, (fraction, _) in p.unserved.items():
        for _, t, s in p.points(w):
            x.unserved[w, t, s] = problem.add_variable(f"unserved_{w}_{t}_{s}", 0, fraction)
