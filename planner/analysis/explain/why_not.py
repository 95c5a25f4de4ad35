"""Why an offer was not taken: rejected, filtered, dominated, capped, or by how much too dear."""

from math import floor

from planner.analysis.explain.entry_prices import record_of
from planner.analysis.plan import Unit
from planner.domain.answers import WhyNot
from planner.domain.options import RENTED, Option, room_of
from planner.errors import Exit, PlannerError, did_you_mean
from planner.pipeline import Question, Solution
from planner.report.document import unit_price
from planner.sensitivity import Trials

MOST = 20
"""Options that are told of; a part of a name may match thousands."""


class NoSuchOfferError(PlannerError):
    """An offer that neither the scenario nor the catalog has."""

    exit_code = Exit.BAD_INPUT


def why_not(
    solution: Solution,
    trials: Trials,
    places: dict[str, int],
    prices: dict[int, list[Unit]],
    taken: set[int],
    about: str,
) -> tuple[WhyNot, ...]:
    """Verdicts on every option whose id has the text in it, by workload.

    Raises:
        NoSuchOfferError: nothing has such a name.
    """
    question = solution.question
    options = question.market.options
    matches = [o for o, option in enumerate(options) if about in option.id or about == option.node_type]
    left_out = [row for row in question.market.left_out if about in row.row]
    filtered = _not_listed(question, about)
    if not matches and not left_out and not filtered:
        known = {option.id for option in options} | {option.node_type for option in options}
        known |= {row.row for row in question.market.left_out}
        raise NoSuchOfferError(
            f"no offer is called `{about}`",
            help=did_you_mean(about, known) or "`planner catalog list` shows what there is",
        )
    found: list[WhyNot] = []
    for o in sorted(matches, key=lambda o: (options[o].id not in places, o))[:MOST]:
        found += _of(solution, trials, places, prices, taken, o)
    for row in left_out[:MOST]:
        words = (
            f"{row.row} is left out by a rule of the scenario: {row.bottleneck} needs {row.needed}, has {row.offered}"
        )
        found.append(
            WhyNot(
                option=row.row,
                workload="*",
                verdict="filtered",
                bottleneck=row.bottleneck,
                needed=row.needed,
                offered=row.offered,
                sentence=words,
            )
        )
    return (*found, *filtered[: MOST if not found else 0])


def _not_listed(question: Question, about: str) -> list[WhyNot]:
    """Rows of the catalog whose provider the scenario does not ask."""
    scenario, catalog = question.scenario, question.catalog
    listed = {option.provenance.row for option in question.market.options} | {r.row for r in question.market.left_out}
    rows = [(row.id, row.provider, "clouds") for row in catalog.prices if about in row.id and row.id not in listed]
    rows += [(r.id, r.provider, "hosted_apis") for r in catalog.token_prices if about in r.id and r.id not in listed]
    found = []
    for name, provider, field in rows:
        needed = f"`catalog: {scenario.catalog}`" if scenario.catalog == "none" else f"a provider that `{field}` names"
        words = f"{name} is not asked: the scenario wants {needed}, this is {provider}"
        found.append(
            WhyNot(
                option=name,
                workload="*",
                verdict="filtered",
                bottleneck="provider",
                needed=needed,
                offered=provider,
                sentence=words,
            )
        )
    return found


def _of(
    solution: Solution, trials: Trials, places: dict[str, int], prices: dict[int, list[Unit]], taken: set[int], o: int
) -> list[WhyNot]:
    question = solution.question
    option = question.market.options[o]
    rejected = {r.workload: r for r in question.screened.rejections if r.subject == option.id}
    flip = (
        trials.flip(places[option.id])
        if option.id in places and o not in taken and not option.held and option.action in RENTED
        else None
    )
    priced = None if flip is None else record_of(option, flip, trials.whole)
    found = []
    for w, workload in enumerate(question.scenario.workloads):
        reason = rejected.get(workload.name)
        if reason is not None:
            words = f"{option.id} cannot serve {workload.name}: {reason.bottleneck} needs {reason.needed}, has {reason.offered}"
            found.append(
                WhyNot(
                    option=option.id,
                    workload=workload.name,
                    verdict="rejected",
                    bottleneck=reason.bottleneck,
                    needed=reason.needed,
                    offered=reason.offered,
                    sentence=words,
                )
            )
            continue
        found.append(_fitting(question, option, o, w, prices, taken, priced.sentence if priced else ""))
    return found


def _fitting(
    question: Question, option: Option, o: int, w: int, prices: dict[int, list[Unit]], taken: set[int], priced: str
) -> WhyNot:
    """Of an option that could serve the workload."""
    units = prices.get(w, [])
    rented = option.action in RENTED  # what is owned has no price of an hour
    mine = next((unit.usd for unit in units if unit.option == o), None) if rented else None
    best = min((unit.usd for unit in units if unit.option in taken), default=None)
    dominator = question.assembled.dominated_by.get(o)
    name, unit = question.scenario.workloads[w].name, question.parameters.units[w]
    by = "" if dominator is None else question.market.options[dominator].id
    room = room_of(option, question.market.caps)
    said = (
        ""
        if mine is None
        else f"at {unit_price(mine)} per {unit} when busy"
        + ("" if best is None else f", the best taken costs {unit_price(best)}")
    )
    if o in taken:
        verdict, words = "taken", f"{option.id} is in the plan; it can serve {name} {said}".rstrip()
    elif room < max(option.min_nodes, 1):
        verdict, words = (
            "capped",
            f"{option.id} could serve {name} {said}, but its cap leaves {floor(room):g} nodes".replace(" ,", ","),
        )
    elif by:
        verdict = "dominated"
        words = f"{option.id} could serve {name} {said}, but {by} does all it does, under no more limits, for no more"
    else:
        verdict, words = "too dear", f"{option.id} could serve {name} {said}".rstrip()
    sentence = words + (f"; {priced}" if priced and verdict != "taken" else "")
    return WhyNot.model_validate(
        {
            "option": option.id,
            "workload": name,
            "verdict": verdict,
            "dominated_by": by,
            "usd_per_unit": mine,
            "best_usd_per_unit": best,
            "unit": unit,
            "sentence": sentence,
        }
    )
