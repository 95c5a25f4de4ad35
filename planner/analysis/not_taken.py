"""Why an option is not taken though a unit of work costs less on it when it is always busy: measured where the program is small."""

from math import ceil

import numpy as np

from planner.analysis.plan import hourly_usd
from planner.domain.options import Option
from planner.domain.records import Alternative
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Solution
from planner.sensitivity import cost_of, proven_cost
from planner.solver import Cut, Watch

WHOLE_UP_TO = 400
"""Whole numbers up to which the plan is solved again with the option in it."""
LEAST_SHARE = 0.01
"""Share of the demand of a slice that a hosted API is made to serve."""
CENT = 0.005


def with_reasons(solution: Solution, found: tuple[Alternative, ...], watch: Watch) -> tuple[Alternative, ...]:
    """The alternatives; those that look cheaper than what was taken say why they were not."""
    positions = {option.id: o for o, option in enumerate(solution.question.market.options)}
    matrix, small = solution.outcome.matrix, int(solution.outcome.matrix.integer.sum()) <= WHOLE_UP_TO
    cheaper = any(one.dearer_fraction < 0 for one in found)
    stands = proven_cost(matrix, watch, solution.outcome.x) if small and cheaper and not watch.over else None
    return tuple(
        one.model_copy(update={"reason": _reason(solution, one, positions[one.option], stands, watch)})
        if one.dearer_fraction < 0
        else one
        for one in found
    )


def _reason(solution: Solution, one: Alternative, o: int, stands: float | None, watch: Watch) -> str:
    question = solution.question
    option = question.market.options[o]
    dominator = question.assembled.dominated_by.get(o)
    if dominator is not None:
        return f"{question.market.options[dominator].id} does all it does, under no more limits, for no more"
    measured = "" if stands is None else _measured(solution, option.id, stands, watch)
    said = _seen(solution, one, o, option)
    unknown = f"cheaper when always busy; what a plan with it costs, `planner explain --why-not {option.id}` tells"
    return "; ".join(part for part in (said, measured) if part) or unknown


def _measured(solution: Solution, name: str, stands: float, watch: Watch) -> str:
    """What the cheapest plan costs that uses the option at all, against the cheapest of all; empty where that is not proven."""
    outcome, built = solution.outcome, solution.built
    matrix = outcome.matrix
    place = next((q for q, member in enumerate(solution.question.parameters.options) if member.option.id == name), None)
    if place is None or watch.over:
        return ""
    x, order = built.variables, built.order
    nodes = [order[v.name] for (q, *_), v in (*x.running.items(), *x.signed.items()) if q == place]
    shares = [
        order[v.name] for (h, *_), v in x.hosted.items() if solution.question.parameters.hosted[h].option == place
    ]
    columns, least = (nodes, 1.0) if nodes else (shares, LEAST_SHARE)
    if not columns:
        return ""
    forced = matrix.with_rows([Cut(least, np.array(columns, dtype=np.int32), np.ones(len(columns)))])
    found = cost_of(forced, watch)
    if found.verdict != "optimal":
        return "no plan within the limits has a node of it" if found.verdict == "infeasible" else ""
    more = (found.objective - stands) * THOUSAND
    if more < CENT < (outcome.objective - stands) * THOUSAND:
        less = (outcome.objective - found.objective) * THOUSAND
        return f"a plan with it costs ${less:,.2f} less, which is within the gap: this one is simpler, or preferred"
    if more < CENT:
        return "another plan with it costs the same"
    return f"the cheapest plan that uses it costs ${more:,.2f} more"


def _seen(solution: Solution, one: Alternative, o: int, option: Option) -> str:
    """What can be told from terms and sizes alone."""
    question, p = solution.question, solution.question.parameters
    w = p.workloads.index(one.workload)
    fit = question.screened.fits[w, o]
    whole = question.scenario.replicas == "whole" and fit.replica_nodes > 0
    peak = max((rate for (v, _, _), rate in p.online.items() if v == w), default=0.0)
    units = max(ceil(peak / (fit.rate_per_node_hour * fit.replica_nodes) - 1e-9), 1) if whole and peak else 0
    if whole and peak and peak < 0.5 * units * fit.rate_per_node_hour * fit.replica_nodes:
        usd = hourly_usd(option, question, question.pricing) * fit.replica_nodes
        return f"its smallest replica costs ${usd:,.4g} an hour and would mostly idle"
    if option.action == "commit":
        return "it pays only where it is busy for its whole term"
    return ""
