r"""Budget: cash per plan-year, and over the whole horizon.

.. math::
    \sum_{o,v} \kappa_{ovy} k_{ov} + \sum_{o,\, t \in y,\, s} p_{ot} h_{ts} r_{ots}
    + \sum_{h,\, t \in y,\, s} q_{ht} W_{wts} a_{hts} \le B_y \qquad \forall y

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
k_{ov}    ``x.signed[o, v]``          nodes; κ its cash in plan-year y
r_{ots}   ``x.running[o, t, s]``      nodes; p the price of the period
a_{hts}   ``x.hosted[h, t, s]``       share of the demand W; q the price per unit
B_y       ``p.budgets[y]``            thousands of dollars, undiscounted
========  ==========================  ==========================================

Dual: what one more thousand dollars of the plan-year's budget saves, in thousands of dollars.
"""

from collections.abc import Iterator

from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def budget(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per limited plan-year, key (year,), and one for the total, key (-1,)."""
    if p.budget_total is None and all(limit is None for limit in p.budgets):
        return
    spent: list[list[Pair]] = [[] for _ in p.budgets]
    for (o, v), signed in x.signed.items():
        for year, usd in p.options[o].cash[v].items():
            if usd:
                spent[year].append((signed, usd))
    for (o, t, s), running in x.running.items():
        for year, usd in p.options[o].cash[t].items():
            spent[year].append((running, usd * p.hours[t][s]))
    for (h, t, s), share in x.hosted.items():
        supply = p.hosted[h]
        usd = supply.cash[t] * p.work(supply.workload, t, s)
        spent[p.horizon.periods[t].plan_year].append((share, usd))
    for year, limit in enumerate(p.budgets):
        if limit is not None and spent[year]:
            yield Row((year,), spent[year], "<=", limit)
    if p.budget_total is not None:
        yield Row((-1,), _merged(spent), "<=", p.budget_total)


def _merged(spent: list[list[Pair]]) -> list[Pair]:
    """Sum of the years' cash, one pair per variable."""
    total: dict[str, Pair] = {}
    for pairs in spent:
        for variable, usd in pairs:
            before = total.get(variable.name)
            total[variable.name] = (variable, usd + (before[1] if before else 0.0))
    return list(total.values())
