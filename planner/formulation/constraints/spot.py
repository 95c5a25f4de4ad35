r"""Spot: capacity that stays can serve all but a share of a workload's demand.

.. math::
    \sum_{c \notin C^{spot}} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_h a_{hts} + l_{wts} + u_{wts} \ge 1 - \sigma_w
    \qquad \forall w : 0 < \sigma_w < 1

(over the slice for online workloads, over the period for flexible ones)

========  ===========================  =====================================
symbol    in code                      unit
========  ===========================  =====================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
l_{wts}   ``x.lesser[w, t, s]``        share of the demand (fallbacks use no spot)
u_{wts}   ``x.unserved[w, t, s]``      share of the demand
σ_w       ``p.spot_share[w]``          share of the demand
========  ===========================  =====================================

Where work splits freely this says that spot serves at most σ of the demand. With whole replicas it lets a spot replica stand
idle in part, instead of forbidding it because it could do more than its share.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.supply import at_least, hosted_by, served_by, unserved_at
from planner.formulation.variables import Variables


def spot(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per demand point of the workloads that may use spot up to a share."""
    tempted = {w for group in p.classes if group.spot for w, _ in group.column}
    for w, share in p.spot_share.items():
        if w not in tempted:
            continue
        for point in p.points(w):
            firm = served_by(p, x, point, lambda group: not group.spot) + hosted_by(p, x, point, lambda _: True)
            lesser: list[Pair] = [(x.lesser[point], 1.0)] if point in x.lesser else []
            yield at_least(p, x, point, point, [*firm, *lesser, *unserved_at(x, point)], 1.0 - share)


FAMILY = Family("spot", spot, asks_demand=True, scales_with_demand=True)
