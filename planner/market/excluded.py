"""Rules of the whole scenario that leave a price out: age, places, evidence, contracts, terms."""

from planner.domain.inputs import months_between
from planner.domain.options import Option, term_hours, term_in_periods
from planner.domain.records import Bottleneck
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH


def excluded(option: Option, scenario: Scenario, today: str, horizon: Horizon) -> tuple[Bottleneck, str, str] | None:
    """Why a catalog option is left out, as (bottleneck, needed, offered); `today` is the newest price's date."""
    age = months_between(option.provenance.as_of, today)
    if age > scenario.max_price_age_months:
        return "price_age", f"a price at most {scenario.max_price_age_months:g} months old", f"{age:.0f} months old"
    return (
        _evidence_problem(option, scenario)
        or contract_problem(option, scenario)
        or term_problem(option, scenario, horizon)
    )


def _evidence_problem(option: Option, scenario: Scenario) -> tuple[Bottleneck, str, str] | None:
    """What cannot be had at once, or whose price is but an estimate."""
    access = option.provenance.access
    if access not in scenario.access:
        return "access", "to be had by " + " or ".join(scenario.access), words_of_access(access)
    if option.provenance.basis == "estimated" and not scenario.allow_estimated_rates:
        return "estimate", "a price that somebody asks", "an estimate"
    return None


def words_of_access(access: str) -> str:
    """
    >>> words_of_access("sold_out"), words_of_access("reservation")
    ('sold out', 'reservation')
    """
    return access.replace("_", " ")


def contract_problem(option: Option, scenario: Scenario) -> tuple[Bottleneck, str, str] | None:
    kind = option.kind
    if scenario.contracts is not None and kind not in scenario.contracts:
        return "contract", "one of " + ", ".join(scenario.contracts), kind
    return None


def term_problem(option: Option, scenario: Scenario, horizon: Horizon) -> tuple[Bottleneck, str, str] | None:
    if option.action != "commit":
        return None
    if option.block_hours and option.signed_in is None and len({p.hours for p in horizon.periods}) > 1:
        return "contract", "a `start`, where periods differ in length", "any start"
    if option.term_hours == 0.0 and option.term_periods is None:
        return "contract", "periods no longer than the block", f"at most {option.block_hours / HOURS_PER_DAY:g} days"
    months = term_hours(option, horizon) / HOURS_PER_MONTH
    if scenario.max_term_months is not None and months > scenario.max_term_months * (1 + 1e-9):
        return "term", f"at most {scenario.max_term_months:g} months", f"{months:g} months"
    if term_in_periods(option, horizon) is None:
        return "term", "a whole number of periods", f"{months:g} months"
    return None
