"""What is in use at all: a provider, a pool, an option; what the limits on their number have in common."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from math import ceil, isfinite
from typing import Any

from planner.formulation.parameters import THOUSAND, Parameters
from planner.formulation.program import Row, only_if
from planner.formulation.variables import Variables


def parts_of(p: Parameters, x: Variables, uses: Collection[int]) -> dict[int, list[tuple[Any, float]]]:
    """(variable, most of it that can be of use) of everything that makes use of each of these uses; all of them in one go."""
    found: dict[int, list[tuple[Any, float]]] = {i: [] for i in uses}
    made: dict[int, list[int]] = defaultdict(list)
    for i in uses:
        for o in p.uses[i].options:
            made[o].append(i)
    useful = {o: useful_nodes(p, o) for o in made}
    for (o, *_), variable in (*x.running.items(), *x.signed.items()):
        for i in made.get(o, ()):
            found[i].append((variable, _most(variable, useful[o])))
    for (j, o), variable in x.extra.items():
        for i in made.get(o, ()):
            found[i].append((variable, _most(variable, float(p.casts[j].nodes))))
    for (h, _, _), variable in x.hosted.items():
        for i in made.get(p.hosted[h].option, ()):
            found[i].append((variable, 1.0))
    return found


def useful_nodes(p: Parameters, o: int) -> float:
    """Nodes of an option beyond which more are of no use, whatever its own limit: what could serve all demand, or reach a tier."""
    useful = max(
        (ceil(group.most_useful_nodes) for group in p.classes if o in (*group.running, *group.committed)), default=1
    )
    return max(useful, p.options[o].option.min_nodes) + _idle_for_tiers(p, o)


def links(p: Parameters, x: Variables, uses: Collection[int]) -> Iterator[tuple[int, list[Row]]]:
    """Of each use i: nothing of it without its switch; keys (i, number)."""
    for i, parts in parts_of(p, x, uses).items():
        rows = [
            only_if((i, number), [(variable, 1.0)], most, x.used[i]) for number, (variable, most) in enumerate(parts)
        ]
        yield i, rows


def _most(variable: Any, useful: float) -> float:
    """Its upper bound, else what can be of use."""
    most = variable.upBound  # PuLP 3 says None where there is no bound, PuLP 4 infinity
    return float(most) if most is not None and isfinite(most) else useful


def _idle_for_tiers(p: Parameters, o: int) -> float:
    """Idle nodes by the hour that could be of use to reach the minimum of an agreement: all its spend on them in one slice."""
    most = 0.0
    shortest = min(hours for slices in p.hours for hours in slices)
    cheapest = min((usd for usd in p.options[o].terms.usd_per_hour if usd > 0), default=0.0)
    for agreement in p.agreements:
        if o in agreement.options and cheapest > 0:
            top = len(agreement.tiers)
            spend = max(agreement.spend_for(y, top) for y in range(len(agreement.share_of_year)))
            most = max(most, spend * THOUSAND / (cheapest * shortest))
    return float(ceil(most))
