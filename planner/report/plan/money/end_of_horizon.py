"""What the rule for the end of the horizon decides, in one sentence of the head."""

from planner.domain.records import Plan
from planner.report.document import headline_money, signed_percent

WORTH_SAYING = 0.02
"""Relative difference from which the other rule is told."""
_WAY = "`terminal: market`: what is left of a contract counts at the price it would then have"


def other_rule(plan: Plan) -> str:
    """Where the other rule would change the cost or what is signed in the first year by more than 2%, how; else nothing."""
    case = plan.other_rule
    if case is None or (case.npv_usd is None and not plan.cost.outstanding_liability_usd):
        return ""
    if case.npv_usd is None:
        return f"What would be signed if what outlives the horizon kept its market value ({_WAY}) was {case.note}."
    change = (case.npv_usd - plan.npv_usd) / abs(plan.npv_usd) if plan.npv_usd else 0.0
    mine, theirs = case.plan_signed_first_year_usd, case.signed_first_year_usd
    by, as_much = signed_percent(change), abs(theirs - mine) <= WORTH_SAYING * max(mine, theirs)
    if abs(change) <= WORTH_SAYING and as_much:
        return ""
    if as_much:
        return (
            "Whatever is signed is owed and counts in full, beyond the horizon too. If you are sure of the demand there, or can"
            f" sell the rest ({_WAY}), the cheapest plan costs {headline_money(case.npv_usd)} NPV ({by}); it signs"
            f" contracts worth as much in the first plan-year, {headline_money(theirs)}."
        )
    most = f", most of it for {case.largest_signing}" if case.largest_signing else ""
    owed = case.outstanding_liability_usd
    later = f" {headline_money(owed)} of it would be owed after the horizon." if owed >= 0.005 else ""
    return (
        "The end of the horizon decides: whatever is signed is owed and counts in full. If you are sure of the demand beyond it, or"
        f" can sell the rest ({_WAY}), the cheapest plan costs {headline_money(case.npv_usd)} NPV ({by}) and signs"
        f" contracts worth {headline_money(theirs)} in the first plan-year instead of {headline_money(mine)}{most}.{later}"
    )
