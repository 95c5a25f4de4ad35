r"""Demand: every unit of work asked for is served, or declared unserved.

Online, in every slice (shares of the slice's demand):

.. math::
    \sum_{c} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_h a_{hts} + u_{wts} \ge 1
    \qquad \forall w \in W^{online}, t, s : D_{wts} > 0

Flexible, over the period:

.. math::
    \sum_{c,s} \frac{\rho_{wc} h_{ts}}{F_{wt}} y_{wcts} + \sum_h a_{ht} + u_{wt} \ge 1
    \qquad \forall w \in W^{flex}, t : F_{wt} > 0

========  ===========================  ==========================================
symbol    in code                      unit
========  ===========================  ==========================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service (replicas or nodes)
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
u_{wts}   ``x.unserved[w, t, s]``      share of the demand
ρ_{wc}    ``service.rate_per_hour``    work units per unit of service and hour
D_{wts}   ``p.online[w, t, s]``        work units an hour
F_{wt}    ``p.flexible[w, t]``         work units
h_{ts}    ``p.hours[t][s]``            hours
========  ===========================  ==========================================

A row whose coefficients are out of the solver's scale is multiplied by a number (`in_scale`).
Dual: thousands of dollars for one more unit of the whole demand of the row.
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.variables import Variables


def demand(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per workload, period and (for online workloads) slice with demand."""
    serving = [(w, c, service) for c, group in enumerate(p.classes) for w, service in group.column]
    for w in range(len(p.workloads)):
        classes = [(c, service.rate_per_hour) for v, c, service in serving if v == w]
        apis = [h for h, supply in enumerate(p.hosted) if supply.workload == w]
        for _, t, s in p.points(w):
            slices = (s,) if (w, t, s) in p.online else range(len(p.hours[t]))
            work = p.work(w, t, s)
            pairs: list[Pair] = [
                (x.served[w, c, t, k], rate * p.hours[t][k] / work) for c, rate in classes for k in slices
            ]
            pairs += [(x.hosted[h, t, s], 1.0) for h in apis if (h, t, s) in x.hosted]
            pairs += [(x.unserved[w, t, s], 1.0)] if (w, t, s) in x.unserved else []
            yield in_scale(Row((w, t, s), pairs, ">=", 1.0))
