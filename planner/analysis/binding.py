"""Which limits bind, and what they are worth: every limit is taken away and the program solved again, not read off its slack.

Small programs that a short search proves are solved over whole nodes at gap 0: there a limit that is not named does not bind.
All others are solved over fractional nodes, and say so.
Over whole nodes all limits are taken away at once first: where that saves nothing, none binds, and one solve was enough. Over
fractional ones the duals say which limits may bind, and each of these is taken away by itself, near where the solver stands.
"""

from collections.abc import Sequence
from itertools import groupby

from planner.analysis.beside_rows import beside_rows
from planner.analysis.explain import PART_TELLING, WORTH_TELLING, Named, in_wholes, named_limit, stated_step
from planner.analysis.infeasible import Settings, changed
from planner.assembly import window_of
from planner.domain.records import Binding, LimitsRecord
from planner.domain.scenario import Scenario
from planner.domain.workloads import TrainingRun
from planner.formulation import write
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Solution, prepare
from planner.sensitivity import (
    Limit,
    cost_of,
    dual_worth,
    least_step,
    limits_of,
    moved,
    proven_cost,
    that_bind,
    without,
)
from planner.solver import Matrix, Relaxed, Watch, solve_lp

WHOLE_UP_TO = 400
"""Whole numbers up to which everything is solved again over whole nodes, if a short search proves the plan as it stands."""
MOST_OF_LARGE = 8
"""Limits of a large program that are taken away one by one: those worth most by the duals of its relaxation."""
MOST_PLACES = 12
"""Up to so many plan-years or periods of one limit are tried one by one."""
UNCHECKED: tuple[tuple[Binding, ...], LimitsRecord] = (), LimitsRecord(basis="unchecked")


def binding_of(
    solution: Solution, watch: Watch, relaxed: Relaxed | None = None
) -> tuple[tuple[Binding, ...], LimitsRecord]:
    """The limits that bind, worth most first, and how that was found.

    Args:
        relaxed: the relaxation of the solution's program, if it is alive already.
    """
    if solution.outcome.x is None or watch.over:
        return UNCHECKED
    check = _Check(solution, watch, relaxed or Relaxed(solution.outcome.matrix, watch))
    found = [*check.rows(), *check.dates(), *check.fields()]
    if watch.over:
        return UNCHECKED
    found.sort(key=lambda b: (-(b.without_saves_usd or 0.0), b.constraint, b.key))
    return tuple(found), LimitsRecord(
        basis="whole" if check.whole else "fractional",
        count=check.count,
        all_save_usd=check.all_save_usd,
        among_nearest=solution.among_nearest,
    )


class _Check:
    """One program, solved again without some of its limits."""

    def __init__(self, solution: Solution, watch: Watch, relaxed: Relaxed) -> None:
        self.solution, self.question, self.watch, self.relaxed = solution, solution.question, watch, relaxed
        self.matrix = solution.outcome.matrix
        small = int(self.matrix.integer.sum()) <= WHOLE_UP_TO
        proven = proven_cost(self.matrix, watch, solution.outcome.x) if small else None
        self.whole = proven is not None
        self.stands = self.cost(self.matrix, solution.outcome.objective) if proven is None else proven
        self.tell = WORTH_TELLING * max(abs(self.stands), 1e-3)
        self.known: dict[tuple[Limit, ...], float] = {}
        self.all_save_usd: float | None = 0.0
        self.count = 0

    def cost(self, matrix: Matrix, otherwise: float) -> float:
        """The least cost of a program, thousands of dollars; over whole nodes what was found, if the search ended early."""
        if not self.whole:
            same = (matrix.columns, matrix.rows) == (self.matrix.columns, self.matrix.rows)
            same &= (
                matrix.value is self.matrix.value
            )  # the live one takes other sides and bounds, no other coefficients
            solved = self.relaxed.solve(matrix) if same else solve_lp(matrix.relaxed(), self.watch)
            return solved.objective if solved.verdict == "optimal" else otherwise
        solved = cost_of(matrix, self.watch)
        return otherwise if solved.x is None else min(solved.objective, otherwise)

    def saved(self, limits: Sequence[Limit]) -> float:
        """What it saves to take all these limits away, thousands of dollars."""
        key = tuple(limits)
        if key not in self.known:
            self.known[key] = self.stands - self.cost(without(self.matrix, limits), self.stands)
        return self.known[key]

    def rows(self) -> list[Binding]:
        """Limits that are rows or bounds of the program."""
        named = [limit for limit in limits_of(self.solution.built, self.question.parameters) if self.named(limit)]
        stated = _as_stated(named, self.question.scenario)
        self.count += len(stated)
        if not stated:
            return []
        likely, alone = list(stated), list[Binding]()
        if not self.whole:
            alone, likely = self.by_duals(stated)
            self.all_save_usd = None if alone else 0.0
        groups = that_bind(likely, lambda limits: self.saved(limits) > self.tell)
        if likely and self.all_save_usd is not None:
            self.all_save_usd = max(self.saved(likely), 0.0) * THOUSAND
        return alone + [
            self.binding(group[0], stated[group[0]]) if len(group) == 1 else self.together(group) for group in groups
        ]

    def by_duals(self, stated: dict[Limit, list[Limit]]) -> tuple[list[Binding], list[Limit]]:
        """Of a large program the limits with a dual in its relaxation: those that bind by themselves, and the others. Taking away
        what has no dual changes nothing there."""
        outcome = self.solution.outcome
        if len(outcome.row_dual) != self.matrix.rows:
            return [], list(stated)
        worth = {limit: dual_worth(limit, self.matrix, outcome.row_dual, outcome.column_dual) for limit in stated}
        found = sorted((one for one in stated if worth[one] > 0), key=lambda limit: -worth[limit] * self.size(limit))
        tried = [(limit, self.binding(limit, stated[limit])) for limit in found[:MOST_OF_LARGE]]
        binds = {limit for limit, _ in tried if self.saved([limit]) > self.tell}
        return [told for limit, told in tried if limit in binds], [limit for limit, _ in tried if limit not in binds]

    def size(self, limit: Limit) -> float:
        """The usual step of a limit, in the unit of its rows."""
        named = self.named(limit)
        return named.step * named.per_unit if named is not None else 0.0

    def named(self, limit: Limit) -> Named | None:
        return named_limit(self.solution, limit)

    def binding(self, limit: Limit, parts: Sequence[Limit]) -> Binding:
        """One limit that binds, with the next step that changes anything."""
        named = self.named(parts[0])
        assert named is not None
        usual = named.step * named.per_unit
        step = usual
        if self.whole:
            worth = max(self.tell, PART_TELLING * self.saved([limit]))
            least = least_step(self.matrix, limit, self.stands - worth, in_wholes(named), self.watch)
            step = max(usual, 0.0 if least is None else stated_step(least, named))
        saves = self.stands - self.cost(moved(self.matrix, limit, step), self.stands)
        by, usd = step / named.per_unit, saves * THOUSAND
        cap = named.cap is not None
        return Binding(
            constraint="cap" if cap else named.limit,
            key=named.limit if cap else self.where(parts, named),
            shadow_price=usd / by if by else 0.0,
            unit=named.unit,
            step=round(by, 6),
            step_saves_usd=round(usd, 4),
            without_saves_usd=round(self.saved([limit]) * THOUSAND, 4),
        )

    def where(self, parts: Sequence[Limit], named: Named) -> str:
        """Plan-years or periods in which a limit binds by itself; empty where it does so only in all of them together."""
        if len(parts) == 1:
            return named.key
        if len(parts) > MOST_PLACES:
            return ""
        alone = [self.named(part) for part in parts if self.saved([part]) > self.tell]
        return ", ".join(n.key for n in alone if n is not None)

    def together(self, group: Sequence[Limit]) -> Binding:
        """Limits of which each may go without effect, but not all."""
        names = [n for limit in group if (n := self.named(limit)) is not None]
        said = [f"{n.limit} ({n.key})" if n.key else n.limit for n in names]
        return Binding(
            constraint=" and ".join(said),
            key="",
            shadow_price=0.0,
            unit="",
            without_saves_usd=round(self.saved(list(group)) * THOUSAND, 4),
        )

    # --- windows of training runs: they are no rows, but places that were never there -----------------

    def dates(self) -> list[Binding]:
        """Windows of training runs that bind: first all of them, then each."""
        scenario = self.question.scenario
        free = {}
        for i, run in enumerate(scenario.workloads):
            if isinstance(run, TrainingRun):
                window = window_of(run, self.question.parameters.horizon)
                last = len(self.question.parameters.horizon.periods) - 1
                if window.start > 0:
                    free[i, "earliest"] = window.start
                if window.stop - 1 < last:
                    free[i, "deadline"] = last - (window.stop - 1)
        self.count += len(free)
        if not free or self.watch.over:
            return []
        everything: Settings = {}
        for (i, field), by in free.items():
            everything |= self.window(i, field, by)
        saved = self.saved_by(everything)
        if self.all_save_usd is not None:
            self.all_save_usd = max(self.all_save_usd, saved * THOUSAND)
        if saved <= self.tell:
            return []
        found = [self.date(i, field, by) for (i, field), by in free.items()]
        return [binding for binding in found if binding is not None]

    def window(self, i: int, field: str, by: int) -> Settings:
        """A window that opens so many periods earlier, or closes so many later."""
        run, horizon = self.question.scenario.workloads[i], self.question.parameters.horizon
        assert isinstance(run, TrainingRun)
        window = window_of(run, horizon)
        at = window.start - by if field == "earliest" else window.stop - 1 + by
        return {("workloads", i, field): None, ("workloads", i, f"{field}_period"): at}

    def saved_by(self, settings: Settings) -> float:
        """What other dates save, thousands of dollars."""
        other = prepare(changed(self.question.scenario, settings), self.question.catalog)
        built = write(other.parameters).built
        return self.stands - self.cost(built.matrix, self.stands)

    def date(self, i: int, field: str, most: int) -> Binding | None:
        """The window of one run, if it binds; the least number of periods that changes anything is halved down to."""
        without_it = self.saved_by(self.window(i, field, most))
        if without_it <= self.tell or self.watch.over:
            return None
        low, high, saves = 0, most, without_it
        while high - low > 1:
            middle = (low + high) // 2
            usd = self.saved_by(self.window(i, field, middle))
            if usd > self.tell:
                high, saves = middle, usd
            else:
                low = middle
        return Binding(
            constraint=field,
            key=self.question.scenario.workloads[i].name,
            shadow_price=saves * THOUSAND / high,
            unit="periods later" if field == "deadline" else "periods earlier",
            step=float(high),
            step_saves_usd=round(saves * THOUSAND, 4),
            without_saves_usd=round(without_it * THOUSAND, 4),
        )

    # --- what else the scenario states: what is there at all -----------------------------------------------

    def fields(self) -> list[Binding]:
        """Such limits of a small program."""
        if not self.whole or self.watch.over:
            return []
        found = beside_rows(
            self.question, self.watch, lambda matrix: self.stands - self.cost(matrix, self.stands), self.tell
        )
        self.count += found.limits
        if self.all_save_usd is not None:
            self.all_save_usd = max(self.all_save_usd, found.all_save * THOUSAND)
        return found.binding


def _as_stated(limits: Sequence[Limit], scenario: Scenario) -> dict[Limit, list[Limit]]:
    """Limits as the scenario states them: where one number holds for all plan-years or periods, they move together."""
    listed = {
        ("budget", ""): isinstance(scenario.budget_per_year_usd, tuple),
        ("cash", "period"): isinstance(scenario.budget_per_period_usd, tuple),
        ("cash", "upfront"): isinstance(scenario.budget_upfront_per_year_usd, tuple),
        ("carbon", ""): scenario.carbon is not None and isinstance(scenario.carbon.max_tonnes_per_year, tuple),
    }

    def group(limit: Limit) -> tuple[str, str, int]:
        total = limit.family == "budget" and limit.number < 0
        one = not total and listed.get((limit.family, limit.detail)) is False
        return limit.family, limit.detail, -2 if one else limit.number

    found: dict[Limit, list[Limit]] = {}
    for _, alike in groupby(sorted(limits, key=group), key=group):
        parts = list(alike)
        found[_joined(parts)] = parts
    return found


def _joined(parts: Sequence[Limit]) -> Limit:
    if len(parts) == 1:
        return parts[0]
    rows = tuple(row for part in parts for row in part.rows)
    scales = tuple(scale for part in parts for scale in (part.scales or (1.0,) * len(part.rows)))
    return parts[0]._replace(rows=rows, scales=scales, columns=tuple(c for part in parts for c in part.columns))
