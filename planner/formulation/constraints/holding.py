r"""Holding: online work and training runs stand on whole nodes, there all through a slice; work that may wait starts and stops
nodes within it.

.. math::
    \sum_{w \in W^{hold}} n_{wc} y_{wcts} \le H_{cts}, \qquad
    \sum_{w} n_{wc} y_{wcts} \le H_{cts} + f_{cts} \qquad \forall c, t, s, \\
    H_{cts} + \sum_{b \in B_c} \Big( g_{bt} - \sum_{j,\, o} e_{jo} \Big)
    \le \sum_{g \in G_c} b_{gts} + \sum_{o \in K_c,\, v \in win} k_{ov}, \qquad
    b_{gts} \le \sum_{o \in g} r_{ots} \qquad \forall g, t, s

========  ==========================  ======================================================================
symbol    in code                     unit
========  ==========================  ======================================================================
y_{wcts}  ``x.served[w, c, t, s]``    units of service
n_{wc}    ``service.nodes``           nodes per unit of service
H_{cts}   ``x.held[c, t, s]``         whole nodes held by online work (W^hold, ``p.holding``)
f_{cts}   ``x.beyond[c, t, s]``       nodes that other work uses beyond what is free on the held ones
b_{gts}   ``x.standing[g, t, s]``     whole nodes of stand g (options that stand in for each other) all through the slice
r_{ots}   ``x.running[o, t, s]``      nodes, on average over the hours of the slice
========  ==========================  ======================================================================

The capacity row counts H + f in the place of the services. Nodes that are free on what is held are paid for: work that may wait
fills them. H is declared where replicas, or shares of nodes, take parts of nodes that may run by the hour; elsewhere the sum of the
services is whole as it is. b is declared where the nodes of a class run under several stands, and where failures are checked;
with one stand capacity says the same, for H, g, e and k are whole. Containers split.

Dual of the first row: thousands of dollars for one more node held.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters, stands_of
from planner.formulation.program import Pair, Row
from planner.formulation.supply import committed_in, held_by_runs, taken_at
from planner.formulation.variables import Variables


def holding(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (c, t, s, what) with holds, fills, stands; (g, t, s, "runs")."""
    for (c, t, s), held in x.held.items():
        used: dict[bool, list[Pair]] = {True: [], False: []}
        for w, service in p.classes[c].column:
            if (w, c, t, s) in x.served:
                used[w in p.holding].append((x.served[w, c, t, s], service.nodes))
        yield Row((c, t, s, "holds"), [*used[True], (held, -1.0)], "<=", 0.0)
        if (c, t, s) in x.beyond:
            free: list[Pair] = [(held, -1.0), (x.beyond[c, t, s], -1.0)]
            yield Row((c, t, s, "fills"), [*used[True], *used[False], *free], "<=", 0.0)
    yield from _stands(p, x)


def _stands(p: Parameters, x: Variables) -> Iterator[Row]:
    runs, there = held_by_runs(p, x), dict[tuple[int, int, int], list[Pair]]()
    stands = stands_of(p)
    for (g, t, s), standing in x.standing.items():
        stand = stands[g]
        there.setdefault((stand.group, t, s), []).append((standing, -1.0))
        run: list[Pair] = [(x.running[o, t, s], -1.0) for o in stand.options if (o, t, s) in x.running]
        yield Row((g, t, s, "runs"), [(standing, 1.0), *run], "<=", 0.0)
    for (c, t, s), standing_here in there.items():
        needed = [*taken_at(p, x, (c, t, s)), *runs.get((c, t), [])]
        if needed:
            committed: list[Pair] = [(k, -nodes) for k, nodes in committed_in(p, x, c, t)]
            yield Row((c, t, s, "stands"), [*needed, *standing_here, *committed], "<=", 0.0)


FAMILY = Family("holding", holding)
