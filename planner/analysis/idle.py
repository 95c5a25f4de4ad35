"""Replicas that idle, and what the same work would cost if workloads could share nodes."""

from collections import defaultdict

from planner.domain.records import IdleRecord, IdleWorkload, Plan
from planner.formulation import integers_of
from planner.pipeline import Solution, prepare_beside, solve
from planner.solution import Decisions
from planner.solver import Watch
from planner.units import HOURS_PER_MONTH

IDLE_BELOW = 0.5
"""Replicas that are used less than this, over the horizon, are told."""
SOLVED_UP_TO = 400
"""Whole numbers up to which the question with shared nodes is solved."""


def idle_of(solution: Solution, plan: Plan, gap: float, watch: Watch) -> IdleRecord | None:
    """The record of a plan; None where nothing mostly waits."""
    workloads = tuple(idle_workloads(plan))
    if not workloads or solution.decisions is None:
        return None
    months = sum(t.hours for t in plan.horizon.periods) / HOURS_PER_MONTH
    record = IdleRecord(
        workloads=workloads,
        nodes=most_nodes(solution, solution.decisions),
        usd_per_month=round(plan.total_usd / months, 6),
    )
    question = solution.question
    scenario = question.scenario.model_copy(update={"replicas": "pooled"})
    pooled = prepare_beside(scenario, question, question.catalog, frozenset())
    if watch.over or integers_of(pooled.parameters) > SOLVED_UP_TO:
        return record
    other = solve(pooled, gap, watch)
    if other.present is None or other.decisions is None:
        return record
    inside = sum(float(payment.usd) for payment in other.paid if payment.period < len(plan.horizon.periods))
    inside += (
        sum(float(c.usd) for c in other.beside.charges if c.period < len(plan.horizon.periods)) if other.beside else 0
    )
    return record.model_copy(
        update={
            "pooled_npv_usd": min(float(round(other.present.npv, 6)), plan.npv_usd),
            "pooled_nodes": most_nodes(other, other.decisions),
            "pooled_usd_per_month": round(inside / months, 6),
        }
    )


def idle_workloads(plan: Plan) -> list[IdleWorkload]:
    """Workloads that use less than half of the whole replicas they hold, the idlest first."""
    able: dict[str, float] = defaultdict(float)
    done: dict[str, float] = defaultdict(float)
    held: dict[tuple[str, int, int], float] = defaultdict(float)
    for r in plan.serving:
        if r.replicas > 0:
            able[r.workload] += r.able
            done[r.workload] += r.work
            held[r.workload, r.period, r.slice] += r.replicas
    found = [
        IdleWorkload(
            workload=w,
            replicas=max(count for (name, _, _), count in held.items() if name == w),
            used_fraction=round(done[w] / able[w], 9),
        )
        for w in able
        if able[w] > 0 and done[w] < IDLE_BELOW * able[w]
    ]
    return sorted(found, key=lambda one: (one.used_fraction, one.workload))


def most_nodes(solution: Solution, d: Decisions) -> float:
    """Most nodes in service at once."""
    p = solution.question.parameters
    options = sorted({o for o, _ in d.signed} | {o for o, _, _ in d.running})
    slices = ((t, s) for t, hours in enumerate(p.hours) for s in range(len(hours)))
    rented = [o for o in options if not p.options[o].option.savings_plan]
    return max((sum(d.live(p, o, t, s) for o in rented) for t, s in slices), default=0.0)
