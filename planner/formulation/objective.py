r"""Objective: discounted total cost of ownership, thousands of dollars.

.. math::
    \min \sum_{o,v} c_{ov} k_{ov} + \sum_{o,t,s} c_{ot} h_{ts} r_{ots} + \sum_{h,t,s} c_{ht} W_{wts} a_{hts}
    + \sum_{w,t,s} \pi_{wt} W_{wts} u_{wts}

The coefficients are present values (`present_value.py`); every term has a name, so that a report or a test
can ask for one of them.
"""

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair
from planner.formulation.variables import Variables


def cost_terms(p: Parameters, x: Variables) -> dict[str, list[Pair]]:
    """Named cost terms: commitments, by the hour (on demand and spot), hosted APIs, unserved demand."""
    return {
        "commitments": [(k, p.options[o].cost[v]) for (o, v), k in x.signed.items()],
        "running": [(r, p.options[o].cost[t] * p.hours[t][s]) for (o, t, s), r in x.running.items()],
        "hosted": [(a, p.hosted[h].cost[t] * p.work(p.hosted[h].workload, t, s)) for (h, t, s), a in x.hosted.items()],
        "unserved": [(u, p.unserved[w][1][t] * p.work(w, t, s)) for (w, t, s), u in x.unserved.items()],
    }
