"""Cash of every period by provider, as what the variables add to it: the left side of budgets, runway and credits; and what of it
spend agreements cover, with the most of that which can be of use.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import isfinite

from planner.formulation.parameters import Parameters
from planner.formulation.program import SMALLEST, Pair
from planner.formulation.variables import Variables


def spending(p: Parameters, x: Variables) -> list[dict[str, list[Pair]]]:
    """[t][provider] → pairs (variable, thousands of dollars paid to the provider in t), support included, before credits."""
    spent: list[dict[str, list[Pair]]] = [{} for _ in p.hours]

    def pay(t: int, provider: str, variable: object, usd: float) -> None:
        if usd:
            spent[t].setdefault(provider, []).append((variable, usd))

    for (o, v), signed in x.signed.items():
        for t, usd in p.options[o].cash[v].items():
            pay(t, p.options[o].option.provider, signed, usd)
    for (o, t, s), running in x.running.items():
        pay(t, p.options[o].option.provider, running, p.options[o].cash[t][t] * p.hours[t][s])
    for (o, _, t, s), nodes in x.covered.items():
        pay(t, p.options[o].option.provider, nodes, -p.options[o].cash[t][t] * p.hours[t][s])
    for (j, o), extra in x.extra.items():
        t = p.casts[j].end - 1
        pay(t, p.options[o].option.provider, extra, p.options[o].cash[t][t] * p.casts[j].last_hours)
    for (k, v), opened in x.open.items():
        site = p.sites[k]
        later = site.cash[v + 1] if v + 1 < len(site.cash) else {}
        for t in sorted({*site.cash[v], *later}):
            pay(t, site.name, opened, site.cash[v].get(t, 0.0) - later.get(t, 0.0))
    for c, t, s, (variable, nodes) in energy_use(p, x):
        pay(t, p.energy[c].provider, variable, p.energy[c].cash[t] * nodes * hours_of(p, t, s))
    for (h, t, s), share in x.hosted.items():
        supply = p.hosted[h]
        provider = p.options[supply.option].option.provider
        usd = supply.cash[t] * p.work(supply.workload, t, s) * (1 + p.support.get(provider, 0.0))
        pay(t, provider, share, usd)
    for (w, provider, t, s), sent in x.sent.items():
        usd = p.data[w][provider].egress * p.work(w, t, s) * (1 + p.support.get(provider, 0.0))
        pay(t, provider, sent, usd)
    for (w, provider), stored in x.stored.items():
        for t, slices in enumerate(p.hours):
            usd = p.data[w][provider].storage * sum(slices) * (1 + p.support.get(provider, 0.0))
            pay(t, provider, stored, usd)
    return spent


def paid_in(p: Parameters, x: Variables, t: int) -> list[Pair]:
    """Cash of a period after credits, thousands of dollars, as one term."""
    if ("paid", t) not in x.sums:
        for u, by_provider in enumerate(spending(p, x)):
            x.shared(("paid", u), merged([*chain(*by_provider.values()), *credits_in(p, x, u)]), "<=")
    paid = x.sums["paid", t]
    return [(paid, 1.0)] if paid.pairs else []


def spending_by_year(p: Parameters, x: Variables) -> list[list[Pair]]:
    """[y] → pairs (term, thousands of dollars of the plan-year), after credits and with what agreements settle.

    Cash of a period that lies in several plan-years falls evenly on its hours; what is paid upfront, on its start.
    """
    years: list[list[Pair]] = [[] for _ in range(p.horizon.plan_years)]
    for t in range(len(p.hours)):
        for y, share in p.years_of(t):
            years[y] += [(paid, share) for paid, _ in paid_in(p, x, t)]
    for (o, v), signed in x.signed.items():
        if len(p.years_of(v)) > 1 and p.options[o].upfront[v]:
            upfront = p.options[o].upfront[v] * (1.0 + p.support.get(p.options[o].option.provider, 0.0))
            years[p.horizon.periods[v].plan_year].append((signed, upfront))
            for y, share in p.years_of(v):
                years[y].append((signed, -upfront * share))
    for y, pairs in settlements(p, x).items():
        years[y] += pairs
    return years


def opening(values: Sequence[float], v: int) -> float:
    """What being open by v adds to being open by v + 1, if opening in v costs values[v]: c_v − c_{v+1}."""
    return values[v] - (values[v + 1] if v + 1 < len(values) else 0.0)


def energy_use(p: Parameters, x: Variables) -> Iterator[tuple[int, int, int, Pair]]:
    """(class, period, slice, (variable, nodes at work)) of what works on owned servers; runs: slice −1, the whole period."""
    for (w, c, t, s), units in x.served.items():
        if c in p.energy:
            yield c, t, s, (units, next(service.nodes for v, service in p.classes[c].column if v == w))
    for (b, t), held in x.gang.items():
        if p.hosts[b].group in p.energy:
            yield p.hosts[b].group, t, -1, (held, 1.0)


def hours_of(p: Parameters, t: int, s: int) -> float:
    """Hours of a slice; of the whole period for −1."""
    return sum(p.hours[t]) if s < 0 else p.hours[t][s]


def credits_in(p: Parameters, x: Variables, t: int) -> list[Pair]:
    """Credits used in a period, as cash that is not spent."""
    return [(x.credit[i, t], -1.0) for i in range(len(p.credits)) if (i, t) in x.credit]


def settlements(p: Parameters, x: Variables) -> dict[int, list[Pair]]:
    """[y] → pairs (variable, thousands of dollars): discounts of agreements and what is missing to their minimum, support included.

    They are settled in the last period of each plan-year, outside of the bills that credits pay.
    """
    found: dict[int, list[Pair]] = {}
    for a, agreement in enumerate(p.agreements):
        uplift = 1.0 + p.support.get(agreement.provider, 0.0)
        for y in range(len(agreement.share_of_year)):
            pairs = found.setdefault(y, [])
            for lv in range(1, len(agreement.tiers) + 1):
                pairs.append((x.tiered[a, y, lv], -agreement.discount(lv) * uplift))
                if (a, y, lv) in x.missing:
                    pairs.append((x.missing[a, y, lv], uplift))
    return found


def settled_in(p: Parameters, x: Variables, t: int) -> list[Pair]:
    """What agreements settle in a period: discounts, and what is missing to their minimum."""
    return list(chain(*(pairs for y, pairs in settlements(p, x).items() if p.last_of_year(y) == t)))


def merged(parts: Iterable[Pair]) -> list[Pair]:
    """One pair per variable, in order of first appearance."""
    total: dict[str, Pair] = {}
    for variable, amount in parts:
        before = total.get(variable.name)
        total[variable.name] = (variable, amount + (before[1] if before else 0.0))
    return [pair for pair in total.values() if pair[1]]


def covered_spend(p: Parameters, x: Variables, a: int) -> list[list[Pair]]:
    """[y] → pairs (variable, thousands of dollars of covered spend), without support, data, or discounts of the agreement."""
    years = range(len(p.agreements[a].share_of_year))
    if any(("covered", a, y) not in x.sums for y in years):
        found: list[list[Pair]] = [[] for _ in years]
        for (y, _), pair in _covered(p, x, a):
            found[y].append(pair)
        for y, pairs in enumerate(found):
            x.shared(("covered", a, y), _large(pairs))
    return [x.sums["covered", a, y].pairs for y in years]


def covered_in(p: Parameters, x: Variables, a: int) -> dict[tuple[int, int], list[Pair]]:
    """[y, t] → the same by period."""
    found: dict[tuple[int, int], list[Pair]] = {}
    for key, pair in _covered(p, x, a):
        found.setdefault(key, []).append(pair)
    return {key: large for key, pairs in found.items() if (large := _large(pairs))}


def _large(pairs: list[Pair]) -> list[Pair]:
    return [pair for pair in merged(pairs) if abs(pair[1]) >= SMALLEST]


def _covered(p: Parameters, x: Variables, a: int) -> list[tuple[tuple[int, int], Pair]]:
    """((y, t), pair) of what is covered, a variable as often as it pays."""
    agreement = p.agreements[a]
    uplift = 1.0 + p.support.get(agreement.provider, 0.0)
    found: list[tuple[tuple[int, int], Pair]] = []
    shares = [
        [p.years_of(t, at_start) if t in agreement.periods else () for t in range(len(p.hours))]
        for at_start in (False, True)
    ]

    def spend(t: int, variable: object, usd: float, at_start: bool = False) -> None:
        for year, share in shares[at_start][t]:
            found.append(((year, t), (variable, usd * share)))

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
    return found


def most_spend(p: Parameters, x: Variables, a: int, y: int) -> float:
    """No plan needs more covered spend in plan-year y, thousands of dollars (proof: `constraints/tiers.py`)."""
    useful = {o: group.most_useful_nodes for group in p.classes for o in group.running}
    open_ended = {x.running[key].name: key[0] for key in x.running if not _bounded(x.running[key].upBound)}
    total = max(p.agreements[a].spend_for(y, lv) for lv in range(len(p.agreements[a].tiers) + 1))
    for variable, usd in covered_spend(p, x, a)[y]:
        if usd > 0:
            bounded = _bounded(variable.upBound)
            total += usd * (variable.upBound if bounded else useful[open_ended[variable.name]] + 1.0)
    return total


def _bounded(most: float | None) -> bool:
    """PuLP 3 says None where there is no bound, PuLP 4 infinity."""
    return most is not None and isfinite(most)
