"""Program → outcome → solution: what is large is bounded and planned among few classes first."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from math import inf
from typing import NamedTuple, cast

from planner.assembly import (
    among,
    few_of,
    inside,
    nearest,
    size_of,
    with_possible_casts,
)
from planner.formulation import Built, PricedWhole, integers_of, write
from planner.formulation.parameters import Parameters
from planner.pipeline.credits import SearchWay, in_time, with_credits
from planner.pipeline.question import Question
from planner.search import (
    EARLY,
    NEARBY,
    Neighbours,
    WideBound,
    bound_of_all,
    known_plan,
    priced_whole,
    search,
    seek,
    solved_by,
)
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
from planner.solver import ONE_DOLLAR, Outcome, Watch, better_of, bounded

LARGE, NEAR = 120_000, 40_000
"""Columns from which on a plan is sought among few classes first, and columns of that smaller program."""
WIDER = 4
"""So many times as many for what the bound uses, and where those hold no plan."""
SMALL, SOME = 12_000, 4_000
"""Columns up to which none is sought among fewer classes first, and columns in which one is where the cheapest ones have none."""
EARLY_SECONDS, SHARE_OF_EARLY = 6.0, 0.7
"""CPU seconds for such a plan where the whole program can be written soon; else most of the time: nothing is worth as much."""
SHARE_OF_BOUND, SHARE_OF_NEAR, SHARE_OF_LAST = 0.5, 0.6, 0.95
"""Share of the time for a bound from few classes, and of what is then left for that plan: while the bound is open, and after."""


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


def solve(
    question: Question, gap: float, watch: Watch, solver: str | None = None, *, neighbours: Neighbours | None = None
) -> Solution:
    """Build the program, search, and read the decisions.

    Args:
        solver: another solver that PuLP finds, for the whole program at once; None: the planner's own search.
        neighbours: what the search of neighbouring questions left, for its own use.
    """
    if solver is not None:
        return solve_by(question, gap, watch, solved_by(solver))
    if neighbours is not None:
        return solve_by(question, gap, watch, neighbours.search)
    p = question.parameters
    if large(p) or numbered(p) or size_of(p) <= SMALL:
        return solve_by(question, gap, watch, search)
    early = unbounded(_early(question, gap, watch, EARLY_SECONDS))
    if watch.over:
        return early
    solution = solve_by(question, gap, watch, search)
    if early.decisions is None or solution.outcome.objective <= early.outcome.objective + ONE_DOLLAR:
        return solution  # of plans that cost the same, the one that more was weighed for
    if solution.outcome.status == "infeasible":  # a plan refutes that
        return early
    return early._replace(outcome=bounded(early.outcome, solution.outcome.bound, gap))


def solve_roughly(question: Question, gap: float, watch: Watch) -> Solution:
    """Like `solve`, but content with what rounding finds: what it does not find may exist all the same."""
    return solve_by(question, gap, watch, partial(seek, options=NEARBY))


def solve_from(question: Question, built: Built, gap: float, watch: Watch) -> Solution:
    """Like `solve_roughly`, of a program that is written already, from the plan and the basis that it holds."""
    outcome = with_credits(built, question.parameters, gap, watch, partial(seek, options=NEARBY))
    return solution_of(question, built, outcome, hurried=watch.over)


def some_plan(question: Question, gap: float, watch: Watch) -> Solution:
    """Like `solve_roughly`, and of a large program content with a plan among the nearest classes, whose bound holds among these."""
    few = few_enough(question.parameters)
    return solve_by(_on(question, few), gap, watch, seek, few=few is not question.parameters)


def few_enough(p: Parameters) -> Parameters:
    """Of a large program the nearest classes: what can be done with these can be done with all. A small one is left as it is."""
    return nearest(with_possible_casts(p), NEAR) if large(p) and not numbered(p) else p


def large(p: Parameters) -> bool:
    """Whether its program is too large to be written and solved as it is."""
    return size_of(p) > LARGE


def solve_among(question: Question, ids: Collection[str], gap: float, watch: Watch, neighbours: Neighbours) -> Solution:
    """A first plan among the classes of some options and the cheapest ones: soon, but its bound holds among these only.

    Args:
        ids: of options that plans of neighbouring questions take.
        neighbours: what first plans of neighbouring questions left.
    """
    few = _on(question, few_of(question.parameters, ids))
    return solve_by(few, gap, watch, neighbours.sketch, few=True)._replace(among_nearest=True)


def unbounded(solution: Solution) -> Solution:
    """The same plan, with nothing said about what is not among the nearest."""
    return solution._replace(outcome=bounded(solution.outcome, -inf, 0.0))


def solve_by(
    question: Question,
    gap: float,
    watch: Watch,
    way: SearchWay,
    *,
    few: bool = False,
    enough: float = -inf,
    whole: PricedWhole | None = None,
) -> Solution:
    """Build the program, and look for a plan in one way.

    Args:
        few: whether it is what is left of a large program.
        enough: cost of a plan that ends the search.
        whole: that large program, whose slices may be priced.
    """
    p = question.parameters
    if not few and large(p) and not numbered(p):
        return _near_first(question, gap, watch, way)
    if numbered(p) and integers_of(p) > DIRECT_INTEGERS:
        with watch.part():
            return cast(
                Solution,
                within_numbers(
                    p, lambda fewer, near: solve_by(_on(question, fewer), max(gap, near), watch, way), watch
                ),
            )
    built = write(p).built._replace(enough=enough, whole=whole)
    before, watch.searching = watch.searching, True
    outcome = with_credits(built, p, gap, watch, way)
    watch.searching = before
    watch.tell(plan=outcome.objective, bound=outcome.bound)
    return solution_of(question, built, outcome, hurried=watch.over)


def _near_first(question: Question, gap: float, watch: Watch, way: SearchWay) -> Solution:
    """A plan among very few classes at once, for whoever looks or interrupts; a bound from few classes, which says what is worth
    using; a plan among these; then the whole program, which bounds it if it asks for more, and may have a better one.

    Fewer classes allow fewer plans, and every one of them is a plan of the whole. The bound is one without failures: these only
    ask for more.
    """
    p = with_possible_casts(question.parameters)
    question = _on(question, p)
    less = p if p.resilience is None else replace(p, resilience=None)
    written: dict[int, Built] = {}
    early = _early(question, gap, watch)
    enough = early.outcome.objective * (1 - gap) if early.decisions is not None else inf
    with watch.until(SHARE_OF_BOUND):
        wide = _wide(less, inside(nearest(less, NEAR // 2)), enough, gap, watch, written)
    watch.tell(bound=wide.bound)
    if watch.over or (early.decisions is not None and wide.bound >= enough):
        return early._replace(outcome=bounded(early.outcome, wide.bound, gap))
    pricing = None if wide.open or watch.over else priced_whole(written[id(less)], less, wide, gap, watch)
    inner = None if p.sites or p.agreements else pricing  # a tree of its own stands above these
    with watch.until(SHARE_OF_NEAR if inner is None else SHARE_OF_LAST):
        first = (among(p, wide.used, NEAR * WIDER),) if wide.used else ()
        for few in (*first, nearest(p, NEAR), nearest(p, NEAR * WIDER)):  # too few may not serve or survive all
            with watch.part():
                target = wide.bound / (1 - gap) if gap < 1 else inf
                near = solve_by(_on(question, few), gap / 4, watch, way, few=True, enough=target, whole=inner)
            if near.outcome.status != "infeasible" or watch.over:
                break
    if early.decisions is not None and (near.decisions is None or early.outcome.objective < near.outcome.objective):
        near, few = early, early.question.parameters
    known = near.outcome.objective if near.decisions is not None else inf
    near, bound = near._replace(among_nearest=True), wide.bound
    if pricing is not None and bound < known * (1 - gap) < inf:
        bound = max(bound, pricing.raised(known * (1 - gap)))
    for asked in ([less] if wide.open else []) + ([p] if less is not p else []):  # what was cut off goes on
        if known < inf and bound < known * (1 - gap) and not watch.over:
            bound = max(bound, _wide(asked, wide.near or inside(few), known * (1 - gap), gap, watch, written).bound)
    near = near._replace(outcome=bounded(near.outcome, bound, gap))
    watch.tell(bound=bound)
    before, watch.searching = watch.searching, True
    built = None if near.outcome.status == "optimal" or watch.over else in_time(p, watch)
    if built is not None and near.outcome.x is not None:
        built = built._replace(start=known_plan(near.built, few, near.outcome.x).in_program(built, p))
    whole = None if built is None else way(built, p, gap, watch, known)
    watch.searching = before
    if whole is None or built is None:
        return near
    bound = max(bound, whole.bound)
    if near.decisions is None or whole.objective < known:
        outcome = whole if whole.x is None else bounded(whole, bound, gap)
        return solution_of(question, built, outcome, hurried=watch.over)
    return near._replace(outcome=bounded(near.outcome, bound, gap))


def _early(question: Question, gap: float, watch: Watch, seconds: float = inf) -> Solution:
    """Any plan among very few classes, if there is one soon: for whoever looks or interrupts, and where the search finds none."""
    p = with_possible_casts(question.parameters)

    def any_plan(few: Parameters) -> Solution:
        return solve_by(_on(question, few), gap, watch, Neighbours(EARLY).sketch, few=True, enough=inf)

    with watch.until(SHARE_OF_EARLY), watch.within(seconds), watch.part():
        found = any_plan(few_of(p, ()))
        more = p if found.decisions is not None or watch.over else nearest(p, SOME)
        if more is not p and size_of(more) <= NEAR:
            found = any_plan(more)
    return found._replace(among_nearest=True)


def _wide(
    p: Parameters, near: frozenset[int], enough: float, gap: float, watch: Watch, written: dict[int, Built]
) -> WideBound:
    """A bound of the whole program from few classes to begin with.

    Args:
        written: programs by the identity of their parameters; this one is kept among them.
    """
    before, watch.searching = watch.searching, True
    sparse = written.get(id(p)) or in_time(p, watch, sparse=True)
    if sparse is not None:
        written[id(p)] = sparse
    found = WideBound(-inf, ()) if sparse is None else bound_of_all(sparse, p, near, enough, watch, gap)
    watch.searching = before
    return found


def _on(question: Question, p: Parameters) -> Question:
    return question._replace(assembled=question.assembled._replace(parameters=p))


def solution_of(question: Question, built: Built, outcome: Outcome, *, hurried: bool = False) -> Solution:
    """What an outcome means: decisions, payments, present value.

    Args:
        hurried: what does nothing in it is sought for a moment only.
    """
    if outcome.x is None:
        return Solution(question, built, outcome, None, (), None, None)
    p = question.parameters
    x = without_idle(outcome, built, p, hurried=hurried)
    decisions = decisions_of(p, built, x)
    pruned = without_lines(outcome.matrix, x, built, p, decisions, hurried=hurried)
    if pruned is not x:
        decisions = decisions_of(p, built, pruned)
        outcome = better_of(outcome, pruned)
    paid = [*payments(p, decisions, question.scenario), *owned_payments(p, decisions, question.scenario)]
    sites = {offer.name: offer for offer in question.market.sites}
    beside = beside_of(p, decisions, paid, question.scenario, question.tonnes_per_hour, sites)
    present = present_value(p, decisions, paid, beside, question.scenario)
    return Solution(question, built, outcome, decisions, tuple(paid), beside, present)
