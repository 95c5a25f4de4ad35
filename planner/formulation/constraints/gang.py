r"""Gang: a training run is placed once, on one pool, in contiguous periods, on a constant number of nodes.

.. math::
    \sum_{j \in J_w} z_j \ge 1, \qquad g_{bt} \ge \sum_{j \in J_{bt}} n_j z_j, \qquad \sum_o e_{jo} \le n_j z_j, \\
    g_{bt} - \sum_{j \in J_{bt},\, o} e_{jo} \le \sum_{o \in R_b} r_{ots} + \sum_{o \in K_b,\, v \in win} k_{ov}
    \qquad \forall w \in W^{run}, b, t, s, j

A cast j says host b (one pool), nodes n_j and first period; the periods it holds follow from the work. e_{jo} runs by the hour for
the part of the last period that the run takes. What a host's options leave serves other work of their class.

========  =====================  ==================================================
symbol    in code                unit
========  =====================  ==================================================
z_j       ``x.placed[j]``        1 if the run is placed so
g_{bt}    ``x.gang[b, t]``       nodes that runs hold of the host in the period
r, k      ``x.running[o, t, s]``, ``x.signed[o, v]``: nodes
e_{jo}    ``x.extra[j, o]``      nodes
n_j       ``p.casts[j].nodes``   nodes
========  =====================  ==================================================
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def gang(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (w, "once"), (b, t, "held"), (b, t, s, "room"), (j, "extra")."""
    once: dict[int, list[Pair]] = {w: [] for w in p.runs}
    held: dict[tuple[int, int], list[Pair]] = {key: [] for key in x.gang}
    for j, cast in enumerate(p.casts):
        once[cast.workload].append((x.placed[j], 1.0))
        for t in range(cast.start, cast.end):
            held[cast.host, t].append((x.placed[j], -float(cast.nodes)))
    for w, pairs in once.items():
        if pairs:
            yield Row((w, "once"), pairs, ">=", 1.0)
    for (b, t), pairs in held.items():
        yield Row((b, t, "held"), [(x.gang[b, t], 1.0), *pairs], ">=", 0.0)
    yield from _room(p, x)
    extra: dict[int, list[Pair]] = {}
    for (j, _), variable in x.extra.items():
        extra.setdefault(j, []).append((variable, 1.0))
    for j, pairs in extra.items():
        yield Row((j, "extra"), [*pairs, (x.placed[j], -float(p.casts[j].nodes))], "<=", 0.0)


def _room(p: Parameters, x: Variables) -> Iterator[Row]:
    """What runs hold of a host fits on its own options, unless the class has no others."""
    partial: dict[tuple[int, int], list[Pair]] = {}
    for (j, _), extra in x.extra.items():
        cast = p.casts[j]
        partial.setdefault((cast.host, cast.end - 1), []).append((extra, -1.0))
    for (b, t), gang in x.gang.items():
        host = p.hosts[b]
        group = p.classes[host.group]
        if len(group.running) + len(group.committed) == len(host.running) + len(host.committed):
            continue
        held: list[Pair] = [(k, -1.0) for o in host.committed for k in x.window(p, o, t)]
        for s in range(len(p.hours[t])):
            run = [(x.running[o, t, s], -1.0) for o in host.running if (o, t, s) in x.running]
            yield Row((b, t, s, "room"), [(gang, 1.0), *partial.get((b, t), []), *run, *held], "<=", 0.0)
