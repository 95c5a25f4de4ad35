"""Does a scenario have a plan? Asked many times while limits are tried; answered once per scenario.

A large program is asked about its nearest classes first: what has a plan among these has one. What has none among them is asked as
a whole, unless it is too large for that; then it counts as without a plan, and the way out is not offered.
"""

from planner.analysis.infeasible.causes import unfit
from planner.analysis.infeasible.prechecks import prechecks
from planner.analysis.infeasible.settings import Settings, changed
from planner.analysis.variants import market_facts
from planner.assembly import size_of
from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.formulation.parameters import Parameters
from planner.pipeline import Question, few_enough, prepare_beside
from planner.sensitivity import any_point, integers
from planner.solver import OutOfTimeError, Watch, cut_off

EXACT_UP_TO = 6_000
"""Whole numbers up to which whole nodes are asked for at once; beyond it fractional ones, and repairs are solved at the end."""
WORK = 600_000
"""Whole numbers of all programs together that are looked at before the search for repairs is content with what it has."""
MARKETS_KEPT = 3
"""Markets that are remembered: the scenario's own, and the latest ones."""
WHOLE = 300_000
"""Columns up to which a program is asked whether it has a plan; beyond it its nearest classes alone."""
FEWEST = 12
"""Questions that are asked in any case."""


class Possible:
    """An oracle with a memory, and an end to its patience (the same on every machine)."""

    def __init__(self, scenario: Scenario, catalog: Catalog, watch: Watch) -> None:
        self.scenario, self.catalog, self.watch = scenario, catalog, watch
        self.known: dict[str, bool] = {}
        self.work = 0
        self.asked = 0
        self.markets: dict[str, Question] = {}
        self.latest: tuple[str, Question | None] = ("", None)
        self.slow = False
        """Whether some program so far was too large for whole nodes."""

    @property
    def tired(self) -> bool:
        """Whether no more is asked."""
        return self.watch.over or (self.asked >= FEWEST and self.work > WORK)

    def __call__(self, settings: Settings) -> bool:
        """Whether the scenario with these changes has a plan; False where that is not found out."""
        key = _key(settings)
        if key not in self.known:
            if self.tired:
                return False
            try:
                with cut_off(self.watch):
                    self.known[key] = self._answer(settings)
            except OutOfTimeError:
                return False
        return self.known[key]

    def denied(self, settings: Settings) -> bool:
        """Whether it was asked, and no plan was found."""
        return not self.known.get(_key(settings), True)

    def _answer(self, settings: Settings) -> bool:
        self.asked += 1
        question = self.question(settings)
        if question is None or unfit(question) or prechecks(question.parameters):
            return False
        p = question.parameters
        few = few_enough(p)
        self.work += integers(few)
        self.slow |= self.rough(p)
        if any_point(few, self.watch, fractional=self.rough(few)):
            return True
        return few is not p and size_of(p) <= WHOLE and any_point(p, self.watch, fractional=self.rough(p))

    def rough(self, p: Parameters) -> bool:
        """Whether fractional nodes must do for the answer, because whole ones would take too long."""
        return integers(p) > EXACT_UP_TO

    def question(self, settings: Settings) -> Question | None:
        """The changed scenario, made ready; None if the changes contradict one another.

        The latest is kept, since it is asked for several times in a row; market and sizing are done once for all changes that
        do not touch them.
        """
        key = _key(settings)
        if self.latest[0] != key:
            self.latest = (key, self._prepared(settings))
        return self.latest[1]

    def _prepared(self, settings: Settings) -> Question | None:
        try:
            scenario = changed(self.scenario, settings)
        except ValueError:
            return None
        facts = market_facts(scenario)
        question = prepare_beside(scenario, self.markets.get(facts), self.catalog, frozenset())
        if facts not in self.markets:
            if len(self.markets) >= MARKETS_KEPT:
                del self.markets[next(reversed(self.markets))]
            self.markets[facts] = question
        return question


def _key(settings: Settings) -> str:
    return repr(sorted(settings.items(), key=lambda item: repr(item[0])))
