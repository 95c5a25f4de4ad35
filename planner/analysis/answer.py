"""What `planner solve` returns: a plan with its baselines and its audit, or the causes why there is none."""

from typing import Literal, NamedTuple

from planner.domain.findings import Cause
from planner.domain.plan import Plan

Stop = Literal["done", "limit", "interrupted", "infeasible"]


class Answer(NamedTuple):
    """The answer to a scenario."""

    stop: Stop
    """`done`: within the gap; `limit`, `interrupted`: the best plan so far, or none; `infeasible`: see causes."""
    plan: Plan | None
    causes: tuple[Cause, ...] = ()
