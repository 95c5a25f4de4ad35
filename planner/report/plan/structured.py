"""A plan as rows for programs."""

from collections.abc import Iterator

from planner.domain.records import ChargeRecord, Plan, PlanLine
from planner.report.plan.owned import figures_of, unit_of


def csv_rows(plan: Plan) -> tuple[list[str], list[list[object]]]:
    """Header, and one row per line of the plan, with all of its fields; then what is paid beside the lines, and credits below zero.

    The cash of all rows in the horizon adds up to `total_usd`.
    """
    fields = list(PlanLine.model_fields)
    lines = [[getattr(line, name) for name in fields] for line in plan.lines]
    beside = [[row.get(name) for name in fields] for row in (*_charges(plan), *_credits(plan))]
    return fields, lines + beside


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
