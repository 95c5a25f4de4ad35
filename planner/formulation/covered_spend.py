"""What spend agreements cover: the spend of every plan-year that counts, and the most it can be of use."""

from math import isfinite

from planner.formulation.parameters import Parameters
from planner.formulation.program import SMALLEST, Pair
from planner.formulation.spending import merged
from planner.formulation.variables import Variables


def covered_spend(p: Parameters, x: Variables, a: int) -> list[list[Pair]]:
    """[y] → pairs (variable, thousands of dollars of covered spend), without support, data, or discounts of the agreement."""
    agreement = p.agreements[a]
    uplift = 1.0 + p.support.get(agreement.provider, 0.0)
    years: list[list[Pair]] = [[] for _ in agreement.share_of_year]

    def spend(t: int, variable: object, usd: float, at_start: bool = False) -> None:
        for year, share in p.years_of(t, at_start) if t in agreement.periods else ():
            years[year].append((variable, usd * share))

    for (o, v), signed in x.signed.items():
        if o in agreement.options:
            for t, usd in p.options[o].cash[v].items():
                upfront = p.options[o].upfront[v] if t == v else 0.0
                spend(t, signed, usd / uplift - upfront)
                if upfront:
                    spend(t, signed, upfront, at_start=True)
    for (o, t, s), running in x.running.items():
        if o in agreement.options:
            spend(t, running, p.options[o].cash[t][t] / uplift * p.hours[t][s])
    for (o, _, t, s), nodes in x.covered.items():
        if o in agreement.options:
            spend(t, nodes, -p.options[o].cash[t][t] / uplift * p.hours[t][s])
    for (j, o), extra in x.extra.items():
        if o in agreement.options:
            t = p.casts[j].end - 1
            spend(t, extra, p.options[o].cash[t][t] / uplift * p.casts[j].last_hours)
    for (h, t, s), part in x.hosted.items():
        supply = p.hosted[h]
        if supply.option in agreement.options:
            spend(t, part, supply.cash[t] * p.work(supply.workload, t, s))
    return [[pair for pair in merged(pairs) if abs(pair[1]) >= SMALLEST] for pairs in years]


def most_spend(p: Parameters, x: Variables, a: int, y: int) -> float:
    """No plan needs more covered spend in plan-year y, thousands of dollars (proof: `constraints/tiers.py`)."""
    useful = {o: group.most_useful_nodes for group in p.classes for o in group.running}
    index = {variable.name: o for (o, _, _), variable in x.running.items()}
    total = max(p.agreements[a].spend_for(y, lv) for lv in range(len(p.agreements[a].tiers) + 1))
    for variable, usd in covered_spend(p, x, a)[y]:
        if usd > 0:
            most = variable.upBound
            if most is None or not isfinite(most):  # PuLP 3 says None where there is no bound, PuLP 4 infinity
                most = useful[index[variable.name]] + 1.0
            total += usd * most
    return total
