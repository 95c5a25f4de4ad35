"""Why a scenario has no plan, and the ways out: causes, repairs that were solved, and the limits that exclude one another."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from planner.analysis.infeasible.causes import nothing_fits
from planner.analysis.infeasible.iis import freed, irreducible
from planner.analysis.infeasible.levers import DEMAND, LIMITS, STATED, Lever, LimitPlace, levers_at, work_levers
from planner.analysis.infeasible.limits import about, speaks_of
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.repairs import repairs_of
from planner.analysis.infeasible.settings import dotted, dotted_as_read
from planner.analysis.infeasible.wording import figure, stands_at
from planner.analysis.max_served import at_multiple
from planner.analysis.variants import seldom_collecting
from planner.domain.inputs import Catalog
from planner.domain.records import Cause, Conflict, Diagnosis, Repair
from planner.domain.scenario import Scenario
from planner.pipeline import Question, prepare
from planner.solver import OutOfTimeError, Watch, cut_off

MOST_CONFLICTS = 4
"""Irreducible sets that are looked for."""
LEAST_MULTIPLE = 1e-3
"""Multiple of the demand at which `most_served` is diagnosed: even that cannot be served."""


def diagnose(scenario: Scenario, catalog: Catalog, causes: tuple[Cause, ...], watch: Watch) -> Diagnosis:
    """Causes, repairs and an irreducible set of limits of a scenario that has no plan.

    Args:
        causes: what is known already (`causes.py`).
    """
    watch.searching = True  # that there is no plan is known: Ctrl-C must not lose it
    if watch.over:
        return Diagnosis(causes, (), (), complete=False)
    if scenario.objective == "most_served":
        scenario = at_multiple(scenario, LEAST_MULTIPLE)
    try:
        with cut_off(watch):
            question = prepare(scenario, catalog)
    except OutOfTimeError:
        return Diagnosis(causes, (), (), complete=False)
    possible = Possible(scenario, catalog, watch)
    levers = levers_of(question, causes)
    limits = [lever for lever in levers if lever.rank < DEMAND and "*" not in lever.path]
    suspects = [lever for lever in limits if any(speaks_of(cause, lever) for cause in causes)]
    with seldom_collecting(), watch.phase("ways out"):
        repairs = repairs_of(levers, suspects, possible, question.parameters.horizon)
    if possible.slow:  # opening filters makes large programs larger; they are then taken as given
        limits = [lever for lever in limits if lever.rank == STATED or lever in suspects]
    with seldom_collecting(), watch.phase("limits that exclude each other"):
        sets = _conflicts(limits, suspects, possible)
    excluded = sets[0] if sets else ()
    return Diagnosis(
        complete=not watch.over,
        causes=_causes(possible, _blaming(question, causes, sets), sets, repairs),
        repairs=repairs,
        conflict=tuple(
            Conflict(dotted(scenario, lever.path), lever.said, stands_at(scenario, lever)) for lever in excluded
        ),
    )


def _conflicts(limits: list[Lever], suspects: list[Lever], possible: Possible) -> list[tuple[Lever, ...]]:
    """Irreducible sets that share no limit: one after the other until freeing all that were found leaves a plan."""
    found: list[tuple[Lever, ...]] = []
    freely: list[Lever] = []
    while len(found) < MOST_CONFLICTS:
        left = [lever for lever in limits if lever not in freely]
        if not left or (found and possible(freed(freely))):
            break
        among = [lever for lever in suspects if lever in left]
        excluded = irreducible(left, among, freely, possible)
        if not excluded:
            break
        found.append(excluded)
        freely += excluded
    return found


def levers_of(question: Question, causes: Sequence[Cause] = ()) -> list[Lever]:
    """All limits of a scenario, in the order in which they should rather give way: by rank, those the causes speak of first."""
    scenario, horizon = question.scenario, question.parameters.horizon
    every = [
        *levers_at(LimitPlace(question, horizon, scenario), LIMITS),
        *work_levers(scenario, horizon, late=any(cause.family == "lead" for cause in causes)),
    ]
    return sorted(every, key=lambda lever: (lever.rank, not any(speaks_of(cause, lever) for cause in causes)))


def _blaming(question: Question, known: tuple[Cause, ...], sets: list[tuple[Lever, ...]]) -> tuple[Cause, ...]:
    """The same causes; where nothing fits a workload, that reason first which a limit of the irreducible sets stands for."""
    blamed = {lever.family for excluded in sets for lever in excluded}
    told = {cause.workload: cause for cause in nothing_fits(question, blamed)}
    return tuple(
        told.get(cause.workload, cause) if cause.have == 0 and cause.need is None else cause for cause in known
    )


def _causes(
    possible: Possible, known: tuple[Cause, ...], sets: list[tuple[Lever, ...]], repairs: Sequence[Repair]
) -> tuple[Cause, ...]:
    """What is known, and every limit of the irreducible sets that none of it names."""
    kept = tuple(cause for cause in known if cause.family != "program" or not sets)
    found = (
        *(_with_a_way_out(possible.scenario, cause, repairs) for cause in kept),
        *(
            _cause(possible, lever, excluded, kept, repairs)
            for excluded in sets
            for lever in excluded
            if not any(speaks_of(cause, lever) for cause in kept)
        ),
    )
    return tuple(cause._replace(have=_told(cause.have), need=_told(cause.need)) for cause in found)


def _with_a_way_out(scenario: Scenario, cause: Cause, repairs: Sequence[Repair]) -> Cause:
    """The cause with the change that was solved, if one is about it: what it says is then enough."""
    for repair in repairs:
        paths = [dotted_as_read(scenario, path) for path in repair.set]
        if all(any(fnmatchcase(path, pattern) for pattern in about(cause)) for path in paths):
            return cause._replace(fix=f"{repair.change}, {repair.by}: that has a plan; or {cause.fix}")
    return cause


def _told(figure: float | None) -> float | None:
    """Without the last digits, which are the solver's rounding: 25, not 24.999999999999996."""
    return None if figure is None else float(f"{figure:.12g}")


def _cause(
    possible: Possible, lever: Lever, excluded: tuple[Lever, ...], known: Sequence[Cause], repairs: Sequence[Repair]
) -> Cause:
    """A limit as a cause; what is needed is what the repair that moves it alone has shown to be enough."""
    others = [other.said for other in excluded if other is not lever]
    path, stands = dotted(possible.scenario, lever.path), stands_at(possible.scenario, lever)
    value = f" ({stands})" if stands else ""
    rest = f", together with {', '.join(others)}" if others else ""
    repair = next((repair for repair in repairs if list(repair.set) == [path]), None)
    need = None if repair is None else repair.set[path]
    amount = float(need) if isinstance(need, int | float) and not isinstance(need, bool) else None
    verb = (
        "move"
        if lever.unit == "period"
        else "lower"
        if lever.falls
        else "relax"
        if lever.at is None and lever.vector is None
        else "raise"
    )
    suffer = {(cause.workload, cause.period) for cause in known if cause.workload is not None}
    workload, period = next(iter(suffer)) if len(suffer) == 1 else (None, None)
    return Cause(
        family=lever.family,
        workload=lever.workload or workload,
        period=period if lever.workload in (None, workload) else None,
        have=lever.now if lever.at is not None else (lever.base[0] if len(lever.base) == 1 else None),
        need=amount,
        unit=lever.unit,
        message=f"what excludes every plan: {lever.said}{value}{rest}",
        fix=_fix(possible, lever, f"{verb} `{path}`", amount, repair),
        limits=(".".join(map(str, lever.path)),),
    )


def _fix(possible: Possible, lever: Lever, change: str, amount: float | None, repair: Repair | None) -> str:
    """What to do about a limit: how far, where that was solved; and whether it is not enough."""
    if amount is not None:
        return f"{change} to {figure(amount, lever.unit)}"
    if repair is not None:
        return f"{repair.change}, {repair.by}: that has a plan"
    return f"{change}, which alone is not enough" if possible.denied(lever.free) else change
