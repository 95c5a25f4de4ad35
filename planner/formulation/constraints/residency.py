r"""Residency: a share of the demand can be served where it must be served.

.. math::
    \sum_{c \in C_g} \frac{\rho_{wc}}{D_{wts}} y_{wcts} \ge \sigma_g \qquad \forall g = (w, \sigma_g, C_g), t, s

(over the slice for online workloads, over the period for flexible ones)

========  ===========================  ==========================================
symbol    in code                      unit
========  ===========================  ==========================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service
C_g       ``group.kin.places[g]``      classes in the places of rule g
σ_g       ``p.places[g]``              share of the demand
========  ===========================  ==========================================

A fallback does not count. A rule on a run that is held together limits its pools instead (all or nothing).
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row
from planner.formulation.supply import at_least, served_by
from planner.formulation.variables import Variables


def residency(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per rule and demand point, key (w, t, s, g)."""
    for g, (w, share) in enumerate(p.places):
        if w in p.runs:
            continue
        for point in p.points(w):
            pairs = served_by(p, x, point, lambda group, g=g: group.kin.places[g])  # type: ignore[misc]
            yield at_least(p, x, (*point, g), point, pairs, share)


FAMILY = Family("residency", residency, asks_demand=True, scales_with_demand=True)
