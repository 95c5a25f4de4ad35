"""Limits that a team asks for: few providers, few pools, few signings, no small lines; against brute force over what
may be used."""

import random
import time
from itertools import combinations
from math import inf
from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, answered, commitment, months, on_demand, online, optimum, planned

from planner.analysis.infeasible.diagnosis import diagnose
from planner.domain.records.plan import Plan
from planner.formulation import Built
from planner.formulation.parameters import Parameters
from planner.pipeline import prepare, solving
from planner.search.routing import search
from planner.solver.outcome import Outcome
from planner.solver.watch import Watch

pytestmark = pytest.mark.slow


def pools(plan: Plan) -> set[str]:
    return {line.node_type for line in plan.lines}


def drawn(draw: random.Random) -> dict[str, Any]:
    offers = [
        an_offer(
            f"o{i}",
            {"w": draw.choice([1, 2]), "v": draw.choice([1, 2])},
            on_demand(draw.uniform(1, 4), max_nodes=draw.choice([1, 2, 9])),
            provider=draw.choice("pqr"),
        )
        for i in range(4)
    ]
    offers.append(an_offer("rest", {"w": 1, "v": 1}, on_demand(6.0), provider="s"))
    work = [online("w", [draw.uniform(1, 6), draw.uniform(1, 6)]), online("v", draw.uniform(1, 4))]
    return {"periods": months(2), "workloads": work, "offers": offers}


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["max_providers", "max_pools"])
def test_the_best_plan_with_few_is_the_best_over_all_choices_of_them(kind: str) -> None:
    compared = 0
    for seed in range(25):
        draw = random.Random(seed)
        fields = drawn(draw)
        limit = draw.choice([1, 2])

        def name(offer: dict[str, Any]) -> str:
            return str(offer["provider"] if kind == "max_providers" else offer["name"])

        names = sorted({name(offer) for offer in fields["offers"]})
        best = None
        for chosen in combinations(names, min(limit, len(names))):
            offers = [offer for offer in fields["offers"] if name(offer) in chosen]
            found = optimum(a_scenario(**(fields | {"offers": offers})))
            best = found if best is None or (found is not None and found < best) else best
        plan = answered(a_scenario(**fields, **{kind: limit})).plan
        assert (plan is None) == (best is None), seed
        if plan is not None and best is not None:
            assert plan.audit.agrees, plan.audit.discrepancies
            assert plan.npv_usd == pytest.approx(best * 1000 if best < plan.npv_usd / 100 else best, rel=1e-6), seed
            compared += 1
    assert compared >= 20, compared


def test_one_signing_a_year_is_signed_for_the_year() -> None:
    """Three a month from the first, six from the second: two signings, or one of six at once."""
    offers = [an_offer("o", {"w": 1}, commitment(1.0, 4), on_demand(5.0))]
    fields = {"periods": months(4), "workloads": [online("w", [3.0, 6.0, 6.0, 6.0])], "offers": offers}
    free, one = planned(a_scenario(**fields)), planned(a_scenario(**fields, max_signings_per_year=1))
    assert sum(line.action == "commit" for line in free.lines) == 2
    assert sum(line.action == "commit" for line in one.lines) == 1
    assert one.npv_usd == pytest.approx(6 * 4 * 730)
    (binding,) = one.binding
    assert (binding.constraint, binding.step, binding.step_saves_usd) == (
        "max_signings_per_year",
        1,
        pytest.approx(3 * 730),
    )


def test_no_line_is_smaller_than_asked_for() -> None:
    """One node of the cheap card saves 73 dollars a month and is a line of 657: not worth it where a line must be 1,000."""
    offers = [an_offer("cheap", {"w": 1}, on_demand(0.9, max_nodes=1)), an_offer("rest", {"w": 1}, on_demand(1.0))]
    fields = {"periods": months(1), "workloads": [online("w", 3.0)], "offers": offers}
    assert pools(planned(a_scenario(**fields))) == {"cheap", "rest"}
    plan = planned(a_scenario(**fields, min_line_usd=1000))
    assert pools(plan) == {"rest"}
    assert plan.npv_usd == pytest.approx(3 * 730)
    assert plan.audit.agrees


def test_a_limit_that_leaves_no_plan_is_a_cause_with_a_way_out() -> None:
    offers = [
        an_offer("a", {"w": 1}, on_demand(1.0), provider="p"),
        an_offer("b", {"v": 1}, on_demand(1.0), provider="q"),
    ]
    work = [online("w", 1.0), online("v", 1.0)]
    scenario = a_scenario(periods=months(1), workloads=work, offers=offers, max_providers=1)
    found = answered(scenario)
    assert found.stop == "infeasible"
    told = diagnose(scenario, EMPTY, found.causes, Watch())
    assert any("max_providers" in repair.change for repair in told.repairs), told


@pytest.mark.exhaustive
def test_leaving_out_what_is_never_better_is_right_under_limits_on_use() -> None:
    """The same optimum with and without the reduction, under each limit and several."""
    compared = 0
    for seed in range(30):
        draw = random.Random(100 + seed)
        fields = drawn(draw)
        fields["offers"] += [
            an_offer("term", {"w": 2, "v": 1}, commitment(draw.uniform(0.5, 2), draw.choice([1, 2])), provider="p"),
            an_offer("twin", {"w": 1, "v": 1}, on_demand(draw.uniform(2, 6)), provider="q"),
        ]
        limits = {
            "max_providers": 1,
            "max_pools": 2,
            "max_signings_per_year": draw.choice([0, 1]),
            "min_line_usd": 3000,
        }
        chosen = draw.sample(sorted(limits), draw.choice([1, 2]))
        scenario = a_scenario(**fields, **{name: limits[name] for name in chosen})
        whole, reduced = optimum(scenario, reduced=False), optimum(scenario)
        assert (whole is None) == (reduced is None), seed
        if whole is not None and reduced is not None:
            assert reduced == pytest.approx(whole, rel=1e-6), seed
            plan = planned(scenario)
            assert plan.audit.agrees, plan.audit.discrepancies
            compared += 1
    assert compared >= 15, compared


@pytest.mark.parametrize("kind", ["max_providers", "max_pools"])
def test_the_question_without_the_limit_leaves_time_for_sets_that_keep_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pools of a market of 714 were asked for in 15 seconds: after 64 there was no plan."""
    monkeypatch.setattr(solving, "DIRECT_INTEGERS", 0)
    asked: list[bool] = []

    def slow(built: Built, p: Parameters, gap: float, watch: Watch, known: float = inf) -> Outcome:
        """Takes all the time that it is given; finds nothing where there is none."""
        asked.append(watch.over)
        found = search(built, p, gap, watch, known)
        time.sleep(watch.left)
        return found._replace(status="limit", x=None, objective=inf) if asked[-1] else found

    question = prepare(a_scenario(**drawn(random.Random(3)), **{kind: 2}), EMPTY)
    watch = Watch(time.monotonic() + 2.0)
    solution = solving.solve_by(question, 0.0, watch, slow)
    assert solution.decisions is not None
    used = {question.parameters.options[o].option for o, _, _ in solution.decisions.running}
    assert len({option.provider if kind == "max_providers" else option.pool for option in used}) <= 2
    assert not any(asked)


@pytest.mark.exhaustive
@pytest.mark.parametrize("kind", ["max_providers", "max_pools"])
def test_sets_tried_in_large_programs_keep_the_limit_and_an_honest_bound(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if every program were large: within the limit, audited, not below the optimum, its bound not above it."""
    compared = exact = 0
    for seed in range(20):
        draw = random.Random(seed)
        scenario = a_scenario(**drawn(draw), **{kind: draw.choice([1, 2])})
        best = answered(scenario).plan
        with monkeypatch.context() as small:
            small.setattr(solving, "DIRECT_INTEGERS", 0)
            found = answered(scenario).plan
        if best is None or found is None:
            continue
        assert found.audit.agrees, found.audit.discrepancies
        assert found.bound_usd <= best.npv_usd * (1 + 1e-6) <= found.npv_usd * (1 + 2e-6)
        compared += 1
        exact += found.npv_usd <= best.npv_usd * 1.02
    assert compared >= 15, compared
    assert exact >= 0.7 * compared, (exact, compared)


@pytest.mark.parametrize("kind", ["max_providers", "max_pools"])
def test_a_large_program_that_may_use_none_has_no_plan(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "DIRECT_INTEGERS", 0)
    for seed in range(3):
        found = answered(a_scenario(**drawn(random.Random(seed)), **{kind: 0}))
        assert found.stop == "infeasible", (seed, found.stop)
        assert found.plan is None
        assert {cause.family for cause in found.causes} == {"program"}, "the market has enough of everything"
