"""What the rule for the end of the horizon decides: the cheapest plan if what is left of a contract counted at its market value.

Under `liability` a contract that outlives the question is paid for as if nobody could use the rest of it. Who is sure of the
demand, or of a buyer, would sign for longer. The plan is computed under `market` as well, so that the reader sees where that
turns the decision. Under `market` no plan costs more than under `liability`, so the cheapest one costs no more than the plan does:
what is dearer was not sought for long enough, and is not told.
"""

from collections import defaultdict
from decimal import Decimal

from planner.domain.options import Option, Terms
from planner.domain.records import TerminalCase
from planner.formulation import repriced
from planner.pipeline import Question, Solution, on_scenario, solution_of, solve_from, solve_roughly
from planner.solution import Charge, Payment
from planner.solution.records import dollars
from planner.solver import Relaxed, Watch

UNKNOWN = "not found in the few seconds that it may take"
NEAR_ENOUGH = 0.02
"""Relative gap of the other plan: what differs by less is not told."""
CHEAPER = 1e-6
"""Share of its cost that another plan must save to be another plan."""


def under_market(solution: Solution, gap: float, watch: Watch, relaxed: Relaxed | None = None) -> TerminalCase | None:
    """The case of a solution that has a plan; None where no rule could matter.

    Args:
        relaxed: the relaxation of the solution's program, if it is alive already.
    """
    question = solution.question
    if question.scenario.terminal == "market" or not outlives(question):
        return None
    mine = dollars(sum(_first_year(solution).values(), Decimal(0)))
    unknown = TerminalCase(rule="market", npv_usd=None, plan_signed_first_year_usd=mine, note=UNKNOWN)
    if watch.over:
        return unknown
    other = on_scenario(question, question.scenario.model_copy(update={"terminal": "market"}))
    near = max(gap, NEAR_ENOUGH)
    found = _found(solution, other, near, watch, relaxed or Relaxed(solution.outcome.matrix, watch))
    assert solution.present is not None
    most = float(solution.present.npv)
    if found is None or found.present is None or float(found.present.npv) > most + CHEAPER * abs(most):
        return unknown
    signed = _first_year(found)
    count = len(question.parameters.horizon.periods)
    assert found.beside is not None
    flows: list[Payment | Charge] = [*found.paid, *(charge for charge in found.beside.charges if charge.kind != "sale")]
    largest = max(signed, key=lambda key: (signed[key], -key[1], -key[0])) if signed else None
    return TerminalCase(
        rule="market",
        npv_usd=dollars(found.present.npv),
        signed_first_year_usd=dollars(sum(signed.values(), Decimal(0))),
        plan_signed_first_year_usd=mine,
        outstanding_liability_usd=dollars(sum((f.usd for f in flows if f.period >= count), Decimal(0))),
        largest_signing="" if largest is None else _named(found, *largest),
    )


def _found(solution: Solution, other: Question, near: float, watch: Watch, relaxed: Relaxed) -> Solution | None:
    """A plan under the other rule: the plan itself, where the relaxation says that no plan is much cheaper there; else a cheaper
    one, sought from there. What is large is not sought in seconds."""
    outcome, p = solution.outcome, solution.question.parameters
    built = repriced(solution.built, p, other.parameters)
    if built is None or outcome.x is None:
        return None if solution.among_nearest else solve_roughly(other, near, watch)
    bound, objective = relaxed.solve(built.matrix).bound, float(built.matrix.cost @ outcome.x)

    def itself(bound: float) -> Solution | None:
        gap = (objective - bound) / max(abs(objective), 1e-9)
        known = outcome._replace(objective=objective, bound=bound, gap=gap, matrix=built.matrix)
        return solution_of(other, built, known) if -CHEAPER <= gap <= near else None

    if (known := itself(bound)) is not None or solution.among_nearest or watch.over:
        return known
    found = solve_from(other, built._replace(start=outcome.x, relaxed=relaxed.left()), near / 2, watch)
    cheaper = found.outcome.objective < objective - CHEAPER * abs(objective)
    return found if cheaper else itself(max(bound, found.outcome.bound))


def outlives(question: Question) -> bool:
    """Whether something that can be signed, or the rent of a site, may be owed beyond the horizon."""
    p = question.parameters
    count = len(p.horizon.periods)
    return any(_lasts(member.option, member.terms, count) for member in p.options)


def _lasts(option: Option, terms: Terms, count: int) -> bool:
    if option.held or not terms.signing or (option.asset is not None and option.asset.role != "rent"):
        return False
    owed = any(terms.usd_per_hour) or option.asset is not None
    return owed and max(terms.signing) + terms.lead + terms.term > count


def _first_year(solution: Solution) -> dict[tuple[int, int], Decimal]:
    """(option, period) → all that is owed for what is signed in the first plan-year, USD; not what is held already."""
    p = solution.question.parameters
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for payment in solution.paid:
        held = payment.signed < 0 or p.options[payment.option].option.held
        if not held and p.horizon.periods[payment.signed].plan_year == 0:
            found[payment.option, payment.signed] += payment.usd
    return dict(found)


def _named(solution: Solution, o: int, v: int) -> str:
    """`24 × p5.48xlarge of aws, standard reserved instance, 36 months`."""
    assert solution.decisions is not None
    option = solution.question.parameters.options[o].option
    return f"{solution.decisions.signed[o, v]:,.6g} × {option.node_type} of {option.provider}, {option.contract}"
