"""`planner audit PLAN`: what the second accountant found."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from planner.domain.answers import AuditAnswer
from planner.domain.records import AuditRecord, Plan
from planner.report.document import Document, Paragraph, Report, Section, headline_money, section_of
from planner.report.plan import discrepancies, verdict_words

SCHEMA = "planner/audit/1"
_HEADER = ("rule", "where", "claimed", "recomputed")


def audit_report(plan: Plan, record: AuditRecord) -> Report:
    """The verdict on `plan`: `record` is what was found now, whatever the file says of itself."""
    scenario = plan.scenario
    return _report(
        AuditAnswer(
            name=scenario.name,
            sha256=scenario.sha256,
            npv_usd=plan.npv_usd,
            record=record,
            stated_agrees=plan.audit.agrees,
        )
    )


def saved_audit(value: Mapping[str, Any]) -> Report:
    """The verdict that was saved; in older ones the plan's own NPV and verdict are missing."""
    rows = TypeAdapter(list[dict[str, str]]).validate_python(value.get("discrepancies"))
    found = [tuple(row.get(name) for name in _HEADER) for row in rows]
    of_record = AuditRecord.model_fields
    record = {name: one for name, one in value.items() if name in of_record} | {"discrepancies": found}
    beside = {name: one for name, one in value.items() if name not in of_record}
    return _report(AuditAnswer.model_validate({"stated_agrees": value.get("agrees"), **beside, "record": record}))


def _report(answer: AuditAnswer) -> Report:
    return Report(
        json=lambda: audit_value(answer),
        csv=lambda: (_HEADER, answer.record.discrepancies),
        document=lambda: _document(answer),
    )


def audit_value(answer: AuditAnswer) -> dict[str, object]:
    """The verdict as plain JSON values."""
    record = answer.record
    return {
        "schema": SCHEMA,
        "scenario": {"name": answer.name, "sha256": answer.sha256},
        "npv_usd": answer.npv_usd,
        "agrees": record.agrees,
        "stated_agrees": answer.stated_agrees,
        "checks": record.checks,
        "largest_difference_usd": record.largest_difference_usd,
        "discrepancies": [dict(zip(_HEADER, found, strict=True)) for found in record.discrepancies],
    }


def _document(answer: AuditAnswer) -> Document:
    claimed = "" if answer.npv_usd is None else f": {headline_money(answer.npv_usd)} NPV claimed"
    record = answer.record
    sections = [section_of("", Paragraph(verdict_words(record), strong=True))]
    if not record.agrees:
        advice = Paragraph("Do not rely on this plan until every difference is explained.", strong=True)
        table = discrepancies(record)
        sections.append(Section("Where they differ", (advice,) if table is None else (table, advice)))
    if answer.stated_agrees != record.agrees:
        own = "agrees" if answer.stated_agrees else "disagrees"
        sections.append(section_of("", f"The plan file says of itself that its audit {own}."))
    return Document(f"Audit of {answer.name}{claimed}", tuple(sections))
