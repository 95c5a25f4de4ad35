"""What the plan rests on, and what the second accountant says of it."""

from collections import Counter

from planner.domain.records import AuditRecord, Plan
from planner.report.document import (
    Alert,
    Block,
    Bullets,
    Paragraph,
    Section,
    Table,
    columns_of,
    listed,
    money,
    percent,
    plural,
    section_of,
    table_of,
)
from planner.report.plan.headline import bound_of
from planner.report.plan.money import outlook
from planner.report.plan.reading import Reading

_MOST_SOURCES = _MOST_DISCREPANCIES = 10


def provenance(reading: Reading) -> Section:
    """Prices, their age, what was left out, what was assumed."""
    plan, facts = reading.plan, reading.plan.facts
    size = f"{facts.columns:,} columns, {facts.rows:,} rows, {facts.integers:,} integers"
    items = [
        f"oldest price relied on: {facts.oldest_price_as_of or 'none'}{_oldest(plan)}",
        f"price rows: {facts.catalog_rows_considered:,} considered, {facts.catalog_rows_too_old:,} left out as too old",
        f"options: {facts.options_considered:,} considered, {facts.options_in_program:,} in the final program ({size})",
        *_finance(plan),
        *_bases(plan),
        *_discounts(plan),
        *_assumed_caps(plan),
        *outlook(reading),
        f"solved by {facts.solver} {facts.version} {_gap(plan)}",
        f"scenario {plan.scenario.name}, sha256 {plan.scenario.sha256}",
    ]
    blocks: list[Block] = [Bullets(tuple(items))]
    if facts.assumptions:
        blocks += [Paragraph("Assumptions:", strong=True), Bullets(facts.assumptions)]
    return section_of("What this rests on", *blocks)


def _gap(plan: Plan) -> str:
    """In dollars where the NPV is too near zero for a share of it to say anything."""
    least = bound_of(plan)
    if least is None:
        return "without any bound yet"
    in_dollars = plan.status == "optimal" and plan.gap > plan.gap_target + 1e-9
    return f"to a gap of {money(plan.npv_usd - least) if in_dollars else percent(plan.gap)}"


def _finance(plan: Plan) -> list[str]:
    """The two choices that move every NPV."""
    rate, rule = plan.scenario.resolved.get("discount_rate"), plan.scenario.resolved.get("terminal")
    parts = [f"discount rate {percent(rate)} a year"] if isinstance(rate, float) else []
    parts += [f"payments after the horizon by the rule `{rule}`"] if isinstance(rule, str) else []
    return [", ".join(parts)] if parts else []


def _oldest(plan: Plan) -> str:
    names = sorted({line.node_type for line in plan.lines if line.price_as_of == plan.facts.oldest_price_as_of})
    return f" ({listed(names)})" if names else ""


def _bases(plan: Plan) -> list[str]:
    """How the prices of the lines are known, and who says so."""
    if not plan.lines:
        return []
    counts = Counter(line.price_basis or "unstated" for line in plan.lines)
    bases = [f"{number:,} {basis}" for basis, number in sorted(counts.items())]
    return [f"prices of the lines: {listed(bases)}", *_sources(plan)]


def _sources(plan: Plan) -> list[str]:
    sources = sorted({line.price_source for line in plan.lines if line.price_source})
    left = len(sources) - _MOST_SOURCES
    rest = [f"and {plural(left, 'more price source')}, in `--format json`"] if left > 0 else []
    return [*(f"price source: {source}" for source in sources[:_MOST_SOURCES]), *rest]


def _discounts(plan: Plan) -> list[str]:
    found = sorted({(o.provider, o.discount_fraction) for o in plan.inputs.options if o.discount_fraction})
    return [f"negotiated discount of {percent(share)} at {provider}" for provider, share in found]


def _assumed_caps(plan: Plan) -> list[str]:
    caps = [cap.name for cap in plan.inputs.caps if cap.assumed]
    return [f"assumed, not stated by the provider: {plural(len(caps), 'cap')}, named below"] if caps else []


def verdict_words(audit: AuditRecord) -> str:
    checks = plural(audit.checks, "check")
    largest = f"largest difference ${audit.largest_difference_usd:,.2f}"
    if audit.agrees:
        return f"Second accountant: agrees, {checks}, {largest}."
    number = plural(len(audit.discrepancies), "disagreement")
    return f"Second accountant: DISAGREES, {number} in {checks}, {largest}."


def verdict(plan: Plan) -> Section:
    return section_of("Audit", Paragraph(verdict_words(plan.audit), strong=True))


def alarm(audit: AuditRecord) -> Alert | None:
    """What stands above everything else when the second accountant disagrees."""
    if audit.agrees:
        return None
    text = f"{verdict_words(audit)} None of the figures below can be trusted until this is explained."
    if len(audit.discrepancies) > _MOST_DISCREPANCIES:
        text += f" The first {_MOST_DISCREPANCIES} are these; `planner audit` tells all."
    return Alert("DO NOT RELY ON THIS PLAN", text, discrepancies(audit, _MOST_DISCREPANCIES))


def discrepancies(audit: AuditRecord, most: int | None = None) -> Table | None:
    if not audit.discrepancies:
        return None
    return table_of(columns_of("Rule | Where | Claimed | Recomputed"), audit.discrepancies[:most])
