"""Rules on money that must be there: credits, budgets of periods and of what is paid upfront, the runway."""

from collections import defaultdict
from collections.abc import Iterator

from planner.audit.books import CENT, ZERO, Books, Check, at_most, exact, holds, same, same_usd
from planner.audit.estate import CAPITAL
from planner.audit.ledger import SETTLED, Ledger
from planner.audit.money.totals import sums_by
from planner.domain.scenario import Cash
from planner.units import HOURS_PER_MONTH

UPFRONT = CAPITAL | {"upfront", "site"}
"""Kinds of cash that the budget of upfront payments counts."""
_TINY_SHARE = 1e-9


def grants(ledger: Ledger) -> Iterator[Check]:
    """Credits of a provider pay its own bills, up to what was granted, until they expire."""
    books, granted = ledger.books, ledger.books.asked.credits
    used: dict[int, float] = defaultdict(float)
    by_bill: dict[tuple[str, int], float] = defaultdict(float)
    for i, use in enumerate(books.plan.credits):
        where, known = f"credits[{i}] {use.provider}", 0 <= use.credit < len(granted)
        grant = granted[use.credit] if known else None
        mine = grant is not None and grant.provider == use.provider
        yield holds("credit-provider", where, mine, use.provider, "the provider of the grant")
        yield holds("credit-limit", where, use.usd >= 0, use.usd, "at least 0")
        gone = books.calendar.count
        if grant is not None and (grant.expires is not None or grant.expires_period is not None):
            gone = min(gone, books.first_period_from(grant.expires, grant.expires_period, gone))
        fine = 0 <= use.period < gone
        yield holds("credit-expiry", where, fine, f"period {use.period}", f"before period {gone}")
        used[use.credit] += use.usd
        by_bill[use.provider, use.period] += use.usd
    for number, usd in used.items():
        if 0 <= number < len(granted):
            yield _within("credit-limit", f"grant {number}", usd, granted[number].usd)
    billed = sums_by(
        (f for f in ledger.inside if f.kind != "credits" and f.why != SETTLED), lambda f: (f.provider, f.period_index)
    )
    for (provider, t), usd in by_bill.items():
        bill = float(billed.get((provider, t), ZERO))
        yield _within("credit-provider", f"bills of {provider}, period {t}", usd, bill)


def credited(ledger: Ledger) -> Iterator[Check]:
    """What agreements cover, and support on it, credits pay last: with what all else of the provider leaves of them."""
    count, claimed = ledger.books.calendar.count, {(r.agreement, r.plan_year): r for r in ledger.books.plan.agreements}
    bills = sums_by((f for f in ledger.inside if f.why != SETTLED), lambda f: (f.provider, f.period_index))
    used = sums_by(ledger.credited, lambda f: (f.provider, f.period_index))
    covered: dict[tuple[str, int], float] = defaultdict(float)
    paid: dict[tuple[str, int], float] = defaultdict(float)
    for due in ledger.agreed:
        record = claimed.get((due.agreement, due.plan_year))
        said = record.credited_usd if record is not None and record.credited_usd else (0.0,) * count
        where = f"agreement {due.agreement}, plan-year {due.plan_year + 1}"
        yield same("credit-covered", f"{where}: periods", len(said), count)
        for t, usd in enumerate(said):
            spend = float(due.by_period.get(t, ZERO))
            yield holds("credit-covered", f"{where}, period {t}", usd >= 0, usd, "at least 0")
            yield _within("credit-covered", f"{where}, period {t}", usd, spend)
            covered[due.provider, t] += spend
            paid[due.provider, t] += usd
    for (provider, t), usd in paid.items():
        left = float(bills.get((provider, t), ZERO))  # less credits, which are below 0
        beyond = covered[provider, t] - left / (1 + ledger.books.asked.support.get(provider, 0.0))
        wanted = max(beyond, 0.0) if (provider, t) in used else 0.0
        yield same_usd("credit-covered", f"bills of {provider}, period {t}", usd, exact(wanted))


def _within(rule: str, where: str, usd: float, limit: float) -> Check:
    """Money up to a limit, to the cent."""
    fine = usd <= limit + float(CENT) + _TINY_SHARE * abs(limit)
    return holds(rule, where, fine, f"{usd:.2f}", f"at most {limit:.2f}")


def _limit(stated: float | tuple[float, ...] | None, i: int) -> float | None:
    """One number for all, or one each."""
    if not isinstance(stated, tuple):
        return stated
    return stated[i] if i < len(stated) else None


def budgets(ledger: Ledger) -> Iterator[Check]:
    """Cash of each period, after credits; upfront payments of each plan-year, before them."""
    scenario, calendar = ledger.books.asked, ledger.books.calendar
    if scenario.budget_per_period_usd is not None:
        spent = sums_by(ledger.inside, lambda f: f.period_index)
        for t in range(calendar.count):
            most = _limit(scenario.budget_per_period_usd, t)
            if most is not None:
                yield at_most("budget-period", f"period {t}", float(spent.get(t, ZERO)), most)
    if scenario.budget_upfront_per_year_usd is not None:
        upfront = (f for f in ledger.inside if f.kind in UPFRONT)
        for year, usd in sums_by(upfront, lambda f: calendar.plan_year(f.period_index)).items():
            most = _limit(scenario.budget_upfront_per_year_usd, int(str(year)))
            if most is not None:
                yield at_most("budget-upfront", f"plan-year {int(str(year)) + 1}", float(usd), most)


def runway(ledger: Ledger) -> Iterator[Check]:
    """Cash of every period: opening + income + raised − other costs − spent = closing, never below the minimum."""
    books, cash = ledger.books, ledger.books.asked.cash
    count = books.calendar.count if cash is not None else 0
    yield same("cash-balance", "cash", [c.period for c in books.plan.cash], list(range(count)))
    if cash is None:
        return
    spent = sums_by(ledger.inside, lambda f: f.period_index)
    balance = exact(cash.at_hand_usd)
    gross = abs(balance)  # what was added up so far: rounding goes by it, not by the balance that is left
    records = {c.period: c for c in books.plan.cash}
    for t in range(count):
        income, raised, other = (exact(usd) for usd in _flows(books, cash, t))
        opening, paid = balance, spent.get(t, ZERO)
        balance += income + raised - other - paid
        before, gross = gross, gross + income + raised + other + abs(paid)
        where, lowest = f"cash[{t}]", exact(cash.minimum_usd) - CENT - exact(_TINY_SHARE) * gross
        yield holds("runway", where, balance >= lowest, f"{balance:.2f}", f"at least {cash.minimum_usd:.2f}")
        if t in records:
            record = records[t]
            yield same_usd("cash-balance", f"{where} opening", record.opening_usd, opening, gross=before)
            yield same_usd("cash-balance", f"{where} income", record.income_usd, income)
            yield same_usd("cash-balance", f"{where} raised", record.raised_usd, raised)
            yield same_usd("cash-balance", f"{where} other costs", record.other_costs_usd, other)
            yield same_usd("cash-balance", f"{where} spent", record.spent_usd, paid)
            yield same_usd("cash-balance", f"{where} closing", record.closing_usd, balance, gross=gross)


def _flows(books: Books, cash: Cash, t: int) -> tuple[float, float, float]:
    """Income, raised and other costs of a period, USD."""
    months = float(books.calendar.hours(t)) / HOURS_PER_MONTH
    stated, calendar = cash.income_per_month_usd, books.calendar
    monthly = stated if isinstance(stated, float) else 0.0
    if isinstance(stated, tuple):
        parts = {year: float(calendar.hours_in(t, year) / calendar.hours(t)) for year in calendar.years_of(t)}
        monthly = sum(stated[min(year, len(stated) - 1)] * part for year, part in parts.items())
    grown = (1 + cash.income_growth_per_year) ** float(books.calendar.start_years(t))
    raised = sum(r.usd for r in cash.raises if books.first_period_from(r.month, r.period, 0) == t)
    return monthly * months * grown, raised, cash.other_costs_per_month_usd * months


RULES = (grants, credited, budgets, runway)
