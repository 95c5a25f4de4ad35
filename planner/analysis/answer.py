"""What `planner solve` returns: a plan with its baselines and its audit, or the causes why there is none."""

from collections.abc import Callable
from math import inf
from typing import Literal, NamedTuple, TypeVar

from planner.analysis.baselines import baselines_of
from planner.analysis.binding import UNCHECKED, binding_of
from planner.analysis.idle import idle_of
from planner.analysis.infeasible import EXCLUDED, causes_of
from planner.analysis.max_served import PLACES, at_multiple, most_multiple, multiples
from planner.analysis.not_taken import with_reasons
from planner.analysis.plan import plan_of
from planner.analysis.simpler import simpler
from planner.analysis.sizing_cases import sizing_of
from planner.analysis.terminal_case import under_market
from planner.analysis.variants import seldom_collecting
from planner.audit import audit
from planner.audit.availability import simulate
from planner.domain.inputs import Catalog
from planner.domain.records import Baseline, Cause, Plan, SimplicityRecord
from planner.domain.scenario import Scenario
from planner.inputs.catalog import load_catalog
from planner.pipeline import Question, Solution, prepare, solve
from planner.solver import SEARCH, OutOfTimeError, Relaxed, Watch, cpu_seconds, cut_off, watching

T = TypeVar("T")

PART_OF_SEARCH, LEAST_SECONDS = 0.2, 3.0
"""Each question beside the plan may take this share of the CPU seconds that the search took, and these at least."""
SIMPLER_SECONDS, OTHER_RULE_SECONDS = 1.5, 1.5
"""The same least for the two that search for another plan: what they try last gives least."""
REFINEMENTS = 6
"""Halvings of the distance between a multiple that has a plan and one that has none."""
NEAR = 0.01
"""Distance, as a share, at which they are near enough."""
LEAST_MULTIPLE = 1e-3
"""Multiple at which the causes are sought if nothing can be served."""

Stop = Literal["done", "limit", "interrupted", "infeasible"]


class Answer(NamedTuple):
    """The answer to a scenario."""

    stop: Stop
    """`done`: within the gap; `limit`, `interrupted`: the best plan so far, or none; `infeasible`: see causes."""
    plan: Plan | None
    causes: tuple[Cause, ...] = ()
    interrupted: bool = False
    """Whether somebody interrupted, whatever was known by then."""

    def __repr__(self) -> str:
        said = repr(self.plan) if self.plan is not None else f"{len(self.causes)} causes"
        return f"<Answer {self.stop}: {said}>"


def answer(
    scenario: Scenario,
    catalog: Catalog | None = None,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    baselines: bool = True,
    solver: str | None = None,
) -> Answer:
    """Plan a scenario.

    Args:
        catalog: the market; default: the bundled one.
        gap: relative gap to prove, (npv − bound) / |npv|; default: the scenario's.
        time_limit: seconds; the best plan so far is returned when they are over.
        baselines: also compute the four usual ways to buy, and what the demand would cost at other rates.
        solver: another solver that PuLP finds (`cbc`, `scip`, ...), for the whole program at once.
    """
    if not isinstance(scenario, Scenario):
        raise TypeError(
            f"`solve` takes a Scenario, not {type(scenario).__name__}: `planner.read_scenario` reads a file"
        )
    gap = scenario.gap if gap is None else gap
    catalog = load_catalog() if catalog is None else catalog
    with watching(time_limit, threads) as watch, seldom_collecting():
        began = cpu_seconds()
        try:
            found, bound = searched(scenario, catalog, gap, watch, solver)
        except OutOfTimeError:  # before there was a program
            return Answer("limit", None)
        spent = cpu_seconds() - began
        part = max(PART_OF_SEARCH * spent, LEAST_SECONDS)
        if not isinstance(found, Solution):
            return Answer("infeasible", None, found, watch.interrupted)
        solution, question = found, found.question
        stop: Stop = "interrupted" if watch.interrupted else "done"
        if solution.present is None:
            return Answer("interrupted" if watch.interrupted else "limit", None)
        watch.searching = True  # a plan is known: from here on Ctrl-C must not lose it
        relaxed = Relaxed(solution.outcome.matrix, watch, solution.outcome.live, solution.outcome.cuts)
        limits = _beside("limits that bind", part, watch, lambda: binding_of(found, watch, relaxed), UNCHECKED)
        relaxed.back()
        seconds = max(spent * PART_OF_SEARCH, SIMPLER_SECONDS)
        as_found: tuple[Solution, SimplicityRecord | None] = found, None
        solution, simplicity = _beside("simpler plans", seconds, watch, lambda: simpler(found, gap, watch), as_found)
        assert solution.present is not None
        npv = float(round(solution.present.npv, 6))
        compared: tuple[Baseline, ...] = ()
        if baselines and not watch.over:
            compared = _beside(
                "usual ways of buying", part, watch, lambda: baselines_of(question, npv, watch), compared
            )
        plan = plan_of(solution, gap, compared, *limits)
        costs, asked = (plan.npv_usd, plan.bound_usd), watch if baselines and not watch.over else None
        sizing = _beside("errors of sizing", part, watch, lambda: sizing_of(solution, *costs, asked), None)
        sizing = sizing or sizing_of(solution, *costs, None)
        with watch.within(part), watch.phase("what was not taken"):
            seconds = max(spent * PART_OF_SEARCH, OTHER_RULE_SECONDS)
            idle = _beside("", part, watch, lambda: idle_of(solution, plan, gap, watch), None)
            other_rule = _beside("", seconds, watch, lambda: under_market(found, gap, watch, relaxed), None)
            beside = _beside(
                "", part, watch, lambda: with_reasons(solution, plan.alternatives, watch), plan.alternatives
            )
    update = {
        "simplicity": simplicity,
        "sizing": sizing,
        "idle": idle,
        "other_rule": other_rule,
        "alternatives": beside,
    }
    plan = plan.model_copy(update=update)
    if watch.interrupted:  # perhaps only while the report was made
        stop = "interrupted"
    if stop == "done" and plan.status != "optimal":
        stop = "limit"
    if bound is not None:
        plan = plan.model_copy(update={"largest_demand_scale": bound * scenario.demand_scale})
    if question.scenario.availability is not None:
        plan = plan.model_copy(update={"availability": simulate(plan)})
    return Answer(stop, plan.model_copy(update={"audit": audit(plan)}))


def _beside(name: str, seconds: float, watch: Watch, ask: Callable[[], T], otherwise: T) -> T:
    """The answer to a question beside the plan, within so many CPU seconds; what stands for it where the time is up."""
    try:
        with watch.within(seconds), watch.phase(name), cut_off(watch):
            return ask()
    except OutOfTimeError:
        return otherwise


def searched(
    scenario: Scenario, catalog: Catalog, gap: float, watch: Watch, solver: str | None = None
) -> tuple[Solution | tuple[Cause, ...], float | None]:
    """The solution of a scenario under its objective, or the causes why it has none; and where the most is to be served, the
    largest multiple of the demand that any plan can serve."""
    if scenario.objective != "most_served":
        return _tried(_prepared(scenario, catalog, watch), gap, watch, solver), None
    bound = most_multiple(scenario, catalog, watch)
    return most_served(scenario, catalog, bound, gap, watch), bound


def _tried(question: Question, gap: float, watch: Watch, solver: str | None = None) -> Solution | tuple[Cause, ...]:
    """A solution (with or without a plan), or the causes why there is none."""
    with cut_off(watch):
        causes = causes_of(question, None, watch)
    if causes:
        return causes
    with watch.phase(SEARCH):
        solution = solve(question, gap, watch, solver)
    if solution.outcome.status != "infeasible":
        return solution
    unknown: tuple[Cause, ...] = (EXCLUDED,)
    watch.searching = True  # that there is no plan is known: Ctrl-C must not lose it
    return _beside("causes", inf, watch, lambda: causes_of(question, solution, watch), unknown)


def _prepared(scenario: Scenario, catalog: Catalog, watch: Watch) -> Question:
    with watch.phase("market and sizing"), cut_off(watch):
        return prepare(scenario, catalog)


def most_served(
    scenario: Scenario, catalog: Catalog, bound: float, gap: float, watch: Watch
) -> Solution | tuple[Cause, ...]:
    """The solution at the largest multiple of the demand for which a plan is found; causes only if there is none at all."""
    above = bound
    for multiple in multiples(bound):
        found = _at(scenario, catalog, multiple, gap, watch)
        if found is not None and found.present is not None:
            return _refined(scenario, catalog, (multiple, above), found, gap, watch)
        if watch.over:
            return found if found is not None else _tried(prepare(scenario, catalog), gap, watch)
        above = multiple
    return _tried(prepare(at_multiple(scenario, LEAST_MULTIPLE), catalog), gap, watch)


def _refined(
    scenario: Scenario, catalog: Catalog, between: tuple[float, float], best: Solution, gap: float, watch: Watch
) -> Solution:
    """The best of a few multiples between one that has a plan and one for which none was found."""
    low, high = between
    for _ in range(REFINEMENTS):
        middle = round((low + high) / 2, PLACES)
        if watch.over or high - low <= NEAR * high or not low < middle < high:
            break
        found = _at(scenario, catalog, middle, gap, watch)
        if found is not None and found.present is not None:
            low, best = middle, found
        else:
            high = middle
    return best


def _at(scenario: Scenario, catalog: Catalog, multiple: float, gap: float, watch: Watch) -> Solution | None:
    """The solution at a multiple of the demand; None if something has no place on the market at that size."""
    question = _prepared(at_multiple(scenario, multiple), catalog, watch)
    if causes_of(question, None, watch):
        return None
    with watch.phase(SEARCH):
        return solve(question, gap, watch)
