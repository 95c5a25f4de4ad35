"""The walk, in one page: scenario and catalog → market → sizing → parameters → program → outcome → plan. Pure."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import replace
from math import inf, isfinite
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from planner.assembly import (
    Assembled,
    OptionFacts,
    among,
    assemble,
    few_of,
    inside,
    nearest,
    size_of,
    with_possible_casts,
)
from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.records import Fit
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon, explicit_slices, period_lengths, periods_of
from planner.formulation import Built, write
from planner.formulation.parameters import Parameters
from planner.market import Market, Pricing, intensity_of, market_of, pue_of, tonnes_per_node_hour
from planner.search import Neighbours, WideBound, bound_of_all, known_plan, search, seek, solved_by
from planner.sizing import Screened, screen
from planner.solution import (
    DIRECT_INTEGERS,
    Beside,
    Decisions,
    Payment,
    Present,
    beside_of,
    decisions_of,
    numbered,
    owned_payments,
    payments,
    present_value,
    within_numbers,
    without_idle,
    without_lines,
)
from planner.solver import Outcome, OutOfTimeError, Watch, better_of, cut_off, holds

LARGE, NEAR = 120_000, 40_000
"""Columns from which on a plan is sought among few classes first, and columns of that smaller program."""
WIDER = 4
"""So many times as many where those hold no plan."""
SHARE_OF_BOUND, SHARE_OF_NEAR = 0.4, 0.6
"""Share of the time for a bound from few classes, and of what is then left for that plan."""
SHARE_WITH_CREDITS = 0.6
"""Share of the time in which a plan with credits is sought before one without them is."""


class SearchWay(Protocol):
    """A search: a program to a gap, in time; a plan of a known cost is only to be beaten."""

    def __call__(self, built: Built, p: Parameters, gap: float, watch: Watch, known: float = inf) -> Outcome: ...


class Question(NamedTuple):
    """A scenario made ready: what may be bought, what fits, every number of the program."""

    scenario: Scenario
    catalog: Catalog
    market: Market
    screened: Screened
    assembled: Assembled

    @property
    def parameters(self) -> Parameters:
        return self.assembled.parameters

    @property
    def strategic(self) -> bool:
        """Whether sites, agreements on spend or savings plans are decided on: a tree of its own stands above such programs."""
        p = self.parameters
        return bool(p.sites or p.agreements or p.savings)

    @property
    def pricing(self) -> Pricing:
        """Prices and dates of options."""
        paths = {name: path.points for name, path in self.catalog.price_paths.items()}
        return Pricing(self.scenario, self.parameters.horizon, paths)

    @property
    def intensity(self) -> dict[int, float | None]:
        """Grams CO2e per kWh by option of the parameters; None where unknown."""
        options = self.parameters.options
        return {o: intensity_of(m.option, self.scenario, self.catalog) for o, m in enumerate(options)}

    @property
    def tonnes_per_hour(self) -> dict[int, float]:
        """Tonnes CO2e of a node-hour by option of the parameters, where known."""
        options, pue = self.parameters.options, self.catalog.pue
        rates = {
            o: tonnes_per_node_hour(options[o].option.kw_per_node, g, pue_of(options[o].option, pue))
            for o, g in self.intensity.items()
        }
        return {o: rate for o, rate in rates.items() if rate is not None}


class Solution(NamedTuple):
    """An outcome, and what it means if there is a plan."""

    question: Question
    built: Built
    outcome: Outcome
    decisions: Decisions | None
    paid: tuple[Payment, ...]
    beside: Beside | None
    present: Present | None
    among_nearest: bool = False
    """Whether the plan was found in the program of the cheapest classes alone; its bound holds over all."""


def horizon_of(scenario: Scenario) -> Horizon:
    """Periods of a scenario; calendar periods are cut into slices later."""
    lengths = period_lengths(scenario)
    slices = [explicit_slices(scenario, i, hours) for i, hours in enumerate(lengths.hours)]
    return periods_of(lengths.hours, lengths.starts, slices)


def prepare(scenario: Scenario, catalog: Catalog, *, reduced: bool = True) -> Question:
    """Everything up to the numbers of the program; `reduced=False` keeps dominated options (for tests)."""
    market = market_of(scenario, catalog, horizon_of(scenario))
    screened = screen(scenario, market.options, catalog)
    return Question(scenario, catalog, market, screened, _assembled(scenario, catalog, market, screened, reduced))


def restricted(question: Question, keep: Callable[[Option], bool]) -> Question:
    """The same question with fewer options, under its own scenario and market."""
    options = question.market.options
    fits = {key: fit for key, fit in question.screened.fits.items() if keep(options[key[1]])}
    screened = question.screened._replace(fits=fits)
    withheld = frozenset(
        o for o, option in enumerate(options) if option.savings_plan and not (option.held or keep(option))
    )
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, True, withheld)
    return question._replace(screened=screened, assembled=assembled)


def on_market(question: Question, market: Market) -> Question:
    """The same question at other prices and caps of the same options."""
    assembled = _assembled(question.scenario, question.catalog, market, question.screened, True)
    return question._replace(market=market, assembled=assembled)


def on_scenario(question: Question, scenario: Scenario) -> Question:
    """The question of a scenario that differs in what neither the market nor the sizing asks about."""
    assembled = _assembled(scenario, question.catalog, question.market, question.screened, True)
    return question._replace(scenario=scenario, assembled=assembled)


def resized(question: Question, multiple: float) -> Question:
    """The same question at a multiple of its demand; market and sizing stay as they are."""
    scale = question.scenario.demand_scale * multiple
    return on_scenario(question, question.scenario.model_copy(update={"demand_scale": scale}))


def rerated(question: Question, rate: Callable[[Fit], float]) -> Question:
    """The same question with other rates of what fits."""
    fits = {key: fit._replace(rate_per_node_hour=rate(fit)) for key, fit in question.screened.fits.items()}
    screened = question.screened._replace(fits=fits)
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, True)
    return question._replace(screened=screened, assembled=assembled)


def with_options(question: Question, positions: set[int]) -> Question:
    """The same question with some options of the market only, all of them in the program, dominated or not.

    What is held or fixed stays in any case.
    """
    fits = {key: fit for key, fit in question.screened.fits.items() if key[1] in positions}
    screened = question.screened._replace(fits=fits)
    assembled = _assembled(question.scenario, question.catalog, question.market, screened, False)
    return question._replace(screened=screened, assembled=assembled)


def facts_of(scenario: Scenario, catalog: Catalog, market: Market) -> OptionFacts:
    """What the program needs of the catalog beside its options."""
    return OptionFacts(
        profiles={name: profile.values for name, profile in catalog.profiles.items()},
        paths={name: path.points for name, path in catalog.price_paths.items()},
        intensity=tuple(intensity_of(option, scenario, catalog) for option in market.options),
        pue=catalog.pue,
    )


def prepare_beside(scenario: Scenario, other: Question | None, catalog: Catalog, keep: frozenset[str]) -> Question:
    """The question of a scenario that buys on the market of another one and is sized like it.

    Args:
        other: a question with the same market and fits (`analysis/variants.py` says when); None: both are computed.
        keep: ids of options that stay even if they are dominated.
    """
    market = market_of(scenario, catalog, horizon_of(scenario)) if other is None else other.market
    screened = screen(scenario, market.options, catalog) if other is None else other.screened
    facts = facts_of(scenario, catalog, market)
    assembled = assemble(scenario, market, screened, horizon_of(scenario), facts, keep=keep)
    return Question(scenario, catalog, market, screened, assembled)


def _assembled(
    scenario: Scenario,
    catalog: Catalog,
    market: Market,
    screened: Screened,
    reduced: bool,
    withheld: frozenset[int] = frozenset(),
) -> Assembled:
    facts = facts_of(scenario, catalog, market)
    return assemble(scenario, market, screened, horizon_of(scenario), facts, reduced=reduced, withheld=withheld)


def solve(
    question: Question, gap: float, watch: Watch, solver: str | None = None, *, neighbours: Neighbours | None = None
) -> Solution:
    """Build the program, search, and read the decisions.

    Args:
        solver: another solver that PuLP finds, for the whole program at once; None: the planner's own search.
        neighbours: what the search of neighbouring questions left, for its own use.
    """
    own = search if neighbours is None else neighbours.search
    return _searched(question, gap, watch, own if solver is None else solved_by(solver))


def solve_roughly(question: Question, gap: float, watch: Watch) -> Solution:
    """Like `solve`, but content with what rounding finds: what it does not find may exist all the same."""
    return _searched(question, gap, watch, seek)


def solve_among(question: Question, ids: Collection[str], gap: float, watch: Watch, neighbours: Neighbours) -> Solution:
    """A first plan among the classes of some options and the cheapest ones: soon, but its bound holds among these only.

    Args:
        ids: of options that plans of neighbouring questions take.
        neighbours: what first plans of neighbouring questions left.
    """
    few = _on(question, few_of(question.parameters, ids))
    return _searched(few, gap, watch, neighbours.sketch, few=True)._replace(among_nearest=True)


def unbounded(solution: Solution) -> Solution:
    """The same plan, with nothing said about what is not among the nearest."""
    return solution._replace(outcome=_bounded(solution.outcome, -inf, 0.0))


def _searched(question: Question, gap: float, watch: Watch, way: SearchWay, *, few: bool = False) -> Solution:
    p = question.parameters
    if not few and size_of(p) > LARGE and not numbered(p):
        return _near_first(question, gap, watch, way)
    built = write(p).built
    if numbered(p) and sum(v.cat == "Integer" for v in built.columns) > DIRECT_INTEGERS:
        with watch.part():
            return cast(
                Solution,
                within_numbers(p, lambda fewer, near: _searched(_on(question, fewer), max(gap, near), watch, way)),
            )
    before, watch.searching = watch.searching, True
    outcome = _from_no_credits(built, p, gap, watch, way)
    watch.searching = before
    watch.tell(plan=outcome.objective, bound=outcome.bound)
    return solution_of(question, built, outcome)


def _near_first(question: Question, gap: float, watch: Watch, way: SearchWay) -> Solution:
    """A bound from few classes, which says what is worth using; a plan among these classes; then the whole program, which
    bounds it if it asks for more, and may have a better one.

    Fewer classes allow fewer plans, and every one of them is a plan of the whole. The bound is one without failures: these only
    ask for more.
    """
    p = with_possible_casts(question.parameters)
    question = _on(question, p)
    less = p if p.resilience is None else replace(p, resilience=None)
    with watch.until(SHARE_OF_BOUND):
        wide = _wide(less, inside(nearest(less, NEAR // 2)), inf, gap, watch)
    watch.tell(bound=wide.bound)
    with watch.until(SHARE_OF_NEAR):
        first = (among(p, wide.used, NEAR),) if wide.used and p.resilience is None else ()
        for few in (*first, nearest(p, NEAR), nearest(p, NEAR * WIDER)):  # too few may not serve or survive all
            with watch.part():
                near = _searched(_on(question, few), gap / 2, watch, way, few=True)
            if near.outcome.status != "infeasible" or watch.over:
                break
    known = near.outcome.objective if near.decisions is not None else inf
    near, bound = near._replace(among_nearest=True), wide.bound
    for asked in ([less] if wide.open else []) + ([p] if less is not p else []):  # what was cut off goes on
        if known < inf and bound < known * (1 - gap) and not watch.over:
            bound = max(bound, _wide(asked, wide.near or inside(few), known * (1 - gap), gap, watch).bound)
    near = near._replace(outcome=_bounded(near.outcome, bound, gap))
    watch.tell(bound=bound)
    before, watch.searching = watch.searching, True
    built = None if near.outcome.status == "optimal" or watch.over else _in_time(p, watch)
    if built is not None and near.outcome.x is not None:
        built = built._replace(start=known_plan(near.built, few, near.outcome.x).in_program(built, p))
    whole = None if built is None else way(built, p, gap, watch, known)
    watch.searching = before
    if whole is None or built is None:
        return near
    if near.decisions is None or whole.objective < known:
        return solution_of(question, built, whole)
    return near._replace(outcome=_bounded(near.outcome, max(bound, whole.bound), gap))


def _wide(p: Parameters, near: frozenset[int], enough: float, gap: float, watch: Watch) -> WideBound:
    """A bound of the whole program from few classes to begin with."""
    before, watch.searching = watch.searching, True
    sparse = _in_time(p, watch, sparse=True)
    found = WideBound(-inf, ()) if sparse is None else bound_of_all(sparse, p, near, enough, watch, gap)
    watch.searching = before
    return found


def _in_time(p: Parameters, watch: Watch, *, sparse: bool = False) -> Built | None:
    """The program, unless the time is over before it is written."""
    try:
        with cut_off(watch):
            return write(p, sparse=sparse).built
    except OutOfTimeError:
        return None


def _bounded(outcome: Outcome, bound: float, gap: float) -> Outcome:
    """An outcome with a plan, under another bound."""
    if outcome.x is None:
        return outcome._replace(status="limit", bound=bound)
    bound = min(bound, outcome.objective)
    reached = (outcome.objective - bound) / max(abs(outcome.objective), 1e-9)
    return outcome._replace(bound=bound, gap=reached, status="optimal" if reached <= gap else "feasible")


def _on(question: Question, p: Parameters) -> Question:
    return question._replace(assembled=question.assembled._replace(parameters=p))


def _from_no_credits(built: Built, p: Parameters, gap: float, watch: Watch, way: SearchWay) -> Outcome:
    """What the search finds; where credits leave it open, the best plan without them and then the credits, if that is better.

    Credits make a program harder and every plan cheaper: what is found without them is a plan with them at no higher cost. So do
    limits on money: first they are left out as well, which is quickest, and its plan counts if it keeps them.
    """
    if not p.credits:
        return way(built, p, gap, watch)
    end, left = watch.deadline, watch.left
    watch.deadline = min(end, end - (1 - SHARE_WITH_CREDITS) * left) if isfinite(end) else end
    outcome = way(built, p, gap, watch)
    watch.deadline = end
    if outcome.status in ("optimal", "infeasible") or watch.over:
        return outcome
    unlimited = replace(
        p,
        credits=(),
        budgets=(None,) * len(p.budgets),
        budget_total=None,
        period_budgets=(None,) * len(p.period_budgets),
        upfront_budgets=(None,) * len(p.upfront_budgets),
        runway=(),
    )
    for bare in (unlimited, replace(p, credits=())):
        other = _in_time(bare, watch)
        if other is None:
            break
        with watch.part():
            found = way(other, bare, gap, watch)
        if found.x is not None:
            value = {v.name: float(number) for v, number in zip(other.columns, found.x, strict=True)}
            better = better_of(outcome, np.array([value.get(v.name, 0.0) for v in built.columns]), gap)
            if better.x is not None and holds(better.matrix, better.x):
                return better
        if watch.over:
            break
    return outcome


def solution_of(question: Question, built: Built, outcome: Outcome) -> Solution:
    """What an outcome means: decisions, payments, present value."""
    if outcome.x is None:
        return Solution(question, built, outcome, None, (), None, None)
    p = question.parameters
    x = without_idle(outcome, built, p)
    decisions = decisions_of(p, built, x)
    pruned = without_lines(outcome.matrix, x, built, p, decisions)
    if pruned is not x:
        decisions = decisions_of(p, built, pruned)
        outcome = better_of(outcome, pruned)
    paid = [*payments(p, decisions, question.scenario), *owned_payments(p, decisions, question.scenario)]
    sites = {offer.name: offer for offer in question.market.sites}
    beside = beside_of(p, decisions, paid, question.scenario, question.tonnes_per_hour, sites)
    present = present_value(p, decisions, paid, beside, question.scenario)
    return Solution(question, built, outcome, decisions, tuple(paid), beside, present)


def scenario_value(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as plain JSON values."""
    return scenario.model_dump(mode="json")


def scenario_hash(value: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a resolved scenario."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
