r"""Gang: a training run is placed once, on one pool, in contiguous periods, on a constant number of nodes.

.. math::
    \sum_{j \in J_w} z_j \ge 1, \qquad g_{ct} \ge \sum_{j \in J_{ct}} n_j z_j, \qquad \sum_o e_{jo} \le n_j z_j
    \qquad \forall w \in W^{run}, c, t, j

A cast j says class (one pool), nodes n_j and first period; the periods it holds follow from the work. e_{jo} runs by the hour for
the part of the last period that the run takes.

========  =====================  ==================================================
symbol    in code                unit
========  =====================  ==================================================
z_j       ``x.placed[j]``        1 if the run is placed so
g_{ct}    ``x.gang[c, t]``       nodes that runs hold of the class in the period
e_{jo}    ``x.extra[j, o]``      nodes
n_j       ``p.casts[j].nodes``   nodes
========  =====================  ==================================================
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def gang(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (w, "once"), (c, t, "held"), (j, "extra")."""
    once: dict[int, list[Pair]] = {w: [] for w in p.runs}
    held: dict[tuple[int, int], list[Pair]] = {key: [] for key in x.gang}
    for j, cast in enumerate(p.casts):
        once[cast.workload].append((x.placed[j], 1.0))
        for t in range(cast.start, cast.end):
            held[cast.group, t].append((x.placed[j], -float(cast.nodes)))
    for w, pairs in once.items():
        if pairs:
            yield Row((w, "once"), pairs, ">=", 1.0)
    for (c, t), pairs in held.items():
        yield Row((c, t, "held"), [(x.gang[c, t], 1.0), *pairs], ">=", 0.0)
    extra: dict[int, list[Pair]] = {}
    for (j, _), variable in x.extra.items():
        extra.setdefault(j, []).append((variable, 1.0))
    for j, pairs in extra.items():
        yield Row((j, "extra"), [*pairs, (x.placed[j], -float(p.casts[j].nodes))], "<=", 0.0)
