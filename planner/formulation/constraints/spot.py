r"""Spot: capacity that stays can serve all but a share of a workload's demand.

.. math::
    \sum_{c \notin C^{spot}} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_h a_{hts} + u_{wts} \ge 1 - \sigma_w
    \qquad \forall w : 0 < \sigma_w < 1

(over the slice for online workloads, over the period for flexible ones)

========  ===========================  =====================================
symbol    in code                      unit
========  ===========================  =====================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
u_{wts}   ``x.unserved[w, t, s]``      share of the demand
σ_w       ``p.spot_share[w]``          share of the demand
========  ===========================  =====================================

Where work splits freely this says that spot serves at most σ of the demand. With whole replicas it lets a spot replica stand
idle in part, instead of forbidding it because it could do more than its share.
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.variables import Variables


def spot(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per demand point of the workloads that may use spot up to a share."""
    serving = [(w, c, service) for c, group in enumerate(p.classes) for w, service in group.column]
    tempted = {w for w, c, _ in serving if p.classes[c].spot}
    for w, share in p.spot_share.items():
        if w not in tempted:
            continue
        firm = [(c, service.rate_per_hour) for v, c, service in serving if v == w and not p.classes[c].spot]
        apis = [h for h, supply in enumerate(p.hosted) if supply.workload == w]
        for _, t, s in p.points(w):
            slices = (s,) if (w, t, s) in p.online else range(len(p.hours[t]))
            work = p.work(w, t, s)
            pairs: list[Pair] = [
                (x.served[w, c, t, k], rate * p.hours[t][k] / work) for c, rate in firm for k in slices
            ]
            pairs += [(x.hosted[h, t, s], 1.0) for h in apis if (h, t, s) in x.hosted]
            pairs += [(x.unserved[w, t, s], 1.0)] if (w, t, s) in x.unserved else []
            yield in_scale(Row((w, t, s), pairs, ">=", 1.0 - share))
