"""Plans of the examples, each solved once in a test process, as near as a look at them needs."""

import json
from functools import cache
from pathlib import Path

from hostile_plans import hostile

from planner.analysis.answer import answer
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.inputs.scenario_file import load_scenario

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = tuple(sorted(file.stem for file in EXAMPLES.glob("*.yaml") if file.stem != "infeasible"))
"""All examples that have a plan."""
GAP, SECONDS = 0.2, 300.0


@cache
def example_plan(name: str) -> Plan:
    """The first plan that is found within a wide gap: what it looks like is asked, not how cheap it is."""
    scenario = load_scenario(EXAMPLES / f"{name}.yaml").scenario
    plan = answer(scenario, gap=GAP, time_limit=SECONDS, baselines=False).plan
    assert plan is not None
    return plan


@cache
def against_the_reader(name: str, texts: tuple[str, ...], start: int) -> Plan:
    """The plan of an example with strings that mean harm in every free text."""
    value, count = hostile(json.loads(example_plan(name).to_json()), texts, start)
    assert count > 100, "it has free texts"
    return plan_from_json_value(value)
