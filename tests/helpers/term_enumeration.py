"""Small instances of agreements, savings plans and blocks, solved by trying everything.

Nothing here knows of the planner's code. One workload of one unit a node-hour; one or two pools of one provider on demand, one
commitment, one block; an agreement on spend or a savings plan.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any

YEAR = 8760.0


@dataclass(frozen=True)
class Terms:
    """One instance; all prices per node and hour."""

    lengths: tuple[float, ...]
    parts: tuple[float, ...]
    demand: tuple[tuple[int, ...], ...]
    price: float
    second: tuple[float, int] | None
    """Price and cap of the pool in another region."""
    committed: tuple[float, float, int] | None
    """Price, upfront, term in periods."""
    block: tuple[float, int, int | None] | None
    """Price, most nodes, start; it is there for one period."""
    tiers: tuple[tuple[float, float], ...] = ()
    covers: tuple[str, ...] = ()
    take_or_pay: bool = True
    after: bool = False
    one_level: bool = False
    plan: tuple[float, float, float] | None = None
    """Discounts on the two pools, share upfront; of one period."""
    support: float = 0.0
    rate: float = 0.0


def draw(seed: int) -> Terms:
    r = random.Random(f"enumerated {seed}")
    lengths = r.choice([(YEAR,), (YEAR / 2, YEAR / 2), (YEAR, YEAR), (YEAR / 2,)])
    parts = r.choice([(1.0,), (0.4, 0.6)]) if len(lengths) == 1 else (1.0,)
    demand = tuple(tuple(r.randint(0, 3) for _ in parts) for _ in lengths)
    demand = (tuple(max(d, 1) for d in demand[0]), *demand[1:])
    price = round(r.uniform(1, 3), 2)
    hours = sum(lengths)
    dealt = r.random() < 0.65
    base = price * sum(max(row) for row in demand) / len(lengths) * r.uniform(0.5, 1.6) * YEAR
    first = round(r.uniform(0.05, 0.3), 2)
    tiers = ((round(base, 2), first), (round(base * 1.4, 2), round(first + 0.15, 2)))[: r.choice([1, 2])]
    kinds = ("on_demand", "commitment", "block")
    return Terms(
        lengths=lengths,
        parts=parts,
        demand=demand,
        price=price,
        second=(round(price * r.uniform(0.8, 1.3), 2), r.randint(1, 2)) if r.random() < 0.5 else None,
        committed=_commitment(r, price, len(lengths)) if r.random() < 0.6 else None,
        block=(round(price * r.uniform(0.5, 1.0), 2), r.randint(1, 2), r.choice([None, 0, len(lengths) - 1]))
        if r.random() < 0.6
        else None,
        tiers=tiers if dealt else (),
        covers=tuple(sorted(r.sample(kinds, r.randint(1, 3)))) if dealt else (),
        take_or_pay=r.random() < 0.6,
        after=r.random() < 0.5,
        one_level=r.random() < 0.4,
        plan=None if dealt else (round(r.uniform(0.1, 0.5), 2), round(r.uniform(0.1, 0.5), 2), r.choice([0, 0.5, 1])),
        support=r.choice([0.0, 0.1]),
        rate=r.choice([0.0, 0.1]) if hours else 0.0,
    )


def _commitment(r: random.Random, price: float, count: int) -> tuple[float, float, int]:
    return round(price * r.uniform(0.5, 0.9), 2), r.choice([0.0, 500.0]), r.randint(1, count)


def fields_of(w: Terms) -> dict[str, Any]:
    """The instance as fields of a scenario."""
    slices = [[{"name": f"s{i}", "hours": h * part} for i, part in enumerate(w.parts)] for h in w.lengths]
    contracts: list[dict[str, Any]] = [{"kind": "on_demand", "usd_per_hour": w.price}]
    if w.committed is not None:
        usd, upfront, term = w.committed
        contracts.append({"kind": "commitment", "usd_per_hour": usd, "upfront_usd": upfront, "term_periods": term})
    if w.block is not None:
        usd, most, start = w.block
        block = {"kind": "block", "usd_per_hour": usd, "days": w.lengths[0] / 24, "max_nodes": most}
        contracts.append(block if start is None else block | {"start_period": start})
    offers = [{"name": "one", "provider": "q", "region": "r1", "throughput": {"w": 1}, "contracts": contracts}]
    if w.second is not None:
        usd, most = w.second
        there = {"kind": "on_demand", "usd_per_hour": usd, "max_nodes": most}
        offers.append({"name": "two", "provider": "q", "region": "r2", "throughput": {"w": 1}, "contracts": [there]})
    work = {"name": "w", "kind": "inference", "unit": "u", "demand_per_hour": [list(row) for row in w.demand]}
    fields: dict[str, Any] = {
        "periods": [{"hours": h, "slices": s} for h, s in zip(w.lengths, slices, strict=True)],
        "terminal": "liability",
        "discount_rate": w.rate,
        "support": {"q": w.support},
        "workloads": [work],
        "offers": offers,
    }
    if w.tiers:
        fields["spend_agreements"] = [
            {
                "provider": "q",
                "tiers": [{"spend_per_year_usd": usd, "discount": d} for usd, d in w.tiers],
                "covers": w.covers,
                "take_or_pay": w.take_or_pay,
                "spend_counts": "after_discount" if w.after else "before_discount",
                "level": "horizon" if w.one_level else "plan_year",
            }
        ]
    if w.plan is not None:
        rates = [{"discount": w.plan[0], "region": "r1"}, {"discount": w.plan[1], "region": "r2"}]
        plan = {"name": "sp", "provider": "q", "term_periods": 1, "upfront_fraction": w.plan[2], "rates": rates}
        fields["savings_plans"] = [plan]
    return fields


# --- money -------------------------------------------------------------------------------------------


def _start(w: Terms, t: int) -> float:
    lengths = [*w.lengths, *[w.lengths[-1]] * t]
    return sum(lengths[:t]) / YEAR


def _middle(w: Terms, t: int) -> float:
    return _start(w, t) + w.lengths[min(t, len(w.lengths) - 1)] / YEAR / 2


def _value(w: Terms, years: float) -> float:
    return (1 + w.rate) ** -years * (1 + w.support)


def _year(w: Terms, t: int) -> int:
    return int(_start(w, t) + 1e-9)


# --- everything --------------------------------------------------------------------------------------


def least(w: Terms) -> float:
    """The least NPV over all signings, nodes that run, tiers and dollars. Idle hours on demand may be any number (`_settled`)."""
    count, top = len(w.lengths), max(max(row) for row in w.demand)
    spare = 0
    if w.tiers and not (w.take_or_pay and w.after):
        spare = 3  # idle nodes that reach a tier; the draws never need more (tests of their own say when they pay)
    signings = list(product(range(top + spare + 1), repeat=count)) if w.committed else [(0,) * count]
    best = inf
    for signed in signings:
        for blocks in _blocks(w):
            best = min(best, _fixed(w, signed, blocks, spare, best))
    return best


def _blocks(w: Terms) -> Iterator[tuple[int, ...]]:
    if w.block is None:
        yield (0,) * len(w.lengths)
        return
    _, most, start = w.block
    yield from product(*[range(most + 1) if start in (None, t) else (0,) for t in range(len(w.lengths))])


def _fixed(w: Terms, signed: tuple[int, ...], blocks: tuple[int, ...], spare: int, best: float) -> float:
    count = len(w.lengths)
    cost, spent = 0.0, {_year(w, t): 0.0 for t in range(count)}
    have = [0] * count
    for v, nodes in enumerate(signed):
        if nodes and w.committed is not None:
            usd, upfront, term = w.committed
            counts = "commitment" in w.covers
            cost += nodes * upfront * _value(w, _start(w, v))
            spent[_year(w, v)] += nodes * upfront * counts
            for t in range(v, v + term):
                paid = nodes * usd * w.lengths[min(t, count - 1)]
                cost += paid * _value(w, _middle(w, t))
                if t < count:
                    have[t] += nodes
                    spent[_year(w, t)] += paid * counts
    for t, nodes in enumerate(blocks):
        if nodes and w.block is not None:
            paid = nodes * w.block[0] * w.lengths[t]
            cost += paid * _value(w, _start(w, t))
            spent[_year(w, t)] += paid * ("block" in w.covers)
            have[t] += nodes
    if w.plan is not None:
        return cost + sum(_with_plan(w, t, have[t]) for t in range(count))
    ways = [list(_by_the_hour(w, t, have[t])) for t in range(count)]
    found = inf
    for chosen in product(*ways):
        run = dict(spent)
        total = cost
        for t, usd in enumerate(chosen):
            run[_year(w, t)] += usd * ("on_demand" in w.covers)
            total += usd * _value(w, _middle(w, t))
        found = min(found, total + _settled(w, run))
    return found


def _by_the_hour(w: Terms, t: int, have: int) -> Iterator[float]:
    """Cash of every way to run the nodes on demand that the work of a period needs."""
    cells = []
    for s, part in enumerate(w.parts):
        need, hours = max(w.demand[t][s] - have, 0), w.lengths[t] * part
        ways = {
            (a * w.price + b * (w.second[0] if w.second else 0.0)) * hours
            for b in range((w.second[1] if w.second else 0) + 1)
            for a in (max(need - b, 0),)
        }
        cells.append(sorted(ways))
    yield from {round(sum(chosen), 6) for chosen in product(*cells)}


def _settled(w: Terms, spent: dict[int, float]) -> float:
    if not w.tiers:
        return 0.0
    last = {_year(w, t): t for t in range(len(w.lengths))}
    hours = {y: sum(h for t, h in enumerate(w.lengths) if _year(w, t) == y) for y in last}
    by_level: list[dict[int, float]] = []
    for level in range(len(w.tiers) + 1):
        costs = {}
        at, off = w.tiers[level - 1] if level else (0.0, 0.0)
        counts = 1 - off if w.after else 1.0
        for y, usd in spent.items():
            least, value = at * min(hours[y] / YEAR, 1.0), _value(w, _middle(w, last[y]))
            idle = max(least / counts - usd, 0.0) if "on_demand" in w.covers else 0.0
            found = inf
            for more in {0.0, idle}:  # hours of nodes that idle, in the last period of the year, up to the threshold
                missing = max(least - (usd + more) * counts, 0.0)
                if w.take_or_pay or missing <= 1e-9 * least:
                    found = min(found, (more + missing * w.take_or_pay - off * (usd + more)) * value)
            costs[y] = found
        by_level.append(costs)
    if w.one_level:
        return min(sum(costs.values()) for costs in by_level)
    return sum(min(costs[y] for costs in by_level) for y in spent)


def _with_plan(w: Terms, t: int, have: int) -> float:
    """Least cost of a period under a savings plan of one period: dollars are tried at every kink of their use."""
    assert w.plan is not None
    prices = [w.price, w.second[0] if w.second else 0.0]
    rates, upfront = w.plan[:2], w.plan[2]
    dollar = w.lengths[t] * (upfront * _value(w, _start(w, t)) + (1 - upfront) * _value(w, _middle(w, t)))
    found = inf
    for seconds in product(range((w.second[1] if w.second else 0) + 1), repeat=len(w.parts)):
        cells = [(max(max(w.demand[t][s] - have, 0) - b, 0), b) for s, b in enumerate(seconds)]
        kinks = {0.0}
        for nodes in cells:
            used = 0.0
            for i in sorted(range(2), key=lambda i: -rates[i]):
                used += nodes[i] * prices[i] * (1 - rates[i])
                kinks.add(used)
        for dollars in kinks:
            cash = 0.0
            for s, nodes in enumerate(cells):
                left, cost = dollars, 0.0
                for i in sorted(range(2), key=lambda i: -rates[i]):
                    price = prices[i] * (1 - rates[i])
                    held = min(nodes[i], left / price) if price else 0.0
                    left -= held * price
                    cost += (nodes[i] - held) * prices[i]
                cash += cost * w.lengths[t] * w.parts[s]
            found = min(found, dollars * dollar + cash * _value(w, _middle(w, t)))
    return found
