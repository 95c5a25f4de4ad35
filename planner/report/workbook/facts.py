"""Sheets `Summary`, `Demand`, `Prices` and `Assumptions`."""

from collections import defaultdict

from planner.domain.records import Plan, Statement
from planner.report.document import plural
from planner.report.plan import bound_of
from planner.report.workbook.book import Book, Formula, Styled
from planner.report.workbook.payments import BASIS, INSIDE, Span


def write_summary(book: Book, plan: Plan, statement: Statement, unit_costs: dict[str, str]) -> None:
    """The first sheet: the rate that may be changed, and the figures a board asks for."""
    span, rate = Span(len(statement.entries)), statement.discount_rate
    sheet = book.sheet("Summary", (46, 22, 60))
    sheet.put(plan.scenario.name, look="title")
    sheet.put(
        f"Plan from {plan.horizon.start}, {plural(len(plan.horizon.periods), 'period')}; USD, nominal", look="note"
    )
    sheet.skip()
    row = sheet.put("Discount rate a year (change it)", Styled(rate, "input"))
    book.name("discount_rate", f"Summary!$B${row}")
    npv = statement.npv_usd
    row = sheet.put("Net present value", Formula(f"SUM({span.present_value})", npv, "total"))
    book.name("npv", f"Summary!$B${row}")
    cash = sum(e.usd for e in statement.entries if e.cash)
    sheet.put("Cash in the horizon", Formula(f"SUM({span.cash})", cash))
    first = plan.cost.by_plan_year[0] if plan.cost.by_plan_year else 0.0
    sheet.put("Cash of the first plan-year", Formula(f"SUMIFS({span.cash},{span.column('H')},1)", first))
    sheet.put("Owed after the horizon", plan.cost.outstanding_liability_usd, look="usd")
    proven = "proven within the gap asked for" if plan.status == "optimal" else "best found before a limit"
    least, bound = bound_of(plan), "No plan costs less than (bound on the NPV)"
    if least is None:
        sheet.put(bound, None, f"nothing bounds it yet: {proven}")
    else:
        sheet.put(bound, Styled(least, "usd"), f"gap {plan.gap:.3%}: {proven}")
    agreed = "agrees" if plan.audit.agrees else "DISAGREES: do not rely on this plan"
    sheet.put("Second accountant", agreed, f"{plural(plan.audit.checks, 'check')}")
    sheet.skip()
    sheet.put("Unit costs", "USD per unit", "Unit", look="head")
    for cost in plan.unit_costs:
        cell = unit_costs.get(cost.workload)
        shown = Styled(cost.usd_per_unit, "price") if cell is None else Formula(cell, cost.usd_per_unit, "price")
        sheet.put(cost.workload, shown, cost.unit)
    sheet.skip()
    sheet.put("Against the usual ways", "NPV USD", "How it was computed", look="head")
    for baseline in plan.baselines:
        sheet.put(baseline.name, None if baseline.npv_usd is None else Styled(baseline.npv_usd, "usd"), baseline.note)
    sheet.skip()
    sheet.put("Money by basis of its price", "In the horizon USD", look="head")
    by_basis: dict[str, float] = defaultdict(float)
    for line in plan.lines:
        by_basis[line.price_basis] += line.in_horizon_usd
    end = max(2, len(plan.lines) + 1)
    for basis, usd in sorted(by_basis.items(), key=lambda item: -item[1]):
        row = sheet.row + 1
        where = f"Plan!${INSIDE}$2:${INSIDE}${end},Plan!${BASIS}$2:${BASIS}${end},$A{row}"
        sheet.put(basis or "unstated", Formula(f"SUMIFS({where})", usd) if basis else Styled(usd, "usd"))


def write_demand(book: Book, plan: Plan) -> None:
    """Work served by period and workload, with hours and shares by option."""
    sheet = book.sheet("Demand", (12, 24, 40, 18, 14, 16))
    sheet.head("Period", "Workload", "Option", "Work", "Unit", "Node-hours busy")
    work: dict[tuple[int, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    unit = {}
    for r in plan.serving:
        hours = plan.horizon.periods[r.period].slices[r.slice].hours
        found = work[r.period, r.workload, r.option]
        found[0] += r.work
        found[1] += r.nodes * hours
        unit[r.workload] = r.work_unit
    for (t, workload, option), (done, busy) in sorted(work.items()):
        period = plan.horizon.periods[t]
        sheet.put(period.start or str(t + 1), workload, option, done, unit[workload], busy)
    for u in plan.unserved:
        sheet.put(plan.horizon.periods[u.period].start, u.workload, "left unserved", u.work, u.work_unit)


def write_prices(book: Book, plan: Plan) -> None:
    """Every price the plan rests on, with source and date."""
    sheet = book.sheet("Prices", (44, 14, 14, 18, 22, 14, 14, 14, 14, 12, 12, 12, 60))
    sheet.head(
        "Option",
        "Provider",
        "Region",
        "Node type",
        "Contract",
        "List USD/h",
        "List USD per Mtok in",
        "List USD per Mtok out",
        "List USD per unit",
        "Discount",
        "As of",
        "Basis",
        "Source",
    )
    for o in plan.inputs.options:
        sheet.put(
            o.option,
            o.provider,
            o.region,
            o.node_type,
            o.contract,
            Styled(o.list_price_usd, "price"),
            Styled(o.list_price_input_usd_per_mtok or None, "price"),
            Styled(o.list_price_output_usd_per_mtok or None, "price"),
            Styled(o.list_price_usd_per_unit or None, "price"),
            Styled(o.discount_fraction, "share"),
            o.as_of,
            o.basis,
            o.source,
        )


def write_assumptions(book: Book, plan: Plan) -> None:
    """What was taken for granted, and the figures behind it."""
    sheet = book.sheet("Assumptions", (70, 24, 60))
    sheet.head("Assumption", "Value", "Source")
    resolved = plan.scenario.resolved
    for key in ("discount_rate", "terminal", "max_price_age_months", "demand_scale"):
        if isinstance(resolved.get(key), str | int | float):
            sheet.put(key, resolved[key])
    for said in plan.facts.assumptions:
        sheet.put(said)
    for cap in plan.inputs.caps:
        if cap.assumed:
            most = cap.max_nodes if cap.max_nodes is not None else cap.max_accelerators
            what = "nodes" if cap.max_nodes is not None else "accelerators"
            sheet.put(f"cap {cap.name}, {what} (assumed)", most)
    for owner, figures in plan.inputs.figures.items():
        for figure in figures:
            sheet.put(f"{owner} {figure.name}", figure.value, figure.source)
    sheet.put(f"scenario sha256 {plan.scenario.sha256}")
    sheet.put(f"{plan.facts.solver} {plan.facts.version}")
