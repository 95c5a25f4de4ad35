"""Questions beside a scenario: answered at once among what their neighbours' plans take and what is cheapest; asked again, at a gap
over all that can be bought.
"""

import time
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from planner.analysis import (
    at_multiple,
    market_facts,
    most_share,
    searched,
    wider_of,
    within_term,
)
from planner.analysis.compare import Subject, compare
from planner.analysis.infeasible import causes_of
from planner.analysis.plan import plan_of
from planner.assembly import few_of, size_of
from planner.audit import audit
from planner.domain.answers import Comparison
from planner.domain.inputs import Catalog
from planner.domain.records import Cause, Plan
from planner.domain.scenario import Scenario
from planner.errors import InputErrors, PlannerError
from planner.inputs import load_text, reload
from planner.inputs.catalog import load_catalog
from planner.pipeline import Question, Solution, prepare, prepare_beside, solve, solve_among, unbounded
from planner.report.answers import render_mistakes
from planner.search import FIRST, KnownPlan, Neighbours, known_plan
from planner.serve.question import Settings
from planner.solver import OutOfTimeError, Watch, cut_off

AT_ONCE = replace(FIRST, cut_rounds=0)
"""Cuts take a fifth of the time of a first answer, and hardly any plan is better for them."""
FIRST_GAP, FIRST_SECONDS = 0.03, 2.0
"""Of a first answer among few options, and the most CPU seconds for it."""
GOOD = 0.01
"""Gap among few options up to which the search over all starts from a first plan: a poor one would hold it up."""
SMALL = 6_000
"""Columns up to which all options are looked at in no more time,"""
SMALL_MOST = 600
"""and where the most is to be served: that takes a search for each multiple that is tried."""
SERVED_AT_ONCE = (1.0, 0.98, 0.95, 0.9, 0.8)
"""Shares of what the relaxation serves for which a first plan is sought, in turn, where the most is to be served."""
LATE_SECONDS = 6.0
"""So long after its time an answer that is made nearer may end by itself."""
WARM_SECONDS = 10.0
"""For what is left of a first answer, between two questions."""
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
    first: bool = False
    """Whether a plan among few options will do at first."""


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
    among: float | None = None
    """Of a first answer, whose plan has no bound yet: its gap among the options that were looked at."""
    strategy_stays: bool = False
    """Whether sites, agreements on spend and savings plans of a first answer are those of the plan before."""
    served: float | None = None
    """Multiple of the stated demand, where the most is to be served."""


class Live:
    """Questions beside a scenario."""

    def __init__(self, start: Start) -> None:
        self.watch = Watch()
        self.catalog: Catalog = load_catalog(start.datasets)
        self.document = load_text(
            start.text, start.file, folder=start.folder, overrides=start.overrides, catalog=self.catalog
        ).document
        self.neighbours = Neighbours()
        self.sketches = Neighbours(AT_ONCE)
        self.known: list[tuple[frozenset[str], KnownPlan]] = []
        """The first and the latest plan over all options and the latest among few, with the ids of what they pay for."""
        self.first: dict[str, Question] = {}
        self.base: Plan | None = None
        self.last: tuple[Settings, Question] | None = None
        self.part = False
        """Whether the last question is on a part of another one's market: enough for a first answer."""
        self.warming = False
        """While it is made ready for the next question: whoever asks one ends that."""

    def answer(self, ask: Ask) -> Reply:
        """A plan within the gap, the best one in time, or why there is none."""
        began = time.monotonic()
        self.watch.deadline, self.watch.interrupted = began + ask.seconds, False
        self.watch.searching = True
        try:
            reply = self._answered(ask) if ask.first else self._nearer(ask)
        except InputErrors as error:
            reply = Reply(ask.number, "wrong", said=tuple(render_mistakes(error).split("\n\n")))
        except PlannerError as error:
            reply = Reply(ask.number, "wrong", said=(error.what,))
        return reply._replace(seconds=time.monotonic() - began)

    def _nearer(self, ask: Ask) -> Reply:
        """A nearer answer, left wherever it stands as soon as nobody waits for it; what neighbours left stays as it was."""
        try:
            with cut_off(self.watch, LATE_SECONDS):
                return self._answered(ask)
        except OutOfTimeError:
            self.last = None
            return Reply(ask.number, "limit", said=("Another question came first.",))

    def _answered(self, ask: Ask) -> Reply:
        hurried = ask.first and bool(self.known)
        question = self._question(ask.settings, hurried=hurried)
        scenario = question.scenario
        gap = scenario.gap if ask.gap is None else max(ask.gap, scenario.gap)
        if self.known and not ask.settings:  # the plan as it is, made nearer: whoever looks at it waits for nothing
            self._every_term(scenario)
        sketch = self._first(question) if hurried else None
        if sketch is not None:
            plan, among = self._remember(sketch, 2), sketch.outcome.gap
            self.neighbours.plans = (plan,) if among <= GOOD else ()
            return self._told(ask, unbounded(sketch), gap)._replace(among=among, strategy_stays=question.strategic)
        found = self._solution(self._question(ask.settings), gap)
        self.neighbours.plans = ()
        if not isinstance(found, Solution):
            return Reply(ask.number, "infeasible", said=tuple(f"{cause.message}; {cause.fix}" for cause in found))
        if found.present is None:
            return Reply(ask.number, "limit", said=("No plan was found in the time allowed: limits may be too tight.",))
        self._remember(found, 1)
        return self._told(ask, found, gap)

    def _told(self, ask: Ask, found: Solution, gap: float) -> Reply:
        bounded = isfinite(found.outcome.bound)
        plan = plan_of(found, gap, (), others=bounded)
        plan = plan.model_copy(update={"audit": audit(plan)})
        if not ask.settings:
            self.base = plan
        comparison = None
        if self.base is not None and ask.settings:
            comparison = compare(Subject("as it is", "scenario", self.base), Subject("this try", "scenario", plan))
        scenario = found.question.scenario
        served = scenario.demand_scale if scenario.objective == "most_served" else None
        return Reply(ask.number, plan.status, plan, comparison, served=served)

    def _question(self, settings: Settings, *, hurried: bool = False) -> Question:
        if self.last is None or self.last[0] != settings or (self.part and not hurried):
            overrides = [f"{path}={value}" for path, value in settings]
            scenario = reload(self.document, overrides, self.catalog).scenario
            self.part = False
            self.last = settings, self._prepared(scenario, hurried=hurried)
        return self.last[1]

    def _prepared(self, scenario: Scenario, *, hurried: bool = False) -> Question:
        """The question, with the options of the first one on its market, so that programs keep their shape.

        Args:
            hurried: a part of the market of a longer term will do.
        """
        facts = market_facts(scenario)
        first = self.first.get(facts)
        if first is None:
            wider = wider_of(scenario, self.first) if hurried else None
            if wider is not None:
                self.part = True
                return within_term(scenario, wider, self.catalog)
            first = prepare(scenario, self.catalog)
            self.first = dict([*self.first.items()][1 - MARKETS :]) | {facts: first}
            return first
        keep = frozenset(member.option.id for member in first.parameters.options)
        return prepare_beside(scenario, first, self.catalog, keep)

    def _every_term(self, scenario: Scenario) -> None:
        """Have the market of all terms ready, of which that of any longest term is a part."""
        every = scenario.model_copy(update={"max_term_months": None})
        if market_facts(every) not in self.first:
            self._prepared(every)

    def _first(self, question: Question) -> Solution | None:
        """A plan at once; where the most is to be served, one that serves nearly what the relaxation among few options does."""
        scenario = question.scenario
        if scenario.objective != "most_served":
            return self._sketch(question)
        now = scenario.demand_scale
        largest = self._prepared(at_multiple(scenario, scenario.most_demand_scale / now), hurried=True)
        if size_of(largest.parameters) < SMALL_MOST:
            return None
        with self.watch.within(FIRST_SECONDS):
            most = scenario.most_demand_scale * most_share(few_of(largest.parameters, self._ids), self.watch)
        at_once = (at_multiple(scenario, share * most / now) for share in SERVED_AT_ONCE if most > 0)
        sketches = (self._sketch(self._prepared(scenario, hurried=True), SMALL_MOST) for scenario in at_once)
        return next((sketch for sketch in sketches if sketch is not None), None)

    @property
    def _ids(self) -> frozenset[str]:
        """Of options that known plans pay for."""
        return frozenset[str]().union(*(used for used, _ in self.known))

    def _sketch(self, question: Question, small: int = SMALL) -> Solution | None:
        """A plan among what known plans take and what is cheapest; None if none is found at once, or all is looked at as soon."""
        if size_of(question.parameters) < small:
            return None
        self.sketches.plans = tuple(plan for _, plan in self.known)
        with self.watch.within(FIRST_SECONDS):
            found = solve_among(question, self._ids, FIRST_GAP, self.watch, self.sketches)
        return None if found.present is None else found

    def warm(self) -> None:
        """Be ready for the next question: what is left of a first answer among the options of the last plan is where it starts."""
        if self.known and self.last is not None:
            self.warming, self.watch.deadline = True, time.monotonic() + WARM_SECONDS
            with suppress(OutOfTimeError), cut_off(self.watch):
                self._first(self.last[1])
            self.warming = False

    def _remember(self, found: Solution, place: int) -> KnownPlan:
        assert found.outcome.x is not None
        p = found.question.parameters
        ids = frozenset(
            p.options[payment.option].option.id for payment in found.paid if payment.option < len(p.options)
        )
        plan = known_plan(found.built, p, found.outcome.x)
        self.known[place if self.known else 0 :] = [(ids, plan)]
        return plan

    def _solution(self, question: Question, gap: float) -> Solution | tuple[Cause, ...]:
        if question.scenario.objective == "most_served":
            return searched(question.scenario, self.catalog, gap, self.watch)[0]
        causes = causes_of(question, None, self.watch)
        if causes:
            return causes
        solution = solve(question, gap, self.watch, neighbours=self.neighbours)
        if solution.outcome.status == "infeasible":
            return causes_of(question, solution, self.watch)
        return solution
