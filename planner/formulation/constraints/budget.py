r"""Budget: cash per plan-year, and over the whole horizon, after credits.

.. math::
    \sum_{t \in y} \Big( \sum_{o,v} \kappa_{ovt} k_{ov} + \sum_{o,s} p_{ot} h_{ts} r_{ots} + \sum_{h,s} q_{ht} W_{wts} a_{hts}
    + \ldots - \sum_i f_{it} \Big) \le B_y \qquad \forall y

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
k_{ov}    ``x.signed[o, v]``          nodes; κ its cash in period t
r_{ots}   ``x.running[o, t, s]``      nodes; p the price of the period
a_{hts}   ``x.hosted[h, t, s]``       share of the demand W; q the price per unit
…         ``spending.py``             runs by the hour, data, support plans
f_{it}    ``x.credit[i, t]``          thousands of dollars
B_y       ``p.budgets[y]``            thousands of dollars, undiscounted
========  ==========================  ==========================================

Dual: what one more thousand dollars of the plan-year's budget saves, in thousands of dollars.
"""

from collections.abc import Iterator
from itertools import chain

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row, in_scale
from planner.formulation.spending import spending_by_year
from planner.formulation.variables import Variables


def budget(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per limited plan-year, key (year,), and one for the total, key (-1,)."""
    if p.budget_total is None and all(limit is None for limit in p.budgets):
        return
    years = spending_by_year(p, x)
    for year, limit in enumerate(p.budgets):
        if limit is not None and years[year]:
            yield in_scale(Row((year,), years[year], "<=", limit))
    if p.budget_total is not None:
        yield in_scale(Row((-1,), list(chain(*years)), "<=", p.budget_total))


FAMILY = Family("budget", budget, limits="money", gives_way=True, counts_prices=True)
