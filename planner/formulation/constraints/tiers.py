r"""Tiers: a discount on all covered spend of a plan-year, from a minimum on; what is missing to the minimum is paid.

.. math::
    \sum_{\lambda=0}^{\Lambda_a} z_{ay\lambda} = 1, \qquad
    \sum_{\lambda} s_{ay\lambda} = S_{ay} - \sum_t g_{ayt}, \qquad
    s_{ay\lambda} \le U_{ay}\, z_{ay\lambda}, \qquad
    \alpha_\lambda s_{ay\lambda} + m_{ay\lambda} \ge \theta_{ay\lambda}\, z_{ay\lambda} \qquad \forall a, y, \lambda

=============  ===============================  =========================================================
symbol         in code                          unit
=============  ===============================  =========================================================
z_{ayλ}        ``x.level[a, y, l]``             1 if tier λ holds (0: none); one for all y where a tier is
                                                signed for the horizon
s_{ayλ}        ``x.tiered[a, y, l]``            thousands of dollars of covered spend at the tier, less what credits pay
g_{ayt}        ``x.credited[a, y, t]``          thousands of dollars of covered spend that credits pay (family credit)
m_{ayλ}        ``x.missing[a, y, l]``           thousands of dollars paid for nothing (only with take-or-pay)
S_{ay}         ``covered_spend(p, x, a)[y]``    thousands of dollars paid for what is covered
θ_{ayλ}        ``agreement.threshold(y, l)``    thousands of dollars; pro rata in a plan-year cut short
α_λ            ``agreement.counts(l)``          1, or 1 − d_λ where spend counts after the discount
U_{ay}         ``most_spend(p, x, a, y)``       thousands of dollars, from the data
=============  ===============================  =========================================================

The cost is Σ (m − d_λ s) in the middle of the last period of the plan-year, support included.

**The convex hull.** For given a and y let C(S) be the least cost at spend S (less what credits pay of it) over the tiers λ, each
allowed where α_λ S + m ≥ θ_λ: the epigraph of C is a union of the polyhedra E_λ = {(S, c): 0 ≤ S ≤ U, m ≥ 0, α_λ S + m ≥ θ_λ,
c ≥ m − d_λ S}. The rows are Balas's extended formulation of that union (*SIAM Journal on Algebraic and Discrete Methods* 6, 1985):
every E_λ scaled by its z, summed. So their projection is its convex hull, and no formulation in S alone is tighter; a big-M on each
tier would be looser.

**Equal to the choice of a tier.** At whole z one tier λ has z = 1; all other s and m are 0 (s ≤ U z, and a positive m only
costs), so s_λ = S, m = max(0, θ_λ − α_λ S), and the cost is that of tier λ. A tier below the one that is reached is allowed, and
never better: discounts rise with the tier, and where the higher threshold is reached nothing is missing to it. ∎

**U.** Spend above U is never needed: `most_spend` adds up every covered option at the most nodes that can be of use and the
highest spend that a tier asks for. A plan with more runs idle nodes worth more than that by the hour; leave hours of them out
until the spend is U: every tier stays in reach, and nothing gets dearer. Nor does it beside credits: of what is left out, credits
paid the part that did not count, and what counted was paid in cash.

Dual of the second row: what one more thousand dollars of covered spend gives back.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale, lowered, only_if
from planner.formulation.spending import covered_spend, most_spend
from planner.formulation.variables import Variables


def tiers(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (a, y, "one"), (a, y, "spend"), (a, y, l, "most"), (a, y, l, "least")."""
    for a, agreement in enumerate(p.agreements):
        levels = range(len(agreement.tiers) + 1)
        for y in range(1 if agreement.one_level else len(agreement.share_of_year)):
            yield Row((a, y, "one"), [(x.level[a, y, lv], 1.0) for lv in levels], "==", 1.0)
        for y, spend in enumerate(covered_spend(p, x, a)):
            split: list[Pair] = [(x.tiered[a, y, lv], 1.0) for lv in levels]
            split += [(credited, 1.0) for (b, year, _), credited in x.credited.items() if (b, year) == (a, y)]
            yield lowered(Row((a, y, "spend"), [*split, *((variable, -usd) for variable, usd in spend)], "==", 0.0))
            most = most_spend(p, x, a, y)
            for lv in levels:
                level = x.level[a, agreement.chosen_in(y), lv]
                if most > 0:
                    yield only_if((a, y, lv, "most"), [(x.tiered[a, y, lv], 1.0)], most, level)
                if lv and agreement.threshold(y, lv) > 0:
                    paid: list[Pair] = [(x.tiered[a, y, lv], agreement.counts(lv))]
                    paid += [(x.missing[a, y, lv], 1.0)] if (a, y, lv) in x.missing else []
                    least = agreement.threshold(y, lv)
                    yield in_scale(Row((a, y, lv, "least"), [*paid, (level, -least)], ">=", 0.0))


FAMILY = Family("tiers", tiers)
