r"""Fallback: a share of the demand may be served in a lesser way, as far as there is capacity for it.

.. math::
    l_{wts} \le \sum_c \frac{\rho_{w'c}}{D_{wts}} y_{w'cts} + \sum_{h \in H_{w'}} a_{hts}, \qquad l_{wts} \le \bar\lambda_w
    \qquad \forall w, t, s

========  ===========================  ====================================================
symbol    in code                      unit
========  ===========================  ====================================================
l_{wts}   ``x.lesser[w, t, s]``        share of the demand; its limit λ̄ is its bound
y_{w'c}   ``x.served[w', c, t, s]``    units of service of the fallback w' of w
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
D_{wts}   ``p.online[w, t, s]``        work units an hour
========  ===========================  ====================================================
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row, in_scale
from planner.formulation.supply import hosted_by, served_by
from planner.formulation.variables import Variables


def fallback(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per demand point at which a fallback is allowed."""
    for (w, t, s), lesser in x.lesser.items():
        point, mode = (w, t, s), p.mode_of(w)
        served = served_by(p, x, point, lambda _: True, mode=mode)
        hosted = hosted_by(p, x, point, lambda _: True, mode=mode)
        yield in_scale(Row(point, [*served, *hosted, (lesser, -1.0)], ">=", 0.0))


FAMILY = Family("fallback", fallback)
