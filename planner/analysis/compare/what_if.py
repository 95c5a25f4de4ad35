"""Variants of a scenario → a plan for each, what it comes to, and what differs from the scenario as it is.

Variants are solved one after the other, each from what its neighbours left (`search/neighbouring/neighbours.py`), in an order in
which neighbours differ little. Each is a plan of its own: proven against a bound over all options, and audited. Each may take its
share of the time that is left; what one does not need is there for those after it. On a cluster each worker has a run of
neighbours.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import ceil, fsum
from pathlib import Path
from typing import Any, NamedTuple

from planner import __version__
from planner.analysis.answer import answer
from planner.analysis.commitments import COMMITTED_USD, use_of
from planner.analysis.compare.compare import Subject, compare
from planner.analysis.infeasible import causes_of
from planner.analysis.plan import plan_of
from planner.analysis.variants import questions_of, seldom_collecting
from planner.audit import audit
from planner.cluster import Results, fingerprint, spread
from planner.domain.answers import OTHER, Axis, Comparison, Figures, Point, Setting, Shift, WhatIfAnswer, WhatIfCause
from planner.domain.inputs import Catalog
from planner.domain.records import Cause, Plan, plan_from_json_value
from planner.domain.scenario import Scenario
from planner.pipeline import Question, Solution, scenario_hash, scenario_value, solve
from planner.search import Neighbours
from planner.solver import Watch, watching

BY_USE = ("on_demand", "spot", "hosted_api", OTHER)
MOST_CHANGES = 3
"""Changes that are told in a row."""


class Variant(NamedTuple):
    """A scenario with some fields set otherwise."""

    name: str
    settings: tuple[Setting, ...]
    scenario: Scenario


class _Solved(NamedTuple):
    """What became of a variant."""

    status: str
    plan: Plan | None
    causes: tuple[Cause, ...] = ()


_Numbered = tuple[int, Scenario]
FOR_GOOD = ("optimal", "infeasible")
"""What more time would not change, and is kept."""
LEAST_RUN = 2
"""Neighbours that a worker solves in turn, at least."""


def what_if(
    base: Scenario,
    variants: Sequence[Variant],
    axes: tuple[Axis, ...],
    catalog: Catalog,
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    cluster: str | None = None,
    results: Path | None = None,
) -> WhatIfAnswer:
    """Solve a scenario and its variants.

    Args:
        axes: of a grid, in the order in which `variants` are its product, the last one fastest; empty for named variants.
        gap: relative gap to prove for each; default: the scenario's.
        time_limit: seconds for all of them; what is not solved by then has the status `limit`.
        cluster: workers to solve on: `local`, `local:N`, or the address of a Dask scheduler; None: here, one after the other.
        results: a file that keeps what is solved; what is there already is not solved again.
    """
    wanted = base.gap if gap is None else gap
    everything = [base, *(variant.scenario for variant in variants)]
    order = [0, *(i + 1 for i in _order(axes, [variant.scenario for variant in variants]))]
    solved: dict[int, _Solved] = {}
    with watching(time_limit, threads) as watch, Results(results) as kept, watch.phase("variants", len(order)):
        watch.searching = True
        keys = _keys(everything, catalog, wanted) if results is not None else {}
        solved = {i: _read(value) for i, key in keys.items() if (value := kept.get(key)) is not None}
        for _ in watch.counted(solved):
            pass
        todo = [(i, everything[i]) for i in order if i not in solved]
        for i, one in watch.counted(_all_solved(todo, catalog, wanted, cluster, watch)):
            solved[i] = one
            if one.status in FOR_GOOD and i in keys:
                kept.put(keys[i], _written(one))
        missing = _Solved("interrupted" if watch.interrupted else "limit", None)
    solved = {i: solved.get(i, missing) for i in order}
    plan = solved[0].plan
    base_point = _point(Variant("as it is", (), base), solved[0], None)
    points = tuple(_point(variant, solved[i + 1], plan) for i, variant in enumerate(variants))
    return WhatIfAnswer(name=base.name, gap_target=wanted, axes=axes, base=base_point, points=points)


def _all_solved(
    numbered: Sequence[_Numbered], catalog: Catalog, gap: float, cluster: str | None, watch: Watch
) -> Iterator[tuple[int, _Solved]]:
    """Scenarios with their numbers → the numbers with what became of them."""
    if cluster is None or not numbered:
        yield from _in_turn(numbered, catalog, gap, watch)
        return

    def runs(count: int) -> list[Sequence[_Numbered]]:
        """About so many runs of neighbours."""
        length = max(ceil(len(numbered) / count), LEAST_RUN)
        return [numbered[i : i + length] for i in range(0, len(numbered), length)]

    for _, answers in spread(_solve_run, (catalog, gap), runs, cluster, watch):
        yield from answers


def _solve_run(
    shared: tuple[Catalog, float], numbered: Sequence[_Numbered], seconds: float
) -> list[tuple[int, _Solved]]:
    """A run of neighbours, on a worker."""
    with watching(seconds, 1) as watch:
        return list(_in_turn(numbered, *shared, watch))


def _in_turn(
    numbered: Sequence[_Numbered], catalog: Catalog, gap: float, watch: Watch
) -> Iterator[tuple[int, _Solved]]:
    """One scenario after the other, each from what those before it left."""
    neighbours = Neighbours()
    with seldom_collecting():
        questions = questions_of([scenario for _, scenario in numbered], catalog)
        for done, ((i, _), question) in enumerate(zip(numbered, questions, strict=True)):
            with watch.share(len(numbered) - done):
                one = _solve(question, gap, neighbours, watch)
            yield i, one


# --- answers that are kept --------------------------------------------------------------------------


def _keys(scenarios: Sequence[Scenario], catalog: Catalog, gap: float) -> dict[int, str]:
    """What the answer to each scenario hangs on."""
    market = fingerprint(__version__, catalog, gap)
    return {i: fingerprint("whatif", market, scenario) for i, scenario in enumerate(scenarios)}


def _written(one: _Solved) -> dict[str, Any]:
    plan = None if one.plan is None else one.plan.to_json_value()
    return {"status": one.status, "plan": plan, "causes": [cause._asdict() for cause in one.causes]}


def _read(value: dict[str, Any]) -> _Solved:
    plan = None if value["plan"] is None else plan_from_json_value(value["plan"])
    return _Solved(
        value["status"], plan, tuple(Cause(**{**cause, "limits": tuple(cause["limits"])}) for cause in value["causes"])
    )


# --- one after the other ----------------------------------------------------------------------------


def _order(axes: tuple[Axis, ...], scenarios: Sequence[Scenario]) -> list[int]:
    """Positions of a grid's points: axes that move demand change seldom, the others to and fro."""
    if not axes:
        return list(range(len(scenarios)))
    sizes = [len(axis.values) for axis in axes]
    strides = [1] * len(sizes)
    for k in range(len(sizes) - 2, -1, -1):
        strides[k] = strides[k + 1] * sizes[k + 1]
    moves = [sizes[k] > 1 and _demand(scenarios[0]) != _demand(scenarios[strides[k]]) for k in range(len(sizes))]
    outer = sorted(range(len(sizes)), key=lambda k: not moves[k])
    found: list[int] = []
    for turn, head in enumerate(product(*(range(sizes[k]) for k in outer[:-1]))):
        last = range(sizes[outer[-1]])
        for value in reversed(last) if turn % 2 else last:
            found.append(sum(strides[k] * v for k, v in zip(outer, (*head, value), strict=True)))
    return found


def _demand(scenario: Scenario) -> tuple[object, ...]:
    return scenario.demand_scale, scenario.workloads


def _solve(question: Question, gap: float, neighbours: Neighbours, watch: Watch) -> _Solved:
    """One variant, from what those before it left."""
    if watch.over:
        return _Solved("interrupted" if watch.interrupted else "limit", None)
    if question.scenario.objective == "most_served":
        return _by_itself(question, gap, watch)
    causes = causes_of(question, None, watch)
    if causes:
        return _Solved("infeasible", None, causes)
    return _answered(solve(question, gap, watch, neighbours=neighbours), gap, watch)


def _answered(solution: Solution, gap: float, watch: Watch) -> _Solved:
    if solution.outcome.status == "infeasible":
        return _Solved("infeasible", None, causes_of(solution.question, solution, watch))
    if solution.present is None:
        return _Solved("interrupted" if watch.interrupted else "limit", None)
    plan = plan_of(solution, gap, ())
    return _Solved(plan.status, plan.model_copy(update={"audit": audit(plan)}))


def _by_itself(question: Question, gap: float, watch: Watch) -> _Solved:
    """The largest multiple of the demand is a search over many programs of its own."""
    limit = watch.left if watch.left < float("inf") else None
    found = answer(question.scenario, question.catalog, gap=gap, time_limit=limit, baselines=False)
    if found.plan is None:
        return _Solved(found.stop, None, found.causes)
    return _Solved(found.plan.status, found.plan)


# --- records --------------------------------------------------------------------------------------


def _point(variant: Variant, solved: _Solved, base: Plan | None) -> Point:
    plan = solved.plan
    comparison = None
    if plan is not None and base is not None:
        comparison = compare(Subject("as it is", "scenario", base), Subject(variant.name, "scenario", plan))
    npv = None if comparison is None else comparison.totals.npv_usd
    return Point.model_validate(
        {
            "name": variant.name,
            "settings": variant.settings,
            "status": solved.status,
            "sha256": scenario_hash(scenario_value(variant.scenario)) if plan is None else plan.scenario.sha256,
            "figures": None if plan is None else figures_of(plan),
            "npv_difference_usd": None if npv is None else npv.difference,
            "npv_difference_fraction": None if npv is None else npv.change_fraction,
            "changes": () if comparison is None else tuple(_changes(comparison)),
            "comparison": comparison,
            "causes": tuple(WhatIfCause(family=c.family, message=c.message, fix=c.fix) for c in solved.causes),
            "audit_agrees": None if plan is None else plan.audit.agrees,
        }
    )


def figures_of(plan: Plan) -> Figures:
    """The figures of a plan that a table of variants shows."""
    committed = [line for line in plan.lines if line.action == "commit"]
    use = use_of(plan)
    total = plan.total_usd
    return Figures(
        npv_usd=plan.npv_usd,
        bound_usd=plan.bound_usd,
        gap=plan.gap,
        total_usd=total,
        first_year_usd=plan.cost.by_plan_year[0] if plan.cost.by_plan_year else 0.0,
        peak_period_usd=max((period.cash_usd for period in plan.cost.by_period), default=0.0),
        peak_funding_usd=_peak_funding(plan),
        outstanding_liability_usd=plan.cost.outstanding_liability_usd,
        commitment_fraction=fsum(line.in_horizon_usd for line in committed) / total if total else 0.0,
        coverage_fraction=use.coverage,
        utilisation_fraction=use.utilisation,
    )


def _peak_funding(plan: Plan) -> float:
    """Most that is paid, less what comes in, by the end of any period."""
    inflow = {record.period: record.income_usd - record.other_costs_usd for record in plan.cash}
    most = running = 0.0
    for period in plan.cost.by_period:
        running += period.cash_usd - inflow.get(period.index, 0.0)
        most = max(most, running)
    return most


def _changes(comparison: Comparison) -> list[Shift]:
    """The largest changes, lines of one kind together."""
    sums: dict[tuple[str, str, str, int | None], tuple[float, float]] = {}
    for change in comparison.changes:
        key = change.provider, change.node_type, change.action, change.term_periods
        nodes, cash = sums.get(key, (0.0, 0.0))
        if change.action not in BY_USE and COMMITTED_USD not in {side.unit for side in (change.a, change.b) if side}:
            nodes += (change.b.nodes if change.b else 0.0) - (change.a.nodes if change.a else 0.0)
        sums[key] = nodes, cash + change.cash_usd.difference
    found = [
        Shift(
            provider=provider,
            node_type=node_type,
            action=action,
            term_periods=term,
            nodes_difference=nodes,
            cash_difference_usd=round(cash, 6),
        )
        for (provider, node_type, action, term), (nodes, cash) in sums.items()
    ]
    found.sort(key=lambda shift: (-abs(shift.cash_difference_usd), shift.provider, shift.node_type, shift.action))
    return [shift for shift in found if abs(shift.cash_difference_usd) >= 1 or shift.nodes_difference][:MOST_CHANGES]
