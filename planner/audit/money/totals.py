"""Rules on the sums: cost by kind, period, plan-year and provider; present value; the bound and the gap."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from planner.audit.books import ZERO, Calendar, Check, exact, holds, same, same_number, same_usd
from planner.audit.estate import CHARGED, LINED
from planner.audit.ledger import CashFlow, Ledger
from planner.audit.money.carbon import carbon_npv
from planner.audit.rules import uncovered
from planner.domain.records import UnservedRecord
from planner.domain.workloads import Inference

_RELATIVE_NPV = Decimal("1e-9")
_ALL_COMMITMENT = frozenset({"upfront", "commitment", "held"})
_KINDS: dict[str, frozenset[str]] = {
    "commit": _ALL_COMMITMENT,
    "commitment": _ALL_COMMITMENT,
    "upfront": frozenset({"upfront"}),
    "commitment_upfront": frozenset({"upfront"}),
    "commit_upfront": frozenset({"upfront"}),
    "commitment_recurring": frozenset({"commitment", "held"}),
    "commit_recurring": frozenset({"commitment", "held"}),
    "held": frozenset({"held"}),
    "on_demand": frozenset({"on_demand"}),
    "spot": frozenset({"spot"}),
    "hosted_api": frozenset({"hosted_api"}),
    "support": frozenset({"support"}),
    "egress": frozenset({"egress"}),
    "storage": frozenset({"storage"}),
    "rebate": frozenset({"rebate"}),
    "shortfall": frozenset({"shortfall"}),
    "credits": frozenset({"credits"}),
    **{kind: frozenset({kind}) for kind in (*LINED, *CHARGED)},
}
"""What a kind of cost covers; a narrower kind beside a wider one is taken out of the wider one."""


def total(flows: Iterable[CashFlow]) -> Decimal:
    return sum((f.amount_usd for f in flows), ZERO)


def sums_by(flows: Iterable[CashFlow], key: Callable[[CashFlow], object]) -> dict[object, Decimal]:
    found: dict[object, Decimal] = defaultdict(Decimal)
    for flow in flows:
        found[key(flow)] += flow.amount_usd
    return found


def by_year(calendar: Calendar, flows: Iterable[CashFlow]) -> dict[int, Decimal]:
    """Cash of each plan-year."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for f in flows:
        parts = calendar.over_years(f.period_index, f.amount_usd, f.date_years)
        for year, usd in ({f.plan_year: f.amount_usd} if f.plan_year is not None else parts).items():
            found[year] += usd
    return found


def cash(ledger: Ledger) -> Iterator[Check]:
    """total = Σ invoices within the horizon; cash per plan-year, per provider."""
    plan, calendar = ledger.books.plan, ledger.books.calendar
    yield same_usd("total", "total_usd", plan.total_usd, total(ledger.inside))
    years = by_year(calendar, ledger.inside)
    yield same("by-plan-year", "cost.by_plan_year", len(plan.cost.by_plan_year), calendar.plan_years)
    for year, claimed in enumerate(plan.cost.by_plan_year):
        yield same_usd("by-plan-year", f"cost.by_plan_year[{year}]", claimed, years.get(year, ZERO))
    for year, by_kind in enumerate(plan.cost.by_plan_year_and_kind):
        claimed = float(sum((exact(usd) for usd in by_kind.values()), ZERO))
        yield same_usd("by-plan-year", f"cost.by_plan_year_and_kind[{year}]", claimed, years.get(year, ZERO))
    for kind in plan.cost.by_kind if plan.cost.by_plan_year_and_kind else ():
        claimed = float(sum((exact(year.get(kind, 0.0)) for year in plan.cost.by_plan_year_and_kind), ZERO))
        yield same_usd("by-plan-year", f"cost.by_plan_year_and_kind: {kind}", claimed, exact(plan.cost.by_kind[kind]))
    providers = sums_by(ledger.inside, lambda f: f.provider)
    for name in sorted(plan.cost.by_provider.keys() | {str(p) for p in providers}):
        claimed = plan.cost.by_provider.get(name, 0.0)
        yield same_usd("by-provider", f"cost.by_provider.{name}", claimed, providers.get(name, ZERO))


def periods(ledger: Ledger) -> Iterator[Check]:
    """Cash per period, and per period and kind."""
    plan = ledger.books.plan
    by_period: dict[int, list[CashFlow]] = defaultdict(list)
    for flow in ledger.inside:
        by_period[flow.period_index].append(flow)
    yield same("by-period", "cost.by_period", len(plan.cost.by_period), len(plan.horizon.periods))
    wide = frozenset(plan.cost.by_kind)
    for t, claimed in enumerate(plan.cost.by_period[: len(plan.horizon.periods)]):
        where = f"cost.by_period[{t}]"
        yield same("by-period", f"{where}.index", claimed.index, t)
        yield same("by-period", f"{where}.period", claimed.period, plan.horizon.periods[t].start)
        yield same_usd("by-period", where, claimed.cash_usd, total(by_period[t]))
        yield from _kinds(f"{where}.by_kind", claimed.by_kind, wide, by_period[t])
    yield from _kinds("cost.by_kind", plan.cost.by_kind, wide, ledger.inside)


def _kinds(where: str, claimed: dict[str, float], named: frozenset[str], flows: Iterable[CashFlow]) -> Iterator[Check]:
    """Every kind of cost that is claimed, and nothing left over."""
    sums = sums_by(flows, lambda f: f.kind)
    left = {str(kind) for kind, amount in sums.items() if amount}
    for kind, amount in claimed.items():
        covers = _covered(kind, named | claimed.keys())
        found = sum((sums.get(k, ZERO) for k in covers), ZERO)
        left -= covers
        yield same_usd("by-kind", f"{where}.{kind}", amount, found)
    for kind in sorted(left):
        yield same_usd("by-kind", f"{where}.{kind}", 0.0, sums[kind])


def _covered(kind: str, named: frozenset[str]) -> frozenset[str]:
    covers = _KINDS.get(kind, frozenset())
    for other in named:
        narrower = _KINDS.get(other, frozenset())
        if narrower < covers:
            covers -= narrower
    return covers


def unserved(ledger: Ledger) -> Iterator[Check]:
    """What is left unserved costs work × its stated price, in the middle of the period."""
    for i, record in enumerate(ledger.books.plan.unserved):
        cost = _unserved_usd(ledger, record)
        yield same_usd("unserved-cost", f"unserved[{i}] {record.workload}", record.cost_usd, cost)
    claimed = ledger.books.plan.cost.unserved_npv_usd
    npv = unserved_npv(ledger)
    yield same_usd("unserved-npv", "cost.unserved_npv_usd", claimed, npv, _RELATIVE_NPV)


def _unserved_usd(ledger: Ledger, record: UnservedRecord) -> Decimal:
    workload = ledger.books.workloads.get(record.workload)
    price = workload.unserved.usd_per_unit if workload and workload.unserved else 0.0
    return exact(record.work) * exact(price)


def unserved_due(ledger: Ledger) -> Iterator[tuple[int, Decimal]]:
    """(period, work × price) of what is left unserved."""
    for record in ledger.books.plan.unserved:
        yield max(0, record.period), _unserved_usd(ledger, record)


def unserved_npv(ledger: Ledger) -> Decimal:
    """Σ work × price × (1+r)^−middle of the period."""
    return ledger.mid_period_value(unserved_due(ledger))


def beyond(ledger: Ledger) -> Iterator[Check]:
    """What is owed beyond the horizon, undiscounted, what is owned is worth at its end, and what counts of both."""
    cost = ledger.books.plan.cost
    owed = total(f for f in ledger.beyond if f.kind != "sale")
    yield same_usd("liability", "cost.outstanding_liability_usd", cost.outstanding_liability_usd, owed)
    terminal = terminal_npv(ledger)
    yield same_usd("terminal", "cost.terminal_npv_usd", cost.terminal_npv_usd, terminal, _RELATIVE_NPV)
    worth = -total(f for f in ledger.beyond if f.kind == "sale")
    yield same_usd("residual", "cost.residual_usd", cost.residual_usd, worth)


def terminal_npv(ledger: Ledger) -> Decimal:
    """Payments beyond the horizon under the scenario's rule, discounted to the middle of their periods.

    liability: Σ owed · df.  annuity: 0.  market: Σ (owed − min(owed, market price × hours)) · df, where the
    market price is that of the same contract signed at the end of the horizon. Support counts like what it is for.
    What is still owned at the end is worth the same under every rule.
    """
    value = _owned_beyond(ledger)
    for flow, support in ledger.bills:
        if flow.period_index >= ledger.books.calendar.count:
            owed = flow.amount_usd + (support.amount_usd if support else ZERO)
            value += owed * counted(ledger, flow) * ledger.discount_factor(flow.date_years)
    return value


def counted(ledger: Ledger, flow: CashFlow) -> Decimal:
    """Share of a payment beyond the horizon that counts in the present value; its support counts like it."""
    books = ledger.books
    if flow.why == "owned":
        return flow.counts
    if books.asked.terminal == "annuity" or not flow.amount_usd:
        return ZERO
    if books.asked.terminal != "market":
        return Decimal(1)
    price = ledger.prices.at_end_of_horizon(books.options[flow.option])
    return 1 - min(Decimal(1), price * flow.quantity / flow.amount_usd)


def _owned_beyond(ledger: Ledger) -> Decimal:
    """Rents of colocation owed beyond the horizon, by their share that counts, less what is worth something at its end."""
    beyond = (f for f in ledger.owned if f.period_index >= ledger.books.calendar.count)
    return sum((f.amount_usd * f.counts * ledger.discount_factor(f.date_years) for f in beyond), ZERO)


def fallback_due(ledger: Ledger) -> Iterator[tuple[int, Decimal]]:
    """(period, work that only a fallback serves × its stated cost)."""
    for name, t, work in uncovered(ledger.books):
        workload = ledger.books.workloads[name]
        if isinstance(workload, Inference) and workload.fallback is not None:
            yield t, exact(work) * exact(workload.fallback.usd_per_unit)


def fallback_npv(ledger: Ledger) -> Decimal:
    """Σ work that only a fallback serves × its stated cost × (1+r)^−middle of the period."""
    return ledger.mid_period_value(fallback_due(ledger))


def fallback(ledger: Ledger) -> Iterator[Check]:
    """What service by a fallback costs the company."""
    claimed = ledger.books.plan.cost.fallback_npv_usd
    yield same_usd("fallback-npv", "cost.fallback_npv_usd", claimed, fallback_npv(ledger), _RELATIVE_NPV)


def present_value(ledger: Ledger) -> Iterator[Check]:
    """NPV = Σ cash × (1+r)^−years + terminal + unserved + fallback + carbon."""
    books = ledger.books
    npv = sum((f.amount_usd * ledger.discount_factor(f.date_years) for f in ledger.inside), ZERO)
    beside = (terminal_npv(ledger), unserved_npv(ledger), fallback_npv(ledger), carbon_npv(ledger))
    gross = sum((abs(f.amount_usd) for f in ledger.inside), ZERO) + sum(map(abs, beside), ZERO)
    yield same_usd("npv", "npv_usd", books.plan.npv_usd, npv + sum(beside, ZERO), _RELATIVE_NPV, gross=gross)


def proof(ledger: Ledger) -> Iterator[Check]:
    """bound ≤ npv; gap = (npv − bound) / |npv|; `optimal` means a gap within the target, or of no weight beside the spend.

    Where nothing bounds the NPV the gap is 1, and nothing is proven.
    """
    plan = ledger.books.plan
    if plan.bound_usd is None:
        yield same_number("gap", "gap", plan.gap, 1.0)
        yield holds("status", "status", plan.status == "feasible", plan.status, "feasible, as nothing bounds the NPV")
        return
    fine = plan.bound_usd <= plan.npv_usd + 1e-9 * abs(plan.npv_usd)
    spend = float(sum((abs(f.amount_usd) for f in ledger.inside), ZERO))
    yield holds("bound", "bound_usd", fine, plan.bound_usd, f"at most {plan.npv_usd}")
    gap = (plan.npv_usd - plan.bound_usd) / abs(plan.npv_usd) if plan.npv_usd else 0.0
    yield same_number("gap", "gap", plan.gap, max(0.0, gap))
    left = plan.npv_usd - plan.bound_usd
    proven = plan.status != "optimal" or plan.gap <= plan.gap_target + 1e-9 or left <= max(1.0, 1e-6 * spend)
    yield holds("status", "status", proven, f"{plan.status} at gap {plan.gap}", f"gap <= {plan.gap_target}")


def savings(ledger: Ledger) -> Iterator[Check]:
    """Saving against a baseline = 1 − npv / npv of the baseline."""
    plan = ledger.books.plan
    for i, baseline in enumerate(plan.baselines):
        if baseline.npv_usd and baseline.saving_fraction is not None:
            saving = 1 - plan.npv_usd / baseline.npv_usd
            yield same_number("saving", f"baselines[{i}]", baseline.saving_fraction, saving, 1e-9, 1e-6)


RULES = (cash, periods, unserved, beyond, fallback, present_value, proof, savings)
