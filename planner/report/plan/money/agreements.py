"""Agreements on spend, plan-year by plan-year, and what savings plans cover."""

from collections import defaultdict

from planner.domain.records import AgreementRecord, Plan
from planner.report.document import (
    Section,
    TableRow,
    amount,
    columns_of,
    headline_money,
    listed,
    money,
    percent,
    plural,
    section_of,
    table_of,
)
from planner.report.plan.reading import Reading

_RATES = "Rates and thresholds are those of the scenario, not of a published price list."


def agreements(reading: Reading) -> Section | None:
    """Every agreement on offer: the tier of each plan-year, what it gives back, what is missing to its minimum."""
    plan = reading.plan
    if not plan.agreements:
        return None
    columns = columns_of(
        "Agreement with | Plan-year | Tier | #From | #Covered spend | #Discount | #Given back | #Missing, paid | Source"
    )
    rows = [_row(record) for record in plan.agreements]
    given, missing = (sum(getattr(r, name) for r in plan.agreements) for name in ("rebate_usd", "shortfall_usd"))
    rows.append(TableRow(("Total", "", "", "", "", "", money(given), money(missing), ""), "total"))
    said = f"Settled in the last period of each plan-year; part of the cash above. {_RATES}"
    if any(sum(record.credited_usd) >= 0.005 for record in plan.agreements):
        said += " Covered spend is less what credits pay of it: that earns no discount and counts towards no tier."
    return section_of("Agreements on spend", table_of(columns, rows), said)


def agreed_anew(plan: Plan) -> list[str]:
    """`aws (at least $5.00M in plan-year 1 for 10.0%)` of every agreement to be signed."""
    found: dict[int, list[AgreementRecord]] = defaultdict(list)
    for record in plan.agreements:
        if record.level and not record.signed and record.threshold_usd:
            found[record.agreement].append(record)
    said = []
    for records in found.values():
        minimum = headline_money(sum(r.threshold_usd for r in records))
        least, most = min(r.discount_fraction for r in records), max(r.discount_fraction for r in records)
        off = percent(most) if least == most else f"{percent(least)} to {percent(most)}"
        years = plural(len(records), "plan-year")
        said.append(f"{records[0].provider} (at least {minimum} over {years}, {off} off)")
    return said


def signed_agreements(plan: Plan) -> str:
    """What agreements on spend that are signed already give and cost, in one sentence."""
    found: dict[int, list[AgreementRecord]] = defaultdict(list)
    for record in plan.agreements:
        if record.level and record.signed:
            found[record.agreement].append(record)
    said = []
    for records in found.values():
        given, missing = sum(r.rebate_usd for r in records), sum(r.shortfall_usd for r in records)
        paid = f"; {headline_money(missing)} is missing to its minimum and paid" if missing >= 0.005 else ""
        said.append(f"the agreement on spend with {records[0].provider} gives back {headline_money(given)}{paid}")
    return f"Signed already: {listed(said)}." if said else ""


def _row(record: AgreementRecord) -> TableRow:
    tier = f"{record.level}" if record.level else "none"
    tier = "signed" if record.signed and record.level else tier
    least = money(record.threshold_usd) if record.level else ""
    cells = (
        record.provider,
        f"{record.plan_year + 1}",
        tier,
        least,
        money(record.covered_spend_usd - sum(record.credited_usd)),
        percent(record.discount_fraction) if record.level else "",
        money(record.rebate_usd) if record.level else "",
        money(record.shortfall_usd) if record.shortfall_usd else "",
        " ".join(part for part in (record.source, record.as_of) if part),
    )
    return TableRow(cells, note=record.why)


def savings_plans(plan: Plan) -> Section | None:
    """What every savings plan covers of what runs on demand, and what of it is lost."""
    options = {record.option: record for record in plan.inputs.options}
    covered: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    hours = {(p.index, s): piece.hours for p in plan.horizon.periods for s, piece in enumerate(p.slices)}
    for c in plan.covered:
        sums = covered[c.savings_plan, c.option]
        sums[0] += c.nodes * hours[c.period, c.slice]
        sums[1] += c.nodes * hours[c.period, c.slice] * c.usd_per_hour
    lines = [line for line in plan.lines if line.unit == "committed USD"]
    if not lines:
        return None
    columns = columns_of("Savings plan | Covers | #Node-hours | #Dollars used")
    rows = []
    for name in dict.fromkeys(line.option for line in lines):
        mine = [(option, sums) for (plan_, option), sums in covered.items() if plan_ == name]
        for option, (node_hours, usd) in sorted(mine, key=lambda item: -item[1][1]):
            record = options[option]
            what = f"{record.node_type} · {record.provider} · {record.region}"
            rows.append((options[name].node_type, what, amount(node_hours), money(usd)))
    said = f"What is committed is paid in every hour, used or not. {_RATES}"
    return section_of("Savings plans", table_of(columns, rows), said)
