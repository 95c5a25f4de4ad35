"""A saved answer to another question than `solve`: from its JSON back to what every format is made of."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from planner.domain.answers import CommitmentsAnswer, Comparison, Crossover, Explanation, Negotiation, WhatIfAnswer
from planner.domain.records import Diagnosis
from planner.report.answers.audit_report import saved_audit
from planner.report.answers.commitments import commitments_report
from planner.report.answers.comparison import comparison_report, what_if_report
from planner.report.answers.crossover import crossover_report
from planner.report.answers.estimate import saved_estimates
from planner.report.answers.explanation import explanation_report
from planner.report.answers.infeasible import SCHEMA, infeasible_report
from planner.report.answers.simulation import saved_simulation
from planner.report.document import Report
from planner.report.negotiation import negotiation_report


def saved_report(value: Mapping[str, Any]) -> Report | None:
    """What a saved answer says; None if its schema is none of these.

    Raises:
        ValidationError: it is not what its schema says.
    """
    read = READERS.get(str(value.get("schema")))
    return None if read is None else read({key: one for key, one in value.items() if key != "schema"})


def _infeasible(value: Mapping[str, Any]) -> Report:
    found = TypeAdapter(Diagnosis).validate_python({key: value[key] for key in Diagnosis._fields if key in value})
    scenario = TypeAdapter(dict[str, str]).validate_python(value.get("scenario"))
    return infeasible_report(
        scenario.get("name", ""),
        found.causes,
        found.repairs,
        conflict=found.conflict,
        complete=found.complete,
        sha256=scenario.get("sha256", ""),
    )


def _inlined(value: Mapping[str, Any]) -> dict[str, Any]:
    """With name and hash of the scenario as fields of the answer."""
    scenario = TypeAdapter(dict[str, str]).validate_python(value.get("scenario"))
    return {**{key: one for key, one in value.items() if key != "scenario"}, **scenario}


READERS: dict[str, Callable[[Mapping[str, Any]], Report]] = {
    SCHEMA: _infeasible,
    "planner/crossover/1": lambda value: crossover_report(Crossover.model_validate(_inlined(value))),
    "planner/audit/1": lambda value: saved_audit(_inlined(value)),
    "planner/estimate/1": saved_estimates,
    "planner/simulation/1": lambda value: saved_simulation(_inlined(value)),
    "planner/commitments/1": lambda value: commitments_report(CommitmentsAnswer.model_validate(value)),
    "planner/compare/1": lambda value: comparison_report(Comparison.model_validate(value)),
    "planner/explanation/1": lambda value: explanation_report(Explanation.model_validate(value)),
    "planner/negotiation/1": lambda value: negotiation_report(Negotiation.model_validate(value)),
    "planner/whatif/1": lambda value: what_if_report(WhatIfAnswer.model_validate(value)),
}
"""By schema."""
