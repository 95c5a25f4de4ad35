"""The process that solves: answers, limits, and an end in every case."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from planner.analysis.plan import plan_of
from planner.domain.records import Plan
from planner.serve.live import Ask, Live, Reply, Start
from planner.serve.solver import Job, Limits, Solver

pytestmark = pytest.mark.exhaustive
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
    monkeypatch.setattr("planner.serve.solver.GRACE", 1.0)
    assert solver.ask(Job(1, (("demand_scale", "2"),), ""))
    until(lambda: any(reply.number == 1 for reply, _ in told))
    assert told[-1][0].status == "limit"
    assert not process.is_alive()
    monkeypatch.setattr(solver, "limits", Limits())
    assert solver.ask(Job(2, (("demand_scale", "3"),), ""))
    until(lambda: any(reply.number == 2 for reply, _ in told))
    assert told[-1][0].plan is not None, "another process answers"
    assert told[-1][0].comparison is not None, "beside the plan as it is"


def test_a_nearer_answer_is_left_wherever_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm of another question comes when the search is done and its plan is being written: nobody waits for that."""
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    live = Live(Start(TEXT, "s.yaml", tmp_path))
    assert live.answer(Ask(0, (), 0.02, 60.0, first=True)).plan is not None
    left, written = live.neighbours.known, []

    def interrupted(*arguments: object, **more: object) -> Plan:
        os.kill(os.getpid(), signal.SIGALRM)
        written.append("to its end")
        return plan_of(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("planner.serve.live.plan_of", interrupted)
    reply = live.answer(Ask(1, (("demand_scale", "2"),), None, 60.0))
    assert (reply.plan, reply.status, written) == (None, "limit", [])
    assert live.neighbours.known is left or live.neighbours.known == left
    monkeypatch.setattr("planner.serve.live.plan_of", plan_of)
    after = live.answer(Ask(1, (("demand_scale", "2"),), None, 60.0))
    assert after.plan is not None
    assert after.plan.npv_usd == pytest.approx(2 * 8760, rel=0.05)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", ["lab", "datacenter"])
def test_a_first_answer_keeps_sites_and_is_a_plan(name: str) -> None:
    """Where a site may be opened: the first answer has it as the plan before, and the audit agrees."""
    file = Path(__file__).parents[3] / "examples" / "templates" / f"{name}.yaml"
    live = Live(Start(file.read_text(encoding="utf-8"), file.name, file.parent))
    before = live.answer(Ask(0, (), 0.05, 120.0, first=True))
    assert before.plan is not None
    after = live.answer(Ask(1, (("demand_scale", "1.1"),), 0.05, 120.0, first=True))
    assert after.plan is not None
    assert after.among is not None
    assert after.strategy_stays
    assert after.plan.audit.agrees
    assert (after.plan.bound_usd, after.plan.gap) == (None, 1.0), "nothing is said about all options"
    opened = [{line.option for line in plan.lines if line.action == "lease"} for plan in (before.plan, after.plan)]
    assert opened[0] == opened[1]


def test_where_the_most_is_to_be_served_an_answer_comes() -> None:
    file = Path(__file__).parents[3] / "examples" / "cookbook" / "06-as-much-as-this-buys.yaml"
    live = Live(Start(file.read_text(encoding="utf-8"), file.name, file.parent))
    reply = live.answer(Ask(0, (), 0.01, 60.0, first=True))
    assert reply.plan is not None
    assert reply.plan.total_usd <= 15_000
    assert reply.served is not None
    assert 0 < reply.served < 1


HOURLY = "".join(
    f"  - {{name: n{i}, provider: p{i % 3}, throughput: {{chat: {20 + 4 * i}, scan: {30 + 2 * i}}}, "
    f"contracts: [{{kind: on_demand, usd_per_hour: {3 + i / 2}}}]}}\n"
    for i in range(6)
)
MOST = f"""name: As much as this buys
catalog: none
start: 2027-01
years: 2
objective: most_served
budget_per_year_usd: 2M
workloads:
  - {{name: chat, kind: inference, unit: image, demand_per_hour: 1200, growth_per_year: 50%, profile: business_hours}}
  - {{name: scan, kind: inference, unit: image, demand_per_hour: 900, growth_per_year: 20%, profile: consumer}}
offers:
{HOURLY}"""


def test_the_most_that_is_served_at_once_follows_the_budget(tmp_path: Path) -> None:
    """A first answer beside the plan as it is: within its own budget, nearly what the search finds."""
    live = Live(Start(MOST, "s.yaml", tmp_path))
    before = live.answer(Ask(0, (), 0.02, 120.0, first=True))
    assert before.served is not None
    for number, millions in enumerate((1.2, 3.0), start=1):
        settings = (("budget_per_year_usd", f"{millions}M"),)
        first = live.answer(Ask(number, settings, 0.02, 120.0, first=True))
        assert first.among is not None, "a first answer"
        assert first.plan is not None
        assert first.plan.audit.agrees
        assert max(first.plan.cost.by_plan_year) <= millions * 1e6
        assert first.served is not None
        assert (first.served > before.served) == (millions > 2)
        last = live.answer(Ask(number, settings, 0.02, 120.0))
        assert last.served is not None
        assert 0.9 * last.served <= first.served <= last.served * 1.001


@pytest.mark.parametrize("multiple", ["1.3", "2.5"])
def test_too_much_for_the_budget_is_told_as_that(multiple: str) -> None:
    """Programs on which the simplex method gives up without a verdict have one all the same."""
    file = Path(__file__).parents[3] / "examples" / "startup.yaml"
    live = Live(Start(file.read_text(encoding="utf-8"), file.name, file.parent))
    reply = live.answer(Ask(1, (("demand_scale", multiple),), 0.02, 300.0))
    assert reply.status == "infeasible"
    assert "budget" in reply.said[0]


def test_it_ends_with_its_page(solver: Solver, told: Told) -> None:
    assert solver.ask(Job(0, (), ""))
    until(lambda: any(last for _, last in told))
    process, pipe = solver._process, solver._pipe
    assert process is not None
    assert pipe is not None
    pipe.close()
    until(lambda: not process.is_alive(), 10)
