"""The pools of a plan that matter for commitments: their load, what they cost on demand, the terms known for them."""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

import numpy as np

from planner.analysis.commitments.newsvendor import Cover, Load, Steps, steps_of
from planner.assembly import signing_cost_usd
from planner.domain.finance import discount_factor
from planner.domain.options import Option, Terms
from planner.domain.time import clock
from planner.pipeline import Question, Solution
from planner.units import HOURS_PER_MONTH

MOST_POOLS = 6
LEAST_SHARE = 0.002
"""Share of what all pools would cost on demand below which a pool does not matter."""


class Rate(NamedTuple):
    """A commitment of a pool at a rate."""

    months: float
    discount: float
    terms: Terms
    cover: Cover
    basis: str
    source: str


class Pool(NamedTuple):
    """A pool with its load and its price on demand."""

    question: Question
    on_demand: Option
    value: np.ndarray
    """Present value of a node-hour on demand, by period."""
    load: Load
    known: tuple[Rate, ...]

    @property
    def hours(self) -> np.ndarray:
        return np.array([sum(slices) for slices in self.load.hours])

    @property
    def whole(self) -> bool:
        return self.question.parameters.whole_nodes

    @property
    def months(self) -> float:
        return float(self.hours.sum()) / HOURS_PER_MONTH


def pools_of(solution: Solution) -> tuple[list[Pool], list[str]]:
    """Pools of the plan with an on-demand price, the dearest first; and what is left out."""
    question = solution.question
    loads = _loads(solution)
    by_pool = {name: [o for o in question.market.options if o.pool == name and not o.held] for name in loads}
    found: list[tuple[float, Pool]] = []
    left_out: list[str] = []
    for name, load in loads.items():
        listed = [o for o in by_pool[name] if o.action == "on_demand"]
        if not listed:
            left_out.append(f"{name}: no price on demand is known to compare with")
            continue
        on_demand = min(listed, key=lambda o: (question.pricing.terms(o).usd_per_hour[0], o.id))
        pool = _pool(question, on_demand, load, [o for o in by_pool[name] if _holds_a_node(o)])
        worth = alone_usd(steps_of(load, whole=pool.whole), pool)
        found.append((worth, pool))
    found.sort(key=lambda item: (-item[0], item[1].on_demand.pool))
    least = LEAST_SHARE * fsum(worth for worth, _ in found)
    shown = [pool for worth, pool in found[:MOST_POOLS] if worth >= least]
    left_out += [f"{pool.on_demand.pool}: too small to matter" for _, pool in found[len(shown) :]]
    return shown, left_out


def _holds_a_node(option: Option) -> bool:
    """Whether it is a commitment that holds nodes for whole periods: no savings plan, no block of a few days of one."""
    return option.action == "commit" and not option.savings_plan and option.period_share == 1


def _loads(solution: Solution) -> dict[str, Load]:
    """Load of every pool that serves on demand or under a commitment (not spot, not hosted)."""
    p, decisions = solution.question.parameters, solution.decisions
    assert decisions is not None
    nodes: dict[str, list[list[float]]] = {}

    def add(o: int, t: int, s: int, amount: float) -> None:
        option = p.options[o].option
        if option.action in ("commit", "on_demand") and amount > 0:
            rows = nodes.setdefault(option.pool, [[0.0] * len(slices) for slices in p.hours])
            rows[t][s] += amount

    for (o, t, s), amount in decisions.running.items():
        add(o, t, s, amount)
    for (t, s), parts in decisions.busy.items():
        for part in parts:
            if p.options[part.option].terms.term:
                add(part.option, t, s, part.nodes)
    for placed in decisions.runs:
        for held in placed.parts:
            for s in range(len(p.hours[held.period])):
                if p.options[held.option].terms.term:
                    add(held.option, held.period, s, held.nodes)
    return {name: Load(tuple(map(tuple, rows)), p.hours) for name, rows in nodes.items()}


def _pool(question: Question, on_demand: Option, load: Load, commitments: Sequence[Option]) -> Pool:
    terms, horizon = question.pricing.terms(on_demand), question.parameters.horizon
    rate = question.scenario.discount_rate
    value = np.array([terms.usd_per_hour[p.index] * discount_factor(rate, p.middle_years) for p in horizon.periods])
    known = []
    for option in commitments:
        offered = question.pricing.terms(option)
        if offered.term and offered.signing:
            hourly = offered.usd_per_hour[0] + offered.upfront_usd[0] / (offered.term * horizon.periods[0].hours)
            months = offered.term * horizon.periods[0].hours / HOURS_PER_MONTH
            origin = option.provenance
            discount = 1 - hourly / terms.usd_per_hour[0]
            cover = _cover(question, offered)
            known.append(Rate(months, discount, offered, cover, origin.basis, origin.row))
    known.sort(key=lambda k: (k.months, min((c for c in k.cover.cost_usd if c is not None), default=0.0), k.source))
    return Pool(question, on_demand, value, load, tuple(known))


def _cover(question: Question, terms: Terms) -> Cover:
    horizon, scenario = question.parameters.horizon, question.scenario
    times, count = clock(horizon, terms.term + terms.lead), len(horizon.periods)
    cost: list[float | None] = [None] * count
    for v in terms.signing:
        cost[v] = signing_cost_usd(terms, v, times, count, scenario.discount_rate, scenario.terminal)
    return Cover(terms.term, terms.lead, tuple(cost))


def asked_rate(pool: Pool, months: float, discount: float) -> Rate | None:
    """A commitment at a discount that nobody offers; None if its term is not a whole number of periods."""
    horizon = pool.question.parameters.horizon
    term = months * HOURS_PER_MONTH / horizon.periods[0].hours
    if len({p.hours for p in horizon.periods}) > 1 or abs(term - round(term)) > 1e-9 or term < 0.5:
        return None
    listed = pool.question.pricing.terms(pool.on_demand)
    prices = tuple(price * (1 - discount) for price in listed.usd_per_hour)
    usable = tuple(t for t, there in enumerate(listed.usable) if there)
    terms = Terms(prices, (0.0,) * len(prices), round(term), 0, usable, listed.usable)
    return Rate(months, discount, terms, _cover(pool.question, terms), "question", "")


# --- answers --------------------------------------------------------------------------------------


def alone_usd(steps: Steps, pool: Pool) -> float:
    """Present value of the load on demand alone."""
    return float(steps.nodes @ steps.worth(pool.value))
