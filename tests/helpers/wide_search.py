"""The optimum of the instances of `wide_worlds` by enumeration.

Nothing here knows of the planner's code: the rules are those of docs/model.md in other words. Signings, the place of a
training run and the places that keep data are tried one by one; in every slice all numbers of nodes that run by the hour
are tried; what is left is a split of work, solved in closed form where one workload is served and as a small linear
program otherwise. Where money or carbon couples the periods, every period offers its unbeaten outcomes.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import chain, combinations, pairwise, product
from math import ceil, floor, inf, sqrt
from typing import Any, NamedTuple

import highspy
import numpy as np
from wide_worlds import CHIPS, PATH, Api, Pool, Run, Way, World, providers

EPS = 1e-7
Counts = tuple[int, ...]


# --- time and prices -----------------------------------------------------------------------------------


def _start_hours(world: World, t: int) -> float:
    inside = sum(world.lengths[: min(t, len(world.lengths))])
    return inside + max(t - len(world.lengths), 0) * world.lengths[-1]


def _length(world: World, t: int) -> float:
    return world.lengths[min(t, len(world.lengths) - 1)]


def _at_start(world: World, t: int) -> float:
    return (1 + world.rate) ** -(_start_hours(world, t) / 8760)


def _at_middle(world: World, t: int) -> float:
    return (1 + world.rate) ** -((_start_hours(world, t) + _length(world, t) / 2) / 8760)


def _year(world: World, t: int) -> int:
    return int(_start_hours(world, t) / 8760 + 1e-9)


def _hours(world: World, t: int) -> list[float]:
    """Hours of the slices: the ordinary ones, then the spikes."""
    spiky = sum(hours for _, hours in world.spikes) / 8760
    ordinary = [world.lengths[t] * part * (1 - spiky) for part in world.parts]
    return ordinary + [world.lengths[t] * hours / 8760 for _, hours in world.spikes]


def _demand(world: World, w: int, t: int, s: int) -> float:
    work = world.works[w]
    if s < len(world.parts):
        return work.demand[t][s] * world.scale
    times = work.multiplier if work.spike == world.spikes[s - len(world.parts)][0] else 1.0
    return work.demand[t][0] * world.scale * times


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))


def _path_at(months: float) -> Decimal:
    for (m0, f0), (m1, f1) in pairwise(PATH):
        if months <= m1:
            part = (_exact(months) - _exact(m0)) / (_exact(m1) - _exact(m0))
            return _exact(f0) + (_exact(f1) - _exact(f0)) * part
    return _exact(PATH[-1][1])


def _unit(world: World, price: float, t: int, provider: str, kind: str, chip: str) -> float:
    """A list price at the start of period t (or at the end of the horizon)."""
    hours = _start_hours(world, t)
    value = _exact(price) * (1 - _exact(world.discounts.get(provider, 0.0)))
    best: dict[str, Any] = {}
    rank = -1
    for change in world.changes:
        said = [(change.get("provider"), provider), (change.get("contract"), kind)]
        if any(wanted not in (None, has) for wanted, has in said):
            continue
        count = sum(wanted is not None for wanted, _ in said)
        if count >= rank:
            best, rank = change, count
    value *= (1 + _exact(best.get("per_year", 0.0))) ** (_exact(hours) / 8760)
    if "path" in best:
        value *= _path_at(hours / 730)
    if world.release is not None and t >= world.release[1]:
        for older, by in world.release[2]:
            value *= (1 + _exact(by)) if older == chip else 1
    return float(value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN))


def _price(world: World, way: Way, t: int, amount: float | None = None) -> float:
    key = ("price", way, t, amount)
    if key not in world.memo:
        pool = world.pools[way.pool]
        listed = way.price if amount is None else amount
        world.memo[key] = _unit(world, listed, t, pool.provider, way.kind, pool.accelerator)
    return world.memo[key]


def _supported(world: World, provider: str) -> float:
    return 1 + world.support.get(provider, 0.0)


def _released(world: World, pool: Pool, t: int) -> bool:
    return world.release is None or pool.accelerator != world.release[0] or t >= world.release[1]


def _tonnes(world: World, pool: Pool) -> float:
    """Tonnes of a node-hour."""
    grams = world.grams.get(pool.region, world.grams.get(pool.country, world.grams.get("default", 0.0)))
    return pool.kw * grams / 1e6


def _groups(world: World) -> list[str]:
    """Providers whose bills are told apart because they give credits; all others are one more."""
    return sorted({provider for provider, _, _ in world.credits})


def _group(world: World, provider: str) -> int:
    names = _groups(world)
    return names.index(provider) if provider in names else len(names)


def _coupled(world: World) -> bool:
    limits = (world.budget_period, world.budget_total, world.carbon_cap, world.cash)
    return bool(world.credits) or any(limit is not None for limit in limits)


# --- one slice --------------------------------------------------------------------------------------


class Nodes(NamedTuple):
    """What is there in a slice, by pool: `firm` and `spot` for the workloads of the slice, `all_firm` with those of a run."""

    firm: tuple[float, ...]
    spot: tuple[float, ...]
    all_firm: tuple[float, ...]
    running: tuple[float, ...]
    """On demand, those of a run included."""


class Split(NamedTuple):
    """What the split of the work costs an hour: bills by group of providers, what is not cash."""

    bills: tuple[float, ...]
    other: float


class Source(NamedTuple):
    pool: int
    spot: bool
    rates: tuple[float, ...]
    run_rate: float
    lite_rate: float = 0.0


def _sources(world: World, stores: frozenset[str] | None) -> list[Source]:
    """Pools as the workloads see them: spot apart, with what interruptions take, places without their data left out."""
    key = ("sources", stores)
    if key in world.memo:
        return world.memo[key]
    found = []
    soft = world.run is not None and world.run.interruptible
    for n, pool in enumerate(world.pools):
        rates = [
            rate if stores is None or not work.storage_gb or pool.provider in stores else 0.0
            for rate, work in zip(pool.rates, world.works, strict=True)
        ]
        if any(w.pool == n and w.kind != "spot" for w in world.ways):
            there = stores is None or not world.works[0].storage_gb or pool.provider in stores
            lite_rate = pool.lite_rate if there else 0.0
            found.append(Source(n, False, tuple(rates), pool.run_rate if soft else 0.0, lite_rate))
        for way in world.ways:
            if way.pool == n and way.kind == "spot":
                lost = min(way.interruptions * 0.25 / 730, 1.0)
                spotty = tuple(
                    rate * (1 - lost) if work.spot_share > 0 else 0.0
                    for rate, work in zip(rates, world.works, strict=True)
                )
                run_rate = 0.0
                if soft and world.run is not None:
                    recovery = (world.run.interval or 1.0) / 2 + world.run.restart
                    run_rate = pool.run_rate * (1 - min(way.interruptions * recovery / 730, 1.0))
                found.append(Source(n, True, spotty, run_rate))
    world.memo[key] = found
    return found


def _apis(world: World, w: int, t: int, s: int, stores: frozenset[str] | None) -> tuple[Api | None, Api | None, float]:
    """The hosted model, the hosted fallback and its largest share, as they may serve a workload in a slice."""
    work = world.works[w]
    there = [a for a in world.apis if stores is None or not work.storage_gb or a.provider in stores]
    main = next((a for a in there if a.model == "m"), None)
    lite = next((a for a in there if a.model == "lite"), None)
    if work.fallback is None:
        return main, None, 0.0
    share, when, _ = work.fallback
    own = s >= len(world.parts) and world.spikes[s - len(world.parts)][0] == work.spike
    return (main, lite, share) if when == "always" or own else (main, None, 0.0)


def _in_place(pool: Pool, kind: str, which: str) -> bool:
    return which == (pool.region if kind == "regions" else pool.country)


def _api_price(world: World, api: Api, t: int) -> float:
    return _unit(world, api.price, t, api.provider, "hosted_api", "") * _supported(world, api.provider)


def _egress_price(world: World, provider: str) -> float:
    listed = world.egress.get(provider, world.egress.get("default", 0.0))
    return listed * _supported(world, provider)


def _domain(world: World, pool: Pool) -> Any:
    """What the pool fails with."""
    kind = world.availability[0] if world.availability else ""
    return {
        "zone": (pool.provider, pool.region, pool.zone),
        "region": (pool.provider, pool.region),
        "provider": pool.provider,
        "vendor": CHIPS[pool.accelerator],
    }[kind]


def _survive(world: World, w: int) -> float:
    own = world.works[w].survive
    if own is not None:
        return own
    return world.availability[1] if world.availability else 1.0


class Check(NamedTuple):
    """Something that must be able to serve so much (by workload) at once."""

    needed: tuple[float, ...]
    out: Any
    """The domain that is lost; None for the standing reserve."""
    on_demand: bool
    hosted: bool


def _checks(world: World, t: int, s: int) -> list[Check]:
    key = ("checks", t, s)
    if key in world.memo:
        return world.memo[key]
    protected = [w for w in range(len(world.works)) if _survive(world, w) > 0]
    busiest = world.availability[3] if world.availability else 1
    looked = s >= len(world.parts)
    for w in protected:
        order = sorted(range(len(world.parts)), key=lambda k: -world.works[w].demand[t][k])
        looked = looked or s in order[:busiest]
    demand = [_demand(world, w, t, s) if w in protected else 0.0 for w in range(len(world.works))]
    found = []
    if looked and world.availability is not None:
        kind, _, standby, _ = world.availability
        domains = {_domain(world, pool) for pool in world.pools}
        if kind == "provider":
            domains |= {api.provider for api in world.apis}
        needed = tuple(d * _survive(world, w) for w, d in enumerate(demand))
        found += [
            Check(needed, out, "on_demand" in standby, "hosted_api" in standby) for out in sorted(domains, key=str)
        ]
    if looked and world.reserve:
        found.append(Check(tuple(d * (1 + world.reserve) for d in demand), None, False, False))
    world.memo[key] = found
    return found


def _helps(world: World, check: Check, api: Api) -> bool:
    """Whether a hosted model can be turned to in an emergency."""
    lost = world.availability is not None and world.availability[0] == "provider" and api.provider == check.out
    return check.hosted and api.model == "m" and not lost


def _standby(world: World, check: Check, n: int, t: int, running: float) -> float:
    """On-demand nodes of a pool that can be started."""
    if not check.on_demand or not _released(world, world.pools[n], t):
        return 0.0
    ways = [w for w in world.ways if w.pool == n and w.kind == "on_demand"]
    if not ways:
        return 0.0
    return inf if ways[0].most is None else ways[0].most - running


def _safe(world: World, t: int, s: int, nodes: Nodes) -> bool:
    """Whether the one workload of a world passes all checks."""
    for check in _checks(world, t, s):
        if any(_helps(world, check, api) for api in world.apis):
            continue
        able = 0.0
        for n, pool in enumerate(world.pools):
            if pool.rates[0] > 0 and (check.out is None or _domain(world, pool) != check.out):
                able += pool.rates[0] * (nodes.all_firm[n] + _standby(world, check, n, t, nodes.running[n]))
        if able < check.needed[0] - EPS * max(check.needed[0], 1.0):
            return False
    return True


def split_alone(world: World, t: int, s: int, nodes: Nodes, stores: frozenset[str] | None) -> Split | None:
    """The cheapest split of one workload in closed form; None if the nodes cannot do it. No containers."""
    if not _safe(world, t, s, nodes):
        return None
    wanted = _demand(world, 0, t, s)
    sources = _sources(world, stores)
    able = [source.rates[0] * (nodes.spot if source.spot else nodes.firm)[source.pool] for source in sources]
    charges = [_egress_price(world, world.pools[source.pool].provider) for source in sources]
    main, lite, most = _apis(world, 0, t, s, stores)
    if world.works[0].egress_gb and _egress_differs(world):
        return _merit(world, t, wanted, list(zip(charges, able, strict=True)), main, lite, most)
    return _least_bought(world, t, wanted, sources, able, main, lite, most)


def _merit(
    world: World, t: int, wanted: float, own: list[tuple[float, float]], main: Api | None, lite: Api | None, most: float
) -> Split | None:
    """Work goes where it costs least, one place after the other."""
    gb = world.works[0].egress_gb
    offers = [(charge * gb, able) for charge, able in own]
    if main is not None:
        offers.append((_api_price(world, main, t) + gb * _egress_price(world, main.provider), inf))
    if lite is not None and world.works[0].fallback is not None:
        usd = world.works[0].fallback[2] + _api_price(world, lite, t) + gb * _egress_price(world, lite.provider)
        offers.append((usd, most * wanted))
    missing, cost = wanted, 0.0
    for usd, able in sorted(offers):
        part = min(able, missing)
        missing -= part
        cost += part * usd
    return None if missing > EPS * max(wanted, 1.0) else Split((cost,), 0.0)


def _least_bought(
    world: World, t: int, wanted: float, sources: list[Source], able: list[float], main: Api | None, lite: Api | None,
    most: float,
) -> Split | None:  # fmt: skip
    """Only as much of the hosted models as the nodes leave, or as the rules ask for."""
    work = world.works[0]
    pools = [world.pools[source.pool] for source in sources]
    firm = sum(a for a, source in zip(able, sources, strict=True) if not source.spot)
    needs = [(wanted - sum(able), True, True), ((1 - work.spot_share) * wanted - firm, True, True)]
    for share, kind, which in work.residency:
        there = sum(a for a, pool in zip(able, pools, strict=True) if _in_place(pool, kind, which))
        needs.append((share * wanted - there, False, False))
    if world.provider_share is not None:
        for name in providers(world):
            others = sum(a for a, pool in zip(able, pools, strict=True) if pool.provider != name)
            by_main = main is not None and main.provider != name
            needs.append(((1 - world.provider_share) * wanted - others, by_main, False))
    slack = EPS * max(wanted, 1.0)
    open_needs = [(need, a and main is not None, b and lite is not None) for need, a, b in needs if need > slack]
    top = most * wanted if lite is not None else 0.0
    tries = {0.0, top, *(n for n, _, _ in open_needs), *(a - b for a, _, _ in open_needs for b, _, _ in open_needs)}
    best: tuple[float, Split] | None = None
    for fallen in sorted(f for f in tries if 0 <= f <= top):
        rest = [(need - (fallen if by_lite else 0.0), by_main) for need, by_main, by_lite in open_needs]
        if any(need > slack and not by_main for need, by_main in rest):
            continue
        hosted = max([0.0] + [need for need, by_main in rest if by_main])
        found = _bought(world, t, wanted, main, hosted, lite, fallen)
        cost = sum(found.bills) + found.other
        if best is None or cost < best[0]:
            best = (cost, found)
    return None if best is None else best[1]


def _bought(
    world: World, t: int, wanted: float, main: Api | None, hosted: float, lite: Api | None, fallen: float
) -> Split:
    """The bills for so much of the hosted models, and the cost of what is served in a lesser way."""
    bills = [0.0] * (len(_groups(world)) + 1)
    other = 0.0
    if main is not None:
        bills[_group(world, main.provider)] += hosted * _api_price(world, main, t)
    if lite is not None and world.works[0].fallback is not None:
        bills[_group(world, lite.provider)] += fallen * _api_price(world, lite, t)
        other += fallen * world.works[0].fallback[2]
    if world.works[0].egress_gb:
        bills[-1] += wanted * world.works[0].egress_gb * _egress_price(world, world.pools[0].provider)
    return Split(tuple(bills), other)


class SmallProgram:
    """A small linear program, row by row; some of its variables may be whole."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.whole: list[int] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, float], float]] = []
        """(coefficients, least value)."""

    def variable(self, cost: float = 0.0, upper: float = inf, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.whole += [len(self.cost) - 1] if whole else []
        self.upper.append(upper)
        return len(self.cost) - 1

    def at_least(self, coefficients: dict[int, float], value: float) -> None:
        self.rows.append((coefficients, value))

    def solved(self) -> np.ndarray | None:
        if not self.cost:
            return np.empty(0) if all(value <= 0 for _, value in self.rows) else None
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_ = np.array(self.cost)
        lp.col_lower_, lp.col_upper_ = np.zeros(len(self.cost)), np.array(self.upper)
        lp.row_lower_, lp.row_upper_ = np.array([v for _, v in self.rows]), np.full(len(self.rows), inf)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0] + [len(c) for c, _ in self.rows])
        lp.a_matrix_.index_ = np.array(list(chain.from_iterable(c for c, _ in self.rows)), dtype=np.int32)
        lp.a_matrix_.value_ = np.array(list(chain.from_iterable(c.values() for c, _ in self.rows)))
        if self.whole:
            kinds = [highspy.HighsVarType.kContinuous] * len(self.cost)
            for x in self.whole:
                kinds[x] = highspy.HighsVarType.kInteger
            lp.integrality_ = kinds
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)  # as many as elsewhere in the process: its scheduler is one for all
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(lp)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(solver.getSolution().col_value)


def split_together(world: World, t: int, s: int, nodes: Nodes, stores: frozenset[str] | None) -> Split | None:
    """The cheapest split of any workloads over nodes, containers and hosted models, as a linear program."""
    lp = SmallProgram()
    sources = _sources(world, stores)
    drawn = {n: _container(world, lp, n, t) for n, pool in enumerate(world.pools) if pool.container}
    nodes_of: list[dict[int, float]] = [{} for _ in sources]
    for w in range(len(world.works)):
        _serve(world, lp, w, t, s, sources, nodes_of, stores)
    for k, source in enumerate(sources):
        _within(lp, nodes_of[k], (nodes.spot if source.spot else nodes.firm)[source.pool], drawn.get(source.pool))
    for check in _checks(world, t, s):
        if not _survivable(world, lp, check, t, nodes, drawn):
            return None
    x = lp.solved()
    if x is None:
        return None
    return Split((*(0.0,) * len(_groups(world)), float(np.dot(x, lp.cost))), 0.0)


def _container(world: World, lp: SmallProgram, n: int, t: int) -> int:
    """Nodes of a container service: as many as are in use, whole or not."""
    pool = world.pools[n]
    way = next(w for w in world.ways if w.pool == n)
    most = (inf if way.most is None else way.most) if _released(world, pool, t) else 0.0
    price = _price(world, way, t) * _supported(world, pool.provider) + _tonnes(world, pool) * world.carbon_price
    return lp.variable(price, most)


def _within(lp: SmallProgram, used: dict[int, float], there: float, container: int | None) -> None:
    row = {x: -per for x, per in used.items()}
    if container is not None:
        lp.at_least({**row, container: 1.0}, 0.0)
    elif row:
        lp.at_least(row, -there)


class Supply(NamedTuple):
    """What may serve a workload: a variable of work an hour."""

    x: int
    pool: Pool | None
    provider: str
    spot: bool
    lesser: bool


def _serve(
    world: World, lp: SmallProgram, w: int, t: int, s: int, sources: list[Source], nodes_of: list[dict[int, float]],
    stores: frozenset[str] | None,
) -> None:  # fmt: skip
    """The rules of one workload."""
    work, wanted = world.works[w], _demand(world, w, t, s)
    supply: list[Supply] = []
    main, lite, most = _apis(world, w, t, s, stores)
    for k, source in enumerate(sources):
        pool = world.pools[source.pool]
        for rate, lesser in ((source.rates[w], False), (source.lite_rate if w == 0 and most > 0 else 0.0, True)):
            if rate > 0:
                supply.append(Supply(lp.variable(), pool, pool.provider, source.spot, lesser))
                nodes_of[k][supply[-1].x] = 1 / rate
    for api, lesser in ((main, False), (lite, True)):
        if api is not None:
            supply.append(Supply(lp.variable(_api_price(world, api, t)), None, api.provider, False, lesser))
    fallen = lp.variable(work.fallback[2] if work.fallback else 0.0, most * wanted)
    lp.at_least({fallen: -1.0} | {u.x: 1.0 for u in supply if u.lesser}, 0.0)
    lp.at_least({fallen: 1.0} | {u.x: 1.0 for u in supply if not u.lesser}, wanted)
    firm = {u.x: 1.0 for u in supply if not u.lesser and not u.spot}
    lp.at_least({fallen: 1.0} | firm, (1 - work.spot_share) * wanted)
    for share, kind, which in work.residency:
        lp.at_least(
            {u.x: 1.0 for u in supply if u.pool and not u.lesser and _in_place(u.pool, kind, which)}, share * wanted
        )
    names = {u.provider for u in supply}
    if world.provider_share is not None:
        for name in names:
            lp.at_least(
                {u.x: 1.0 for u in supply if u.provider != name and not u.lesser}, (1 - world.provider_share) * wanted
            )
    if work.egress_gb:
        sent = {name: lp.variable(work.egress_gb * _egress_price(world, name)) for name in sorted(names)}
        lp.at_least(dict.fromkeys(sent.values(), 1.0), wanted)
        for name, x in sent.items():
            lp.at_least({u.x: 1.0 for u in supply if u.provider == name} | {x: -1.0}, 0.0)
        for share, kind, which in work.residency:
            inside = {u.provider for u in supply if u.pool and _in_place(u.pool, kind, which)}
            lp.at_least({sent[name]: 1.0 for name in sorted(inside)}, share * wanted)


def _survivable(world: World, lp: SmallProgram, check: Check, t: int, nodes: Nodes, drawn: dict[int, int]) -> bool:
    """The dispatch after a failure; False if nothing at all can serve a workload."""
    if any(_helps(world, check, api) for api in world.apis):
        return True
    serving: list[dict[int, float]] = [{} for _ in world.works]
    for n, pool in enumerate(world.pools):
        if check.out is not None and _domain(world, pool) == check.out:
            continue
        if not any(w.pool == n and w.kind != "spot" for w in world.ways):
            continue
        used = {}
        for w, rate in enumerate(pool.rates):
            if rate > 0 and check.needed[w] > 0:
                x = lp.variable()
                used[x] = 1 / rate
                serving[w][x] = 1.0
        started = _standby(world, check, n, t, nodes.running[n])
        if started == inf:
            continue
        if n in drawn and check.on_demand:
            _within(lp, used, lp.upper[drawn[n]], None)
        else:
            _within(lp, used, nodes.all_firm[n] + started, drawn.get(n))
    for w, needed in enumerate(check.needed):
        if needed > 0:
            lp.at_least(serving[w], needed)
    return all(serving[w] or needed <= 0 for w, needed in enumerate(check.needed))


def _simple(world: World) -> bool:
    """Whether the split of work has a closed form: one workload, and no choice between places beside their prices."""
    if len(world.works) > 1 or any(pool.container or pool.lite_rate for pool in world.pools):
        return False
    work = world.works[0]
    fenced = bool(work.residency) or world.provider_share is not None or 0 < work.spot_share < 1
    return not (fenced and work.egress_gb and _egress_differs(world))


def _egress_differs(world: World) -> bool:
    prices = [_egress_price(world, name) for name in providers(world)]
    return max(prices) - min(prices) > 1e-12


def split(world: World, t: int, s: int, nodes: Nodes, stores: frozenset[str] | None) -> Split | None:
    key = ("split", t, s, nodes, stores)
    if key not in world.memo:
        solve = split_alone if _simple(world) else split_together
        world.memo[key] = solve(world, t, s, nodes, stores)
    return world.memo[key]


# --- one period -------------------------------------------------------------------------------------


class Placement(NamedTuple):
    """Where and when a run goes, and the share of its last period that it takes."""

    pool: int
    nodes: int
    first: int
    last: int
    share: float


class Crew(NamedTuple):
    """How the cluster of a run is made up in a period."""

    pool: int
    whole: int
    """Nodes on demand for the whole period: in an emergency they are there."""
    part: int
    """Nodes on demand for only the hours that the run takes of its last period."""
    committed: int


Point = tuple[float, ...]
"""Outcome of a period or slice: bills by group, what is not cash, tonnes."""


def _unbeaten(world: World, points: list[Point]) -> list[Point]:
    """Points that no other beats in every respect that matters."""
    if not _coupled(world):
        return [min(points, key=lambda p: sum(p[:-1]))] if points else []
    if len(points) < 2:
        return points
    table = np.array(points)
    cost = table[:, :-1].sum(axis=1)
    tonnes = table[:, -1] if world.carbon_cap is not None else np.zeros(len(points))
    keys = np.column_stack([cost, table[:, :-2], tonnes])
    order = np.lexsort(keys.T[::-1])
    kept: list[int] = []
    while len(order):
        first = order[0]
        kept.append(int(first))
        order = order[~(keys[order] >= keys[first] - 1e-12).all(axis=1)]
    return [points[k] for k in kept]


def _plus(a: Point, b: Point) -> Point:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _point(world: World, provider: str, usd: float, tonnes: float) -> Point:
    """A bill and its emissions."""
    bills = [0.0] * (len(_groups(world)) + 1)
    bills[_group(world, provider)] = usd
    return (*bills, tonnes * world.carbon_price, tonnes)


def _menu(world: World, t: int, s: int, live: Counts, run: Crew | None, stores: frozenset[str] | None) -> list[Point]:
    """Outcomes of a slice beside commitments and what a run pays."""
    key = ("menu", t, s, live, run, stores)
    if key in world.memo:
        return world.memo[key]
    hours = _hours(world, t)[s]
    by_hour = [o for o, way in enumerate(world.ways) if not way.term and not world.pools[way.pool].container]
    nothing = (0.0,) * (len(_groups(world)) + 3)
    units = []
    for o in by_hour:
        way, pool = world.ways[o], world.pools[world.ways[o].pool]
        usd = hours * _price(world, way, t) * _supported(world, pool.provider)
        one = _point(world, pool.provider, usd, hours * _tonnes(world, pool))
        units.append([(n, tuple(n * x for x in one)) for n in range(_limit(world, way, t, s, run) + 1)])
    choices = []
    for chosen in product(*units):
        point = tuple(map(sum, zip(nothing, *(part for _, part in chosen), strict=True)))
        choices.append((sum(point[:-1]), tuple(n for n, _ in chosen), point))
    found: list[Point] = []
    best = inf
    for least, numbers, point in sorted(choices):
        if least >= best and not _coupled(world):
            break
        nodes = _there(world, live, dict(zip(by_hour, numbers, strict=True)), run)
        parted = None if nodes is None else split(world, t, s, nodes, stores)
        if parted is not None:
            bills = [b * hours for b in parted.bills]
            total = _plus(point, (*bills, parted.other * hours, 0.0))
            best = min(best, sum(total[:-1]))
            found.append(total)
    world.memo[key] = _unbeaten(world, found)
    return world.memo[key]


def _limit(world: World, way: Way, t: int, s: int, run: Crew | None) -> int:
    """More nodes by the hour than this are of no use."""
    pool = world.pools[way.pool]
    if not _released(world, pool, t):
        return 0
    taken = run.whole + run.part if run is not None and run.pool == way.pool and way.kind == "on_demand" else 0
    useful = 0
    lost = min(way.interruptions * 0.25 / 730, 1.0)
    for w, rate in enumerate(pool.rates):
        rates = [x for x in (rate * (1 - lost), pool.lite_rate if w == 0 else 0.0) if x > 0]
        if rates:
            useful += ceil(_demand(world, w, t, s) * (1 + world.reserve) / min(rates) - EPS)
    return useful if way.most is None else min(useful, way.most - taken)


def _there(world: World, live: Counts, by_hour: dict[int, int], run: Crew | None) -> Nodes | None:
    size = len(world.pools)
    firm, spot, running = [0] * size, [0] * size, [0] * size
    for o, way in enumerate(world.ways):
        if way.term:
            firm[way.pool] += live[o]
        elif way.kind == "spot":
            spot[way.pool] += by_hour.get(o, 0)
        else:
            firm[way.pool] += by_hour.get(o, 0)
            running[way.pool] += by_hour.get(o, 0)
    every = list(firm)
    if run is not None:
        firm[run.pool] -= run.committed
        every[run.pool] += run.whole
        running[run.pool] += run.whole
    return Nodes(tuple(firm), tuple(spot), tuple(every), tuple(running))


def _period(world: World, t: int, live: Counts, placed: Placement | None, stores: frozenset[str] | None) -> list[Point]:
    """Unbeaten outcomes of a period, the emissions of commitments included."""
    here = placed if placed is not None and placed.first <= t <= placed.last else None
    share = 1.0 if here is None or t < here.last else here.share
    key = ("period", t, live, here and (here.pool, here.nodes, share), stores)
    if key in world.memo:
        return world.memo[key]
    held = (0.0,) * (len(_groups(world)) + 3)
    for way, n in zip(world.ways, live, strict=True):
        if way.term:
            pool = world.pools[way.pool]
            held = _plus(held, _point(world, pool.provider, 0.0, n * world.lengths[t] * _tonnes(world, pool)))
    found: list[Point] = []
    for run in _manned(world, t, live, here):
        base = held
        if run is not None and run.whole + run.part:
            way = next(w for w in world.ways if w.pool == run.pool and w.kind == "on_demand")
            pool = world.pools[run.pool]
            hours = (run.whole + run.part * share) * world.lengths[t]
            usd = hours * _price(world, way, t) * _supported(world, pool.provider)
            base = _plus(base, _point(world, pool.provider, usd, hours * _tonnes(world, pool)))
        points = [base]
        for s in range(len(_hours(world, t))):
            menu = _menu(world, t, s, live, run, stores)
            points = _unbeaten(world, [_plus(p, q) for p in points for q in menu])
        found += points
    world.memo[key] = _unbeaten(world, found)
    return world.memo[key]


def _manned(world: World, t: int, live: Counts, here: Placement | None) -> Iterator[Crew | None]:
    """The ways to make up a run's cluster."""
    if here is None:
        yield None
        return
    committed = sum(n for way, n in zip(world.ways, live, strict=True) if way.term and way.pool == here.pool)
    hourly = next((w for w in world.ways if w.pool == here.pool and w.kind == "on_demand"), None)
    top = 0
    if hourly is not None and _released(world, world.pools[here.pool], t):
        top = here.nodes if hourly.most is None else min(here.nodes, hourly.most)
    for on_demand in range(top + 1):
        if here.nodes - on_demand <= committed:
            for part in range(on_demand + 1) if t == here.last else [0]:
                yield Crew(here.pool, on_demand - part, part, here.nodes - on_demand)


# --- the whole --------------------------------------------------------------------------------------


def goodput(run: Run, accelerators: int) -> float:
    write = run.write_minutes / 60
    between = 8760 / (run.failures * accelerators)
    interval = run.interval if run.interval is not None else sqrt(2 * write * between)
    return max(0.0, 1 - write / interval - (interval / 2 + run.restart) / between)


def run_hours(world: World, pool: Pool, nodes: int) -> float:
    """Hours that the run takes on a cluster."""
    assert world.run is not None
    speed = pool.run_rate * nodes * goodput(world.run, nodes * pool.size)
    return world.run.work * world.scale / speed if speed > 0 else inf


def cluster_nodes(world: World, pool: Pool) -> list[int]:
    """Sizes of a cluster to choose from, in nodes of the pool."""
    run = world.run
    assert run is not None
    if run.sizes is not None:
        return [size // pool.size for size in run.sizes if size % pool.size == 0]
    least, most = ceil(run.least / pool.size), floor(run.most / pool.size)
    allowed = range(least, most + 1)
    found = {least, most}
    for periods in range(1, len(world.lengths) + 1):
        ready = [n for n in allowed if run_hours(world, pool, n) <= periods * world.lengths[0]]
        found |= set(ready[:1])
    return sorted(found & set(allowed))


def placements(world: World) -> list[Placement | None]:
    if world.run is None or world.run.interruptible:
        return [None]
    found: list[Placement | None] = []
    for n, pool in enumerate(world.pools):
        if pool.run_rate <= 0 or not any(w.pool == n and w.kind != "spot" for w in world.ways):
            continue
        for nodes in cluster_nodes(world, pool):
            hours = run_hours(world, pool, nodes)
            if hours == inf:
                continue
            length = world.lengths[0]
            periods = ceil(hours / length - 1e-9)
            for first in range(world.run.earliest, world.run.deadline - periods + 2):
                share = (hours - (periods - 1) * length) / length
                found.append(Placement(n, nodes, first, first + periods - 1, share))
    return found


class Signing(NamedTuple):
    """One node signed: its present value without credits, its bills by period, what of them is upfront."""

    cost: float
    bills: dict[int, float]
    upfront: float


def signing(world: World, way: Way, v: int) -> Signing:
    count = len(world.lengths)
    provider = world.pools[way.pool].provider
    price, upfront = _price(world, way, v), _price(world, way, v, way.upfront)
    more = _supported(world, provider) - 1
    cost = upfront * (1 + more) * _at_start(world, v)
    bills = {v: upfront * (1 + more)}
    for tau in range(v + way.lead, v + way.lead + way.term):
        owed = price * _length(world, tau) * (1 + more)
        if tau < count:
            bills[tau] = bills.get(tau, 0.0) + owed
        elif world.terminal == "annuity":
            owed = 0.0
        elif world.terminal == "market":
            later = _price(world, way, count)
            later += _price(world, way, count, way.upfront) / (way.term * _length(world, count))
            owed -= min(later, price) * _length(world, tau) * (1 + more)
        cost += owed * _at_middle(world, tau)
    return Signing(cost, bills, upfront)


def _signed(world: World, way: Way) -> list[Counts]:
    """Numbers of nodes to sign in every period."""
    count = len(world.lengths)
    pool = world.pools[way.pool]
    needed = 0
    for t in range(count):
        for s in range(len(_hours(world, t))):
            free = replace(way, most=None, interruptions=0.0)
            needed = max(needed, _limit(world, free, t, s, None) if _released(world, pool, t) else 0)
    if world.run is not None and pool.run_rate > 0:
        if world.run.interruptible:
            needed += ceil(world.run.work * world.scale / pool.run_rate / world.lengths[0])
        else:
            needed += max(cluster_nodes(world, pool), default=0)
    top = max(needed, way.least) if way.most is None else min(max(needed, way.least), way.most)
    each = [
        [0, *range(way.least, top + 1)] if v + way.lead < count and _released(world, pool, v) else [0]
        for v in range(count)
    ]
    found = []
    for signed in product(*each):
        alive = [sum(signed[max(t - way.lead - way.term + 1, 0) : max(t - way.lead + 1, 0)]) for t in range(count)]
        if way.most is None or max(alive) <= way.most:
            found.append(signed)
    return found


def _keeping(world: World) -> list[frozenset[str] | None]:
    """Sets of providers at which a workload that keeps data may have it."""
    if not any(work.storage_gb for work in world.works):
        return [None]
    names = providers(world)
    return [frozenset(c) for size in range(1, len(names) + 1) for c in combinations(names, size)]


def least_npv(world: World) -> float | None:
    """The least present value, or None if there is no plan. A world with a run that may stop is for `soft_program`."""
    assert world.run is None or not world.run.interruptible
    count, width = len(world.lengths), len(_groups(world)) + 1
    committed = [o for o, way in enumerate(world.ways) if way.term]
    best = inf
    tables = {(o, v): signing(world, world.ways[o], v) for o in committed for v in range(count)}
    designs = []
    for choice in product(*(_signed(world, world.ways[o]) for o in committed)):
        fixed, upfront = 0.0, [0.0] * count
        bills = [[0.0] * width for _ in range(count)]
        live = [[0] * len(world.ways) for _ in range(count)]
        for o, signed in zip(committed, choice, strict=True):
            way = world.ways[o]
            for v, n in enumerate(signed):
                if n:
                    one = tables[o, v]
                    fixed += n * one.cost
                    upfront[v] += n * one.upfront
                    for t, usd in one.bills.items():
                        bills[t][_group(world, world.pools[way.pool].provider)] += n * usd
                    for t in range(v + way.lead, min(v + way.lead + way.term, count)):
                        live[t][o] += n
        if _upfront_allowed(world, upfront):
            designs.append((fixed, [tuple(row) for row in live], bills))
    designs.sort(key=lambda design: design[0])
    for stores in _keeping(world):
        for placed in placements(world):
            kept, paid = _kept(world, stores, placed)
            for fixed, live, bills in designs:
                if fixed + kept - _most_credit(world) >= best:
                    break
                points = [_period(world, t, row, placed, stores) for t, row in enumerate(live)]
                together = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(bills, paid, strict=True)]
                if all(points):
                    best = min(best, _operated(world, fixed + kept, points, together, best))
    return None if best == inf else best


def _kept(world: World, stores: frozenset[str] | None, placed: Placement | None) -> tuple[float, list[list[float]]]:
    """Cost of keeping data: present value, and bills by period and group."""
    volumes: dict[str, float] = {}
    for work in world.works:
        for name in sorted(stores or ()):
            volumes[name] = volumes.get(name, 0.0) + work.storage_gb
    if placed is not None and world.run is not None:
        name = world.pools[placed.pool].provider
        volumes[name] = volumes.get(name, 0.0) + world.run.storage_gb
    cost = 0.0
    bills = [[0.0] * (len(_groups(world)) + 1) for _ in world.lengths]
    for t, length in enumerate(world.lengths):
        for name, volume in volumes.items():
            usd = volume * world.storage * length / 730 * _supported(world, name)
            cost += usd * _at_middle(world, t)
            bills[t][_group(world, name)] += usd
    return cost, bills


def _most_credit(world: World) -> float:
    return sum(usd for _, usd, _ in world.credits)


def _upfront_allowed(world: World, upfront: list[float]) -> bool:
    if world.budget_upfront is None:
        return True
    years: dict[int, float] = {}
    for v, usd in enumerate(upfront):
        years[_year(world, v)] = years.get(_year(world, v), 0.0) + usd
    return all(usd <= world.budget_upfront * (1 + 1e-9) + 1e-9 for usd in years.values())


def _operated(world: World, fixed: float, points: list[list[Point]], bills: list[list[float]], best: float) -> float:
    """Least present value over the outcomes of the periods, within all limits; inf if it is not below `best`."""
    values = [_at_middle(world, t) for t in range(len(points))]
    if not _coupled(world):
        return fixed + sum(sum(row[0][:-1]) * value for row, value in zip(points, values, strict=True))
    later = [0.0]
    for row, value in zip(reversed(points), reversed(values), strict=True):
        later.insert(0, later[0] + min(sum(p[:-1]) for p in row) * value)
    credit = _most_credit(world)

    def search(t: int, cost: float, chosen: list[Point]) -> float:
        nonlocal best
        if cost + later[t] - credit >= best:
            return inf
        if t == len(points):
            found = cost - _relief(world, chosen, bills)
            best = min(best, found)
            return found
        return min(
            (search(t + 1, cost + sum(p[:-1]) * values[t], [*chosen, p]) for p in points[t]),
            default=inf,
        )

    return search(0, fixed, [])


def _relief(world: World, chosen: list[Point], bills: list[list[float]]) -> float:
    """What credits take off the present value; minus infinity if a limit cannot be kept."""
    if world.carbon_cap is not None:
        years: dict[int, float] = {}
        for t, point in enumerate(chosen):
            years[_year(world, t)] = years.get(_year(world, t), 0.0) + point[-1]
        if any(tonnes > world.carbon_cap * (1 + 1e-9) for tonnes in years.values()):
            return -inf
    owed = [[a + b for a, b in zip(point[:-2], row, strict=True)] for point, row in zip(chosen, bills, strict=True)]
    used = _soonest(world, owed)
    if not _affordable(world, [sum(row) - u for row, u in zip(owed, used, strict=True)]):
        found = _timed(world, owed) if world.credits else None
        if found is None:
            return -inf
        used = found
    return sum(usd * _at_middle(world, t) for t, usd in enumerate(used))


def _soonest(world: World, owed: list[list[float]]) -> list[float]:
    """Credits used as soon as there is a bill, those first that expire first."""
    used = [0.0] * len(owed)
    order = sorted(world.credits, key=lambda c: inf if c[2] is None else c[2])
    left = [usd for _, usd, _ in order]
    for t, row in enumerate(owed):
        open_bills = list(row)
        for n, (provider, _, expires) in enumerate(order):
            if expires is None or t < expires:
                part = min(left[n], open_bills[_group(world, provider)])
                left[n] -= part
                open_bills[_group(world, provider)] -= part
                used[t] += part
    return used


def _affordable(world: World, spent: list[float]) -> bool:
    if world.budget_total is not None and sum(spent) > world.budget_total * (1 + 1e-9):
        return False
    if world.budget_period is not None and max(spent) > world.budget_period * (1 + 1e-9):
        return False
    return all(gone <= able + 1e-6 for gone, able in zip(np.cumsum(spent), _able(world), strict=True))


def _able(world: World) -> list[float]:
    """What may have been spent by the end of every period."""
    if world.cash is None:
        return [inf] * len(world.lengths)
    have, found = world.cash.at_hand - world.cash.minimum, []
    for t, length in enumerate(world.lengths):
        growth = (1 + world.cash.growth) ** (_start_hours(world, t) / 8760)
        have += (world.cash.income * growth - world.cash.other) * length / 730
        have += sum(usd for when, usd in world.cash.raises if when == t)
        found.append(have)
    return found


def _timed(world: World, owed: list[list[float]]) -> list[float] | None:
    """Use of credits that keeps all limits, worth the most; None if there is none."""
    lp = SmallProgram()
    use = {
        (n, t): lp.variable(-_at_middle(world, t))
        for n, (_, _, expires) in enumerate(world.credits)
        for t in range(len(owed))
        if expires is None or t < expires
    }
    for n, (_, usd, _) in enumerate(world.credits):
        lp.at_least({x: -1.0 for (m, _), x in use.items() if m == n}, -usd)
    for g, name in enumerate(_groups(world)):
        for t, row in enumerate(owed):
            lp.at_least({x: -1.0 for (m, k), x in use.items() if k == t and world.credits[m][0] == name}, -row[g])
    totals = [sum(row) for row in owed]
    gone = 0.0
    for t, able in enumerate(_able(world)):
        gone += totals[t]
        if able < inf:
            lp.at_least({x: 1.0 for (_, k), x in use.items() if k <= t}, gone - able)
        if world.budget_period is not None:
            lp.at_least({x: 1.0 for (_, k), x in use.items() if k == t}, totals[t] - world.budget_period)
    if world.budget_total is not None:
        lp.at_least(dict.fromkeys(use.values(), 1.0), sum(totals) - world.budget_total)
    x = lp.solved()
    if x is None:
        return None
    return [sum(float(x[i]) for (_, k), i in use.items() if k == t) for t in range(len(owed))]
