"""Commitment terms, pool by pool: term x discount x demand at the load that the plan puts on each pool.

The plan of the scenario is found first; what its nodes do, slice by slice, is the load of their pools. For each pool
`one_pool.py` then gives the exact answer for every term, discount and demand. Rates that nobody states exist here only as the
discounts of the question, and say so (`basis: question`).
"""

from collections.abc import Iterator, Sequence
from math import fsum
from typing import NamedTuple

import numpy as np

from planner.analysis.answer import most_served
from planner.analysis.causes import causes_of
from planner.analysis.one_pool import (
    Best,
    Cover,
    Load,
    Signing,
    Steps,
    best_cover,
    held_value,
    regret_usd,
    steps_of,
    used_hours,
)
from planner.analysis.stretch import most_multiple
from planner.analysis.variants import seldom_collecting
from planner.domain.catalog import Catalog
from planner.domain.commitments import CommitmentsAnswer, PoolAnswer, Recommendation, Threshold
from planner.domain.finance import discount_factor
from planner.domain.findings import Cause
from planner.domain.option import Option, Terms
from planner.domain.scenario import Scenario
from planner.formulation.neighbours import Line
from planner.formulation.present_value import clock, signing_cost_usd
from planner.formulation.sheet import write
from planner.formulation.solve import Watch, watching
from planner.pipeline import Question, Solution, horizon_of, prepare, solution_of, solve
from planner.units import HOURS_PER_MONTH

TERMS_MONTHS = (1, 6, 12, 36)
DISCOUNTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
DEMANDS = (-0.5, -0.25, 0.0, 0.25, 0.5, 1.0)
LOWER, HIGHER = 0.5, 2.0
"""Loads, as multiples of the planned one, at which regret is told."""
MOST_POOLS = 6
LEAST_SHARE = 0.002
"""Share of what all pools would cost on demand below which a pool does not matter."""
MOVES = "it may move between pools, so it is no rate of one of them; `planner solve` decides on it"
PRECISION = 1e-4
"""Discounts at which a term enters are found to this."""


class _Rate(NamedTuple):
    """A commitment of a pool at a rate."""

    months: float
    discount: float
    terms: Terms
    cover: Cover
    basis: str
    source: str


class _Pool(NamedTuple):
    """A pool with its load and its price on demand."""

    question: Question
    on_demand: Option
    value: np.ndarray
    """Present value of a node-hour on demand, by period."""
    load: Load
    known: tuple[_Rate, ...]

    @property
    def hours(self) -> np.ndarray:
        return np.array([sum(slices) for slices in self.load.hours])

    @property
    def whole(self) -> bool:
        return self.question.parameters.whole_nodes

    @property
    def months(self) -> float:
        return float(self.hours.sum()) / HOURS_PER_MONTH


def commitments_of(
    scenario: Scenario,
    catalog: Catalog,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int = 1,
) -> CommitmentsAnswer:
    """The answer for every pool of the plan that matters; without a plan there are no pools.

    Args:
        gap: relative gap to prove for the plan; default: the scenario's.
        time_limit: seconds for the plan.
    """
    wanted = scenario.gap if gap is None else gap
    with watching(time_limit, threads) as watch, seldom_collecting():
        watch.searching = True
        tried = _plan(scenario, catalog, wanted, watch)
        found = tried if isinstance(tried, Solution) else None
        causes = () if isinstance(tried, Solution) else tried
        left_out = ["; ".join(("the scenario has no plan", *(cause.message for cause in causes)))]
        pools: list[_Pool] = []
        if found is not None and found.decisions is not None:
            pools, left_out = _pools(found)
        answers = tuple(_answer(pool) for pool in pools)
    periods = horizon_of(scenario).periods
    present = None if found is None else found.present
    return CommitmentsAnswer(
        name=scenario.name,
        start=periods[0].start,
        months=sum(p.hours for p in periods) / HOURS_PER_MONTH,
        status="infeasible" if found is None else found.outcome.status,
        npv_usd=0.0 if present is None else float(present.npv),
        gap=0.0 if present is None or found is None else found.outcome.gap,
        pools=answers,
        left_out=(*left_out, *(f"savings plan {plan.name}: {MOVES}" for plan in scenario.savings_plans or ())),
        assumptions=tuple(_assumptions(scenario)),
    )


def _plan(scenario: Scenario, catalog: Catalog, gap: float, watch: Watch) -> Solution | tuple[Cause, ...]:
    """The plan whose load is asked about, or why there is none."""
    if scenario.objective == "most_served":
        return most_served(scenario, catalog, most_multiple(scenario, catalog, watch), gap, watch)
    question = prepare(scenario, catalog)
    causes = causes_of(question, None, watch)
    if causes:
        return causes
    if question.strategic:
        solution = solve(question, gap, watch)
    else:
        written = write(question.parameters)
        outcome = Line(gap, watch).solve(written, question.parameters)
        solution = solution_of(question, written.built, outcome)
    return causes_of(question, solution, watch) if solution.outcome.status == "infeasible" else solution


def _assumptions(scenario: Scenario) -> Iterator[str]:
    yield "the load of a pool is what the plan puts on it; other pools stay as they are"
    yield "what commitments do not cover runs on demand in the same pool, without a cap"
    yield "blocks shorter than a period are no rate of a node that serves all the time"
    if scenario.spend_agreements:
        yield "prices are those before the discounts of agreements on spend"
    yield "discounts without a price row are asked about, not offered by anybody: " + ", ".join(
        f"{d:.0%}" for d in DISCOUNTS
    )


# --- pools ----------------------------------------------------------------------------------------


def _pools(solution: Solution) -> tuple[list[_Pool], list[str]]:
    """Pools of the plan with an on-demand price, the dearest first; and what is left out."""
    question = solution.question
    loads = _loads(solution)
    by_pool = {name: [o for o in question.market.options if o.pool == name and not o.held] for name in loads}
    found: list[tuple[float, _Pool]] = []
    left_out: list[str] = []
    for name, load in loads.items():
        listed = [o for o in by_pool[name] if o.action == "on_demand"]
        if not listed:
            left_out.append(f"{name}: no price on demand is known to compare with")
            continue
        on_demand = min(listed, key=lambda o: (question.pricing.terms(o).usd_per_hour[0], o.id))
        pool = _pool(question, on_demand, load, [o for o in by_pool[name] if _holds_a_node(o)])
        worth = _alone(steps_of(load, whole=pool.whole), pool)
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


def _pool(question: Question, on_demand: Option, load: Load, commitments: Sequence[Option]) -> _Pool:
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
            known.append(_Rate(months, discount, offered, cover, origin.basis, origin.row))
    known.sort(key=lambda k: (k.months, min((c for c in k.cover.cost_usd if c is not None), default=0.0), k.source))
    return _Pool(question, on_demand, value, load, tuple(known))


def _cover(question: Question, terms: Terms) -> Cover:
    horizon, scenario = question.parameters.horizon, question.scenario
    times, count = clock(horizon, terms.term + terms.lead), len(horizon.periods)
    cost: list[float | None] = [None] * count
    for v in terms.signing:
        cost[v] = signing_cost_usd(terms, v, times, count, scenario.discount_rate, scenario.terminal)
    return Cover(terms.term, terms.lead, tuple(cost))


def _asked(pool: _Pool, months: float, discount: float) -> _Rate | None:
    """A commitment at a discount that nobody offers; None if its term is not a whole number of periods."""
    horizon = pool.question.parameters.horizon
    term = months * HOURS_PER_MONTH / horizon.periods[0].hours
    if len({p.hours for p in horizon.periods}) > 1 or abs(term - round(term)) > 1e-9 or term < 0.5:
        return None
    listed = pool.question.pricing.terms(pool.on_demand)
    prices = tuple(price * (1 - discount) for price in listed.usd_per_hour)
    usable = tuple(t for t, there in enumerate(listed.usable) if there)
    terms = Terms(prices, (0.0,) * len(prices), round(term), 0, usable, listed.usable)
    return _Rate(months, discount, terms, _cover(pool.question, terms), "question", "")


# --- answers --------------------------------------------------------------------------------------


def _answer(pool: _Pool) -> PoolAnswer:
    planned = steps_of(pool.load, whole=pool.whole)
    loads = [n for slices in pool.load.nodes for n in slices]
    weights = [h for slices in pool.load.hours for h in slices]
    best = best_cover(planned, pool.value, [rate.cover for rate in pool.known])
    option = pool.on_demand
    return PoolAnswer(
        pool=option.pool,
        provider=option.provider,
        region=option.region,
        instance_type=option.node_type,
        accelerators_per_node=option.count,
        on_demand_usd_per_hour=pool.question.pricing.terms(option).usd_per_hour[0],
        price_source=option.provenance.source,
        price_as_of=option.provenance.as_of,
        average_number_of_instances_used_per_hour=fsum(n * h for n, h in zip(loads, weights, strict=True))
        / fsum(weights),
        minimum_number_of_instances_used_per_hour=min(loads),
        maximum_number_of_instances_used_per_hour=max(loads),
        stable_number_of_instances=float(np.floor(min(loads) + 1e-9)) if pool.whole else min(loads),
        optimal=tuple((_period(pool, s.period), pool.known[s.cover].months, s.nodes) for s in best.signings),
        optimal_monthly_savings_amount_usd=best.saving_usd / pool.months,
        stable_monthly_savings_amount_usd=_stable_saving(pool, planned, min(loads)),
        thresholds=tuple(_thresholds(pool, planned)),
        recommendations=tuple(_recommendations(pool)),
    )


def _period(pool: _Pool, t: int) -> str:
    return pool.question.parameters.horizon.periods[t].start


def _stable_saving(pool: _Pool, planned: Steps, least: float) -> float | None:
    """A month's saving of committing what is never idle, for the known term that saves most by it."""
    nodes = float(np.floor(least + 1e-9)) if pool.whole else least
    savings = []
    for rate in pool.known:
        times = range(0, len(pool.hours), rate.cover.term) if rate.cover.cost_usd[0] is not None else ()
        signings = tuple(Signing(0, v, nodes) for v in times if rate.cover.cost_usd[v] is not None)
        savings.append(held_value(planned, pool.value, [rate.cover], signings))
    return max(0.0, *savings) / pool.months if savings else None


def _alone(steps: Steps, pool: _Pool) -> float:
    """Present value of the load on demand alone."""
    return float(steps.nodes @ steps.worth(pool.value))


def _recommendations(pool: _Pool) -> Iterator[Recommendation]:
    rates: list[_Rate] = [*_best_known(pool)]
    rates += [rate for m in TERMS_MONTHS for d in DISCOUNTS if (rate := _asked(pool, m, d)) is not None]
    for change in DEMANDS:
        cut = {
            factor: steps_of(pool.load.scaled((1 + change) * factor), whole=pool.whole)
            for factor in (1.0, LOWER, HIGHER)
        }
        for rate in rates:
            yield _recommendation(pool, rate, change, cut)


def _best_known(pool: _Pool) -> Iterator[_Rate]:
    """The known rate of each term that costs least in present value: upfront money is dearer than it looks."""
    seen = set()
    for rate in pool.known:
        if rate.months not in seen:
            seen.add(rate.months)
            yield rate


def _recommendation(pool: _Pool, rate: _Rate, change: float, cut: dict[float, Steps]) -> Recommendation:
    steps = cut[1.0]
    best = best_cover(steps, pool.value, [rate.cover])
    now = sum(s.nodes for s in best.signings if s.period == 0)
    used, paid = used_hours(steps, [rate.cover], best.signings, pool.hours)
    alone = _alone(steps, pool)
    regrets = [regret_usd(cut[factor], pool.value, rate.cover, now) for factor in (LOWER, HIGHER)]
    return Recommendation.model_validate(
        {
            "term_months": rate.months,
            "discount_fraction": rate.discount,
            "demand_change_fraction": change,
            "basis": rate.basis,
            "source": rate.source,
            "recommended_number_of_instances_to_purchase": now,
            "ladder": tuple((_period(pool, s.period), s.nodes) for s in best.signings),
            "average_utilization_fraction": used / paid if paid > 0 else None,
            "break_even_utilization_fraction": _break_even_use(pool, rate),
            "estimated_break_even_in_months": _break_even_month(pool, rate, steps, now),
            "estimated_monthly_on_demand_cost_usd": alone / pool.months,
            "estimated_monthly_savings_amount_usd": best.saving_usd / pool.months,
            "estimated_monthly_savings_fraction": best.saving_usd / alone if alone else 0.0,
            "upfront_cost_usd": now * rate.terms.upfront_usd[0],
            "recurring_monthly_cost_usd": now * rate.terms.usd_per_hour[0] * HOURS_PER_MONTH,
            "ladder_savings_usd": max(best.saving_usd - _at_once(pool, rate, steps), 0.0),
            "regret_if_lower_usd": max(regrets[0], 0.0),
            "regret_if_higher_usd": max(regrets[1], 0.0),
        }
    )


def _at_once(pool: _Pool, rate: _Rate, steps: Steps) -> float:
    """Saving where signings start together and are renewed together, at the best quantity each time."""
    cover = rate.cover
    allowed = tuple(cost if v % cover.term == 0 else None for v, cost in enumerate(cover.cost_usd))
    return best_cover(steps, pool.value, [cover._replace(cost_usd=allowed)]).saving_usd


def _break_even_use(pool: _Pool, rate: _Rate) -> float:
    """Cost of the first signing / cost of its hours within the horizon on demand, both in present value."""
    cover = rate.cover
    v = next((v for v, cost in enumerate(cover.cost_usd) if cost is not None), None)
    if v is None:
        return 1.0
    start = v + cover.lead
    hours = float((pool.hours * pool.value)[start : start + cover.term].sum())
    return (cover.cost_usd[v] or 0.0) / hours if hours else 1.0


def _break_even_month(pool: _Pool, rate: _Rate, steps: Steps, nodes: float) -> float | None:
    """Months of use after which on demand would have cost as much as the whole term of what is signed at the start."""
    cover, cost = rate.cover, rate.cover.cost_usd[0]
    if nodes <= 0 or cost is None:
        return None
    served = steps.covered(np.full(steps.periods, nodes)) * steps.worth(pool.value)
    avoided = np.bincount(steps.period.astype(int), weights=served, minlength=steps.periods)
    passed, left = 0.0, cost * nodes
    for t in range(cover.lead, min(cover.lead + cover.term, len(avoided))):
        length = float(pool.hours[t]) / HOURS_PER_MONTH
        if avoided[t] >= left:
            return passed + length * left / float(avoided[t])
        left -= float(avoided[t])
        passed += length
    return None


# --- thresholds -----------------------------------------------------------------------------------


def _thresholds(pool: _Pool, planned: Steps) -> Iterator[Threshold]:
    terms = sorted({*map(float, TERMS_MONTHS), *(rate.months for rate in pool.known)})
    best = {rate.months: rate for rate in _best_known(pool)}
    for months in terms:
        others = [rate.cover for m, rate in best.items() if m != months]
        without = best_cover(planned, pool.value, others).saving_usd
        known = best.get(months)
        yield Threshold.model_validate(
            {
                "term_months": months,
                "enters_at_discount_fraction": _least_discount(pool, planned, months, [], 0.0),
                "best_from_discount_fraction": _least_discount(pool, planned, months, others, without),
                "known_discount_fraction": known.discount if known else None,
                "basis": known.basis if known else None,
            }
        )


def _least_discount(pool: _Pool, planned: Steps, months: float, others: list[Cover], without: float) -> float | None:
    """Smallest discount at which the term saves more than can be saved without it; saving rises with the discount."""

    def helps(discount: float) -> bool:
        rate = _asked(pool, months, discount)
        if rate is None:
            return False
        saved: Best = best_cover(planned, pool.value, [*others, rate.cover])
        return saved.saving_usd > without + 1e-6 * max(without, 1.0)

    low, high = 0.0, 0.95
    if not helps(high):
        return None
    if helps(low):
        return low
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (low, middle) if helps(middle) else (middle, high)
    return high
