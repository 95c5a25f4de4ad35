"""The process that solves: answers, limits, and an end in every case."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.serve.live import Reply, Start
from planner.serve.solver import Job, Limits, Solver

pytestmark = pytest.mark.slow
TEXT = """name: Two
catalog: none
periods: [{hours: 730}, {hours: 730}]
workloads: [{name: w, kind: inference, unit: image, demand_per_hour: 4}]
offers: [{name: n, provider: acme, throughput: {w: 2}, contracts: [{kind: on_demand, usd_per_hour: 3}]}]
"""
Told = list[tuple[Reply, bool]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def solver(told: Told, tmp_path: Path) -> Iterator[Solver]:
    found = Solver(
        Start(TEXT, "s.yaml", tmp_path), Limits(), lambda reply, last: told.append((reply, last)), lambda _: None
    )
    found.start()
    yield found
    found.close()


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "in time"
        time.sleep(0.05)


def test_questions_are_answered_beside_the_plan_as_it_is(solver: Solver, told: Told) -> None:
    asked = {
        0: (),
        1: (("demand_scale", "2"),),
        2: (("demand_scale", "x"),),
        3: (("budget_total_usd", "1"),),
        4: (("quotes", "a.csv"),),
    }
    for number, settings in asked.items():
        assert solver.ask(Job(number, settings, str(number)))
        until(lambda n=number: any(reply.number == n and last for reply, last in told))  # type: ignore[misc]
    last = {reply.number: reply for reply, _ in told}
    assert [last[n].status for n in asked] == ["optimal", "optimal", "wrong", "infeasible", "wrong"]
    assert last[1].plan is not None
    assert last[1].plan.audit.agrees
    assert last[1].comparison is not None
    assert last[1].comparison.totals.npv_usd.change_fraction == pytest.approx(1.0)
    assert "file" in last[4].said[0]


def test_what_does_not_stop_is_ended(solver: Solver, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    assert solver.ask(Job(0, (), ""))
    until(lambda: any(last for _, last in told))
    process = solver._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, 19)  # SIGSTOP: deaf to every message
    monkeypatch.setattr(solver, "limits", Limits(live_seconds=0.2, seconds=0.2))
    assert solver.ask(Job(1, (("demand_scale", "2"),), ""))
    until(lambda: any(reply.number == 1 for reply, _ in told))
    assert told[-1][0].status == "limit"
    assert not process.is_alive()
    monkeypatch.setattr(solver, "limits", Limits())
    assert solver.ask(Job(2, (("demand_scale", "3"),), ""))
    until(lambda: any(reply.number == 2 for reply, _ in told))
    assert told[-1][0].plan is not None, "another process answers"


def test_it_ends_with_its_page(solver: Solver, told: Told) -> None:
    assert solver.ask(Job(0, (), ""))
    until(lambda: any(last for _, last in told))
    process, pipe = solver._process, solver._pipe
    assert process is not None
    assert pipe is not None
    pipe.close()
    until(lambda: not process.is_alive(), 10)
