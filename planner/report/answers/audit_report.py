"""`planner audit PLAN`: what the second accountant found."""

from planner.domain.records import AuditRecord, Plan
from planner.report.document import (
    DEFAULT_WIDTH,
    Document,
    Paragraph,
    Section,
    csv_text,
    headline_money,
    json_text,
    render_document,
)
from planner.report.plan import discrepancies, verdict_words

_HEADER = ("rule", "where", "claimed", "recomputed")


def audit_report(
    plan: Plan,
    record: AuditRecord,
    format: str = "table",  # noqa: A002
    *,
    width: int = DEFAULT_WIDTH,
    color: bool = False,
) -> str:
    """The verdict on `plan`: `record` is what was found now, whatever the file says of itself."""
    if format == "json":
        return json_text(audit_value(plan, record))
    if format == "csv":
        return csv_text(_HEADER, record.discrepancies)
    document = _document(plan, record)
    return render_document(document, format, width=width, color=color)


def audit_value(plan: Plan, record: AuditRecord) -> dict[str, object]:
    """The verdict as plain JSON values."""
    return {
        "schema": "planner/audit/1",
        "scenario": {"name": plan.scenario.name, "sha256": plan.scenario.sha256},
        "agrees": record.agrees,
        "checks": record.checks,
        "largest_difference_usd": record.largest_difference_usd,
        "discrepancies": [dict(zip(_HEADER, found, strict=True)) for found in record.discrepancies],
    }


def _document(plan: Plan, record: AuditRecord) -> Document:
    name = f"Audit of {plan.scenario.name}: {headline_money(plan.npv_usd)} NPV claimed"
    sections = [Section("", (Paragraph(verdict_words(record), strong=True),))]
    if not record.agrees:
        advice = Paragraph("Do not rely on this plan until every difference is explained.", strong=True)
        table = discrepancies(record)
        sections.append(Section("Where they differ", (advice,) if table is None else (table, advice)))
    if plan.audit.agrees != record.agrees:
        own = "agrees" if plan.audit.agrees else "disagrees"
        sections.append(Section("", (Paragraph(f"The plan file says of itself that its audit {own}."),)))
    return Document(name, tuple(sections))
