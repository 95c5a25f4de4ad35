"""Small instances in which failures, runs, places, spikes, charges and cash come together, drawn from a seed.

Nothing here knows of the planner's code. `wide_search` finds their optimum.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Any

PATH = ((0.0, 1.0), (1.0, 0.9), (3.0, 0.7), (6.0, 0.8), (24.0, 0.8))
"""The path `p` of prices: months from the start and factor."""
CHIPS = {"gen-a": "N", "gen-b": "N", "other": "X"}
"""Accelerators and their vendors."""


@dataclass(frozen=True)
class Pool:
    """A node type at one place."""

    name: str
    provider: str
    region: str
    country: str
    rates: tuple[float, ...]
    """Work units of a node an hour, by online workload."""
    run_rate: float = 0.0
    lite_rate: float = 0.0
    """The same where the first workload falls back to a lesser model."""
    zone: str = ""
    accelerator: str = "gen-a"
    size: int = 1
    kw: float = 1.0
    container: bool = False


@dataclass(frozen=True)
class Way:
    """One contract of a pool."""

    pool: int
    kind: str
    price: float
    most: int | None = None
    interruptions: float = 0.0
    term: int = 0
    upfront: float = 0.0
    least: int = 1
    lead: int = 0


@dataclass(frozen=True)
class Api:
    """A hosted model; `m` is what the workloads run, `lite` is what they may fall back to."""

    provider: str
    model: str
    price: float


@dataclass(frozen=True)
class Work:
    """Online work; `demand[t][s]` an hour in ordinary slices."""

    name: str
    demand: tuple[tuple[float, ...], ...]
    spot_share: float = 0.0
    residency: tuple[tuple[float, str, str], ...] = ()
    """(share, `regions` or `countries`, which)."""
    spike: str | None = None
    multiplier: float = 1.0
    fallback: tuple[float, str, float] | None = None
    """(share, when, USD a unit)."""
    egress_gb: float = 0.0
    storage_gb: float = 0.0
    survive: float | None = None


@dataclass(frozen=True)
class Run:
    """A training run."""

    work: float
    sizes: tuple[int, ...] | None
    least: int
    most: int
    earliest: int
    deadline: int
    write_minutes: float
    restart: float
    failures: float
    interval: float | None
    interruptible: bool
    storage_gb: float = 0.0


@dataclass(frozen=True)
class Cash:
    at_hand: float
    income: float
    growth: float
    other: float
    raises: tuple[tuple[int, float], ...]
    minimum: float


@dataclass(frozen=True)
class World:
    """One instance."""

    lengths: tuple[float, ...]
    parts: tuple[float, ...]
    """Shares of the ordinary slices."""
    spikes: tuple[tuple[str, float], ...]
    """(name, hours a year) in order of name."""
    pools: tuple[Pool, ...]
    ways: tuple[Way, ...]
    apis: tuple[Api, ...]
    works: tuple[Work, ...]
    run: Run | None
    rate: float = 0.0
    terminal: str = "annuity"
    whole: bool = False
    """Whole replicas; drawn only where it makes no difference: one workload of one node a replica."""
    scale: float = 1.0
    changes: tuple[dict[str, Any], ...] = ()
    release: tuple[str, int, tuple[tuple[str, float], ...]] | None = None
    """(accelerator, period, ((older accelerator, change), ...))."""
    discounts: dict[str, float] = field(default_factory=dict)
    availability: tuple[str, float, tuple[str, ...], int] | None = None
    """(kind of failure, share, standby, slices)."""
    reserve: float = 0.0
    provider_share: float | None = None
    support: dict[str, float] = field(default_factory=dict)
    egress: dict[str, float] = field(default_factory=dict)
    storage: float = 0.0
    carbon_price: float = 0.0
    carbon_cap: float | None = None
    grams: dict[str, float] = field(default_factory=dict)
    credits: tuple[tuple[str, float, int | None], ...] = ()
    cash: Cash | None = None
    budget_period: float | None = None
    budget_upfront: float | None = None
    budget_total: float | None = None
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)


def changed(world: World, **fields: Any) -> World:
    """A world with other fields and nothing remembered."""
    return replace(world, **fields, memo={})


# --- drawing --------------------------------------------------------------------------------------


PLACES = (("pa", "r1", "AA"), ("pa", "r2", "BB"), ("pb", "r1", "AA"), ("pb", "r3", "BB"), ("pc", "r3", "BB"))


def draw_wide(seed: int) -> World:
    r = random.Random(seed)
    mode = r.choice(["places", "places", "money", "money", "soft"])
    count = r.choice([1, 2, 2, 3]) if mode != "soft" else r.choice([1, 2, 2])
    length = r.choice([730.0, 730.0, 2190.0])
    spiky = r.random() < 0.4
    parts = (1.0,) if spiky or r.random() < 0.6 else (0.3, 0.7)
    two = mode == "places" and r.random() < 0.35
    spikes = _draw_spikes(r)[: 2 if two else 1] if spiky else ()
    pools = _draw_pools(r, 2 if two else 1)
    works = tuple(_draw_work(r, n, count, len(parts), spikes, two) for n in range(2 if two else 1))
    run = _draw_run(r, count, length, mode == "soft") if mode == "soft" or r.random() < 0.35 else None
    ways = _draw_ways(r, pools, count, mode, two, run is not None)
    world = World((length,) * count, parts, spikes, pools, ways, (), works, run, rate=r.choice([0.0, 0.1, 0.35]))
    world = _with_prices(r, world)
    world = _with_safety(r, world, mode)
    world = _with_places(r, world) if mode == "places" else _with_money(r, world, mode)
    split = two or mode == "soft" or any(pool.container or pool.lite_rate for pool in world.pools)
    return changed(world, whole=not split and r.random() < 0.5)


def _draw_spikes(r: random.Random) -> tuple[tuple[str, float], ...]:
    names = ["spike"] if r.random() < 0.7 else ["launch", "spike"]
    return tuple((name, float(r.choice([24, 100, 876]))) for name in names)


def _draw_pools(r: random.Random, works: int) -> tuple[Pool, ...]:
    pools = []
    for n, (provider, region, country) in enumerate(r.sample(PLACES, r.choice([2, 3]))):
        rates = tuple(round(r.uniform(2.5, 6.0), 2) for _ in range(works))
        if n < 2 and r.random() < 0.1:
            rates = (0.0, *rates[1:])
        zone = r.choice(["", "z1", "z2"]) if r.random() < 0.5 else ""
        chip = r.choice(["gen-a", "gen-a", "gen-a", "gen-b", "other", "other"])
        run = round(r.uniform(1.0, 3.0), 2) if r.random() < 0.8 else 0.0
        size = r.choice([1, 1, 2])
        kw = round(r.uniform(0.5, 9), 1)
        more = {"run_rate": run, "zone": zone, "accelerator": chip, "size": size, "kw": kw}
        pools.append(Pool(f"o{n}", provider, region, country, rates, **more))
    return tuple(pools)


def _draw_work(
    r: random.Random, number: int, count: int, slices: int, spikes: tuple[tuple[str, float], ...], two: bool
) -> Work:
    base = r.uniform(1.5, 4.5 if two or spikes else 7.0)
    demand = tuple(tuple(round(base * r.uniform(0.4, 1.4), 3) for _ in range(slices)) for _ in range(count))
    share = r.choice([0.0, 0.0, 0.3, 0.6, 1.0])
    work = Work(f"w{number}", demand, spot_share=share)
    if spikes and (number == 0 or r.random() < 0.5 or len(spikes) > 1):
        name = spikes[min(number, len(spikes) - 1)][0]
        work = replace(work, spike=name, multiplier=round(r.uniform(1.3, 2.5), 2))
    return work


def _draw_run(r: random.Random, count: int, length: float, soft: bool) -> Run:
    work = round(length * (r.uniform(0.4, 2.5) if soft else r.uniform(0.5, 4.0)), 1)
    first = r.randint(0, count - 1) if r.random() < 0.3 else 0
    last = r.randint(first, count - 1) if r.random() < 0.4 else count - 1
    most = r.choice([4, 6])
    sizes = tuple(sorted(r.sample([2, 4, most], r.choice([1, 2])))) if r.random() < 0.6 else None
    sizes = tuple(sorted(set(sizes))) if sizes else None
    return Run(
        work, sizes, r.choice([1, 2]), most, first, last,
        write_minutes=r.choice([5.0, 20.0]), restart=r.choice([0.25, 2.0]), failures=r.choice([0.173, 4.0, 30.0]),
        interval=r.choice([None, 2.0]), interruptible=soft,
    )  # fmt: skip


def _draw_ways(
    r: random.Random, pools: tuple[Pool, ...], count: int, mode: str, two: bool, run: bool
) -> tuple[Way, ...]:
    ways: list[Way] = []
    committed = 0
    for n, pool in enumerate(pools):
        rate = max(*pool.rates, pool.run_rate) or 3.0
        price = round(rate * r.uniform(0.25, 0.6), 3)
        kinds = r.choice(
            [["on_demand"], ["on_demand"], ["commitment"], ["on_demand", "commitment"], ["on_demand", "spot"]]
        )
        if n == 0 and r.random() < 0.7:
            kinds = ["on_demand"] if mode != "money" else ["on_demand", "commitment"]
        if r.random() < 0.25 and "spot" not in kinds and len(pools) == 2 and not two:
            kinds = [*kinds, "spot"]
        tight = mode == "soft" or r.random() < 0.35
        for kind in kinds:
            if kind == "on_demand":
                ways.append(
                    Way(n, kind, price, most=r.choice([2, 3] if mode == "soft" else [1, 2, 3]) if tight else None)
                )
            elif kind == "spot":
                lost = r.choice([0.0, 200.0, 900.0])
                ways.append(Way(n, kind, round(price * 0.5, 3), most=r.choice([1, 2]), interruptions=lost))
            elif committed < (1 if count == 3 or run else 2):
                committed += 1
                ways.append(_draw_commitment(r, n, price, count, run))
    if not ways or not any(w.kind != "spot" and pools[w.pool].rates[0] > 0 for w in ways):
        ways.append(Way(len(pools) - 1, "on_demand", round((max(pools[-1].rates) or 3.0) * 0.7, 3), most=3))
    return tuple(ways)


def _draw_commitment(r: random.Random, pool: int, price: float, count: int, run: bool) -> Way:
    term = r.randint(1, count + 1)
    upfront = r.choice([0.0, 0.0, round(price * 300 * term, 2)])
    recurring = 0.0 if upfront and r.random() < 0.3 else round(price * r.uniform(0.4, 0.9), 3)
    most = r.choice([None, None, 1, 3] if not run else [1, 3, 4])
    least = r.choice([1, 1, 2]) if most != 1 else 1
    lead = r.choice([0, 0, 0, 1]) if count > 1 else 0
    return Way(pool, "commitment", recurring, most, term=term, upfront=upfront, least=least, lead=lead)


def _with_prices(r: random.Random, world: World) -> World:
    """Paths, a release, discounts, the terminal rule, the scale of demand."""
    fields: dict[str, Any] = {"terminal": r.choice(["market", "annuity", "liability"])}
    if r.random() < 0.35:
        changes: list[dict[str, Any]] = [{"per_year": r.choice([-0.3, 0.2])}]
        if r.random() < 0.4:
            changes.append({"path": "p", "provider": world.pools[0].provider})
        elif r.random() < 0.4:
            changes = [{"per_year": -0.1, "path": "p"}]
        if r.random() < 0.3:
            changes.append({"per_year": -0.5, "contract": "on_demand"})
        fields["changes"] = tuple(changes)
    if r.random() < 0.25 and len(world.lengths) > 1:
        when = r.randint(1, len(world.lengths) - 1)
        fields["release"] = ("gen-b", when, (("gen-a", r.choice([-0.2, -0.5])),))
    if r.random() < 0.2:
        fields["discounts"] = {r.choice(world.pools).provider: 0.1}
    if r.random() < 0.15:
        fields["scale"] = r.choice([0.5, 1.5])
    return changed(world, **fields)


def _with_safety(r: random.Random, world: World, mode: str) -> World:
    """Failures, a reserve, support."""
    fields: dict[str, Any] = {}
    if r.random() < 0.4:
        kind = r.choice(["zone", "region", "region", "provider", "vendor"])
        standby = r.choice([(), ("on_demand",), ("on_demand",), ("hosted_api",), ("on_demand", "hosted_api")])
        fields["availability"] = (kind, r.choice([1.0, 0.7, 0.5]), standby, r.choice([1, 2]))
    if r.random() < 0.2:
        fields["reserve"] = r.choice([0.1, 0.4])
    if r.random() < 0.25:
        fields["support"] = {r.choice(world.pools).provider: 0.1}
    if "availability" in fields and not world.run and len(world.works) == 2 and "reserve" not in fields:
        second = replace(world.works[1], survive=r.choice([None, 0.0, 0.5]))
        fields["works"] = (world.works[0], second)
    return changed(world, **fields)


def providers(world: World) -> list[str]:
    return sorted({p.provider for p in world.pools} | {a.provider for a in world.apis})


def _with_places(r: random.Random, world: World) -> World:
    """Everything that costs by the unit of work; nothing couples the periods."""
    apis: list[Api] = []
    works = list(world.works)
    fields: dict[str, Any] = {}
    if r.random() < 0.35:
        apis.append(Api(r.choice(["ph", "pa"]), "m", round(r.uniform(0.3, 1.4), 3)))
    pools = list(world.pools)
    if (world.spikes and r.random() < 0.7) or r.random() < 0.15:
        apis.append(Api(r.choice(["ph", "pb"]), "lite", round(r.uniform(0.2, 0.8), 3)))
        when = "spikes" if world.spikes and r.random() < 0.6 else "always"
        works[0] = replace(works[0], fallback=(r.choice([0.2, 0.5]), when, r.choice([0.0, 0.3])))
        if r.random() < 0.5:
            n = r.randrange(len(pools))
            pools[n] = replace(pools[n], lite_rate=round(r.uniform(5.0, 9.0), 2))
            apis = apis if r.random() < 0.5 else apis[:-1]
    alone = [n for n in range(len(world.pools)) if [w.kind for w in world.ways if w.pool == n] == ["on_demand"]]
    if alone and r.random() < 0.45:
        pools[alone[0]] = replace(pools[alone[0]], container=True, run_rate=0.0)
    fenced = r.random() < 0.55
    lesser = any(pool.lite_rate for pool in pools)
    if fenced and r.random() < 0.7 and works[0].fallback is None:
        fields["provider_share"] = r.choice([0.5, 0.7])
    if fenced and r.random() < 0.65 and not lesser:
        works[0] = replace(works[0], residency=(_draw_residency(r, world.pools),))
    if r.random() < 0.45:
        gb = round(r.uniform(0.2, 3.0), 2)
        works = [replace(w, egress_gb=gb if n == 0 else 0.0) for n, w in enumerate(works)]
        price = r.choice([0.02, 0.09])
        fields["egress"] = {"default": price} | ({"pa": 0.12, "ph": 0.05} if r.random() < 0.6 else {})
    if r.random() < 0.35:
        fields |= {"carbon_price": float(r.choice([50, 400])), "grams": _draw_grams(r)}
    if not world.availability and not world.reserve and r.random() < 0.35:
        works[0] = replace(works[0], storage_gb=float(r.choice([500, 4000])))
        fields["storage"] = 0.03
    return changed(world, pools=tuple(pools), apis=tuple(apis), works=tuple(works), **fields)


def _draw_residency(r: random.Random, pools: tuple[Pool, ...]) -> tuple[float, str, str]:
    pool = r.choice(pools)
    share = r.choice([0.3, 0.6, 1.0])
    return (share, "regions", pool.region) if r.random() < 0.5 else (share, "countries", pool.country)


def _draw_grams(r: random.Random) -> dict[str, float]:
    return {"r1": float(r.choice([30, 400])), "BB": float(r.choice([60, 500])), "default": 300.0}


def _with_money(r: random.Random, world: World, mode: str) -> World:
    """Everything that couples the periods; the split of work in a slice leaves no choice."""
    fields: dict[str, Any] = {}
    works = list(world.works)
    apis: list[Api] = []
    mean = world.scale * sum(sum(works[0].demand[t]) / len(world.parts) for t in range(len(world.lengths)))
    rough = 0.45 * mean * world.lengths[0] + (0.3 * world.run.work if world.run else 0.0)
    if mode == "money":
        if r.random() < 0.25:
            apis.append(Api(r.choice(["ph", "pa"]), "m", round(r.uniform(0.3, 1.4), 3)))
        elif r.random() < 0.35:
            apis.append(Api(r.choice(["ph", "pb"]), "lite", round(r.uniform(0.2, 0.8), 3)))
            when = "spikes" if world.spikes and r.random() < 0.6 else "always"
            works[0] = replace(works[0], fallback=(r.choice([0.2, 0.5]), when, r.choice([0.0, 0.3])))
        if r.random() < 0.25 and works[0].fallback is None:
            fields["provider_share"] = r.choice([0.5, 0.7])
        if r.random() < 0.2:
            works[0] = replace(works[0], residency=(_draw_residency(r, world.pools),))
        if not world.availability and not world.reserve and r.random() < 0.25:
            works[0] = replace(works[0], storage_gb=float(r.choice([500, 4000])))
            fields["storage"] = 0.03
    else:
        works[0] = replace(works[0], spot_share=r.choice([0.0, 0.0, 1.0]))
    if world.run and not world.run.interruptible and r.random() < 0.3:
        fields |= {"run": replace(world.run, storage_gb=2000.0), "storage": 0.03}
    dense = 1.0 if mode == "money" else 0.6
    if r.random() < 0.5 * dense:
        grants = 1 if r.random() < 0.7 or mode == "soft" else 2
        names = sorted({p.provider for p in world.pools} | {a.provider for a in apis})
        fields["credits"] = tuple(
            (r.choice(names), round(rough * r.uniform(0.05, 0.6), 2), r.choice([None, 1, 2])) for _ in range(grants)
        )
    if r.random() < 0.5 * dense:
        fields["cash"] = _draw_cash(r, rough, len(world.lengths), world.lengths[0] / 730)
    if r.random() < 0.25 * dense:
        fields["budget_period"] = round(rough / len(world.lengths) * r.uniform(1.0, 3.0), 2)
    if r.random() < 0.25 * dense:
        fields["budget_upfront"] = round(max((w.upfront for w in world.ways), default=0) * r.choice([0.5, 1.5, 2.5]), 2)
    if r.random() < 0.15 * dense:
        fields["budget_total"] = round(rough * r.uniform(0.8, 2.5), 2)
    if r.random() < 0.35 * dense:
        fields["grams"] = _draw_grams(r)
        fields["carbon_price"] = float(r.choice([0, 50, 400]))
        hours = sum(world.lengths)
        fields["carbon_cap"] = round(hours * mean / len(world.lengths) / 4 * 4.5 * 300 / 1e6 * r.uniform(0.6, 4), 4)
    return changed(world, works=tuple(works), apis=tuple(apis), **fields)


def _draw_cash(r: random.Random, rough: float, count: int, months: float) -> Cash:
    raises = ((r.randint(0, count - 1), round(rough * r.uniform(0.2, 0.6), 2)),) if r.random() < 0.5 else ()
    return Cash(
        at_hand=round(rough * r.uniform(0.2, 1.2), 2),
        income=round(rough / count / months * r.uniform(0.4, 1.4), 2),
        growth=r.choice([0.0, 1.0]),
        other=round(rough / count / months * r.choice([0.0, 0.1]), 2),
        raises=raises,
        minimum=r.choice([0.0, round(rough * 0.05, 2)]),
    )


def families(world: World) -> set[str]:
    """What is on in a world."""
    return {
        name
        for name, on in {
            "run": world.run is not None and not world.run.interruptible,
            "interruptible run": world.run is not None and world.run.interruptible,
            "availability": world.availability is not None,
            "reserve": world.reserve > 0,
            "residency": any(w.residency for w in world.works),
            "provider share": world.provider_share is not None,
            "spike": bool(world.spikes),
            "fallback": any(w.fallback for w in world.works),
            "hosted": any(a.model == "m" for a in world.apis),
            "container": any(p.container for p in world.pools),
            "credits": bool(world.credits),
            "cash": world.cash is not None,
            "budgets": any(b is not None for b in (world.budget_period, world.budget_upfront, world.budget_total)),
            "carbon": world.carbon_price > 0 or world.carbon_cap is not None,
            "support": bool(world.support),
            "egress": bool(world.egress),
            "storage": world.storage > 0,
            "price path": bool(world.changes),
            "release": world.release is not None,
            "spot": any(w.kind == "spot" for w in world.ways),
            "two workloads": len(world.works) > 1,
        }.items()
        if on
    }


# --- as a scenario ----------------------------------------------------------------------------------


def scenario_fields(world: World) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "catalog": "none",
        "hosted_apis": None,
        "periods": [_period_fields(world, length) for length in world.lengths],
        "discount_rate": world.rate,
        "terminal": world.terminal,
        "demand_scale": world.scale,
        "replicas": "whole" if world.whole else "pooled",
        "workloads": [_workload_fields(world, work) for work in world.works],
        "offers": [_offer_fields(world, n) for n in range(len(world.pools)) if any(w.pool == n for w in world.ways)],
        "price_changes": [dict(change) for change in world.changes],
        "discounts": dict(world.discounts),
        "standing_reserve": world.reserve,
        "support": dict(world.support),
        "egress_usd_per_gb": dict(world.egress),
    }
    fields["offers"] += [
        {
            "kind": "hosted_api", "name": f"api-{api.model}", "provider": api.provider, "model": api.model,
            "usd_per_mtok_input": api.price, "usd_per_mtok_output": api.price,
        }
        for api in world.apis
    ]  # fmt: skip
    if world.run is not None:
        fields["workloads"].append(_run_fields(world.run))
    if world.release is not None:
        name, when, drops = world.release
        fields["releases"] = [
            {"accelerator": name, "period": when, "price_drops": [{"accelerator": a, "by": by} for a, by in drops]}
        ]
    if world.availability is not None:
        kind, share, standby, slices = world.availability
        fields["availability"] = {"failure": kind, "survive": share, "standby": list(standby), "slices": slices}
    if world.provider_share is not None:
        fields["max_share_per_provider"] = world.provider_share
    if world.storage:
        fields["storage_usd_per_gb_month"] = {"default": world.storage}
    return fields | _money_fields(world)


def _money_fields(world: World) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if world.grams:
        fields["carbon"] = {
            "usd_per_tonne": world.carbon_price,
            "max_tonnes_per_year": world.carbon_cap,
            "intensity_g_per_kwh": dict(world.grams),
        }
    if world.credits:
        fields["credits"] = [
            {"provider": provider, "usd": usd} | ({} if expires is None else {"expires_period": expires})
            for provider, usd, expires in world.credits
        ]
    if world.cash is not None:
        fields["cash"] = {
            "at_hand_usd": world.cash.at_hand,
            "income_per_month_usd": world.cash.income,
            "income_growth_per_year": world.cash.growth,
            "other_costs_per_month_usd": world.cash.other,
            "raises": [{"period": when, "usd": usd} for when, usd in world.cash.raises],
            "minimum_usd": world.cash.minimum,
        }
    if world.budget_period is not None:
        fields["budget_per_period_usd"] = world.budget_period
    if world.budget_upfront is not None:
        fields["budget_upfront_per_year_usd"] = world.budget_upfront
    if world.budget_total is not None:
        fields["budget_total_usd"] = world.budget_total
    return fields


def _period_fields(world: World, length: float) -> dict[str, Any]:
    if len(world.parts) == 1:
        return {"hours": length}
    return {
        "hours": length,
        "slices": [{"name": f"s{n}", "hours": length * part} for n, part in enumerate(world.parts)],
    }


def _workload_fields(world: World, work: Work) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": work.name,
        "kind": "inference",
        "model": "m",
        "max_spot_share": work.spot_share,
        "demand_per_hour": [list(row) if len(world.parts) > 1 else row[0] for row in work.demand],
        "egress_gb_per_unit": work.egress_gb,
        "storage_gb": work.storage_gb,
        "residency": [{"share": share, kind: [which]} for share, kind, which in work.residency],
    }
    if work.spike is not None:
        hours = dict(world.spikes)[work.spike]
        fields["spike"] = {"name": work.spike, "multiplier": work.multiplier, "hours_per_year": hours}
    if work.fallback is not None:
        share, when, usd = work.fallback
        fields["fallback"] = {"share": share, "when": when, "model": "lite", "usd_per_unit": usd}
    if work.survive is not None:
        fields["survive"] = work.survive
    return fields


def _run_fields(run: Run) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": "run", "kind": "training_run", "unit": "step", "work": run.work, "earliest_period": run.earliest,
        "deadline_period": run.deadline, "min_accelerators": run.least, "max_accelerators": run.most,
        "checkpoint_write_minutes": run.write_minutes, "restart_hours": run.restart,
        "failures_per_accelerator_year": run.failures, "interruptible": run.interruptible, "storage_gb": run.storage_gb,
    }  # fmt: skip
    if run.sizes is not None:
        fields["cluster_sizes"] = list(run.sizes)
    if run.interval is not None:
        fields["checkpoint_interval_hours"] = run.interval
    return fields


def _offer_fields(world: World, number: int) -> dict[str, Any]:
    pool = world.pools[number]
    throughput = {w.name: rate for w, rate in zip(world.works, pool.rates, strict=True)}
    lesser = {f"{w.name}/fallback": pool.lite_rate for w in world.works[:1] if w.fallback}
    return {
        "name": pool.name, "provider": pool.provider, "region": pool.region, "country": pool.country,
        "zone": pool.zone, "accelerator": pool.accelerator, "accelerators_per_node": pool.size, "kw_per_node": pool.kw,
        "delivery": "container" if pool.container else "node",
        "throughput": throughput | lesser | ({"run": pool.run_rate} if world.run else {}),
        "contracts": [_contract_fields(way) for way in world.ways if way.pool == number],
    }  # fmt: skip


def _contract_fields(way: Way) -> dict[str, Any]:
    contract: dict[str, Any] = {"kind": way.kind, "usd_per_hour": way.price}
    if way.most is not None:
        contract["max_nodes"] = way.most
    if way.kind == "spot":
        contract["interruptions_per_month"] = way.interruptions
    if way.kind == "commitment":
        contract |= {"term_periods": way.term, "upfront_usd": way.upfront}
        contract |= {"min_nodes": way.least, "lead_periods": way.lead}
    return contract
