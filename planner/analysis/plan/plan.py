"""Solution → Plan: all records of the answer, with every fact it rests on embedded."""

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Literal

from planner.analysis.plan.assumptions import assumptions
from planner.analysis.plan.owned import rivals_of, why_owned
from planner.analysis.plan.reasons import alternatives, rejections, why
from planner.analysis.plan.unit_prices import unit_prices
from planner.domain.records import (
    AuditRecord,
    Baseline,
    Binding,
    Facts,
    FailureRecord,
    Inputs,
    LimitsRecord,
    Plan,
    PlanLine,
    ScenarioRecord,
)
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Question, Solution, scenario_hash, scenario_value
from planner.sizing import fallbacks
from planner.solution import Decisions, failures_of
from planner.solution.records import (
    Busyness,
    agreements_record,
    asset_records,
    cap_records,
    carbon_record,
    cash_record,
    charges_record,
    cost_of,
    covered_record,
    credits_record,
    dollars,
    figure_records,
    fit_records,
    fleet_of,
    funding_of,
    horizon_record,
    lines_of,
    margins_record,
    option_records,
    owned_lines,
    runs_record,
    serving_of,
    site_records,
    unit_costs_of,
    unserved_of,
)
from planner.solver import SOLVER, solver_version

NOT_CHECKED = LimitsRecord(basis="unchecked")
UNAUDITED = AuditRecord(agrees=False, checks=0, largest_difference_usd=0.0)
CLOSED_USD, CLOSED_SHARE = 1.0, 1e-6
"""What could still be saved is nothing if it is below a dollar, or below this share of the spend."""


def plan_of(
    solution: Solution,
    gap_target: float,
    baselines: tuple[Baseline, ...],
    binding: tuple[Binding, ...] = (),
    limits: LimitsRecord = NOT_CHECKED,
    *,
    others: bool = True,
) -> Plan:
    """The plan of a solution that has one; the audit is still to come.

    Args:
        others: also tell what was rejected and what is nearest to what was taken.
    """
    question, decisions, present = solution.question, solution.decisions, solution.present
    assert decisions is not None
    assert present is not None
    p, scenario, paid = question.parameters, question.scenario, list(solution.paid)
    busyness = Busyness(p, decisions, paid)
    prices = unit_prices(question)
    beside = solution.beside
    assert beside is not None
    failures = failures_of(p, decisions)
    used = used_options(solution, failures)
    value = scenario_value(scenario)
    npv = dollars(present.npv)
    sites = site_records(p, decisions, paid, beside, question.market.sites, scenario.discount_rate)
    rivals = rivals_of(solution, sites)
    reasons = why(solution, prices) | why_owned(solution, sites, rivals, busyness)
    owned = owned_lines(p, decisions, paid, busyness, reasons)
    lines = lines_of(p, decisions, paid, busyness, scenario, reasons, owned)
    bound, gap, status = _proof(solution.outcome.bound * THOUSAND, npv, gap_target, lines)
    cost = cost_of(p, paid, beside, present)
    unit_costs = unit_costs_of(p, decisions, paid, beside, busyness)
    rejected, counts = rejections(question) if others else ((), {})
    return Plan(
        scenario=ScenarioRecord(name=scenario.name, sha256=scenario_hash(value), resolved=value),
        status=status,
        npv_usd=npv,
        total_usd=dollars(sum((Decimal(repr(period.cash_usd)) for period in cost.by_period), Decimal(0))),
        bound_usd=bound,
        gap=gap,
        gap_target=gap_target,
        horizon=horizon_record(question.assembled),
        lines=lines,
        fleet=fleet_of(p, decisions),
        serving=serving_of(p, decisions),
        unserved=unserved_of(p, decisions, scenario),
        runs=runs_record(p, decisions, scenario),
        failures=failures,
        charges=charges_record(p, beside),
        credits=credits_record(p, beside),
        agreements=agreements_record(p, beside, scenario),
        covered=covered_record(p, decisions),
        cash=cash_record(p, scenario, tuple(period.cash_usd for period in cost.by_period)),
        carbon=carbon_record(p, decisions, paid, present, question.tonnes_per_hour),
        sites=sites,
        rivals=rivals,
        assets=asset_records(p, decisions, paid),
        funding=funding_of(p, paid, beside, tuple(period.cash_usd for period in cost.by_period)),
        cost=cost,
        unit_costs=unit_costs,
        margins=margins_record(p, decisions, scenario, unit_costs),
        baselines=baselines,
        binding=binding,
        limits=limits,
        alternatives=alternatives(solution, prices) if others else (),
        rejections=rejected,
        rejection_counts=counts,
        inputs=_inputs(solution, used, failures, {limit.key for limit in binding}),
        audit=UNAUDITED,
        facts=_facts(solution, used),
    )


def used_options(solution: Solution, failures: tuple[FailureRecord, ...]) -> set[int]:
    """Options that are paid for, serve, or would serve in an emergency."""
    p, decisions = solution.question.parameters, solution.decisions
    assert decisions is not None
    named = {part.option for record in failures for part in record.parts}
    return (
        {payment.option for payment in solution.paid}
        | {part.option for parts in decisions.busy.values() for part in parts}
        | {o for o, _, _ in decisions.running}
        | {o for o, member in enumerate(p.options) if member.option.id in named}
    )


def _pairs(p: Parameters, decisions: Decisions, failures: tuple[FailureRecord, ...]) -> set[tuple[int, int]]:
    """(workload or fallback, option) that serve or would serve in an emergency; hosted APIs aside."""
    index = {member.option.id: o for o, member in enumerate(p.options)}
    pairs = {(part.workload, part.option) for parts in decisions.busy.values() for part in parts}
    pairs |= {(placed.cast.workload, part.option) for placed in decisions.runs for part in placed.parts}
    for record in failures:
        w = p.workloads.index(record.workload)
        pairs |= {(w, index[part.option]) for part in record.parts if part.nodes > 0}
    return pairs


def _inputs(solution: Solution, used: set[int], failures: tuple[FailureRecord, ...], told: set[str]) -> Inputs:
    question, decisions = solution.question, solution.decisions
    assert decisions is not None
    p, catalog, scenario = question.parameters, question.catalog, question.scenario
    accelerators = {p.options[o].option.accelerator for o in used}
    accelerators |= {getattr(w, "reference_accelerator", None) for w in scenario.workloads}
    asked = [*scenario.workloads, *(way for _, way in fallbacks(scenario))]
    models = {w.model for w in asked if hasattr(w, "model") and isinstance(w.model, str)}
    paths = {change.path for o in used if (change := question.pricing.change(p.options[o].option)) is not None}
    paths |= {successor.path for successor in scenario.successors or ()}
    profiles = {getattr(w, "profile", None) for w in scenario.workloads}
    return Inputs(
        options=option_records(p, used, question.pricing, question.intensity),
        fits=fit_records(p, _pairs(p, decisions, failures), question.assembled, question.screened, question.market),
        caps=cap_records(question.market, p, used, told),
        accelerators={
            a: catalog.accelerators[a].model_dump(mode="json")
            for a in sorted(str(a) for a in accelerators if a in catalog.accelerators)
        },
        language_models={
            m: catalog.language_models[m].model_dump(mode="json")
            for m in sorted(models)
            if m in catalog.language_models
        },
        constants={name: constant.value for name, constant in catalog.constants.items()},
        profiles={
            name: catalog.profiles[name].values
            for name in sorted(n for n in profiles if isinstance(n, str))
            if name in catalog.profiles
        },
        price_paths={name: catalog.price_paths[name].points for name in sorted(n for n in paths if n)},
        pue=catalog.pue,
        figures=figure_records(question.market.sites, question.market.figures),
    )


def _marketplaces(question: Question, used: set[int]) -> set[str]:
    """Providers in use whose class is `marketplace`."""
    known = question.catalog.providers
    names = {question.parameters.options[o].option.provider for o in used}
    return {name for name in names if name in known and known[name].kind == "marketplace"}


def _facts(solution: Solution, used: set[int]) -> Facts:
    question, matrix = solution.question, solution.outcome.matrix
    rows = {o.provenance.row for o in question.market.options} - {"scenario"}
    rows |= {row.row for row in question.market.left_out if row.bottleneck != "price_age"}
    dates = [question.parameters.options[o].option.provenance.as_of for o in used]
    return Facts(
        solver=SOLVER,
        version=solver_version(),
        columns=matrix.columns,
        rows=matrix.rows,
        integers=int(matrix.integer.sum()),
        catalog_rows_considered=len(rows),
        catalog_rows_too_old=question.market.too_old,
        oldest_price_as_of=min((d for d in dates if d), default=""),
        newest_price_as_of=question.catalog.newest_price_on,
        options_considered=len(question.market.options),
        options_in_program=len(question.parameters.options),
        assumptions=tuple(assumptions(question, used)),
        marketplaces=tuple(sorted(_marketplaces(question, used))),
    )


def _proof(
    bound: float, npv: float, gap_target: float, lines: tuple[PlanLine, ...]
) -> tuple[float | None, float, Literal["optimal", "feasible"]]:
    """Bound, gap and status; a bound that leaves all of the cost open is none."""
    if not isfinite(bound):
        return None, 1.0, "feasible"
    bound = min(bound, npv)
    gap = (npv - bound) / abs(npv) if npv else 0.0
    if gap <= gap_target + 1e-9 or npv - bound <= _of_no_weight(lines):
        return bound, gap, "optimal"
    return (None, 1.0, "feasible") if bound <= 0 < npv else (bound, gap, "feasible")


def _of_no_weight(lines: Iterable[PlanLine]) -> float:
    """Distance to the bound that is nothing, USD: relative to the spend, as income may cancel it in the NPV."""
    return max(CLOSED_USD, CLOSED_SHARE * sum(abs(line.in_horizon_usd) for line in lines))
