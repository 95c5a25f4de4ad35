r"""Demand: every unit of work asked for is served, or declared unserved.

Online, in every slice (shares of the slice's demand):

.. math::
    \sum_{c} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_h a_{hts} + l_{wts} + u_{wts} \ge 1
    \qquad \forall w \in W^{online}, t, s : D_{wts} > 0

Flexible, over the period:

.. math::
    \sum_{c,s} \frac{\rho_{wc} h_{ts}}{F_{wt}} y_{wcts} + \sum_h a_{ht} + u_{wt} \ge 1
    \qquad \forall w \in W^{flex}, t : F_{wt} > 0

A training run that may stop and move, over each period of its window (the right side is its progress there):

.. math::
    \sum_{c,s} \frac{\rho_{wc} h_{ts}}{R_w} y_{wcts} \ge q_{wt} \qquad \forall w \in W^{window}, t \in T_w

========  ===========================  ==========================================
symbol    in code                      unit
========  ===========================  ==========================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service (replicas or nodes)
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
l_{wts}   ``x.lesser[w, t, s]``        share of the demand served by the fallback
u_{wts}   ``x.unserved[w, t, s]``      share of the demand
q_{wt}    ``x.progress[w, t]``         share of the run
ρ_{wc}    ``service.rate_per_hour``    work units per unit of service and hour
D_{wts}   ``p.online[w, t, s]``        work units an hour
F_{wt}    ``p.flexible[w, t]``         work units
R_w       ``p.windows[w].work``        work units
h_{ts}    ``p.hours[t][s]``            hours
========  ===========================  ==========================================

A row whose coefficients are out of the solver's scale is multiplied by a number (`in_scale`).
Dual: thousands of dollars for one more unit of the whole demand of the row.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.supply import at_least, hosted_by, paid_by_work, served_by, unserved_at
from planner.formulation.variables import Variables


def demand(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per workload, period and (for online workloads) slice with demand.

    Under agreements on spend, or a largest share of a provider, also (w, t, s, "most"): what is paid by the work alone does not
    do more than is asked for.
    """
    tempted = bool(p.agreements) or (p.provider_share is not None and p.provider_share < 1)
    for w in range(len(p.workloads)):
        if w in p.runs:
            continue
        for point in p.points(w):
            pairs = served_by(p, x, point, lambda _: True) + hosted_by(p, x, point, lambda _: True)
            lesser: list[Pair] = [(x.lesser[point], 1.0)] if point in x.lesser else []
            yield at_least(p, x, point, point, [*pairs, *lesser, *unserved_at(x, point)], 1.0)
            if tempted:
                by_work = served_by(p, x, point, paid_by_work) + hosted_by(p, x, point, lambda _: True)
                yield from [in_scale(Row((*point, "most"), by_work, "<=", 1.0))] if by_work else []


FAMILY = Family("demand", demand, asks_demand=True, scales_with_demand=True)
