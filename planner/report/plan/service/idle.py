"""Replicas that idle: how little of what they hold is used, and what sharing nodes would save."""

from collections.abc import Iterator

from planner.domain.records import IdleWorkload, Plan
from planner.report.document import amount, count, listed, money, percent, plural

_MOST = 6
"""Workloads that are named."""


def idle_replicas(plan: Plan) -> Iterator[str]:
    """One sentence on the replicas that idle, one on pooling."""
    record = plan.idle
    if record is None or not record.workloads:
        return
    named = [_workload(one) for one in record.workloads[:_MOST]]
    more = [plural(len(record.workloads) - _MOST, "more workload")] if len(record.workloads) > _MOST else []
    yield f"Replicas that idle: {listed([*named, *more])}."
    yield pooling(plan)


def pooling(plan: Plan) -> str:
    """What sharing nodes would save, over the horizon and a month."""
    record = plan.idle
    if record is None or not record.workloads:
        return ""
    if record.pooled_npv_usd is None:
        return (
            "Each model fills nodes of its own (`replicas: whole`). What sharing nodes would save was not solved;"
            " `replicas: pooled` tells."
        )
    saved = plan.npv_usd - record.pooled_npv_usd
    if saved < 0.005:
        return "Sharing nodes between workloads (`replicas: pooled`) would save nothing; no smaller replica that fits costs less."
    return (
        f"If workloads shared nodes (`replicas: pooled`) {amount(record.pooled_nodes)} instead of {amount(record.nodes)} nodes"
        f" would do at the busiest: {money(record.pooled_usd_per_month)} instead of {money(record.usd_per_month)} a month,"
        f" {money(saved)} less NPV."
    )


def _workload(one: IdleWorkload) -> str:
    return f"{one.workload} uses {percent(one.used_fraction)} of the {count(one.replicas)} it holds at most"


WORTH_A_SENTENCE = 0.05
"""Share of the NPV that sharing nodes must save to stand in the head."""


def idle_in_short(plan: Plan) -> str:
    """In the head only where sharing nodes would save a good part."""
    record = plan.idle
    if record is None or record.pooled_npv_usd is None:
        return ""
    saved = plan.npv_usd - record.pooled_npv_usd
    return pooling(plan) if saved >= WORTH_A_SENTENCE * abs(plan.npv_usd) and saved >= 0.005 else ""
