"""Rows of FOCUS for a plan: Σ BilledCost is the cash of the plan, Σ EffectiveCost of a commitment what it costs while it serves.

What a commitment costs stands twice, as FOCUS has it: paid as Purchase (billed, effective 0), and as Usage, Used and Unused
(billed 0, effective its share by hours).
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from planner.domain.options import OWNED
from planner.domain.records import Entry, Plan, PlanLine, Statement
from planner.errors import Exit, PlannerError
from planner.report.document import csv_text, kind_words, months_of_a_period
from planner.report.focus.columns import CATEGORY, COMPUTE, FOCUS, ONCE, OURS, UNITS
from planner.units import month_after


class UsePart(NamedTuple):
    """One period of a commitment."""

    period: int
    share: float
    """Of the whole commitment, by hours."""
    used: float
    """Share of this part that works: 0 to 1."""


def parts(plan: Plan, line: PlanLine, busy: dict[tuple[str, int], float]) -> list[UsePart]:
    """The periods of the horizon in which a commitment is in service.

    Args:
        busy: what `work_done` tells. Commitments of one option share it by their size.
    """
    periods = plan.horizon.periods[line.start_index : min(line.end_index, len(plan.horizon.periods))]
    if not line.nodes or not periods:
        return []
    whole = max(line.quantity / line.nodes, sum(period.hours for period in periods))
    rivals = [other for other in plan.lines if other.action == "commit" and other.option == line.option]
    found = []
    for period in periods:
        there = sum(
            other.nodes * min(period.hours, other.quantity / other.nodes)
            for other in rivals
            if other.nodes and other.start_index <= period.index < other.end_index
        )
        used = min(1.0, busy.get((line.option, period.index), 0.0) / there) if there > 0 else 0.0
        found.append(UsePart(period.index, period.hours / whole, used))
    return found


def work_done(plan: Plan) -> dict[tuple[str, int], float]:
    """(option, period) → node-hours at work, or dollars of a savings plan that nodes take up."""
    hours = {(p.index, s): slice_.hours for p in plan.horizon.periods for s, slice_ in enumerate(p.slices)}
    found: dict[tuple[str, int], float] = defaultdict(float)
    for serving in plan.serving:
        found[serving.option, serving.period] += serving.nodes * hours[serving.period, serving.slice]
    for cover in plan.covered:
        taken = cover.nodes * cover.usd_per_hour * hours[cover.period, cover.slice]
        found[cover.savings_plan, cover.period] += taken
    for run in plan.runs:
        for share in run.shares:
            found[share.option, share.period] += share.nodes * share.hours
    return found


Row = dict[str, object]
OWN = "own account"
"""Who sends the bill where nobody else does: staff, energy of an own site."""


def focus_csv(plan: Plan, statement: Statement) -> str:
    """The plan as CSV after FOCUS; cells without a value are empty."""
    header = (*FOCUS, *OURS)
    return csv_text(header, ([row.get(name) for name in header] for row in focus_rows(plan, statement)))


def focus_rows(plan: Plan, statement: Statement) -> Iterator[Row]:
    """Every payment within the horizon, then the use of every commitment."""
    dates = bounds(plan)
    for entry in statement.entries:
        if entry.cash:
            line = None if entry.line is None else plan.lines[entry.line]
            yield _common(plan, dates, entry.period, line, entry.line, entry.provider) | _payment(entry, line)
    busy = work_done(plan)
    for number, line in enumerate(plan.lines):
        if line.action == "commit":
            total = sum(e.usd for e in statement.entries if e.line == number and e.share_of is None)
            for part in parts(plan, line, busy):
                common = _common(plan, dates, part.period, line, number, line.provider)
                for status, share in (("Used", part.used), ("Unused", 1.0 - part.used)):
                    if share > 0:
                        yield common | _use(line, part, total, status, share)


def _common(plan: Plan, dates: list[str], period: int, line: PlanLine | None, number: int | None, provider: str) -> Row:
    seller = provider or OWN
    row: Row = {
        "BillingAccountId": plan.scenario.sha256,
        "BillingAccountName": plan.scenario.name,
        "BillingCurrency": plan.currency,
        "HostProviderName": seller,
        "InvoiceIssuerName": seller,
        "ProviderName": seller,
        "PublisherName": seller,
        "ServiceProviderName": seller,
        "x_Forecast": "true",
        "x_PlanYear": plan.horizon.periods[period].plan_year + 1,
        "x_ScenarioSha256": plan.scenario.sha256,
    }
    for name in ("BillingPeriod", "ChargePeriod"):
        row |= {f"{name}Start": dates[period], f"{name}End": dates[period + 1]}
    if line is None or number is None:
        return row
    return row | {
        "RegionId": line.region or None,
        "RegionName": line.region or None,
        "SkuId": line.option,
        "SkuPriceId": line.option,
        "ServiceName": line.node_type,
        "x_Accelerator": line.accelerator,
        "x_Basis": line.price_basis,
        "x_Contract": line.contract,
        "x_Country": line.country or None,
        "x_Line": number + 1,
        "x_PriceAsOf": line.price_as_of or None,
        "x_PriceSource": line.price_source or None,
    }


def _payment(entry: Entry, line: PlanLine | None) -> Row:
    """What is paid, or credited."""
    covers = line is not None and line.action == "commit" and entry.share_of is None
    category = _category(entry, line, covers)
    once = entry.kind in ONCE
    own = line is not None and entry.share_of is None
    unit = UNITS.get(line.unit, line.unit) if line is not None and own and not once else "USD"
    quantity, price = (entry.quantity, entry.unit_price_usd) if unit != "USD" else (entry.usd, 1.0)
    listed = line.list_price_usd if line is not None and unit != "USD" and not covers and line.list_price_usd else price
    row: Row = {
        "BilledCost": entry.usd,
        "ChargeCategory": category,
        "ChargeDescription": f"{kind_words(entry.kind)}{f', {line.node_type}' if line is not None else ''}",
        "ChargeFrequency": "One-Time" if once else "Usage-Based" if category == "Usage" else "Recurring",
        "ContractedCost": entry.usd,
        "ContractedUnitPrice": price,
        "EffectiveCost": 0.0 if covers else entry.usd,
        "ListCost": listed * quantity,
        "ListUnitPrice": listed,
        "PricingCategory": "Dynamic" if entry.kind == "spot" else "Standard",
        "PricingQuantity": quantity,
        "PricingUnit": unit,
        "ServiceCategory": CATEGORY.get(entry.kind, "Compute" if entry.kind in COMPUTE else "Other"),
        "Tags": _tags(entry),
        "x_Kind": entry.kind,
        "x_Workload": entry.workload or None,
        "x_YearsFromStart": entry.years,
    }
    if line is None:
        row |= {"ServiceName": kind_words(entry.kind), "SkuId": entry.kind, "SkuPriceId": entry.kind}
    if category == "Usage":
        resource = entry.option or entry.kind
        row |= {"ConsumedQuantity": quantity, "ConsumedUnit": unit, **_resource(resource, line)}
    if covers and line is not None:
        row |= _commitment(line) | {"CommitmentDiscountQuantity": quantity, "CommitmentDiscountUnit": unit}
    return row


def _category(entry: Entry, line: PlanLine | None, covers: bool) -> str:
    if entry.usd < 0:
        return "Credit"
    if covers or (line is not None and line.action in OWNED):
        return "Purchase"
    return "Usage"


def _use(line: PlanLine, part: UsePart, total: float, status: str, share: float) -> Row:
    """One period of a commitment, as far as it works or as far as it does not."""
    quantity, cost = line.quantity * part.share * share, total * part.share * share
    unit = UNITS.get(line.unit, line.unit)
    price = cost / quantity if quantity else 0.0
    listed = line.list_price_usd or price
    used: Row = {"ConsumedQuantity": quantity, "ConsumedUnit": unit} if status == "Used" else {}
    return used | {
        "BilledCost": 0.0,
        "ChargeCategory": "Usage",
        "ChargeDescription": f"{status.lower()} part of a commitment, {line.node_type}",
        "ChargeFrequency": "Usage-Based",
        "CommitmentDiscountQuantity": quantity,
        "CommitmentDiscountStatus": status,
        "CommitmentDiscountUnit": unit,
        "ContractedCost": cost,
        "ContractedUnitPrice": price,
        "EffectiveCost": cost,
        "ListCost": listed * quantity,
        "ListUnitPrice": listed,
        "PricingCategory": "Committed",
        "PricingQuantity": quantity,
        "PricingUnit": unit,
        "ServiceCategory": "Compute",
        "Tags": "{}",
        "x_Kind": "commitment",
        **_resource(line.option, line),
        **_commitment(line),
    }


def _resource(name: str, line: PlanLine | None) -> Row:
    shown = name if line is None else line.node_type
    return {"ResourceId": name, "ResourceName": shown, "ResourceType": shown}


def _commitment(line: PlanLine) -> Row:
    return {
        "CommitmentDiscountCategory": "Spend" if line.unit == "committed USD" else "Usage",
        "CommitmentDiscountId": f"{line.option}, {'held' if line.held else 'signed'} {line.signed} to {line.end}",
        "CommitmentDiscountName": f"{line.nodes:g} × {line.node_type}",
        "CommitmentDiscountType": line.contract,
    }


def _tags(entry: Entry) -> str:
    return json.dumps({"workload": entry.workload}, ensure_ascii=False) if entry.workload else "{}"


_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])$", re.ASCII)


class DatelessError(PlannerError):
    """A plan whose periods have no dates."""

    exit_code = Exit.BAD_INPUT


def bounds(plan: Plan) -> list[str]:
    """Beginning of every period, and the end of the last one: ISO 8601 in UTC.

    Months and quarters begin on the first of a month; periods of other lengths follow one another by the hour. Periods
    with names of their own begin at the `start` of the scenario.
    """
    horizon = plan.horizon
    first = next(
        (month for month in (horizon.start, str(plan.scenario.resolved.get("start"))) if _MONTH.match(month)), None
    )
    if first is None:
        raise DatelessError(
            f"a bill needs dates, and this plan starts at `{horizon.start}`", help="give the scenario a `start`"
        )
    months, count = months_of_a_period(horizon), len(horizon.periods)
    if months is not None:
        return [f"{month_after(first, months * index)}-01T00:00:00Z" for index in range(count + 1)]
    start = datetime(int(first[:4]), int(first[5:7]), 1, tzinfo=UTC)
    hours, found = 0.0, []
    for length in (*(period.hours for period in horizon.periods), 0.0):
        found.append((start + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        hours += length
    return found
