"""The process that solves: a question a message, answered at a loose gap beside those before it, then nearer.

It is a process of its own, so that a solve can be ended wherever it is: a message asks it to stop, and what does not stop is
killed with all that it started. It ends by itself when the page's process has gone.
"""

import os
import queue
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from planner.analysis import market_facts, searched, seldom_collecting
from planner.analysis.compare import Subject, compare
from planner.analysis.infeasible import causes_of
from planner.analysis.plan import plan_of
from planner.audit import audit
from planner.domain.answers import Comparison
from planner.domain.inputs import Catalog
from planner.domain.records import Cause, Plan
from planner.domain.scenario import Scenario
from planner.errors import InputErrors, PlannerError
from planner.inputs import load_text, reload
from planner.inputs.catalog import load_catalog
from planner.pipeline import Question, Solution, prepare, prepare_beside, solve
from planner.report.answers import render_mistakes
from planner.search import Neighbours
from planner.serve.question import Settings
from planner.solver import Watch

MARKETS = 4
"""Markets that are kept ready."""


class Start(NamedTuple):
    """What the process begins with: all of it from the command line, nothing from the browser."""

    text: str
    """Of the scenario."""
    file: str
    folder: Path
    overrides: tuple[str, ...] = ()
    datasets: Path | None = None


class Ask(NamedTuple):
    number: int
    settings: Settings
    gap: float | None
    """None: the scenario's own."""
    seconds: float


class Reply(NamedTuple):
    """What became of a question."""

    number: int
    status: str
    """`optimal`, `feasible`, `infeasible`, `wrong` (a setting), `limit` (no plan in time), `failed`."""
    plan: Plan | None = None
    comparison: Comparison | None = None
    """With the plan as it is."""
    said: tuple[str, ...] = ()
    """Why there is no plan."""
    seconds: float = 0.0


class Live:
    """Questions beside a scenario."""

    def __init__(self, start: Start) -> None:
        self.watch = Watch()
        self.catalog: Catalog = load_catalog(start.datasets)
        self.document = load_text(
            start.text, start.file, folder=start.folder, overrides=start.overrides, catalog=self.catalog
        ).document
        self.neighbours = Neighbours()
        self.first: dict[str, Question] = {}
        self.base: Plan | None = None
        self.last: tuple[Settings, Question] | None = None

    def answer(self, ask: Ask) -> Reply:
        """A plan within the gap, the best one in time, or why there is none."""
        began = time.monotonic()
        self.watch.deadline, self.watch.interrupted = began + ask.seconds, False
        self.watch.searching = True
        try:
            reply = self._answered(ask)
        except InputErrors as error:
            reply = Reply(ask.number, "wrong", said=tuple(render_mistakes(error).split("\n\n")))
        except PlannerError as error:
            reply = Reply(ask.number, "wrong", said=(error.what,))
        return reply._replace(seconds=time.monotonic() - began)

    def _answered(self, ask: Ask) -> Reply:
        question = self._question(ask.settings)
        scenario = question.scenario
        gap = scenario.gap if ask.gap is None else max(ask.gap, scenario.gap)
        found = self._solution(question, gap)
        if not isinstance(found, Solution):
            return Reply(ask.number, "infeasible", said=tuple(f"{cause.message}; {cause.fix}" for cause in found))
        if found.present is None:
            return Reply(ask.number, "limit", said=("No plan was found in the time allowed: limits may be too tight.",))
        plan = plan_of(found, gap, ())
        plan = plan.model_copy(update={"audit": audit(plan)})
        if not ask.settings:
            self.base = plan
        comparison = None
        if self.base is not None and ask.settings:
            comparison = compare(Subject("as it is", "scenario", self.base), Subject("this try", "scenario", plan))
        return Reply(ask.number, plan.status, plan, comparison)

    def _question(self, settings: Settings) -> Question:
        if self.last is None or self.last[0] != settings:
            overrides = [f"{path}={value}" for path, value in settings]
            scenario = reload(self.document, overrides, self.catalog).scenario
            self.last = settings, self._prepared(scenario)
        return self.last[1]

    def _prepared(self, scenario: Scenario) -> Question:
        """The question, with the options of the first one on its market, so that programs keep their shape."""
        facts = market_facts(scenario)
        first = self.first.get(facts)
        if first is None:
            first = prepare(scenario, self.catalog)
            self.first = dict([*self.first.items()][1 - MARKETS :]) | {facts: first}
            return first
        keep = frozenset(member.option.id for member in first.parameters.options)
        return prepare_beside(scenario, first, self.catalog, keep)

    def _solution(self, question: Question, gap: float) -> Solution | tuple[Cause, ...]:
        causes = causes_of(question, None, self.watch)
        if causes:
            return causes
        if question.scenario.objective == "most_served":
            found, _ = searched(question.scenario, self.catalog, gap, self.watch)
            return found
        solution = solve(question, gap, self.watch, neighbours=self.neighbours)
        if solution.outcome.status == "infeasible":
            return causes_of(question, solution, self.watch)
        return solution


def main(connection: Connection, start: Start) -> None:
    """Answer every `Ask` on the connection until it closes; anything else that comes is a wish to stop."""
    with suppress(OSError, AttributeError):
        os.setsid()  # so that what is started from here ends with it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked: queue.Queue[Ask] = queue.Queue()
    live = Live(start)

    def listen() -> None:
        while True:
            try:
                message: Any = connection.recv()
            except (EOFError, OSError):
                _end()
            if isinstance(message, Ask):
                asked.put(message)
            else:
                live.watch.interrupted = True

    threading.Thread(target=listen, daemon=True).start()
    with seldom_collecting():
        while True:
            ask = asked.get()
            try:
                reply = live.answer(ask)
            except Exception as error:
                reply = Reply(ask.number, "failed", said=(f"{type(error).__name__}: {str(error)[:200]}",))
                live.neighbours, live.last = Neighbours(), None
            connection.send(reply)


def _end() -> None:
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
