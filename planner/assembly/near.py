"""The same program with few substitution classes: those that serve each workload at the least price, and enough to choose from.

What idles of whole nodes counts where it is asked what is cheapest: a node that would stand half empty is dear. A market of
thousands of options writes a program that takes minutes to relax. A plan that uses only what is cheapest somewhere is
a plan of the whole program, found in seconds. What it may lack is said by the bound of the whole. Everything keeps its index.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from planner.formulation.parameters import Parameters, ProgramOption, Resilience, Service, SubstitutionClass
from planner.solver import Floats

OF_EACH = 2
"""So many classes of each provider, domain and set of places are kept in any case, where these matter."""
MOST = 64
WHOLE = 1e-6
"""Part of a unit that does not need another one."""
POOLS = 2
"""Pools of what can be started in an emergency, for each column, about."""


def size_of(p: Parameters, kept: Collection[int] | None = None) -> int:
    """Columns of the program, roughly.

    Args:
        kept: classes that count; None: all.
    """
    inside = frozenset(range(len(p.classes)) if kept is None else kept)
    slices = sum(len(parts) for parts in p.hours)
    found = 0
    for c in inside:
        group = p.classes[c]
        found += slices * (len(group.column) + len(group.running))
        found += sum(len(p.options[o].terms.signing) for o in group.committed)
    found += sum(2 + len(p.hosts[cast.host].running) for cast in p.casts if p.hosts[cast.host].group in inside)
    return found + (0 if p.resilience is None else _size_of_failures(p, p.resilience, inside))


def _size_of_failures(p: Parameters, wanted: Resilience, inside: frozenset[int]) -> int:
    """What is ready of each column in each domain, who is served by it when one fails, and what is started then."""
    protected = {*wanted.survive, *wanted.reserve}
    domains: dict[tuple[tuple[int, float], ...], set[str]] = {}
    for c in inside:
        group = p.classes[c]
        rates = tuple((w, service.rate_per_node_hour) for w, service in group.column if w in protected)
        if rates and not group.spot:
            domains.setdefault(rates, set()).add(group.kin.domain)
    cases = len({domain for there in domains.values() for domain in there})
    ready = sum(1 + len(there) for there in domains.values())
    rescue = cases * sum(sum(w in wanted.survive for w, _ in rates) for rates in domains)
    standby = cases * POOLS * len(domains) if wanted.standby_on_demand else 0
    return len(wanted.checks) * (ready + rescue + standby)


def nearest(p: Parameters, most_columns: int) -> Parameters:
    """As many classes as a number of columns allows: the cheapest of every workload, of each provider, domain and set of places
    where these matter, then the next ones of every workload. What is held, owned or fixed stays."""
    ways = [order for w in range(p.served_workloads) for order in _ranked(p, w)]
    by_work = [order for w in range(p.served_workloads) for order in _ranked(p, w, whole=False)]
    kept = {c for c, group in enumerate(p.classes) if _stays(p, group)}
    kept |= {c for order in ways for c in order[:OF_EACH]}
    kept |= {c for w in range(p.served_workloads) for c in _enough(p, w, _ranked(p, w))}
    wider = ({c for order in (*ways, *by_work) for c in order[:n]} for n in range(1, MOST))
    for more in chain(_of_each(p, ways), wider):
        if not more <= kept:
            if size_of(p, kept | more) > most_columns:
                break
            kept |= more
    return with_classes(p, kept)


def few_of(p: Parameters, ids: Collection[str]) -> Parameters:
    """The classes of some options by id, the cheapest classes of every workload, and what is held, owned or fixed.

    Of what is sold in them: the same options, and the cheapest by the hour and under contract, of today and of any day.
    """
    kept = _least(p)
    named = {o for o, member in enumerate(p.options) if member.option.id in ids}
    for c, group in enumerate(p.classes):
        if not named.isdisjoint((*group.running, *group.committed)) or _stays(p, group):
            kept.add(c)
    few = with_classes(p, kept)
    cheapest = {o for group in few.classes for o in _cheapest(p, group)}
    return with_fewer(few, {*named, *cheapest, *(supply.option for supply in p.hosted)})


def _cheapest(p: Parameters, group: SubstitutionClass) -> Iterator[int]:
    """Of a class: what costs least by the hour and under contract, among what can be had at once and among all."""
    hourly = [(price, o) for o in group.running if (price := _hourly(p, o)) is not None]
    signed = [(price, o) for o in group.committed if (price := _signed(p, group, o)) is not None]
    for prices in (hourly, signed):
        today = [(price, o) for price, o in prices if not p.options[o].option.generation]
        yield from (min(some)[1] for some in (prices, today) if some)


def among(p: Parameters, wanted: Sequence[int], most_columns: int) -> Parameters:
    """As many of some classes, in their order, as a number of columns allows, beside the cheapest of every workload and what is
    held, owned or fixed."""
    kept = _least(p)
    kept |= {c for c, group in enumerate(p.classes) if _stays(p, group)}
    for c in wanted:
        if size_of(p, kept | {c}) <= most_columns:
            kept.add(c)
    return with_classes(p, kept)


def inside(p: Parameters) -> frozenset[int]:
    """The classes that were not left out."""
    return frozenset(c for c, group in enumerate(p.classes) if group.column or group.committed)


def _least(p: Parameters) -> set[int]:
    """The cheapest classes of every workload, of as many providers as must share it: by the hour, and under contract where that
    costs less; and enough to survive failures."""
    providers = 1 if p.provider_share is None else math.ceil(1 / p.provider_share - WHOLE)
    survive = () if p.resilience is None else p.resilience.survive
    kept = {
        c
        for w in survive
        for c in min((_enough(p, w, [order]) for order in _ranked(p, w) if order), key=len, default=set())
    }
    for w in range(p.served_workloads):
        alone = w in p.runs or w in p.windows
        hourly, signed = _least_prices(p, w, whole=True)
        for prices in (hourly, signed):
            if prices is signed and hourly and min(hourly.values()) <= min(signed.values(), default=math.inf):
                continue
            first: dict[str, int] = {}
            for _, c in sorted((price, c) for c, price in prices.items()):
                first.setdefault(p.classes[c].kin.provider, c)
            kept |= set(list(first.values())[: 1 if alone else providers])
    return kept


def least_cost(p: Parameters) -> float:
    """What all work would cost at the least mean price of a unit of it: about as much as a plan without idle nodes."""
    found = 0.0
    for w in range(len(p.workloads)):
        prices = [price for by_class in _least_prices(p, w, whole=False) for price in by_class.values()]
        prices += [sum(p.hosted[h].cost) / len(p.hosted[h].cost) for h in p.apis(w)]
        found += min(prices, default=0.0) * p.total_work(w)
    return found


def _enough(p: Parameters, w: int, orders: Iterable[list[int]]) -> set[int]:
    """The first classes of each order that can serve a workload at its peak, alone within the caps, in each set of places, and
    what it is promised of that whatever domain fails."""
    peak = max((p.work(*point) / _hours(p, point) for point in p.points(w)), default=0.0)
    promised = 0.0 if p.resilience is None else p.resilience.survive.get(w, 0.0)
    rates = {c: service.rate_per_node_hour for c, service in p.serving(w)}
    able: dict[tuple[bool, ...], float] = {}
    safe: dict[str, float] = {}
    left = {g: cap.limit for g, cap in enumerate(p.caps)}
    found = set()
    for order in orders:
        for c in order:
            places, domain = p.classes[c].kin.places, p.classes[c].kin.domain
            largest = max(safe, key=lambda one: safe[one], default=None)
            outside = sum(safe.values()) - (0.0 if largest is None else safe[largest])
            safer = outside < promised * peak and domain != largest and not p.classes[c].spot
            if c in found or (able.get(places, 0.0) >= peak and not safer):
                continue
            found.add(c)
            more = rates[c] * _nodes(p, p.classes[c], left)
            able[places] = able.get(places, 0.0) + more
            if not p.classes[c].spot:
                safe[domain] = safe.get(domain, 0.0) + more
    return found


def _hours(p: Parameters, point: tuple[int, int, int]) -> float:
    """Hours in which the work of a demand point may be done."""
    w, t, s = point
    v = p.parent(w)
    if v in p.windows:
        return sum(sum(p.hours[u]) for u in p.windows[v].periods)
    return p.hours[t][s] if (v, t, s) in p.online else sum(p.hours[t])


def _nodes(p: Parameters, group: SubstitutionClass, left: dict[int, float]) -> float:
    """Nodes of a class that can be had at once within what is left of the caps, which is less afterwards."""
    total = 0.0
    for o in (*group.running, *group.committed):
        most = group.most_useful_nodes
        own = p.running_upper[o] if o in group.running else p.options[o].option.max_nodes
        most = most if own is None else min(most, own)
        taken = [
            (g, weight)
            for g, cap in enumerate(p.caps)
            for member, weight in cap.weight
            if member == o and (o in group.running or cap.counts_commitments)
        ]
        most = min([most, *(max(left[g], 0.0) / weight for g, weight in taken)])
        for g, weight in taken:
            left[g] -= weight * most
        total += most
    return total


def _of_each(p: Parameters, ways: list[list[int]]) -> Iterator[set[int]]:
    """The cheapest classes of each provider, set of places and domain."""
    for kind in ("provider", "places", "domain"):
        for order in ways:
            seen: dict[object, int] = {}
            for c in order:
                name = getattr(p.classes[c].kin, kind)
                seen[name] = seen.get(name, 0) + 1
                if seen[name] <= OF_EACH:
                    yield {c}


def with_classes(p: Parameters, kept: set[int]) -> Parameters:
    """The parameters without some classes, and without what only they serve."""
    classes = tuple(
        group if c in kept else group._replace(column=(), running=(), committed=()) for c, group in enumerate(p.classes)
    )
    there = {o for group in classes for o in group.running}
    savings = tuple(
        saving._replace(covers=tuple(pair for pair in saving.covers if pair[0] in there)) for saving in p.savings
    )
    casts = tuple(cast for cast in p.casts if p.hosts[cast.host].group in kept)
    return replace(p, classes=classes, savings=savings, casts=casts)


def _stays(p: Parameters, group: SubstitutionClass) -> bool:
    """Whether something of a class is there already, owned or fixed."""
    given = {o for o, _ in p.given}
    options = ((o, p.options[o].option) for o in (*group.running, *group.committed))
    return any(
        o in given or option.held or option.exact_nodes is not None or option.asset is not None for o, option in options
    )


def _ranked(p: Parameters, w: int, *, whole: bool = True) -> Iterator[list[int]]:
    """Classes that serve a workload by the least price of a unit of work: by the hour, and under contract.

    Args:
        whole: whether what idles of whole replicas and nodes counts, as where the workload has nodes of its own.
    """
    for by_class in _least_prices(p, w, whole=whole):
        yield [c for _, c in sorted((price, c) for c, price in by_class.items())]


def _least_prices(p: Parameters, w: int, *, whole: bool) -> tuple[dict[int, float], dict[int, float]]:
    """Least price of a unit of work in each class that serves a workload: by the hour, and under contract."""
    hourly: dict[int, float] = {}
    signed: dict[int, float] = {}
    use = _Use.of(p, w)
    for c, service in p.serving(w):
        group, rate = p.classes[c], service.rate_per_node_hour
        idle = use.per_work(service) if whole else (1.0, 1.0)
        prices = [price for o in group.running if (price := _hourly(p, o)) is not None]
        if prices:
            hourly[c] = min(prices) * idle[0] / rate
        prices = [price for o in group.committed if (price := _signed(p, group, o)) is not None]
        if prices:
            signed[c] = min(prices) * idle[1] / rate
    return hourly, signed


class _Use(NamedTuple):
    """The work of a workload."""

    hours: Floats
    """Of the slices in which it comes."""
    rate: Floats
    """Work units an hour there."""
    online: bool

    @classmethod
    def of(cls, p: Parameters, w: int) -> "_Use":
        points = p.points(w)
        hours = np.array([_hours(p, point) for point in points])
        work = np.array([p.work(*point) for point in points])
        return cls(hours, work / np.maximum(hours, 1e-9), any((p.parent(w), t, s) in p.online for _, t, s in points))

    def per_work(self, service: Service) -> tuple[float, float]:
        """Whole nodes over what is used of them, if nothing else is served there: by the hour, and under contract, where a node is
        held all the time. By the hour nodes are whole where work comes online; other work starts and stops them."""
        busy = self.rate / service.rate_per_node_hour
        used, hours = float(busy @ self.hours), float(self.hours.sum())
        if used <= 0:
            return 1.0, 1.0
        units = np.ceil(busy / service.nodes - WHOLE) if service.whole else busy / service.nodes
        nodes = np.ceil(units * service.nodes - WHOLE) if self.online else busy
        return float(nodes @ self.hours) / used, max(hours * max(1.0, service.nodes * service.whole) / used, 1.0)


def _hourly(p: Parameters, o: int) -> float | None:
    """Mean present value of a node-hour; None if it can never run."""
    member = p.options[o]
    prices = [member.cost[t] for t, usable in enumerate(member.terms.usable) if usable]
    return sum(prices) / len(prices) if prices else None


def _signed(p: Parameters, group: SubstitutionClass, o: int) -> float | None:
    """Least present value of a node-hour under contract, idle nodes of a smallest size included."""
    member = p.options[o]
    hours = [sum(parts) for parts in p.hours]
    idle = max(member.option.min_nodes / max(group.most_useful_nodes, 1.0), 1.0)
    found = []
    for v in member.terms.signing:
        first = v + member.terms.lead
        there = sum(hours[first : first + member.terms.term])
        if there > 0:
            found.append(member.cost[v] * idle / there)
    return min(found, default=None)


def with_fewer(p: Parameters, kept: Collection[int], every: int = 1) -> Parameters:
    """The parameters without some options, and with signings in every so-manieth period only.

    What is held, fixed, owned or power of a site stays as it is.

    Args:
        kept: options that may be used.
        every: periods between dates on which something may be signed; the first is the first period.
    """
    options = tuple(member if stays(p, o) else _thinned(member, o in kept, every) for o, member in enumerate(p.options))
    hosted = tuple(
        supply if supply.option in kept else supply._replace(usable=(False,) * len(supply.usable))
        for supply in p.hosted
    )
    return replace(p, options=options, hosted=hosted)


def stays(p: Parameters, o: int) -> bool:
    """Whether an option is held, fixed, owned or power of a site: nothing that could be left out."""
    option = p.options[o].option
    fixed = option.held or option.exact_nodes is not None or option.asset is not None
    return fixed or any(key[0] == o for key in p.given) or any(site.power == o for site in p.sites)


def _thinned(member: ProgramOption, kept: bool, every: int) -> ProgramOption:
    terms = member.terms
    signing = tuple(v for v in terms.signing if kept and (v % every == 0 or len(terms.signing) == 1))
    usable = terms.usable if kept else (False,) * len(terms.usable)
    return member._replace(terms=terms._replace(signing=signing, usable=usable))
