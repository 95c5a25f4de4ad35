"""From which size does it pay to own? The optimal plan at many sizes, and from it the thresholds with what they rest on."""

from collections.abc import Callable
from pathlib import Path

from planner.analysis.crossover.assumptions import colocation_times, rents_times
from planner.analysis.crossover.bisection import AnswerChange, changes, grid
from planner.analysis.crossover.sensitivities import PlannedThresholds, Sensitivities, size_range, swings
from planner.analysis.crossover.sizes import Size, Sizes, Way, usd, ways_of
from planner.analysis.crossover.terms import breakeven, fleet
from planner.domain.answers import Crossover, CrossoverThreshold, CurvePoint, WayAnswer
from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.errors import InputErrors, Mistake
from planner.pipeline import Question, prepare, scenario_hash, scenario_value
from planner.solver import watching
from planner.units import HOURS_PER_MONTH

PER_DECADE = 8
"""Sizes scanned per factor of ten."""
DEARER = 8.0
"""How many times as dear rents are tried at where owning never pays."""
HUNDREDTH = 0.01
COARSE = 0.02
"""Least precision of thresholds under changed assumptions, which only their ratios are read from."""


def crossover(
    scenario: Scenario,
    catalog: Catalog,
    *,
    smallest: float,
    largest: float,
    precision: float,
    sensitivities: bool = True,
    time_limit: float | None = None,
    threads: int = 1,
    cluster: str | None = None,
    results: Path | None = None,
) -> Crossover | None:
    """Answer the question; None if the demand can be served at no size, rented or owned.

    Args:
        smallest, largest: sizes to examine, as multiples of the scenario's demand.
        precision: relative width at which a range is not narrowed further.
        sensitivities: also compute what the thresholds depend on.
        cluster: workers for that: `local`, `local:N`, or the address of a Dask scheduler; None: here, one after the other.
        results: a file that keeps each of them; what is there already is not computed again.

    Raises:
        InputErrors: the scenario has nothing that may be owned.
    """
    if scenario.own is None:
        help_ = "add a block `own` with `sites` and `servers` (docs/ownership.md)"
        raise InputErrors([Mistake("the scenario has nothing that may be owned", help=help_, code="no_own")])
    with watching(time_limit, threads) as watch:
        watch.searching = True
        with watch.phase("market and sizing"):
            question = prepare(at_liberty(scenario), catalog)
        sizes = Sizes(question, watch)
        scanned = grid(smallest, largest, PER_DECADE)
        ways = ways_of(question)
        with watch.phase("thresholds", len(ways)):
            answers = tuple(watch.counted(_answer(sizes, way, scanned, precision) for way in ways))
        with watch.phase("sizes", len(scanned)):
            curve = tuple(
                watch.counted(_point(sizes.at(multiple), multiple, ways) for multiple in scanned if not watch.over)
            )
        if not any(point.all_usd is not None for point in curve) and not watch.over:
            return None
        found = PlannedThresholds(answers, (smallest, largest), max(precision, COARSE))
        rest = Sensitivities(question, found, watch)
        value = scenario_value(scenario)
        return Crossover(
            name=scenario.name,
            sha256=scenario_hash(value),
            smallest_multiple=smallest,
            largest_multiple=largest,
            precision=precision,
            conventions=conventions(scenario),
            ways=answers,
            curve=curve,
            alternatives=rest.alternatives() if sensitivities else (),
            swings=swings(rest, cluster, results) if sensitivities else (),
            complete=not watch.over,
            interrupted=watch.interrupted,
        )


def at_liberty(scenario: Scenario) -> Scenario:
    """The scenario without sites that must be opened: the plan that owns nothing is one of those compared."""
    assert scenario.own is not None
    sites = tuple(site.model_copy(update={"required": False}) for site in scenario.own.sites)
    return scenario.model_copy(update={"own": scenario.own.model_copy(update={"sites": sites})})


def conventions(scenario: Scenario) -> tuple[str, ...]:
    """What other calculations do otherwise, and what turns answers."""
    own = scenario.own
    at_end = {"market": "their resale value", "book": "their book value", "none": "nothing"}
    return (
        f"net present value at {scenario.discount_rate:.1%} a year: capital at the start of its period, the rest in the middle",
        f"a month has {HOURS_PER_MONTH:g} hours",
        f"servers count for {at_end[own.value_at_end if own else 'market']} at the end of the horizon",
        f"payments owed beyond the horizon: `terminal: {scenario.terminal}`",
        "nodes, servers and kW are divisible; sites and modules are whole",
        *(
            ["sites that are `required` may stay closed here"]
            if own and any(site.required for site in own.sites)
            else []
        ),
    )


# --- thresholds ---------------------------------------------------------------------------------------------------


def _answer(sizes: Sizes, way: Way, scanned: tuple[float, ...], precision: float) -> WayAnswer:
    verdicts = {m: sizes.at(m).verdict(way) for m in scanned if not sizes.watch.over}
    found = changes(sizes, way, scanned, precision)
    pays = "owns" in verdicts.values()
    return WayAnswer(
        way=way.name,
        against=way.against,
        thresholds=tuple(_threshold(sizes, way, change) for change in found),
        owns_at_smallest=verdicts.get(scanned[0]) == "owns",
        owns_at_largest=verdicts.get(scanned[-1]) == "owns",
        undecided=tuple(m for m, verdict in verdicts.items() if verdict == "open"),
        never=None if pays else _why_never(sizes, way, scanned[-1]),
    )


def _why_never(sizes: Sizes, way: Way, multiple: float) -> str | None:
    """The reason, unless the time was up before it could be known."""
    reason = None if sizes.watch.over else never(sizes, way, multiple)
    return None if sizes.watch.over else reason


def _threshold(sizes: Sizes, way: Way, change: AnswerChange) -> CrossoverThreshold:
    size = sizes.at(change.owning)
    owned = fleet(size, size.solution(size.owning(way)))
    assert owned is not None
    return CrossoverThreshold(
        change="owning begins" if change.before == "rents" else "owning ends",
        between=size_range(sizes, change),
        owned=owned,
        breakeven=breakeven(size, way),
    )


def never(sizes: Sizes, way: Way, multiple: float) -> str:
    """Why it does not pay at the largest size examined."""
    size = sizes.at(multiple)
    if not size.owning(way).possible:
        p = size.question.parameters
        leads = [p.options[p.sites[k].power].terms.lead for k in way.sites]
        if min(leads) >= len(p.horizon.periods):
            return "its first power would come after the end of the horizon"
        return "no plan with it exists at the largest size: a limit on power, money or places forbids it"
    what, change = ("the rent of colocation", colocation_times) if way.beside else ("everything rented", rents_times)
    factor = _dearer(sizes, way, multiple, change)
    if factor is None:
        return f"not even if {what} were {DEARER:g} times as dear"
    said = f"at the largest size it would pay only if {what} were {factor - 1:.0%} dearer"
    if way.beside:
        return f"{said}: the servers cost the same in both, power of its own costs more than rented power"
    ratio = breakeven(size, way).variable_ratio
    if 0 < ratio < 1:
        return f"{said}: owned hours are cheaper (r = {ratio:.2f}), but too few to earn the fixed cost"
    return f"{said}: an owned hour costs more than a rented one, whatever the size (r above 1)"


def _dearer(sizes: Sizes, way: Way, multiple: float, change: Callable[[Question, float], Question]) -> float | None:
    """Smallest factor on what is rented at which owning pays at a size, to a hundredth; None if there is none within bounds."""

    def owns(by: float) -> bool:
        return Sizes(change(sizes.question, by), sizes.watch).at(multiple).verdict(way) == "owns"

    low, high = 1.0, DEARER
    if not owns(high):
        return None
    while high - low > HUNDREDTH and not sizes.watch.over:
        middle = (low + high) / 2
        low, high = (low, middle) if owns(middle) else (middle, high)
    return high


def _point(size: Size, multiple: float, ways: tuple[Way, ...]) -> CurvePoint:
    named = {way.name: way for way in ways}
    rented, built = named.get("colocation"), named.get("own building")
    everything = frozenset().union(*(way.sites for way in ways))
    best = size.value(everything)
    solution = size.solution(best) if best.possible else None
    sites = () if solution is None or solution.decisions is None else tuple(sorted(solution.decisions.opened))
    return CurvePoint(
        multiple=multiple,
        rent_usd_per_year=size.rent_usd_per_year(),
        rent_only_usd=usd(size.value(frozenset())),
        colocation_usd=None if rented is None else usd(size.value(rented.sites)),
        building_usd=None if built is None else usd(size.value(built.sites)),
        all_usd=usd(best),
        sites=tuple(size.question.parameters.sites[k].name for k in sites),
        owned=None if solution is None else fleet(size, solution),
    )
