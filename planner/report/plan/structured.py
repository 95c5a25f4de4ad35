"""Answers for programs: JSON with the same bytes for the same answer, CSV that no spreadsheet runs."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.domain.records import ChargeRecord, Plan, PlanLine
from planner.report.document import clean
from planner.report.plan.owned import figures_of, unit_of

_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile(r"""^[\s'"]*[=+\-@\t\r\n＝＋－＠]""")


def json_text(value: Mapping[str, object]) -> str:
    """Indented JSON; characters that a terminal would obey are written as escapes."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180; numbers stay numbers, None is an empty cell, text cannot be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = clean(str(value))  # first: what is invisible may hide the beginning of a formula
    return f"'{text}" if _FORMULA.match(text) else text


def plan_json(plan: Plan) -> str:
    return json_text(plan.to_json_value())


def plan_csv(plan: Plan) -> str:
    """One row per line of the plan, with all of its fields; then what is paid beside the lines, and credits below zero.

    The cash of all rows in the horizon adds up to `total_usd`.
    """
    fields = list(PlanLine.model_fields)
    lines = ([getattr(line, name) for name in fields] for line in plan.lines)
    beside = ([row.get(name) for name in fields] for row in (*_charges(plan), *_credits(plan)))
    return csv_text(fields, [*lines, *beside])


_UNITS = {"support": "USD", "egress": "GB", "storage": "GB-month"}


def _charges(plan: Plan) -> Iterator[dict[str, object]]:
    for charge in plan.charges:
        yield {
            **_in_period(plan, charge.period, charge.usd),
            **_owned(plan, charge),
            "action": charge.kind,
            "provider": charge.provider,
            "quantity": charge.quantity,
            "unit_price_usd": charge.unit_price_usd,
            "unit": _UNITS.get(charge.kind) or unit_of(plan, charge),
            "why": f"data of {charge.workload}" if charge.workload else "",
        }


def _owned(plan: Plan, charge: ChargeRecord) -> dict[str, object]:
    """Of what is owned: which option, and the figure that says most about its price."""
    if charge.kind in _UNITS:
        return {}
    said: dict[str, object] = {"option": charge.option or None}
    for figure in figures_of(plan, charge.kind, charge.provider, charge.option)[:1]:
        said |= {"price_source": figure.source, "price_as_of": figure.as_of, "price_basis": figure.basis}
    return said


def _credits(plan: Plan) -> Iterator[dict[str, object]]:
    for use in plan.credits:
        yield {**_in_period(plan, use.period, -use.usd), "action": "credits", "provider": use.provider}


def _in_period(plan: Plan, t: int, usd: float) -> dict[str, object]:
    """Cash of one period."""
    periods = plan.horizon.periods
    month = periods[t].start if t < len(periods) else ""
    when: dict[str, object] = {"start": month, "start_index": t, "end": month, "end_index": t + 1}
    return {**when, "total_usd": usd, "in_horizon_usd": usd if t < len(periods) else 0.0}
