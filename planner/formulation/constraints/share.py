r"""Share: what does not come from a provider can serve all but a share of every workload's demand.

.. math::
    \sum_{c \notin C_q} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_{h \notin H_q} a_{hts} + u_{wts} \ge 1 - \bar\sigma
    \qquad \forall w, q, t, s

(over the slice for online workloads, over the period for flexible ones; fallbacks do not count, training runs are exempt)

========  ===========================  ==========================================
symbol    in code                      unit
========  ===========================  ==========================================
y_{wcts}  ``x.served[w, c, t, s]``     units of service
a_{hts}   ``x.hosted[h, t, s]``        share of the demand
u_{wts}   ``x.unserved[w, t, s]``      share of the demand
σ̄         ``p.provider_share``         share of the demand
========  ===========================  ==========================================
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.supply import Point, at_least, serving_at, unserved_at
from planner.formulation.variables import Variables


def share(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per workload, provider that serves it, and demand point; key (w, t, s, provider)."""
    if p.provider_share is None or p.provider_share >= 1:
        return
    for w in range(len(p.workloads)):
        if w in p.runs or w in p.windows:
            continue
        providers = {p.classes[c].kin.provider for c, _ in p.serving(w)}
        providers |= {p.options[p.hosted[h].option].option.provider for h in p.apis(w)}
        for point in p.points(w):
            by = _by_provider(p, x, point)
            for provider in sorted(providers):
                others = [pair for name, pairs in by.items() if name != provider for pair in pairs]
                pairs = [*others, *unserved_at(x, point)]
                yield at_least(p, x, (*point, provider), point, pairs, 1 - p.provider_share)


def _by_provider(p: Parameters, x: Variables, point: Point) -> dict[str, list[Pair]]:
    """What serves the point, as one term a provider."""
    w, t, s = point
    found: dict[str, list[Pair]] = {}
    for c, pair in serving_at(p, x, point):
        found.setdefault(p.classes[c].kin.provider, []).append(pair)
    for h in p.apis(w):
        if (h, t, s) in x.hosted:
            found.setdefault(p.options[p.hosted[h].option].option.provider, []).append((x.hosted[h, t, s], 1.0))
    return {provider: [(x.shared(("share", provider, *point), pairs, ">="), 1.0)] for provider, pairs in found.items()}


FAMILY = Family("share", share, asks_demand=True, scales_with_demand=True)
