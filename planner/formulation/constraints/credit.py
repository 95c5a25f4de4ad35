r"""Credit: a grant pays the bills of its provider until it expires or is used up.

.. math::
    \sum_{t} f_{it} \le F_i, \qquad \sum_{i : q_i = q} f_{it} \le S_{qt} \qquad \forall i, q, t

========  =============================  ================================================
symbol    in code                        unit
========  =============================  ================================================
f_{it}    ``x.credit[i, t]``             thousands of dollars, t before the grant expires
F_i       ``p.credits[i].amount``        thousands of dollars
S_{qt}    ``spending(p, x)[t][q]``       thousands of dollars paid to the provider in t
========  =============================  ================================================
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.spending import merged, spending
from planner.formulation.variables import Variables


def credit(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (i, "grant"), (t, provider)."""
    if not p.credits:
        return
    for i in range(len(p.credits)):
        used: list[Pair] = [(variable, 1.0) for (k, _), variable in x.credit.items() if k == i]
        if used:
            yield Row((i, "grant"), used, "<=", p.credits[i].amount)
    spent = spending(p, x)
    providers = sorted({grant.provider for grant in p.credits})
    for t in range(len(p.hours)):
        for provider in providers:
            used = [
                (x.credit[i, t], 1.0)
                for i, grant in enumerate(p.credits)
                if grant.provider == provider and (i, t) in x.credit
            ]
            if used:
                bills = [(variable, -usd) for variable, usd in merged(spent[t].get(provider, []))]
                yield in_scale(Row((t, provider), [*used, *bills], "<=", 0.0))


FAMILY = Family("credit", credit, limits="money", counts_prices=True)
