r"""Capacity (balance): what a class serves fits on the nodes that run and the commitments in service.

.. math::
    \sum_{w} n_{wc} y_{wcts} + \sum_{b \in B_c} \Big( g_{bt} - \sum_{j \in J_{bt},\, o} (e_{jo} + \beta_{jo}) \Big)
    \le \sum_{o \in R_c} r_{ots} + \sum_{o \in K_c} \sum_{v = t-\ell_o-L_o+1}^{t-\ell_o} k_{ov}
    \qquad \forall c, t, s

A block of which only the first part of its last period is left is no capacity in it; there it stands in a class of its own, whose
rates are those of the part and whose nodes are the blocks k_{ov}, v = t-\ell_o-L_o+1, that end in t:

.. math::
    \sum_{w} n_{wc} y_{wcts} + \sum_{o \in K_c,\, j} \beta_{jo} \le \sum_{o \in K_c} k_{ov}
    \qquad \forall c \in C^{part}, t, s

========  ==========================  =====================================
symbol    in code                     unit
========  ==========================  =====================================
y_{wcts}  ``x.served[w, c, t, s]``    units of service
n_{wc}    ``service.nodes``           nodes per unit of service
g_{bt}    ``x.gang[b, t]``            nodes that training runs hold of host b (a pool) in the period
e_{jo}    ``x.extra[j, o]``           nodes that run for a run in a part of its last period only
β_{jo}    ``x.ending[j, o]``          nodes of blocks on which a run ends, within their common last period
r_{ots}   ``x.running[o, t, s]``      nodes
k_{ov}    ``x.signed[o, v]``          nodes signed in v (window sum over the term)
========  ==========================  =====================================

Dual: thousands of dollars for one more node of the class in the slice.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def capacity(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per substitution class, period and slice in which it can serve anything."""
    gangs: dict[tuple[int, int], list[Pair]] = {}
    for (b, t), gang in x.gang.items():
        gangs.setdefault((p.hosts[b].group, t), []).append((gang, 1.0))
    for (j, _), extra in x.extra.items():
        cast = p.casts[j]
        gangs[p.hosts[cast.host].group, cast.end - 1].append((extra, -1.0))
    ending: dict[tuple[int, int], list[Pair]] = {}
    for (j, o), nodes in x.ending.items():
        cast = p.casts[j]
        gangs[p.hosts[cast.host].group, cast.end - 1].append((nodes, -1.0))
        ending.setdefault((o, cast.end - 1), []).append((nodes, 1.0))
    for c, group in enumerate(p.classes):
        there = x.last if group.part else x.window
        for t, slices in enumerate(p.hours):
            held: list[Pair] = [(k, -1.0) for o in group.committed for k in there(p, o, t)]
            if group.part:
                held += [pair for o in group.committed for pair in ending.get((o, t), [])]
            held += gangs.get((c, t), [])
            for s in range(len(slices)):
                used = [
                    (x.served[w, c, t, s], service.nodes) for w, service in group.column if (w, c, t, s) in x.served
                ]
                run = [(x.running[o, t, s], -1.0) for o in group.running if (o, t, s) in x.running]
                if used or (c, t) in gangs or any((o, t) in ending for o in group.committed if group.part):
                    yield Row((c, t, s), used + run + held, "<=", 0.0)


FAMILY = Family("capacity", capacity)
