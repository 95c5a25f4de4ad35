"""`planner audit PLAN`: what the second accountant found."""

from planner.domain.records import AuditRecord, Plan
from planner.report.document import Document, Paragraph, Report, Section, headline_money, section_of
from planner.report.plan import discrepancies, verdict_words

_HEADER = ("rule", "where", "claimed", "recomputed")


def audit_report(plan: Plan, record: AuditRecord) -> Report:
    """The verdict on `plan`: `record` is what was found now, whatever the file says of itself."""
    return Report(
        json=lambda: audit_value(plan, record),
        csv=lambda: (_HEADER, record.discrepancies),
        document=lambda: _document(plan, record),
    )


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
    sections = [section_of("", Paragraph(verdict_words(record), strong=True))]
    if not record.agrees:
        advice = Paragraph("Do not rely on this plan until every difference is explained.", strong=True)
        table = discrepancies(record)
        sections.append(Section("Where they differ", (advice,) if table is None else (table, advice)))
    if plan.audit.agrees != record.agrees:
        own = "agrees" if plan.audit.agrees else "disagrees"
        sections.append(section_of("", f"The plan file says of itself that its audit {own}."))
    return Document(name, tuple(sections))
