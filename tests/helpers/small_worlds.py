"""Small whole-number instances drawn from a seed, and their optimum by plain enumeration.

Nothing here knows of the planner's code: the rules are those of docs/model.md in other words. A plan is found by trying
every combination of signings and, in every slice by itself, every combination of nodes that run by the hour for online work.
Work that may wait takes any part of the hours of further nodes, and what is left of the others: a linear program. Inside one
period all that is paid by the hour is discounted alike, so the least cost of a period is also its least cash, and
budgets can be checked on it.
"""

import random
from dataclasses import dataclass, field
from itertools import product
from math import ceil, inf
from typing import Any, NamedTuple

from wide_search import SmallProgram

EPS = 1e-7


@dataclass(frozen=True)
class Way:
    """One option."""

    name: str
    kind: str
    price: float
    rates: tuple[float, ...]
    most: int | None = None
    interruptions: float = 0.0
    term: int = 0
    upfront: float = 0.0
    least: int = 1
    lead: int = 0
    group: bool = False
    size: int = 1


@dataclass(frozen=True)
class Work:
    """One workload; `demand[t][s]` an hour (flexible: the same in all slices)."""

    name: str
    online: bool
    demand: tuple[tuple[float, ...], ...]
    spot_share: float
    unserved: tuple[float, float] | None = None
    """(USD a unit, largest share)."""


@dataclass(frozen=True)
class World:
    """One instance."""

    hours: tuple[tuple[float, ...], ...]
    ways: tuple[Way, ...]
    works: tuple[Work, ...]
    whole: bool
    rate: float
    terminal: str
    change: float
    group_nodes: int | None = None
    group_accelerators: int | None = None
    budget_total: float | None = None
    budget_year: float | None = None
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)


# --- drawing --------------------------------------------------------------------------------------


def draw_world(seed: int) -> World:
    r = random.Random(seed)
    periods, slices = r.choice([1, 2, 2, 3]), r.choice([1, 1, 2])
    length = r.choice([730.0, 2190.0, 4380.0, 8760.0])
    hours = tuple(((length,) if slices == 1 else (length * 0.25, length * 0.75)) for _ in range(periods))
    whole = r.random() < 0.5
    works = _draw_works(r, periods, slices, whole)
    grouped = r.random() < 0.35
    ways = tuple(_draw_way(r, n, len(works), periods, grouped) for n in range(r.choice([2, 2, 3])))
    ways = (*ways[:-1], _always_served(r, ways[-1])) if r.random() < 0.8 else ways
    if sum(way.term > 0 for way in ways) > 1 and periods == 3:
        ways = ways[:2]
    rate = r.choice([0.0, 0.1, 0.35])
    world = World(
        hours,
        ways,
        works,
        whole,
        rate,
        r.choice(["market", "annuity", "liability"]),
        r.choice([0.0, 0.0, -0.3, 0.2]),
        group_nodes=r.randint(2, 6) if grouped else None,
        group_accelerators=r.randint(2, 10) if grouped and r.random() < 0.5 else None,
    )
    if r.random() < 0.35:
        scale = sum(sum(h) for h in hours) * max(w.price for w in ways) * r.uniform(0.3, 4.0)
        world = _with(world, budget_total=round(scale, 2))
    elif r.random() < 0.25:
        scale = 8760 * max(w.price for w in ways) * r.uniform(0.3, 4.0)
        world = _with(world, budget_year=round(scale, 2))
    return world


def _with(world: World, **fields: Any) -> World:
    values = {name: getattr(world, name) for name in world.__dataclass_fields__ if name != "memo"}
    return World(**(values | fields))


def _draw_works(r: random.Random, periods: int, slices: int, whole: bool) -> tuple[Work, ...]:
    kinds = r.choice([["online"], ["online"], ["online", "online"], ["online", "flexible"], ["flexible"]])
    works = []
    for n, kind in enumerate(kinds):
        base = r.uniform(1.0, 16.0 / len(kinds))
        if kind == "online":
            demand = tuple(tuple(round(base * r.uniform(0.3, 1.5), 3) for _ in range(slices)) for _ in range(periods))
            if r.random() < 0.1:
                demand = ((0.0,) * slices, *demand[1:])
        else:
            demand = tuple((round(base * r.uniform(0.3, 1.2), 3),) * slices for _ in range(periods))
        all_or_none = kind == "flexible" or (len(kinds) > 1 and not whole)
        share = r.choice([0.0, 1.0] if all_or_none else [0.0, 0.3, 0.6, 1.0])
        unserved = (
            (round(r.uniform(0.2, 3.0), 2), r.choice([0.2, 1.0])) if len(kinds) == 1 and r.random() < 0.15 else None
        )
        works.append(Work(f"w{n}", kind == "online", demand, share, unserved))
    return tuple(works)


def _draw_way(r: random.Random, number: int, works: int, periods: int, grouped: bool) -> Way:
    kind = r.choice(["on_demand", "commitment", "commitment", "spot"])
    rates = tuple(round(r.uniform(2.0, 9.0), 2) if r.random() < 0.85 else 0.0 for _ in range(works))
    if not any(rates):
        rates = (round(r.uniform(2.0, 9.0), 2),) * works
    price = round(max(rates) * r.uniform(0.15, 0.5), 3)
    common = {"rates": rates, "group": grouped and r.random() < 0.8, "size": r.choice([1, 1, 2, 4])}
    if kind == "on_demand":
        return Way(f"o{number}", kind, price, most=r.choice([None, 1, 2, 4]), **common)
    if kind == "spot":
        lost = r.choice([0.0, 200.0, 900.0])
        return Way(f"o{number}", kind, round(price * 0.6, 3), most=r.choice([None, 2]), interruptions=lost, **common)
    term = r.randint(1, periods + 1)
    upfront = r.choice([0.0, 0.0, round(price * 400 * term, 2)])
    recurring = 0.0 if upfront and r.random() < 0.3 else round(price * r.uniform(0.4, 0.9), 3)
    most = r.choice([None, None, 1, 3])
    least = r.choice([1, 1, 2, 3]) if most != 1 else 1
    lead = r.choice([0, 0, 0, 1]) if periods > 1 else 0
    return Way(f"o{number}", kind, recurring, most=most, term=term, upfront=upfront, least=least, lead=lead, **common)


def _always_served(r: random.Random, way: Way) -> Way:
    rates = tuple(rate or round(r.uniform(2.0, 9.0), 2) for rate in way.rates)
    return Way(
        way.name, "on_demand", round(max(rates) * r.uniform(0.2, 0.6), 3), rates, None, size=way.size, group=way.group
    )


# --- as a scenario ----------------------------------------------------------------------------------


def scenario_fields(world: World) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "periods": [
            {"hours": sum(slices), "slices": [{"name": f"s{n}", "hours": h} for n, h in enumerate(slices)]}
            for slices in world.hours
        ],
        "discount_rate": world.rate,
        "terminal": world.terminal,
        "replicas": "whole" if world.whole else "pooled",
        "workloads": [_workload_fields(work) for work in world.works],
        "offers": [_offer_fields(world, way) for way in world.ways],
    }
    if world.change:
        fields["price_changes"] = [{"per_year": world.change}]
    if world.group_nodes is not None or world.group_accelerators is not None:
        group = {"name": "g", "max_nodes": world.group_nodes, "max_accelerators": world.group_accelerators}
        fields["cap_groups"] = [group]
    if world.budget_total is not None:
        fields["budget_total_usd"] = world.budget_total
    if world.budget_year is not None:
        fields["budget_per_year_usd"] = world.budget_year
    return fields


def _workload_fields(work: Work) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": work.name,
        "kind": "inference" if work.online else "training",
        "unit": "unit",
        "max_spot_share": work.spot_share,
        "demand_per_hour": [list(row) for row in work.demand] if work.online else [row[0] for row in work.demand],
    }
    if work.unserved is not None:
        fields["unserved"] = {"usd_per_unit": work.unserved[0], "max_fraction": work.unserved[1]}
    return fields


def _offer_fields(world: World, way: Way) -> dict[str, Any]:
    contract: dict[str, Any] = {"kind": way.kind, "usd_per_hour": way.price}
    if way.most is not None:
        contract["max_nodes"] = way.most
    if way.kind == "spot":
        contract["interruptions_per_month"] = way.interruptions
    if way.kind == "commitment":
        contract |= {"term_periods": way.term, "upfront_usd": way.upfront}
        contract |= {"min_nodes": way.least, "lead_periods": way.lead}
    return {
        "name": way.name,
        "accelerators_per_node": way.size,
        "throughput": {w.name: rate for w, rate in zip(world.works, way.rates, strict=True)},
        "groups": ["g"] if way.group and world.group_nodes is not None else [],
        "contracts": [contract],
    }


# --- money ------------------------------------------------------------------------------------------


def _start(world: World, t: int) -> float:
    """Years from the start to period t, also beyond the horizon."""
    lengths = [sum(h) for h in world.hours]
    inside = sum(lengths[: min(t, len(lengths))])
    return (inside + max(t - len(lengths), 0) * lengths[-1]) / 8760


def _length(world: World, t: int) -> float:
    return sum(world.hours[min(t, len(world.hours) - 1)])


def _at(world: World, price: float, years: float) -> float:
    return round(price * (1 + world.change) ** years, 6)


def _value(world: World, years: float) -> float:
    return (1 + world.rate) ** -years


def _middle(world: World, t: int) -> float:
    return _start(world, t) + _length(world, t) / 8760 / 2


def signing(world: World, way: Way, v: int) -> tuple[float, dict[int, float]]:
    """Present value and cash by plan-year of signing one node in v."""
    count = len(world.hours)
    price, upfront = _at(world, way.price, _start(world, v)), _at(world, way.upfront, _start(world, v))
    end = _start(world, count)
    cost = upfront * _value(world, _start(world, v))
    cash = {int(_start(world, v) + 1e-9): upfront}
    for tau in range(v + way.lead, v + way.lead + way.term):
        owed = price * _length(world, tau)
        if tau < count:
            year = int(_start(world, tau) + 1e-9)
            cash[year] = cash.get(year, 0.0) + owed
        elif world.terminal == "annuity":
            owed = 0.0
        elif world.terminal == "market":
            later = _at(world, way.price, end) + _at(world, way.upfront, end) / (way.term * _length(world, tau))
            owed -= min(later, price) * _length(world, tau)
        cost += owed * _value(world, _middle(world, tau))
    return cost, cash


# --- one slice --------------------------------------------------------------------------------------


def _rate(world: World, way: Way, work: Work, rate: float) -> float:
    """Work units an hour that a node really gives."""
    if way.kind != "spot":
        return rate
    if work.spot_share == 0.0:
        return 0.0
    recovery = 0.25 if work.online else 1.0 / 2 + 0.25
    return rate * (1 - min(way.interruptions * recovery / 730, 1.0))


def _rates(world: World) -> list[list[float]]:
    if "rates" not in world.memo:
        world.memo["rates"] = [
            [_rate(world, way, work, way.rates[w]) for way in world.ways] for w, work in enumerate(world.works)
        ]
    return world.memo["rates"]


def _served(world: World, nodes: tuple[int, ...], t: int, s: int) -> tuple[float, float] | None:
    """(smallest share unserved of the online work, most flexible work an hour) of nodes in a slice; None if too few."""
    rates = _rates(world)
    online = [w for w, work in enumerate(world.works) if work.online]
    elastic = [w for w, work in enumerate(world.works) if not work.online]
    wanted = {w: world.works[w].demand[t][s] for w in online}
    if world.whole and online:
        return _served_whole(world, nodes, rates, online, elastic, wanted)
    if not online:
        return 0.0, sum(n * rates[elastic[0]][o] for o, n in enumerate(nodes))
    if len(world.works) == 1:
        return _served_alone(world, nodes, rates[0], wanted[0])
    return _served_pooled(nodes, rates, online, elastic, wanted)


def _served_alone(
    world: World, nodes: tuple[int, ...], rates: list[float], wanted: float
) -> tuple[float, float] | None:
    work = world.works[0]
    firm = sum(n * rates[o] for o, n in enumerate(nodes) if world.ways[o].kind != "spot")
    loose = sum(n * rates[o] for o, n in enumerate(nodes) if world.ways[o].kind == "spot")
    missing = wanted - firm - min(loose, work.spot_share * wanted)
    return _unserved_share(work, missing, wanted)


def _unserved_share(work: Work, missing: float, wanted: float) -> tuple[float, float] | None:
    if missing <= EPS * max(wanted, 1.0):
        return 0.0, 0.0
    share = missing / wanted
    if work.unserved is not None and share <= work.unserved[1] + EPS:
        return share, 0.0
    return None


def _served_pooled(
    nodes: tuple[int, ...], rates: list[list[float]], online: list[int], elastic: list[int], wanted: dict[int, float]
) -> tuple[float, float] | None:
    """Two workloads that share nodes freely: the first is given the nodes that are worst at the second."""
    first, second = (online[0], elastic[0]) if elastic else (online[0], online[1])
    order = sorted(
        range(len(nodes)), key=lambda o: -(inf if rates[second][o] == 0 else rates[first][o] / rates[second][o])
    )
    left, other = wanted[first], 0.0
    for o in order:
        used = min(nodes[o], left / rates[first][o]) if rates[first][o] > 0 and left > 0 else 0.0
        left -= used * rates[first][o]
        other += (nodes[o] - used) * rates[second][o]
    if left > EPS:
        return None
    if elastic:
        return 0.0, other
    return (0.0, 0.0) if other >= wanted[second] - EPS else None


def _served_whole(
    world: World,
    nodes: tuple[int, ...],
    rates: list[list[float]],
    online: list[int],
    elastic: list[int],
    wanted: dict[int, float],
) -> tuple[float, float] | None:
    """Whole nodes given to one online workload each; the rest is for flexible work."""
    best: tuple[float, float] | None = None
    choices = [
        [c for c in product(*(range(n + 1) for _ in online)) if sum(c) <= n and all(
            k == 0 or rates[w][o] > 0 for k, w in zip(c, online, strict=True)
        )]
        for o, n in enumerate(nodes)
    ]  # fmt: skip
    for given in product(*choices):
        unserved = 0.0
        for k, w in enumerate(online):
            done = sum(given[o][k] * rates[w][o] for o in range(len(nodes)))
            loose = sum(given[o][k] * rates[w][o] for o in range(len(nodes)) if world.ways[o].kind == "spot")
            allowed = min(loose, world.works[w].spot_share * wanted[w])
            found = _unserved_share(world.works[w], wanted[w] - (done - loose) - allowed, wanted[w])
            if found is None:
                break
            unserved += found[0]
        else:
            rest = 0.0
            if elastic:
                rest = sum((n - sum(given[o])) * rates[elastic[0]][o] for o, n in enumerate(nodes))
            if best is None or (unserved, -rest) < (best[0], -best[1]):
                best = (unserved, rest)
    return best


def _limit(world: World, way: Way, t: int) -> int:
    """More nodes by the hour than this serve no online work."""
    most = 0
    for w, work in enumerate(world.works):
        rate = _rates(world)[w][world.ways.index(way)]
        if rate > 0 and work.online:
            most += ceil(max(work.demand[t]) / rate - EPS)
    return most if way.most is None else min(most, way.most)


class Choice(NamedTuple):
    """Nodes that run for online work in a slice."""

    usd: float
    missed: float
    """Share of the online work that stays unserved."""
    flexible: float
    """Work that may wait on what is left of them."""
    run: tuple[int, ...]
    """Nodes that run by the hour, by way."""


def _menu(world: World, t: int, s: int, live: tuple[int, ...]) -> list[Choice]:
    """Every sensible choice of nodes for online work in a slice."""
    key = ("menu", t, s, live)
    if key in world.memo:
        return world.memo[key]
    by_hour = [o for o, way in enumerate(world.ways) if not way.term]
    found: list[Choice] = []
    served: dict[tuple[int, ...], Any] = world.memo.setdefault(("served", t, s), {})
    for run in product(*(range(_limit(world, world.ways[o], t) + 1) for o in by_hour)):
        nodes, numbers = list(live), [0] * len(world.ways)
        for o, n in zip(by_hour, run, strict=True):
            nodes[o] = numbers[o] = n
        if not _group_holds(world, nodes):
            continue
        every = tuple(nodes)
        if every not in served:
            served[every] = _served(world, every, t, s)
        if served[every] is None:
            continue
        usd = sum(_at(world, world.ways[o].price, _start(world, t)) * n for o, n in zip(by_hour, run, strict=True))
        hours = world.hours[t][s]
        found.append(Choice(usd * hours, served[every][0], served[every][1] * hours, tuple(numbers)))
    world.memo[key] = found
    return found


def _flexible(world: World, lp: SmallProgram, t: int, live: tuple[int, ...], chosen: tuple[Choice, ...]) -> list[int]:
    """Adds what work that may wait takes of further nodes in a period; returns the variables of its cash (in order of use)."""
    elastic = next(w for w, work in enumerate(world.works) if not work.online)
    work, paid, done = world.works[elastic], [], {}
    for s, choice in enumerate(chosen):
        extra: dict[int, int] = {}
        for o, way in enumerate(world.ways):
            rate = _rates(world)[elastic][o]
            if way.term or rate <= 0 or (way.kind == "spot" and work.spot_share == 0):
                continue
            usd = _at(world, way.price, _start(world, t)) * world.hours[t][s]
            extra[o] = lp.variable(usd, inf if way.most is None else way.most - choice.run[o])
            done[extra[o]] = rate * world.hours[t][s]
            paid.append(extra[o])
        nodes = [n + m for n, m in zip(live, choice.run, strict=True)]
        for size, most in _group_limits(world):
            inside = {o: world.ways[o].size if size else 1 for o, way in enumerate(world.ways) if _counts(way, size)}
            here = {x: -float(inside[o]) for o, x in extra.items() if o in inside}
            if here:
                lp.at_least(here, sum(n * inside[o] for o, n in enumerate(nodes) if o in inside) - most)
    wanted = work.demand[t][0] * sum(world.hours[t])
    unserved = {}
    if work.unserved is not None:
        x = lp.variable(work.unserved[0], work.unserved[1] * wanted)
        unserved = {x: 1.0}
        paid.append(-x - 1)
    lp.at_least({**done, **unserved}, wanted * (1 - 1e-12) - sum(choice.flexible for choice in chosen))
    return paid


def _group_limits(world: World) -> list[tuple[int, float]]:
    """(size, most): members whose nodes are a multiple of the size hold at most so many accelerators; size 0 counts nodes."""
    if world.group_nodes is None:
        return []
    found: list[tuple[int, float]] = [(0, world.group_nodes)]
    if world.group_accelerators is not None:
        sizes = sorted({way.size for way in world.ways if way.group})
        found += [(1, world.group_accelerators), *((z, world.group_accelerators // z * z) for z in sizes)]
    return found


def _counts(way: Way, size: int) -> bool:
    return way.group and (size == 0 or way.size % size == 0)


def _group_holds(world: World, nodes: list[int]) -> bool:
    members = [(way.size, n) for way, n in zip(world.ways, nodes, strict=True) if way.group]
    if world.group_nodes is None:
        return True
    if sum(n for _, n in members) > world.group_nodes:
        return False
    return world.group_accelerators is None or sum(z * n for z, n in members) <= world.group_accelerators


def _period(world: World, t: int, live: tuple[int, ...]) -> list[tuple[float, float]]:
    """(cash, cost of unserved work) of the ways to get through a period that are not beaten in both."""
    key = ("period", t, live)
    if key in world.memo:
        return world.memo[key]
    best: dict[float, float] = {}
    online = [w for w in world.works if w.online]
    elastic = any(not w.online for w in world.works)
    menus = [_menu(world, t, s, live) for s in range(len(world.hours[t]))]
    for combination in product(*(menus if elastic else [_thinned(menu) for menu in menus])):
        cash = sum(c.usd for c in combination)
        missed = 0.0
        if online and online[0].unserved is not None:
            missed = sum(
                c.missed * online[0].demand[t][s] * world.hours[t][s] * online[0].unserved[0]
                for s, c in enumerate(combination)
            )
        if elastic and cash >= best.get(missed, inf):
            continue
        if elastic:
            lp = SmallProgram()
            _flexible(world, lp, t, live, combination)
            x = lp.solved()
            if x is None:
                continue
            cash += sum(usd * n for usd, n in zip(lp.cost, x, strict=True))
        best[missed] = min(best.get(missed, inf), cash)
    points: list[tuple[float, float]] = []
    for missed, cash in sorted(best.items()):
        if not points or cash < points[-1][0]:
            points.append((cash, missed))
    world.memo[key] = points
    return points


def _thinned(menu: list[Choice]) -> list[Choice]:
    """Choices that no other beats in everything."""
    kept: list[Choice] = []
    for choice in sorted(set(menu), key=lambda c: (c.usd, c.missed, -c.flexible)):
        if not any(k.usd <= choice.usd and k.missed <= choice.missed for k in kept):
            kept.append(choice)
    return kept


# --- everything -------------------------------------------------------------------------------------


def least_npv(world: World) -> float | None:
    """The optimum, or None if there is none."""
    committed = [o for o, way in enumerate(world.ways) if way.term]
    count = len(world.hours)
    plans = [_signings(world, world.ways[o]) for o in committed]
    best = inf
    for chosen in product(*plans):
        fixed, cash = 0.0, dict.fromkeys(range(int(_start(world, count - 1) + 1e-9) + 1), 0.0)
        live = [[0] * len(world.ways) for _ in range(count)]
        for o, signed in zip(committed, chosen, strict=True):
            way = world.ways[o]
            for v, n in enumerate(signed):
                if n:
                    cost, paid = world.memo.setdefault(("sign", o, v), signing(world, way, v))
                    fixed += n * cost
                    for year, usd in paid.items():
                        cash[year] += n * usd
                    for t in range(v + way.lead, min(v + way.lead + way.term, count)):
                        live[t][o] += n
        if fixed < best and all(_group_holds(world, row) for row in live):
            best = min(best, fixed + _operated(world, live, cash, best - fixed))
    return None if best == inf else best


def _signings(world: World, way: Way) -> list[tuple[int, ...]]:
    count = len(world.hours)
    needed = 0
    for t in range(count):
        free = Way(way.name, way.kind, way.price, way.rates, None, term=way.term)
        needed = max(needed, _useful(world, free, way, t))
    top = max(needed, way.least) if way.most is None else min(max(needed, way.least), way.most)
    each = [[0, *range(way.least, top + 1)] if v + way.lead < count else [0] for v in range(count)]
    found = []
    for signed in product(*each):
        alive = [
            sum(n for v, n in enumerate(signed) if v + way.lead <= t < v + way.lead + way.term) for t in range(count)
        ]
        if way.most is None or max(alive) <= way.most:
            found.append(signed)
    return found


def _useful(world: World, free: Way, way: Way, t: int) -> int:
    most = 0
    for w, work in enumerate(world.works):
        rate = _rates(world)[w][world.ways.index(way)]
        if rate > 0:
            peak = max(work.demand[t]) if work.online else work.demand[t][0]
            most += ceil(peak / rate - EPS)
    return most if not any(not w.online for w in world.works) else most + 1


def _operated(world: World, live: list[list[int]], cash: dict[int, float], limit: float) -> float:
    """Least present value of getting through all periods within the budgets."""
    if not any(work.online for work in world.works):
        return _all_flexible(world, live, cash)
    points = [_period(world, t, tuple(row)) for t, row in enumerate(live)]
    if not all(points):
        return inf
    best = inf
    for chosen in product(*points):
        spent, cost = dict(cash), 0.0
        for t, (usd, missed) in enumerate(chosen):
            spent[int(_start(world, t) + 1e-9)] += usd
            cost += (usd + missed) * _value(world, _middle(world, t))
        if cost < best and _within(world, spent):
            best = cost
    return best


def _all_flexible(world: World, live: list[list[int]], cash: dict[int, float]) -> float:
    """The same where all work may wait: one linear program, in which budgets decide what stays unserved."""
    lp, spending = SmallProgram(), dict[int, dict[int, float]]()
    for t, row in enumerate(live):
        rest = tuple(
            Choice(0.0, 0.0, _served(world, tuple(row), t, s)[1] * hours, (0,) * len(row))
            for s, hours in enumerate(world.hours[t])
        )
        for x in _flexible(world, lp, t, tuple(row), rest):
            column = x if x >= 0 else -x - 1
            if x >= 0:
                spending.setdefault(int(_start(world, t) + 1e-9), {})[column] = -lp.cost[column]
            lp.cost[column] *= _value(world, _middle(world, t))
    if world.budget_year is not None:
        for year, usd in cash.items():
            lp.at_least(spending.get(year, {}), usd - world.budget_year * (1 + 1e-9))
    if world.budget_total is not None:
        every = {x: usd for row in spending.values() for x, usd in row.items()}
        lp.at_least(every, sum(cash.values()) - world.budget_total * (1 + 1e-9))
    x = lp.solved()
    return inf if x is None else float(sum(c * v for c, v in zip(lp.cost, x, strict=True)))


def _within(world: World, spent: dict[int, float]) -> bool:
    if world.budget_total is not None and sum(spent.values()) > world.budget_total * (1 + 1e-9):
        return False
    return world.budget_year is None or all(usd <= world.budget_year * (1 + 1e-9) for usd in spent.values())
