r"""Savings: what a savings plan covers of the nodes that run on demand, within the dollars an hour committed.

.. math::
    \sum_i g_{oits} \le r_{ots}, \qquad
    \sum_{o} (1 - \delta_{oi})\, p_{ot}\, g_{oits} \le \sum_{v = t-L_i+1}^{t} k_{iv} \qquad \forall o, i, t, s

========  ============================  ================================================================
symbol    in code                       unit
========  ============================  ================================================================
g_{oits}  ``x.covered[o, i, t, s]``     nodes of option o that run and are covered by plan i
r_{ots}   ``x.running[o, t, s]``        nodes
k_{iv}    ``x.window(p, o, t)``         dollars an hour signed in v, of the plan's own option
p_{ot}    ``terms.usd_per_hour[t]``     USD per node-hour on demand, in the period of use
δ_{oi}    ``p.savings[i].covers``       discount of the plan on the option
========  ============================  ================================================================

What is committed is paid in every hour of the term, used or not; a covered node costs nothing beyond it: its price on demand
is taken off again. Where one plan is in force the best use of it covers the highest discounts first, as providers do: a
covered dollar saves δ / (1 − δ) of a dollar committed. Nodes that run for a training run in a part of its last period are
not covered.

Dual of the second row: thousands of dollars for one more dollar an hour in the slice.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def savings(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (o, t, s, "runs"), (i, t, s, "committed")."""
    by_node: dict[tuple[int, int, int], list[Pair]] = {}
    by_plan: dict[tuple[int, int, int], list[Pair]] = {}
    discounts = [dict(saving.covers) for saving in p.savings]
    for (o, i, t, s), nodes in x.covered.items():
        by_node.setdefault((o, t, s), []).append((nodes, 1.0))
        usd = (1.0 - discounts[i][o]) * p.options[o].terms.usd_per_hour[t]
        by_plan.setdefault((i, t, s), []).append((nodes, usd))
    for (o, t, s), covered in by_node.items():
        yield Row((o, t, s, "runs"), [*covered, (x.running[o, t, s], -1.0)], "<=", 0.0)
    for (i, t, s), used in by_plan.items():
        committed: list[Pair] = [(k, -1.0) for k in x.window(p, p.savings[i].option, t)]
        yield Row((i, t, s, "committed"), [*used, *committed], "<=", 0.0)


FAMILY = Family("savings", savings)
