r"""Capacity (balance): what a class serves fits on the nodes that run and the commitments in service.

.. math::
    u_{cts} + \sum_{b \in B_c} \Big( g_{bt} - \sum_{j \in J_{bt},\, o} (e_{jo} + \beta_{jo}) \Big)
    \le \sum_{o \in R_c} r_{ots} + \sum_{o \in K_c} \sum_{v = t-\ell_o-L_o+1}^{t-\ell_o} k_{ov}
    \qquad \forall c, t, s, \qquad
    u_{cts} = \begin{cases} H_{cts} + f_{cts} & \text{where nodes are held} \\ \sum_{w} n_{wc} y_{wcts} & \text{elsewhere}
    \end{cases}

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
H_{cts}   ``x.held[c, t, s]``         whole nodes that online work holds (family `holding`)
f_{cts}   ``x.beyond[c, t, s]``       nodes that work which may wait uses beyond them
g_{bt}    ``x.gang[b, t]``            nodes that training runs hold of host b (a pool) in the period
e_{jo}    ``x.extra[j, o]``           nodes that run for a run in a part of its last period only
β_{jo}    ``x.ending[j, o]``          nodes of blocks on which a run ends, within their common last period
r_{ots}   ``x.running[o, t, s]``      nodes, on average over the hours of the slice
k_{ov}    ``x.signed[o, v]``          nodes signed in v (window sum over the term)
========  ==========================  =====================================

Containers run for work alone: where an agreement on spend might pay for idle ones, their rows are equations.

Dual: thousands of dollars for one more node of the class in the slice.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.supply import committed_in, held_by_runs, paid_by_work, taken_at
from planner.formulation.variables import Variables


def capacity(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per substitution class, period and slice in which it can serve anything."""
    gangs = held_by_runs(p, x)
    ending: dict[tuple[int, int], list[Pair]] = {}
    for (j, o), nodes in x.ending.items():
        ending.setdefault((o, p.casts[j].end - 1), []).append((nodes, 1.0))
    for c, group in enumerate(p.classes):
        fixed = any(p.options[o].option.exact_nodes is not None for o in group.running)
        by_use = bool(p.agreements) and paid_by_work(group) and not fixed
        for t, slices in enumerate(p.hours):
            held: list[Pair] = [(k, -nodes) for k, nodes in committed_in(p, x, c, t)]
            if group.part:
                held += [pair for o in group.committed for pair in ending.get((o, t), [])]
            held += gangs.get((c, t), [])
            for s in range(len(slices)):
                used = _used(p, x, (c, t, s))
                run = [(x.running[o, t, s], -1.0) for o in group.running if (o, t, s) in x.running]
                if used or (c, t) in gangs or any((o, t) in ending for o in group.committed if group.part):
                    yield Row((c, t, s), used + run + held, "==" if by_use and not held else "<=", 0.0)


def _used(p: Parameters, x: Variables, at: tuple[int, int, int]) -> list[Pair]:
    """Nodes of a class that its work takes in a slice."""
    if at in x.held:
        return [*taken_at(p, x, at), *([(x.beyond[at], 1.0)] if at in x.beyond else [])]
    return [(x.served[w, *at], service.nodes) for w, service in p.classes[at[0]].column if (w, *at) in x.served]


FAMILY = Family("capacity", capacity)
