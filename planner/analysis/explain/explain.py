"""Why a plan is as it is: reasons of its lines, what its limits are worth, and the prices at which other options would enter."""

from typing import NamedTuple

from planner.analysis.explain.entry_prices import flip_prices
from planner.analysis.explain.line_reasons import line_reasons
from planner.analysis.explain.shadow_prices import shadow_prices
from planner.analysis.explain.why_not import why_not
from planner.analysis.infeasible import causes_of
from planner.analysis.plan import Unit, unit_prices
from planner.domain.answers import Explanation
from planner.domain.inputs import Catalog
from planner.domain.options import RENTED
from planner.domain.records import Cause
from planner.domain.scenario import Scenario
from planner.formulation import integers_of
from planner.pipeline import Question, Solution, prepare, scenario_hash, scenario_value, solve, with_options
from planner.sensitivity import Trials, trials_of
from planner.solver import SEARCH, Watch

NEAREST = 20
"""Options not taken whose price is sought."""
WHOLE_UP_TO = 400
"""Whole numbers up to which everything is solved again over whole nodes at gap 0."""
EVERY_UP_TO = 60
"""Options up to which all of them take part in these solves; beyond it those of the plan and the nearest."""
EXACT = 1e-9


class Explained(NamedTuple):
    """An explanation, or why there is none."""

    explanation: Explanation | None
    causes: tuple[Cause, ...] = ()
    """Of a scenario without a plan; empty if a limit of the search came first."""


def explain(
    scenario: Scenario, catalog: Catalog, watch: Watch, *, gap: float | None = None, about: str | None = None
) -> Explained:
    """Explain the plan of a scenario.

    Args:
        gap: relative gap of the plan; default: the scenario's, 0 for small programs.
        about: an offer to be explained beside the plan: the id of an option, or a part of it.
    """
    with watch.phase("market and sizing"):
        question = prepare(scenario, catalog)
    causes = causes_of(question, None, watch)
    if causes:
        return Explained(None, causes)
    small = integers_of(question.parameters) <= WHOLE_UP_TO
    with watch.phase(SEARCH):
        solution = solve(question, EXACT if small else (scenario.gap if gap is None else gap), watch)
    if solution.present is None:
        infeasible = solution.outcome.status == "infeasible"
        return Explained(None, causes_of(question, solution, watch) if infeasible else ())
    prices = unit_prices(question)
    taken = taken_options(solution)
    nearest = nearest_options(question, prices, taken)
    asked = [] if about is None else [o for o, option in enumerate(question.market.options) if about in option.id]
    trials, places = _trials(question, taken, [*nearest, *asked[:NEAREST]], watch)
    basis = "whole" if trials.whole else "fractional"
    value = scenario_value(scenario)
    npv = float(round(solution.present.npv, 6))
    flips = flip_prices(question, trials, places, nearest)
    return Explained(
        Explanation(
            scenario=scenario.name,
            sha256=scenario_hash(value),
            status="optimal" if solution.outcome.status == "optimal" else "feasible",
            npv_usd=npv,
            gap=max(solution.outcome.gap, 0.0),
            basis="whole" if basis == "whole" else "fractional",
            reasons=line_reasons(solution, trials, places),
            shadow_prices=shadow_prices(solution, trials.whole, watch),
            flip_prices=flips,
            why_not=() if about is None else why_not(solution, trials, places, prices, taken, about),
        )
    )


def taken_options(solution: Solution) -> set[int]:
    """Positions in the market of the options that the plan pays for or uses."""
    p, decisions = solution.question.parameters, solution.decisions
    assert decisions is not None
    used = {payment.option for payment in solution.paid}
    used |= {p.hosted[h].option for h, _, _ in decisions.hosted}
    sources = solution.question.assembled.sources  # power of sites is no option of the market
    return {sources[o] for o in used if o < len(sources)}


def nearest_options(question: Question, prices: dict[int, list[Unit]], taken: set[int]) -> list[int]:
    """Positions in the market of the twenty options nearest to being taken: by price of a unit over the best taken."""
    nearness: dict[int, float] = {}
    for units in prices.values():
        best = min((unit.usd for unit in units if unit.option in taken), default=None) or units[0].usd
        for unit in units:
            option = question.market.options[unit.option]
            fixed = option.held or option.exact_nodes is not None or option.action not in RENTED or option.generation
            if unit.option in taken or fixed or best <= 0:
                continue
            nearness[unit.option] = min(nearness.get(unit.option, float("inf")), unit.usd / best)
    ordered = sorted(nearness, key=lambda o: (nearness[o], o))
    return _varied(question, ordered)[:NEAREST]


def _varied(question: Question, ordered: list[int]) -> list[int]:
    """The same order, but what differs in nothing but its place or term stands behind the first of its kind."""
    seen: set[tuple[str, str, str]] = set()
    first: list[int] = []
    rest: list[int] = []
    for o in ordered:
        option = question.market.options[o]
        kind = (
            option.provider,
            option.node_type if option.offer else option.accelerator or option.node_type,
            option.action,
        )
        (rest if kind in seen else first).append(o)
        seen.add(kind)
    return [*first, *rest]


def _trials(question: Question, taken: set[int], nearest: list[int], watch: Watch) -> tuple[Trials, dict[str, int]]:
    """The program to try prices on, and the place in it of every option that it has, by id."""
    every = {o for _, o in question.screened.fits}
    return trials_among(question, every if len(every) <= EVERY_UP_TO else taken | set(nearest), watch)


def trials_among(question: Question, positions: set[int], watch: Watch) -> tuple[Trials, dict[str, int]]:
    """The program of some options of the market to try prices on, and the place in it of every option that it has, by id."""
    wide = with_options(question, positions)
    carbon = question.scenario.carbon
    trials = trials_of(wide.parameters, WHOLE_UP_TO, carbon.usd_per_tonne if carbon else 0.0, watch)
    if question.scenario.spend_agreements or question.scenario.savings_plans:
        trials.rebuilt = lambda name, factor: repriced(wide, name, factor).parameters
    return trials, {member.option.id: place for place, member in enumerate(wide.parameters.options)}


def repriced(wide: Question, name: str, factor: float) -> Question:
    """The same question with all prices of one option multiplied."""
    options = tuple(option.at_price_times(factor) if option.id == name else option for option in wide.market.options)
    changed = wide._replace(market=wide.market._replace(options=options))
    return with_options(changed, {o for _, o in wide.screened.fits})
