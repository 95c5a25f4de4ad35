r"""Spot: at most a share of a workload's demand is served by capacity that may be taken away.

.. math::
    \sum_{c \in C^{spot}} \frac{\rho_{wc} h_{ts}}{D_{wts} h_{ts}} y_{wcts} \le \sigma_w
    \qquad \forall w : \sigma_w < 1

(over the slice for online workloads, over the period for flexible ones)

========  ===========================  =====================================
symbol    in code                      unit
========  ===========================  =====================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service
σ_w       ``p.spot_share[w]``          share of the demand
========  ===========================  =====================================
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def spot(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per demand point of the workloads whose spot share is limited."""
    for w, share in p.spot_share.items():
        classes = [
            (c, service.rate_per_hour)
            for c, group in enumerate(p.classes)
            if group.spot
            for v, service in group.column
            if v == w
        ]
        for _, t, s in p.points(w):
            slices = (s,) if (w, t, s) in p.online else range(len(p.hours[t]))
            work = p.work(w, t, s)
            pairs: list[Pair] = [
                (x.served[w, c, t, k], rate * p.hours[t][k] / work) for c, rate in classes for k in slices
            ]
            if pairs:
                yield Row((w, t, s), pairs, "<=", share)
