"""Whatever number of an honest plan is changed by more than a cent and a thousandth, the audit sees it.

Except where a number says nothing about money, quantity or feasibility: `DESCRIPTIVE`, each with its reason.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import audit_lab_plan as labs
import audit_plans as plans
import audit_world_plan as worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.audit import audit

DESCRIPTIVE = {
    r"scenario/resolved/.*": "guarded as a whole by scenario-sha256 (own test)",
    r"horizon/week_hours/.*": "hours of equal load may change places between slices of equal length",
    r"audit/.*": "what an audit found is not evidence",
    r"facts/.*": "about the search, not about the plan",
    r"gap_target": "asked on the command line; bounds `gap` only if the status is optimal",
    r"serving/(10|14|3|6)/slice": "hosted work of flexible workloads counts per period",
    r"unserved/.*/slice": "unserved work of flexible workloads counts per period",
    r"inputs/options/3/accelerators_per_node": "a hosted API has no nodes",
    r"failures/.*/standby_nodes": "more may be started than is needed, within the caps (own tests)",
    r"carbon/by_region/.*": "its names have slashes (own test)",
    r"inputs/options/.*/(min_nodes|max_nodes)": "of catalog rows and holdings: bind or not; inline ones are tested",
    r"inputs/fits/.*/(tensor_parallel|pipeline_parallel|batch|ttft_ms|tpot_ms)": "of measured rates; sized are tested",
    r"inputs/fits/(2|4|5)/replica_nodes": "training splits freely, it holds no replicas",
    r"inputs/(accelerators|language_models|constants)/.*": "matter as far as they change a rate (own tests)",
}


def numbers(value: Any, path: str = "") -> Iterator[str]:
    """Paths of all numbers."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, below in items:
            yield from numbers(below, f"{path}/{key}" if path else str(key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def watched(plan: plans.Json) -> list[str]:
    return [p for p in numbers(plan) if not any(re.fullmatch(pattern, p) for pattern in DESCRIPTIVE)]


PLANS = {"startup": plans.startup, "lab": labs.lab, "world": worlds.world}
PATHS = [(name, path) for name, build in PLANS.items() for path in watched(build())]


def test_most_numbers_are_watched() -> None:
    assert len(PATHS) > 350


@settings(max_examples=250, deadline=None)
@given(where=st.sampled_from(PATHS), size=st.floats(0.0011, 3.0), up=st.booleans())
def test_any_corruption_is_seen(where: tuple[str, str], size: float, up: bool) -> None:
    name, path = where
    plan = PLANS[name]()
    *way, last = (int(key) if key.isdigit() else key for key in path.split("/"))
    place: Any = plan
    for key in way:
        place = place[key]
    old = place[last]
    step = round(1 + size) if isinstance(old, int) else max(0.0101, abs(old) * size)
    place[last] = old + step if up else old - step
    with suppress(ValidationError):  # a plan that is refused is seen too
        assert not audit(plans.read(plan)).agrees
