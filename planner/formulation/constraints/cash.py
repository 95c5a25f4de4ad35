r"""Cash: spending of each period, upfront payments of each plan-year, and the runway, after credits.

.. math::
    S_t - \sum_i f_{it} \le B_t, \qquad \sum_{v \in y} u_{ov} k_{ov} \le U_y, \qquad
    \sum_{\tau \le t} \Big( S_\tau - \sum_i f_{i\tau} \Big) \le C_t \qquad \forall t, y

========  ==========================  ==========================================================
symbol    in code                     unit
========  ==========================  ==========================================================
S_t       ``spending(p, x)[t]``       thousands of dollars paid in the period
f_{it}    ``x.credit[i, t]``          thousands of dollars
u_{ov}    ``p.options[o].upfront``    thousands of dollars per node signed in v
B_t       ``p.period_budgets[t]``     thousands of dollars
U_y       ``p.upfront_budgets[y]``    thousands of dollars
C_t       ``p.runway[t]``             cash at hand and come in by the end of t, less other costs and the
                                      minimum
========  ==========================  ==========================================================

Dual: what one more thousand dollars at that time saves.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.spending import merged, paid_in, settled_in
from planner.formulation.variables import Variables


def cash(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (t, "period"), (year, "upfront"), (t, "runway")."""
    yield from _upfront(p, x)
    limited = any(limit is not None for limit in p.period_budgets)
    if not limited and not p.runway:
        return
    so_far: list[Pair] = []
    for t in range(len(p.hours)):
        spent = [*paid_in(p, x, t), *settled_in(p, x, t)]
        limit = p.period_budgets[t] if limited else None
        if limit is not None and spent:
            yield in_scale(Row((t, "period"), spent, "<=", limit))
        if p.runway and (so_far or spent):
            so_far = [(x.shared(("so far", t), [*so_far, *spent], sense="<="), 1.0)]
            yield Row((t, "runway"), so_far, "<=", p.runway[t])


def _upfront(p: Parameters, x: Variables) -> Iterator[Row]:
    if all(limit is None for limit in p.upfront_budgets):
        return
    paid: list[list[Pair]] = [[] for _ in p.upfront_budgets]
    for (o, v), signed in x.signed.items():
        if p.options[o].upfront[v]:
            paid[p.horizon.periods[v].plan_year].append((signed, p.options[o].upfront[v]))
    for (k, v), opened in x.open.items():
        once = p.sites[k].once
        if once:
            year = p.horizon.periods[v].plan_year
            paid[year].append((opened, once))
            if (k, v + 1) in x.open:
                paid[p.horizon.periods[v + 1].plan_year].append((opened, -once))
    paid = [merged(pairs) for pairs in paid]
    for year, limit in enumerate(p.upfront_budgets):
        if limit is not None and paid[year]:
            yield in_scale(Row((year, "upfront"), paid[year], "<=", limit))


FAMILY = Family("cash", cash, limits="money", gives_way=True, counts_prices=True)
