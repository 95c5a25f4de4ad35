"""Commitment terms, pool by pool: term x discount x demand at the load that the plan puts on each pool.

The plan of the scenario is found first; what its nodes do, slice by slice, is the load of their pools. For each pool
`one_pool.py` then gives the exact answer for every term, discount and demand. Rates that nobody states exist here only as the
discounts of the question, and say so (`basis: question`).
"""

from collections.abc import Iterator
from math import fsum

import numpy as np

from planner.analysis.answer import most_served
from planner.analysis.commitments.newsvendor import (
    Best,
    Cover,
    PoolSigning,
    Steps,
    best_cover,
    held_value,
    regret_usd,
    steps_of,
    used_hours,
)
from planner.analysis.commitments.pools import Pool, Rate, alone_usd, asked_rate, pools_of
from planner.analysis.infeasible import causes_of
from planner.analysis.max_served import most_multiple
from planner.analysis.variants import seldom_collecting
from planner.domain.answers import CommitmentsAnswer, PoolAnswer, Recommendation, Threshold
from planner.domain.inputs import Catalog
from planner.domain.records import Cause
from planner.domain.scenario import Scenario
from planner.pipeline import Solution, horizon_of, prepare, solve
from planner.solver import Watch, watching
from planner.units import HOURS_PER_MONTH

TERMS_MONTHS = (1, 6, 12, 36)
DISCOUNTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
DEMANDS = (-0.5, -0.25, 0.0, 0.25, 0.5, 1.0)
LOWER, HIGHER = 0.5, 2.0
"""Loads, as multiples of the planned one, at which regret is told."""
MOVES = "it may move between pools, so it is no rate of one of them; `planner solve` decides on it"
PRECISION = 1e-4
"""Discounts at which a term enters are found to this."""


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
        with watch.phase("plan"):
            tried = _plan(scenario, catalog, wanted, watch)
        found = tried if isinstance(tried, Solution) else None
        causes = () if isinstance(tried, Solution) else tried
        left_out = ["; ".join(("the scenario has no plan", *(cause.message for cause in causes)))]
        pools: list[Pool] = []
        if found is not None and found.decisions is not None:
            pools, left_out = pools_of(found)
        with watch.phase("pools", len(pools)):
            answers = tuple(watch.counted(_answer(pool) for pool in pools))
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
    solution = solve(question, gap, watch)
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


def _answer(pool: Pool) -> PoolAnswer:
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


def _period(pool: Pool, t: int) -> str:
    return pool.question.parameters.horizon.periods[t].start


def _stable_saving(pool: Pool, planned: Steps, least: float) -> float | None:
    """A month's saving of committing what is never idle, for the known term that saves most by it."""
    nodes = float(np.floor(least + 1e-9)) if pool.whole else least
    savings = []
    for rate in pool.known:
        times = range(0, len(pool.hours), rate.cover.term) if rate.cover.cost_usd[0] is not None else ()
        signings = tuple(PoolSigning(0, v, nodes) for v in times if rate.cover.cost_usd[v] is not None)
        savings.append(held_value(planned, pool.value, [rate.cover], signings))
    return max(0.0, *savings) / pool.months if savings else None


def _recommendations(pool: Pool) -> Iterator[Recommendation]:
    rates: list[Rate] = [*_best_known(pool)]
    rates += [rate for m in TERMS_MONTHS for d in DISCOUNTS if (rate := asked_rate(pool, m, d)) is not None]
    for change in DEMANDS:
        cut = {
            factor: steps_of(pool.load.scaled((1 + change) * factor), whole=pool.whole)
            for factor in (1.0, LOWER, HIGHER)
        }
        for rate in rates:
            yield _recommendation(pool, rate, change, cut)


def _best_known(pool: Pool) -> Iterator[Rate]:
    """The known rate of each term that costs least in present value: upfront money is dearer than it looks."""
    seen = set()
    for rate in pool.known:
        if rate.months not in seen:
            seen.add(rate.months)
            yield rate


def _recommendation(pool: Pool, rate: Rate, change: float, cut: dict[float, Steps]) -> Recommendation:
    steps = cut[1.0]
    best = best_cover(steps, pool.value, [rate.cover])
    now = sum(s.nodes for s in best.signings if s.period == 0)
    used, paid = used_hours(steps, [rate.cover], best.signings, pool.hours)
    alone = alone_usd(steps, pool)
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


def _at_once(pool: Pool, rate: Rate, steps: Steps) -> float:
    """Saving where signings start together and are renewed together, at the best quantity each time."""
    cover = rate.cover
    allowed = tuple(cost if v % cover.term == 0 else None for v, cost in enumerate(cover.cost_usd))
    return best_cover(steps, pool.value, [cover._replace(cost_usd=allowed)]).saving_usd


def _break_even_use(pool: Pool, rate: Rate) -> float:
    """Cost of the first signing / cost of its hours within the horizon on demand, both in present value."""
    cover = rate.cover
    v = next((v for v, cost in enumerate(cover.cost_usd) if cost is not None), None)
    if v is None:
        return 1.0
    start = v + cover.lead
    hours = float((pool.hours * pool.value)[start : start + cover.term].sum())
    return (cover.cost_usd[v] or 0.0) / hours if hours else 1.0


def _break_even_month(pool: Pool, rate: Rate, steps: Steps, nodes: float) -> float | None:
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


def _thresholds(pool: Pool, planned: Steps) -> Iterator[Threshold]:
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


def _least_discount(pool: Pool, planned: Steps, months: float, others: list[Cover], without: float) -> float | None:
    """Smallest discount at which the term saves more than can be saved without it; saving rises with the discount."""

    def helps(discount: float) -> bool:
        rate = asked_rate(pool, months, discount)
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
