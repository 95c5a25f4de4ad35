"""Whole nodes: which of those paid by the hour must stand all through a slice, and which options may stand in for each other there.

Work that may wait starts and stops nodes, so what runs in a slice is an average. Online work, training runs and what is to survive
a failure need nodes that are there at every moment, and those are whole under every contract. Options of a class that appear
alike in every row but for their price need no whole number each: the cheapest are used up one after the other, and at most one
of them runs for a part of the slice. They share one (`Stand`). Where more spend may reach a tier, or be missing less to one, the
cheapest are not always the best: what such an agreement covers shares with its own price alone.
"""

from typing import NamedTuple

from planner.formulation.parameters.parameters import Parameters


class Stand(NamedTuple):
    """Options paid by the hour that count together for whole nodes."""

    group: int
    """Their class."""
    options: tuple[int, ...]


def stands_of(p: Parameters) -> tuple[Stand, ...]:
    """The options of every class of whole nodes by what sets them apart in the rows of the program, in order."""
    counted: dict[int, list[tuple[int, float]]] = {}
    for g, cap in enumerate(p.caps):
        for o, weight in cap.weight:
            counted.setdefault(o, []).append((g, weight))
    covered = {o for saving in p.savings for o, _ in saving.covers}
    found: dict[tuple[object, ...], list[int]] = {}
    for c, group in enumerate(p.classes):
        for o in group.running if p.whole_nodes and group.kin.delivery != "container" else ():
            option = p.options[o].option
            deals = tuple(a for a, agreement in enumerate(p.agreements) if o in agreement.options)
            support = p.support.get(option.provider, 0.0)
            alone = o if o in covered or option.exact_nodes is not None else -1
            counts = any(not (p.agreements[a].take_or_pay and p.agreements[a].after_discount) for a in deals)
            price = p.options[o].terms.usd_per_hour if counts else ()
            key = c, tuple(counted.get(o, ())), deals, support, p.options[o].tonnes, alone, price
            found.setdefault(key, []).append(o)
    return tuple(Stand(int(str(key[0])), tuple(options)) for key, options in found.items())


class Standing(NamedTuple):
    """Where whole nodes are asked for."""

    stands: tuple[Stand, ...]
    hourly: dict[tuple[int, int], list[int]]
    """(class, period) → stands that may run in it."""
    split: frozenset[int]
    """Classes of whose nodes online work may take parts."""


def standing_of(p: Parameters) -> Standing:
    """Stands, when they may run, and the classes of which parts are taken."""
    stands, hourly = stands_of(p), dict[tuple[int, int], list[int]]()
    for g, stand in enumerate(stands):
        for t in range(len(p.hours)):
            if any(p.options[o].terms.usable[t] for o in stand.options):
                hourly.setdefault((stand.group, t), []).append(g)
    split = {
        c
        for c, group in enumerate(p.classes)
        if any(w in p.holding and not (s.whole and float(s.nodes).is_integer()) for w, s in group.column)
    }
    return Standing(stands, hourly, frozenset(split))
