"""What of a plan is next to nothing: left out, and what it did is done by others."""

from planner.formulation import Variables
from planner.formulation.parameters import Parameters

DUST = 1e-7
"""Nodes that are none beside a whole one; a part of what is at work, or of a demand, that is none."""

Key = tuple[int, ...]


def at_work(
    p: Parameters, x: Variables, value: dict[str, float]
) -> tuple[dict[tuple[int, int, int, int], float], dict[tuple[int, int, int], float]]:
    """Units of service by (w, c, t, s), and shares of a demand by (h, t, s) of hosted APIs.

    What is `DUST` both of a node and of the demand is left out; the largest part of the same demand does its work.
    """
    units = {key: value[v.name] for key, v in x.served.items() if value[v.name] > 0}
    hosted = {key: value[v.name] for key, v in x.hosted.items() if value[v.name] > 0}
    columns = [dict(group.column) for group in p.classes]
    share_of_unit: dict[Key, float] = {
        (w, c, t, s): columns[c][w].rate_per_hour * p.hours[t][s] / p.work(w, t, s) for w, c, t, s in units
    }
    demands: dict[Key, list[Key]] = {}
    for w, c, t, s in units:
        demands.setdefault(_demand(p, w, t, s), []).append((w, c, t, s))
    for h, t, s in hosted:
        demands.setdefault(_demand(p, p.hosted[h].workload, t, s), []).append((h, t, s))
    found: dict[Key, float] = dict([*units.items(), *hosted.items()])
    for parts in demands.values():
        shares = {key: found[key] * share_of_unit.get(key, 1.0) for key in parts}
        dust = [key for key in parts if max(found[key], shares[key]) <= DUST]
        if len(dust) < len(parts):
            largest = max(parts, key=shares.__getitem__)
            found[largest] += sum(shares[key] for key in dust) / share_of_unit.get(largest, 1.0)
        for key in dust:
            del found[key]
    return {key: found[key] for key in units if key in found}, {key: found[key] for key in hosted if key in found}


def _demand(p: Parameters, w: int, t: int, s: int) -> Key:
    """Of online work a slice, of work that waits a period."""
    return (w, t, s) if (p.parent(w), t, s) in p.online else (w, t)


def least_nodes(p: Parameters, units: dict[tuple[int, int, int, int], float]) -> dict[Key, float]:
    """Nodes of an option that are dust, by (o, t, s), and by (o,) at any time, where its class serves less than a whole node."""
    columns = [dict(group.column) for group in p.classes]
    busy: dict[tuple[int, int, int], float] = {}
    for (w, c, t, s), number in units.items():
        busy[c, t, s] = busy.get((c, t, s), 0.0) + number * columns[c][w].nodes
    most: dict[Key, float] = {}
    for (c, t, s), nodes in busy.items():
        for o in (*p.classes[c].running, *p.classes[c].committed):
            for key in ((o, t, s), (o,)):
                most[key] = max(most.get(key, 0.0), nodes)
    return {key: DUST * nodes for key, nodes in most.items() if nodes < 1}
