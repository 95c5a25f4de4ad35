r"""Market: caps on what can be had at once, over one option or over groups of options.

.. math::
    \sum_{o \in G} g_o \Big( r_{ots} + \sum_{j} e_{jo} + [\text{live}] \sum_{v} k_{ov} \Big) \le \bar G
    \qquad \forall G, t, s

========  ==========================  ================================================
symbol    in code                     unit
========  ==========================  ================================================
r_{ots}   ``x.running[o, t, s]``      nodes
k_{ov}    ``x.in_service(p, o, t)``   nodes of commitments in service (caps that count them)
e_{jo}    ``x.extra[j, o]``           nodes that run for a training run in a part of its last period
g_o       ``cap.weight``              nodes or accelerators per node
========  ==========================  ================================================

Caps over running nodes of a single option are bounds of its variables, and rows (-1 - o, t, s) where e adds to them.
Dual: thousands of dollars for one more node or accelerator in the slice.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def market(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per cap, period and slice (per period where only commitments are members)."""
    part = _parts(p, x)
    for g, cap in enumerate(p.caps):
        for t, slices in enumerate(p.hours):
            held: list[Pair] = [(e, weight) for o, weight in cap.weight for e, _ in part.get((o, t), [])]
            if cap.counts_commitments:
                held += [
                    (k, weight * nodes)
                    for o, weight in cap.weight
                    if p.options[o].terms.term
                    for k, nodes in x.serving(p, o, t)
                ]
            running = [
                [(x.running[o, t, s], weight) for o, weight in cap.weight if (o, t, s) in x.running]
                for s in range(len(slices))
            ]
            if any(running):
                for s, run in enumerate(running):
                    yield Row((g, t, s), run + held, "<=", cap.limit)
            elif held:
                yield Row((g, t, 0), held, "<=", cap.limit)
    for (o, t), extra in part.items():
        upper = p.running_upper[o]
        if upper is not None:
            for s in range(len(p.hours[t])):
                yield Row((-1 - o, t, s), [(x.running[o, t, s], 1.0), *extra], "<=", upper)


def _parts(p: Parameters, x: Variables) -> dict[tuple[int, int], list[Pair]]:
    """(o, t) → nodes that run in a part of the period for a training run, as one term."""
    found: dict[tuple[int, int], list[Pair]] = {}
    for (j, o), extra in x.extra.items():
        found.setdefault((o, p.casts[j].end - 1), []).append((extra, 1.0))
    return {(o, t): [(x.shared(("part", o, t), pairs), 1.0)] for (o, t), pairs in found.items()}


FAMILY = Family("market", market)
