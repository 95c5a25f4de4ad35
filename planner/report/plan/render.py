"""A plan as an answer: all of it, what a person reads of it, the first screen, five lines."""

from collections.abc import Iterator

from planner.domain.records import ChargeRecord, Plan, PlanLine
from planner.report.document import DEFAULT_WIDTH, Document, Report, render
from planner.report.plan import headline, places, purchase, reasons, sparks
from planner.report.plan import provenance as trust
from planner.report.plan.money import agreements, carbon, cash, charges, margin, runway
from planner.report.plan.owned import basis as owned_basis
from planner.report.plan.owned import figures_of, unit_of
from planner.report.plan.owned import lines as owned_lines
from planner.report.plan.owned import money as owned_money
from planner.report.plan.owned import sites as owned_sites
from planner.report.plan.reading import Reading
from planner.report.plan.service import failures, serving, sizing, training
from planner.report.plan.short import brief, first_screen, summary


def plan_report(plan: Plan) -> Report:
    """The plan, for any format."""
    return Report(json=plan.to_json_value, csv=lambda: csv_rows(plan), document=lambda: plan_document(plan))


def render_plan(plan: Plan, format: str, *, width: int = DEFAULT_WIDTH, color: bool = False) -> str:  # noqa: A002
    """The plan in one of the formats of every answer; the text ends with a line break."""
    return render(plan_report(plan), format, width=width, color=color)


def brief_report(plan: Plan) -> Report:
    """The decision alone."""
    return plan_report(plan)._replace(document=lambda: brief(plan))


def first_screen_report(plan: Plan) -> Report:
    """The decision, its proof, five numbers and what comes first, for a terminal."""
    return plan_report(plan)._replace(document=lambda: first_screen(plan))


def summary_report(plan: Plan) -> Report:
    """What a person reads of it, for a pipe or a text file."""
    return plan_report(plan)._replace(document=lambda: summary(plan))


def plan_document(plan: Plan) -> Document:
    """All that a plan says, in the order in which it is asked about."""
    reading = Reading(plan)
    sections = (
        headline.headline(reading),
        owned_lines.to_buy_build_and_lease(plan),
        purchase.what_to_sign(plan),
        cash.by_year(plan),
        sparks.over_time(plan),
        owned_money.funding(plan),
        owned_money.running_costs(plan),
        owned_sites.sites(plan),
        owned_money.assets(plan),
        charges.beside_capacity(plan),
        cash.by_provider(plan),
        runway.runway(reading),
        agreements.agreements(reading),
        agreements.savings_plans(plan),
        charges.credit_use(reading),
        cash.per_unit(plan),
        margin.margins(reading),
        cash.against_the_usual_ways(plan),
        cash.after_the_horizon(plan),
        training.training_runs(reading),
        serving.who_serves_what(reading),
        serving.spikes(reading),
        sizing.if_sizing_errs(reading),
        failures.what_it_survives(reading),
        places.shares_asked_for(reading),
        carbon.emissions(reading),
        reasons.what_binds(plan),
        reasons.nearest_not_taken(plan),
        reasons.why_rejected(plan),
        owned_basis.conventions(reading),
        trust.provenance(reading),
        owned_basis.figures(plan),
        trust.verdict(plan),
    )
    said = tuple(section for section in sections if section is not None)
    return Document(headline.title(plan), said, trust.alarm(plan.audit))


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
