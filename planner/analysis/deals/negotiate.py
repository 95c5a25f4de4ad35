"""What one takes into the call with a seller: per deal of the plan its price, the walk-away price, and whom else to ask."""

from math import isfinite
from typing import NamedTuple

from planner.analysis.answer import searched
from planner.analysis.deals.deal import Ground, deal_of, rungs_of
from planner.analysis.explain import taken_options, trials_among
from planner.analysis.plan import Unit, plan_of, unit_prices
from planner.analysis.simpler import simpler
from planner.audit import audit
from planner.domain.answers import Deal, Negotiation, NotPriced
from planner.domain.inputs import Catalog
from planner.domain.options import OWNED, RENTED
from planner.domain.records import Cause, Plan, PlanLine
from planner.domain.scenario import Scenario
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question, Solution
from planner.solver import Watch

ASKED = 4
"""Sellers per workload whose price is sought, the cheapest first; the sheet names two that can win."""


class Negotiated(NamedTuple):
    """A sheet, or why there is none."""

    negotiation: Negotiation | None
    causes: tuple[Cause, ...] = ()
    """Of a scenario without a plan; empty if a limit of the search came first."""


def negotiate(scenario: Scenario, catalog: Catalog, watch: Watch, *, gap: float | None = None) -> Negotiated:
    """The deals that the plan of a scenario would sign, with all that a buyer wants to know of each before the call.

    Args:
        gap: relative gap of the plan; default: the scenario's.
    """
    gap = scenario.gap if gap is None else gap
    found, _ = searched(scenario, catalog, gap, watch)
    if not isinstance(found, Solution):
        return Negotiated(None, found)
    if found.present is None:
        return Negotiated(None)
    solution, _ = simpler(found, gap, watch)
    plan = plan_of(solution, gap, ())
    ground = _ground(solution, plan, watch)
    least, to_sign = ground.trials.base.objective * THOUSAND, _to_sign(plan)
    known = isfinite(least)  # not where the time was over before
    deals, complete = [], known
    with watch.phase("deals", len(to_sign)):
        for option, lines in to_sign.items():
            deal = None if watch.over or not known else deal_of(ground, option, lines)
            if (
                deal is None or watch.over
            ):  # what the end of the time cut off looks like a deal that no plan does without
                complete = False
                break
            deals.append(deal)
            watch.step()
    return Negotiated(
        Negotiation(
            scenario=plan.scenario.name,
            sha256=plan.scenario.sha256,
            status=plan.status,
            npv_usd=plan.npv_usd,
            gap=max(plan.gap, 0.0),
            basis="whole" if ground.trials.whole else "fractional",
            least_npv_usd=round(least, 4) if known else plan.npv_usd,
            options=len(ground.places),
            agrees=audit(plan).agrees,
            complete=complete and not watch.over,
            deals=tuple(sorted(deals, key=_by_money)),
            not_priced=tuple(_not_priced(plan)),
        )
    )


def _by_money(deal: Deal) -> tuple[float, str]:
    return -deal.total_usd, deal.option


def _to_sign(plan: Plan) -> dict[str, list[PlanLine]]:
    """Signings by option, in the order of the plan."""
    found: dict[str, list[PlanLine]] = {}
    for line in plan.lines:
        if line.action == "commit" and not line.held and _why_no_price(plan, line) is None:
            found.setdefault(line.option, []).append(line)
    return found


def _why_no_price(plan: Plan, line: PlanLine) -> str | None:
    announced = any(record.option == line.option and record.generation for record in plan.inputs.options)
    if announced and line.action == "commit":
        return "announced hardware at an estimated price: nobody sells it yet (`successors`)"
    if line.action in OWNED:
        return "owned: it has many prices at once (`planner crossover`)"
    if line.unit == "committed USD":
        return "a savings plan: its price is the discount it gives (`planner whatif --commitments`)"
    return None


def _not_priced(plan: Plan) -> list[NotPriced]:
    sums: dict[tuple[str, str], float] = {}
    for line in plan.lines:
        why = _why_no_price(plan, line)
        if why is not None and not line.held:
            sums[line.option, why] = sums.get((line.option, why), 0.0) + line.total_usd
    return [NotPriced(option=option, total_usd=round(usd, 6), why=why) for (option, why), usd in sums.items()]


def _ground(solution: Solution, plan: Plan, watch: Watch) -> Ground:
    """The program in which prices of the deals can move: with all that a dearer deal would let in."""
    question = solution.question
    prices, taken = unit_prices(question), taken_options(solution)
    rivals = _rivals(question, prices, taken)
    named = {option.id: o for o, option in enumerate(question.market.options)}
    deals = {named[option] for option in _to_sign(plan)}
    asked = {o for group in rivals.values() for o in group}
    rungs = {o for d in deals for o in rungs_of(question, d)}
    positions = taken | asked | rungs | let_in(question, deals)
    trials, places = trials_among(question, positions, watch)
    return Ground(solution, plan, trials, places, rivals, named, trials.paid(trials.base), {})


def let_in(question: Question, deals: set[int]) -> set[int]:
    """Positions of every option that can be of use when the deals get dearer: what is in the program, and what only a deal
    makes superfluous there, directly or through others."""
    superfluous = question.assembled.dominated_by
    found = {o for o in question.assembled.sources if o < len(question.market.options)}
    for o in {o for _, o in question.screened.fits} - found:
        by = o
        while by in superfluous and by not in deals:
            by = superfluous[by]
        if by in deals or o not in superfluous:
            found.add(o)
    return found


def _rivals(question: Question, prices: dict[int, list[Unit]], taken: set[int]) -> dict[int, list[int]]:
    """By workload: the cheapest option per unit of each of the cheapest sellers that could be asked and are not in the plan."""
    options = question.market.options
    inside = {options[o].provider for o in taken}
    found: dict[int, list[int]] = {}
    for w, units in prices.items():
        sellers: dict[str, int] = {}
        for unit in units:
            option = options[unit.option]
            fixed = option.held or option.exact_nodes is not None or bool(option.savings_plan or option.generation)
            if option.action in RENTED and option.action != "spot" and not fixed and option.provider not in inside:
                sellers.setdefault(option.provider, unit.option)
            if len(sellers) >= ASKED:
                break
        found[w] = list(sellers.values())
    return found
