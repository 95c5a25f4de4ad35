"""Why each option of a plan is in it: what could not be met without it, what comes next, and what that costs more."""

from typing import NamedTuple

from planner.domain.answers import LineReason
from planner.domain.options import Option
from planner.formulation.parameters import THOUSAND, Parameters
from planner.pipeline import Solution
from planner.sensitivity import Trials
from planner.solution import Decisions
from planner.solver import Solved

_DUST = 1e-6


class LineNeed(NamedTuple):
    """Demand that would not be met without an option, all else as in the plan."""

    workload: int
    t: int
    s: int
    demand: float
    missing: float
    """Work units an hour; of flexible work the mean over the period, and `s` is −1."""


def line_reasons(solution: Solution, trials: Trials, places: dict[str, int]) -> tuple[LineReason, ...]:
    """One reason per option of the plan, the dearest to do without first."""
    p, decisions = solution.question.parameters, solution.decisions
    assert decisions is not None
    used = sorted({payment.option for payment in solution.paid} | {p.hosted[h].option for h, _, _ in decisions.hosted})
    base = trials.paid(trials.base)
    names = {place: name for name, place in places.items()}
    found = [_reason(solution, decisions, o, trials, places, base, names) for o in used]
    return tuple(sorted(found, key=lambda r: (r.extra_usd is not None, -(r.extra_usd or 0.0), r.option)))


def _reason(
    solution: Solution,
    decisions: Decisions,
    o: int,
    trials: Trials,
    places: dict[str, int],
    base: dict[int, float],
    names: dict[int, str],
) -> LineReason:
    p = solution.question.parameters
    option = p.options[o].option
    served = sorted({p.parent(w) for w in _served(p, decisions, o)})
    need = worst_need(p, decisions, o)
    runs = sorted({placed.cast.workload for placed in decisions.runs if any(part.option == o for part in placed.parts)})
    run = next(iter(runs), None)
    carries = option.asset is None or any(o in (*c.running, *c.committed) for c in p.classes)
    constraint = _constraint(option, carries, run, need)
    extra, next_best, unknown = None, None, True
    place = places.get(option.id)
    if place is not None and trials.base.x is not None and option.exact_nodes is None:
        without = trials.without(place)
        unknown = without.x is None and without.verdict != "infeasible"
        if without.x is not None:
            extra = max(without.objective - trials.base.objective, 0.0)
            best = successor(trials, base, without, place)
            next_best = None if best is None else names.get(best)
    whole = abs(trials.base.objective) or 1.0
    record = LineReason(
        option=option.id,
        contract=option.contract,
        workloads=tuple(p.workloads[w] for w in served),
        constraint=constraint,
        workload=p.workloads[p.parent(need.workload)] if need else (p.workloads[run] if run is not None else None),
        period=p.horizon.periods[need.t].start if need else None,
        slice=p.horizon.periods[need.t].slices[need.s].name if need and need.s >= 0 else None,
        demand_per_hour=need.demand if need else None,
        missing_per_hour=need.missing if need else None,
        unit=p.units[p.parent(need.workload)] if need else "",
        extra_usd=None if extra is None else round(extra * THOUSAND, 4),
        extra_fraction=None if extra is None else extra / whole,
        next_best=next_best,
        basis="whole" if trials.whole else "fractional",
        sentence="",
    )
    return record.model_copy(update={"sentence": _sentence(record, p, need, [p.workloads[w] for w in runs], unknown)})


def successor(trials: Trials, base: dict[int, float], without: Solved, place: int) -> int | None:
    """The option whose payments grow most where another one is taken out; None if none do.

    Args:
        base: what is paid for each option with it.
    """
    serving = trials.serving - {place}
    gains = {q: usd - base.get(q, 0.0) for q, usd in trials.paid(without).items() if q in serving}
    best = max(gains, key=lambda q: gains[q], default=None)
    return best if best is not None and gains[best] > _DUST else None


def _constraint(option: Option, serves: bool, run: int | None, need: LineNeed | None) -> str:
    exact = option.exact_nodes
    if option.held:
        return "held"
    if not serves:
        return "power"
    if exact is not None:
        return "exact_nodes"
    if run is not None:
        return "training run"
    return "demand" if need is not None else ""


def _served(p: Parameters, d: Decisions, o: int) -> set[int]:
    found = {part.workload for parts in d.busy.values() for part in parts if part.option == o}
    found |= {placed.cast.workload for placed in d.runs for part in placed.parts if part.option == o}
    return found | {p.hosted[h].workload for h, _, _ in d.hosted if p.hosted[h].option == o}


def worst_need(p: Parameters, d: Decisions, o: int) -> LineNeed | None:
    """The demand of which the largest share would be missing without the option; None if others have room for all of it.

    What others have room for: their idle nodes in the slice, all of them at the rate they do this work at.
    """
    places = {(part.workload, t, s) for (t, s), parts in d.busy.items() for part in parts if part.option == o}
    places |= {(p.hosted[h].workload, t, s) for h, t, s in d.hosted if p.hosted[h].option == o}
    worst: LineNeed | None = None
    for w, t, s in sorted(places):
        if w >= len(p.workloads):
            continue
        need = _online_need(p, d, o, w, t, s) if (w, t, s) in p.online else _flexible_need(p, d, o, w, t)
        if need is None or need.missing <= _DUST * need.demand:
            continue
        if worst is None or need.missing / need.demand > worst.missing / worst.demand + _DUST:
            worst = need
    return worst


def _online_need(p: Parameters, d: Decisions, o: int, w: int, t: int, s: int) -> LineNeed | None:
    rate = p.online[w, t, s]
    missing = rate - _others(p, d, o, w, t, s)
    return LineNeed(w, t, s, rate, min(missing, rate)) if rate > 0 else None


def _flexible_need(p: Parameters, d: Decisions, o: int, w: int, t: int) -> LineNeed | None:
    work = p.flexible.get((w, t), 0.0)
    if work <= 0:
        return None
    hours = p.hours[t]
    done = sum(_others(p, d, o, w, t, s) * length for s, length in enumerate(hours))
    return LineNeed(w, t, -1, work / sum(hours), min(work - done, work) / sum(hours))


def _others(p: Parameters, d: Decisions, o: int, w: int, t: int, s: int) -> float:
    """Work units an hour of workload w that everything but option o serves or has room for in the slice."""
    parts = d.busy.get((t, s), ())
    done = sum(part.units * part.service.rate_per_hour for part in parts if part.workload == w and part.option != o)
    fallback = p.mode_of(w)
    done += sum(
        part.units * part.service.rate_per_hour for part in parts if part.workload == fallback and part.option != o
    )
    hours = p.hours[t][s]
    for (h, at, slot), work in d.hosted.items():
        mine = p.hosted[h].workload in (w, fallback)
        if mine and (at, slot) == (t, s) and p.hosted[h].option != o:
            done += work / hours
    done += d.unserved.get((w, t, s), 0.0) / hours
    for c, service in p.serving(w):
        for q in (*p.classes[c].running, *p.classes[c].committed):
            if q != o:
                busy = sum(part.nodes for part in parts if part.option == q)
                idle = d.free(p, q, t, s) - busy
                done += max(idle, 0.0) * service.rate_per_node_hour
    return done


def _sentence(r: LineReason, p: Parameters, need: LineNeed | None, runs: list[str], unknown: bool) -> str:
    what = f"{r.option} ({r.contract})"
    serves = f" serves {', '.join(r.workloads)}" if r.workloads else " serves nothing"
    if r.constraint == "held":
        return f"{what}{serves}; it is already signed, its payments are owed in any case"
    if r.constraint == "exact_nodes":
        return f"{what}{serves}; the scenario fixes its quantity"
    parts = [what + (" is the power of what stands there" if r.constraint == "power" else serves)]
    if r.constraint == "training run":
        parts.append(
            f"the run {runs[0]} is placed on it" if len(runs) == 1 else f"the runs {', '.join(runs)} are placed on it"
        )
    if need is not None and r.missing_per_hour is not None and r.demand_per_hour:
        several = r.slice is not None and len(p.horizon.periods[need.t].slices) > 1
        where = f"{r.period}, slice {r.slice}" if several else f"{r.period}"
        parts.append(
            f"without it {r.missing_per_hour / r.demand_per_hour:.0%} of the {r.demand_per_hour:.4g} {r.unit} an hour "
            f"that {r.workload} asks for in {where} would be missing"
        )
    if unknown:
        parts.append("what a plan without it costs was not found")
    elif r.extra_usd is None:
        parts.append("no plan does without it")
    elif r.extra_usd <= 0.005:
        parts.append("another plan costs no more" + (f", with {r.next_best}" if r.next_best else ""))
    else:
        share = f"${r.extra_usd:,.2f} ({r.extra_fraction:.2%}) more"
        instead = (
            f"next best is {r.next_best}, which makes the plan {share}"
            if r.next_best
            else f"the best plan without it costs {share}"
        )
        parts.append(instead + ("" if r.basis == "whole" else " (fractional nodes)"))
    return "; ".join(parts)
