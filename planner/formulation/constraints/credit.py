r"""Credit: a grant pays the bills of its provider until it expires or is used up; what agreements cover, it pays last.

.. math::
    \sum_{t} f_{it} \le F_i, \qquad g_{ayt} \le S_{ayt}, \qquad
    \sum_{i : q_i = q} f_{it} \le S_{qt} - \sum_{a : q_a = q,\, y} (1 + u_q) (S_{ayt} - g_{ayt}) \qquad \forall i, q, a, y, t

========  ==================================  =====================================================================
symbol    in code                             unit
========  ==================================  =====================================================================
f_{it}    ``x.credit[i, t]``                  thousands of dollars, t before the grant expires
g_{ayt}   ``x.credited[a, y, t]``             thousands of dollars that credits pay of what agreement a covers in y
F_i       ``p.credits[i].amount``             thousands of dollars
S_{qt}    ``spending(p, x)[t][q]``            thousands of dollars paid to the provider in t, support included
S_{ayt}   ``covered_in(p, x, a)[y, t]``       thousands of dollars that agreement a covers in plan-year y, without support
u_q       ``p.support[q]``                    share of the support plan, 0 without one
========  ==================================  =====================================================================

What credits pay earns no discount and counts towards no tier (family tiers). Without agreements Σ f ≤ S is left.

**What nobody needs never earns.** Let a plan pay e, and u e of support, for something idle that an agreement covers, in a period in
which it uses its credits as well as it can: they are spent elsewhere, or pay all bills of the provider (a bill is worth 1, a
discount on it d < 1). In the first case e (1 + u) is cash, and gives back d e (1 + u) or makes a shortfall of at most e smaller,
with its support. In the second g = S before and after, and e gives nothing back. ∎
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, flat, in_scale
from planner.formulation.spending import covered_in, spending
from planner.formulation.variables import Variables


def credit(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (i, "grant"), (t, provider), (a, y, t, "covered")."""
    if not p.credits:
        return
    for i in range(len(p.credits)):
        used: list[Pair] = [(variable, 1.0) for (k, _), variable in x.credit.items() if k == i]
        if used:
            yield Row((i, "grant"), used, "<=", p.credits[i].amount)
    spent = spending(p, x)
    agreed: dict[tuple[int, str], list[Pair]] = {}
    for a, agreement in enumerate(p.agreements):
        for (y, t), pairs in covered_in(p, x, a).items():
            if (a, y, t) in x.credited:
                credited, bill = x.credited[a, y, t], [(variable, -usd) for variable, usd in pairs]
                yield in_scale(Row((a, y, t, "covered"), [(credited, 1.0), *bill], "<=", 0.0))
                uplift = 1.0 + p.support.get(agreement.provider, 0.0)
                paid = [(variable, usd * uplift) for variable, usd in pairs]
                agreed.setdefault((t, agreement.provider), []).extend([(credited, -uplift), *paid])
    providers = sorted({grant.provider for grant in p.credits})
    for t in range(len(p.hours)):
        for provider in providers:
            used = [
                (x.credit[i, t], 1.0)
                for i, grant in enumerate(p.credits)
                if grant.provider == provider and (i, t) in x.credit
            ]
            if used:
                bills = [(variable, -usd) for variable, usd in spent[t].get(provider, [])]
                others = flat([*bills, *agreed.get((t, provider), [])])
                yield in_scale(Row((t, provider), [*used, *others], "<=", 0.0))


FAMILY = Family("credit", credit, limits="money", counts_prices=True)
