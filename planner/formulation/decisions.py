"""The way back: values of variables → what is signed, what runs, who serves what. Dust is rounded off here.

The program decides by substitution class; here the work of a class is laid out over its options: commitments first (they are
paid anyway), then what is paid by the hour.
"""

from math import ceil, floor
from typing import NamedTuple

from planner.formulation.build import Built
from planner.formulation.matrix import Floats
from planner.formulation.parameters import Parameters, Service

DUST = 1e-7
NODE_PLACES = 9


class Busy(NamedTuple):
    """Part of a slice in which an option's nodes serve a workload."""

    workload: int
    option: int
    nodes: float
    units: float
    """Replicas, or nodes' worth of work."""
    service: Service


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

    def live(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service in a slice."""
        terms = p.options[o].terms
        if not terms.term:
            return self.running.get((o, t, s), 0.0)
        first = t - terms.lead - terms.term + 1
        return sum(self.signed.get((o, v), 0.0) for v in range(max(first, 0), t - terms.lead + 1))


def decisions_of(p: Parameters, built: Built, values: Floats) -> Decisions:
    """Decisions from the values of all columns (in the order of the problem's variables)."""
    value = {v.name: float(number) for v, number in zip(built.columns, values, strict=True)}
    x = built.variables
    signed = {key: _clean(value[v.name], p.whole_nodes) for key, v in x.signed.items() if value[v.name] > DUST}
    running = {key: _clean(value[v.name], p.whole_nodes) for key, v in x.running.items() if value[v.name] > DUST}
    bare = Decisions(signed, running, {}, {}, {})
    served: dict[tuple[int, int], dict[int, list[tuple[int, float]]]] = {}
    for (w, c, t, s), variable in x.served.items():
        if value[variable.name] > DUST:
            served.setdefault((t, s), {}).setdefault(c, []).append((w, value[variable.name]))
    busy = {key: _laid_out(p, bare, key, by_class) for key, by_class in served.items()}
    hosted = {
        key: _work(value[v.name] * p.work(p.hosted[key[0]].workload, key[1], key[2]))
        for key, v in x.hosted.items()
        if value[v.name] > DUST
    }
    unserved = {key: value[v.name] * p.work(*key) for key, v in x.unserved.items() if value[v.name] > DUST}
    return bare._replace(busy=busy, hosted=hosted, unserved=unserved)


def _clean(value: float, whole: bool) -> float:
    return float(round(value)) if whole else round(value, NODE_PLACES)


def _work(value: float) -> float:
    """Work of a hosted API, rounded up to a millionth of a unit (one token of an Mtok)."""
    return ceil(value * 1e6 - 1e-3) / 1e6


def _laid_out(
    p: Parameters, held: Decisions, key: tuple[int, int], by_class: dict[int, list[tuple[int, float]]]
) -> tuple[Busy, ...]:
    found: list[Busy] = []
    for c, wanted in by_class.items():
        group = p.classes[c]
        room = {o: held.live(p, o, *key) for o in (*group.committed, *group.running)}
        column = dict(group.column)
        for w, units in sorted(wanted, key=lambda item: (not column[item[0]].whole, -column[item[0]].nodes, item[0])):
            found += _fill(w, units, column[w], room, p.whole_nodes)
    return tuple(found)


def _fill(w: int, units: float, service: Service, room: dict[int, float], whole_nodes: bool) -> list[Busy]:
    """Lay units of service on options in order; whole ones as whole as the nodes left allow."""
    whole = service.whole and whole_nodes
    left = float(round(units)) if whole else units
    found: list[Busy] = []
    for as_whole in (True, False) if whole else (False,):
        for o in room:
            fit = room[o] / service.nodes
            take = min(left, floor(fit + DUST) if as_whole else fit)
            if take > DUST:
                nodes = take * service.nodes if whole else round(take * service.nodes, NODE_PLACES)
                found.append(Busy(w, o, nodes, take, service))
                room[o] -= nodes
                left -= take
    if left > DUST and found:  # dust of the solver: the last option takes it
        last = found[-1]
        found[-1] = last._replace(nodes=last.nodes + left * service.nodes, units=last.units + left)
    return found
