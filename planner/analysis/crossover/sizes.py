"""The programs of a question at many sizes, each solved once: rent only, with a way of owning allowed, with it forced."""

from math import inf, isfinite
from typing import Literal, NamedTuple

from planner.domain.answers import WayName
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question, Solution, resized, solution_of
from planner.sensitivity import IMPOSSIBLE, StrategicProgram, Value, scales
from planner.solver import Watch
from planner.units import HOURS_PER_YEAR

Verdict = Literal["owns", "rents", "open"]
STRICT = 1e-7
"""Share of the cost by which one program must be cheaper than another to count as cheaper: ten times the gap of each."""


class Way(NamedTuple):
    """What may be owned, and what may be had in either case."""

    name: WayName
    sites: frozenset[int]
    beside: frozenset[int]
    against: str


def ways_of(question: Question) -> tuple[Way, ...]:
    """Colocation and buildings apart, and buildings where colocation may be had too."""
    kinds = [site.kind for site in question.market.sites]
    rented = frozenset(k for k, kind in enumerate(kinds) if kind == "colocation")
    built = frozenset(k for k, kind in enumerate(kinds) if kind == "datacenter")
    found = []
    if rented:
        found.append(Way("colocation", rented, frozenset(), "renting"))
    if built:
        found.append(Way("own building", built, frozenset(), "renting"))
    if rented and built:
        found.append(Way("own building beside colocation", built, rented, "renting and colocation"))
    return tuple(found)


class Size:
    """A question at one size."""

    def __init__(self, question: Question, program: StrategicProgram, multiple: float) -> None:
        self.program, self.matrix = program, program.at(multiple)
        assembled = question.assembled._replace(parameters=program.parameters)
        self.question = question._replace(assembled=assembled)
        self.solved: dict[tuple[frozenset[int], int | None], Value] = {}
        self.rent: float | None = None
        self.rent_known = False

    def value(self, allowed: frozenset[int], required: int | None = None) -> Value:
        key = allowed, required
        if key not in self.solved:
            self.solved[key] = self.program.best(self.matrix, allowed, required)
        return self.solved[key]

    def without(self, way: Way) -> Value:
        """The program in which nothing is owned this way."""
        return self.value(way.beside)

    def owning(self, way: Way) -> Value:
        """The program in which at least one site of the way is open at the end: the best over which one."""
        found = [self.value(way.sites | way.beside, k) for k in sorted(way.sites)]
        best = min(found, key=lambda value: value.objective)
        return best._replace(bound=min(value.bound for value in found))

    def verdict(self, way: Way) -> Verdict:
        """What is proven at this size; that both cost the same counts as renting."""
        without, owning = self.without(way), self.owning(way)
        if owning == IMPOSSIBLE:
            return "open" if without == IMPOSSIBLE else "rents"
        scale = STRICT * max(abs(owning.objective if isfinite(owning.objective) else without.objective), 1e-9)
        if owning.objective < without.bound - scale:
            return "owns"
        return "rents" if owning.bound >= without.objective - scale else "open"

    def saving(self, way: Way) -> float | None:
        """What owning saves, thousands of dollars; None if one of the two has no plan."""
        without, owning = self.without(way), self.owning(way)
        return without.objective - owning.objective if without.possible and owning.possible else None

    def solution(self, value: Value) -> Solution:
        """The plan of a value."""
        return solution_of(self.question, self.program.built, self.program.outcome(self.matrix, value))

    def rent_usd_per_year(self) -> float | None:
        """First-year cash of the plan without anything owned; None if renting alone cannot serve the demand."""
        if not self.rent_known:
            value = self.value(frozenset())
            self.rent = first_year_usd(self.solution(value)) if value.possible else None
            self.rent_known = True
        return self.rent


def first_year_usd(solution: Solution) -> float:
    """Cash of the first plan-year; of a horizon below a year, as of a full year."""
    assert solution.beside is not None
    periods = solution.question.parameters.horizon.periods
    first = {p.index for p in periods if p.plan_year == 0}
    usd = sum(float(payment.usd) for payment in solution.paid if payment.period in first)
    usd += sum(float(charge.usd) for charge in solution.beside.charges if charge.period in first)
    return usd * max(HOURS_PER_YEAR / sum(periods[t].hours for t in first), 1.0)


class Sizes:
    """A question at any multiple of its demand."""

    def __init__(self, question: Question, watch: Watch) -> None:
        self.question, self.watch = question, watch
        self.made: dict[float, Size] = {}
        self.program = StrategicProgram(question.parameters, watch) if scales(question.parameters) else None

    def at(self, multiple: float) -> Size:
        if multiple not in self.made:
            self.made[multiple] = self._made(multiple)
        return self.made[multiple]

    def _made(self, multiple: float) -> Size:
        if self.program is not None and multiple <= self.question.assembled.reach:
            return Size(self.question, self.program, multiple)
        question = resized(self.question, multiple)
        return Size(question, StrategicProgram(question.parameters, self.watch), 1.0)


def usd(value: Value) -> float | None:
    """Dollars of a value; None if there is no plan."""
    return value.objective * THOUSAND if value.objective < inf else None
