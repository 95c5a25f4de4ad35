"""What `planner solve` returns: a plan with its baselines and its audit, or the causes why there is none."""

from typing import Literal, NamedTuple

from planner.analysis.baselines import baselines_of
from planner.analysis.causes import causes_of
from planner.analysis.plan import binding_of, plan_of
from planner.audit import audit
from planner.domain.catalog import Catalog
from planner.domain.findings import Cause
from planner.domain.plan import Plan
from planner.domain.scenario import Scenario
from planner.formulation.solve import watching
from planner.pipeline import prepare, solve

Stop = Literal["done", "limit", "interrupted", "infeasible"]


class Answer(NamedTuple):
    """The answer to a scenario."""

    stop: Stop
    """`done`: within the gap; `limit`, `interrupted`: the best plan so far, or none; `infeasible`: see causes."""
    plan: Plan | None
    causes: tuple[Cause, ...] = ()


def answer(
    scenario: Scenario,
    catalog: Catalog,
    *,
    gap: float = 1e-3,
    time_limit: float | None = None,
    threads: int = 1,
    baselines: bool = True,
) -> Answer:
    """Plan a scenario.

    Args:
        gap: relative gap to prove, (npv − bound) / |npv|.
        time_limit: seconds; the best plan so far is returned when they are over.
        baselines: also compute the four usual ways to buy.
    """
    with watching(time_limit, threads) as watch:
        question = prepare(scenario, catalog)
        causes = causes_of(question, None, watch)
        if causes:
            return Answer("infeasible", None, causes)
        solution = solve(question, gap, watch)
        if solution.outcome.status == "infeasible":
            return Answer("infeasible", None, causes_of(question, solution, watch))
        stop: Stop = "interrupted" if watch.interrupted else "done"
        if solution.present is None:
            return Answer("interrupted" if watch.interrupted else "limit", None)
        watch.searching = True  # a plan is known: from here on Ctrl-C must not lose it
        npv = float(round(solution.present.npv, 6))
        compared = baselines_of(question, npv, watch) if baselines and not watch.over else ()
    plan = plan_of(solution, gap, compared, binding_of(question.parameters, solution))
    if stop == "done" and plan.status != "optimal":
        stop = "limit"
    return Answer(stop, plan.model_copy(update={"audit": audit(plan)}))
