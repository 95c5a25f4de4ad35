"""Few classes first: what is left has its index, every plan of it is a plan of the whole, and the bound is the whole's."""

from typing import Any

import numpy as np
import pytest
from planning import EMPTY, a_scenario, an_offer, commitment, months, on_demand, online

from planner.assembly import few_of, inside, nearest, size_of
from planner.formulation import write
from planner.pipeline import Question, prepare, solve, solving
from planner.search import WideBound, bound_of_all, search
from planner.solver import SEARCH, Progress, Watch, solve_lp, solve_mip

pytestmark = pytest.mark.slow


def drawn(seed: int, offers: int = 14) -> Question:
    r = np.random.default_rng(seed)
    some = [
        an_offer(
            f"o{i}",
            {"v": float(r.uniform(0.5, 3)), "w": float(r.uniform(0.5, 3))},
            on_demand(float(r.uniform(1, 3))),
            commitment(float(r.uniform(0.6, 2)), 2),
            provider=f"p{i % 2}",
        )
        for i in range(offers)
    ]
    workloads = [online(w, [float(x) for x in r.uniform(2, 9, 3)]) for w in ("v", "w")]
    asked = a_scenario(periods=months(3), workloads=workloads, offers=some, max_share_per_provider=0.7)
    return prepare(asked, EMPTY, reduced=False)


@pytest.mark.parametrize("seed", range(4))
def test_few_classes_first_gives_a_plan_and_the_bound_of_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    question = drawn(seed)
    best = solve(question, 1e-6, Watch()).outcome
    p = question.parameters
    few = nearest(p, 1)
    assert size_of(few) < size_of(p)
    assert [m.option.id for m in few.options] == [m.option.id for m in p.options]
    for gap in (0.5, 1e-6):  # the near plan will do; the whole must be searched
        monkeypatch.setattr(solving, "LARGE", size_of(few))
        monkeypatch.setattr(solving, "NEAR", 1)
        found = solve(question, gap, Watch()).outcome
        assert found.status == "optimal"
        assert found.bound <= best.objective + 1e-6
        assert best.objective - 1e-6 <= found.objective
        assert found.objective * (1 - gap) <= best.objective + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_all_that_the_bound_uses_is_planned_with(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the columns does not hold it; a plan without some of it is far from the bound."""
    question = drawn(seed)
    monkeypatch.setattr(solving, "LARGE", 1)
    monkeypatch.setattr(solving, "NEAR", size_of(question.parameters) // 4 + 1)
    used: list[set[int]] = []
    held: list[frozenset[int]] = []
    wide, among = solving._wide, solving.among

    def bounded(*args: Any) -> WideBound:
        found = wide(*args)
        used.append(set(found.used))
        return found

    def chosen(*args: Any) -> Any:
        found = among(*args)
        held.append(inside(found))
        return found

    monkeypatch.setattr(solving, "_wide", bounded)
    monkeypatch.setattr(solving, "among", chosen)
    assert solve(question, 0.01, Watch()).outcome.status == "optimal"
    assert len(held) == 1
    assert len(used[0]) >= 4
    assert used[0] <= held[0]


def test_a_plan_is_told_before_anything_bounds_a_large_market(monkeypatch: pytest.MonkeyPatch) -> None:
    question = drawn(0)
    monkeypatch.setattr(solving, "LARGE", 1)
    monkeypatch.setattr(solving, "NEAR", 1)
    told: list[Progress] = []
    watch = Watch(listener=told.append)
    with watch.phase(SEARCH):
        found = solve(question, 1e-6, watch)
    first = next(one for one in told if one.plan_usd is not None or one.bound_usd is not None)
    assert first.plan_usd is not None
    assert first.bound_usd is None
    assert found.present is not None
    assert float(found.present.npv) <= first.plan_usd + 0.01


def test_an_interruption_before_there_is_a_bound_returns_that_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    question = drawn(1)
    monkeypatch.setattr(solving, "LARGE", 1)
    watch = Watch()

    def interrupted(*_: Any) -> WideBound:
        watch.interrupted = True
        return WideBound(-np.inf, ())

    monkeypatch.setattr(solving, "bound_of_all", interrupted)
    found = solve(question, 1e-6, watch)
    assert found.present is not None
    assert found.outcome.status == "feasible"
    assert found.outcome.bound == -np.inf


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_by_classes_is_no_less_than_the_relaxation_and_below_every_plan(seed: int) -> None:
    p = drawn(seed).parameters
    built = write(p).built
    bound = bound_of_all(built, p, inside(nearest(p, 1)), np.inf, Watch()).bound
    assert bound >= solve_lp(built.matrix.relaxed(), Watch()).objective * (1 - 2e-3)
    assert bound <= solve_mip(built.matrix, Watch(), gap=0.0).objective * (1 + 1e-7)


def test_all_classes_are_kept_where_there_is_room() -> None:
    p = drawn(5).parameters
    assert nearest(p, size_of(p)) == p


@pytest.mark.parametrize("residency", [[], [{"share": 1.0, "countries": ["DE"]}]], ids=["anywhere", "in one country"])
def test_few_classes_are_enough_under_caps(residency: list[dict[str, Any]]) -> None:
    offers = [
        an_offer(f"o{i}", {"w": 1 + i / 100}, on_demand(1 + i / 10, max_nodes=2), country="DE" if i % 2 else "FR")
        for i in range(14)
    ]
    asked = a_scenario(periods=months(2), workloads=[online("w", 9.0, residency=residency)], offers=offers)
    p = prepare(asked, EMPTY, reduced=False).parameters
    few = nearest(p, 1)
    assert size_of(few) < size_of(p)
    assert solve_lp(write(few).built.matrix.relaxed(), Watch()).verdict == "optimal"


class Worthless:
    """Slices at prices that say nothing."""

    bound = -1e9
    enough = np.inf

    def of_period(self, _: int) -> float:
        return 0.0

    def raised(self, _: float) -> float:
        return self.bound


@pytest.mark.parametrize("seed", range(3))
def test_no_bound_that_was_told_is_lost(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where slices price badly, nor where the whole program has a better plan and no bound."""
    question = drawn(seed)
    monkeypatch.setattr(solving, "LARGE", 1)
    monkeypatch.setattr(solving, "NEAR", 1)
    monkeypatch.setattr(solving, "priced_whole", lambda *_: Worthless())
    told: list[float] = []

    def unproven(built: Any, p: Any, gap: float, watch: Watch, *rest: Any) -> Any:
        found = search(built, p, 0.0, Watch(), *rest)
        return found._replace(bound=-np.inf, status="feasible")

    watch = Watch(listener=lambda one: told.append(one.bound_usd) if one.bound_usd is not None else None)
    with watch.phase(SEARCH):
        found = solving.solve_by(question, 1e-9, watch, unproven).outcome
    assert told
    assert found.x is not None
    assert found.bound * 1000 >= max(told) - 0.01
    assert found.bound <= found.objective + 1e-9


def providers_among_few(demand: float, **fields: Any) -> list[str]:
    """Of classes that are kept; large nodes cost 0.08 a unit of work an hour, small ones 0.12 and 0.13."""
    sold = {"large": (100.0, 8.0), "small": (10.0, 1.2), "other": (10.1, 1.3), "dear": (10.2, 3.0)}
    offers = [an_offer(name, {"w": rate}, on_demand(price), provider=name) for name, (rate, price) in sold.items()]
    asked = a_scenario(periods=months(2), workloads=[online("w", [demand, demand])], offers=offers, **fields)
    p = prepare(asked, EMPTY, reduced=False).parameters
    few = few_of(p, ())
    return sorted({p.options[o].option.provider for c in inside(few) for o in p.classes[c].running})


def test_what_idles_of_a_node_counts_where_few_classes_are_chosen() -> None:
    assert providers_among_few(5.0) == ["small"]
    assert providers_among_few(70.0) == ["large"]  # 8 < 7 * 1.2
    assert providers_among_few(950.0) == ["large"]


@pytest.mark.parametrize(("share", "asked"), [(0.8, 2), (0.5, 2), (0.4, 3)])
def test_few_classes_are_of_as_many_providers_as_must_share(share: float, asked: int) -> None:
    found = providers_among_few(5.0, max_share_per_provider=share)
    assert found == sorted(["small", "other", "dear"][:asked])


def test_few_classes_survive_failures() -> None:
    offers = [
        an_offer(name, {"w": 10.0}, on_demand(price), provider=name, region=name)
        for name, price in (("a", 1.0), ("b", 2.0), ("c", 3.0))
    ]
    asked = a_scenario(
        periods=months(2),
        workloads=[online("w", [50.0, 50.0])],
        offers=offers,
        availability={"failure": "provider", "survive": 1.0},
    )
    question = prepare(asked, EMPTY, reduced=False)
    few = few_of(question.parameters, ())
    assert len(inside(few)) == 2
    alone = question._replace(assembled=question.assembled._replace(parameters=few))
    assert solve(alone, 1e-6, Watch()).outcome.status == "optimal"
