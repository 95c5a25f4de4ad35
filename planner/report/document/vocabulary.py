"""Codes of the domain in the words of a memo."""

from planner.domain.options import OWNED, Action
from planner.domain.records import Bottleneck, HorizonRecord
from planner.report.document.text import words
from planner.units import HOURS_PER_MONTH, month_after, plural

ACTIONS: dict[Action, str] = {
    "commit": "Commitments to sign",
    "buy": "Servers to buy",
    "build": "Buildings to build",
    "lease": "Power to lease",
    "on_demand": "On demand, to use",
    "spot": "Spot, to use",
    "hosted_api": "Hosted APIs, to use",
}
"""In the order of the report: what binds longest stands first."""

SIGNED: frozenset[Action] = OWNED | {"commit"}

BOTTLENECKS: dict[Bottleneck, str] = {
    "memory": "does not fit into memory",
    "latency": "too slow for the latency asked for",
    "precision": "no allowed number format",
    "specification": "a datasheet value is missing",
    "throughput": "throughput is unknown or zero",
    "vendor": "accelerator vendor not allowed",
    "accelerator": "accelerator not allowed",
    "provider": "provider not allowed",
    "region": "region not allowed",
    "country": "country not allowed, or not known",
    "weights": "does not offer these weights",
    "contract": "kind of contract not allowed",
    "term": "term longer than allowed",
    "price_age": "price too old",
    "access": "needs the seller's agreement, or is sold out",
    "estimate": "no price, only an estimate",
    "spot": "spot not allowed for this work",
    "context": "context window too short",
    "delivery": "delivered in a way that this work cannot use",
    "carbon": "emissions unknown, under a cap on carbon",
    "deadline": "too slow for the deadline",
    "interconnect": "interconnect too slow",
}

_KINDS = {
    "commit": "commitments",
    "commitment": "commitments",
    "hosted_api": "hosted APIs",
    "buy": "hardware",
    "held": "already held",
    "rebate": "discounts of agreements",
    "shortfall": "missing to agreed minimum",
    "credits": "credits used",
}


def kind_words(kind: str) -> str:
    """A kind of cost.

    >>> kind_words("hosted_api"), kind_words("on_demand")
    ('hosted APIs', 'on demand')
    """
    return _KINDS.get(kind, words(kind))


def bottleneck_words(bottleneck: str) -> str:
    return {str(key): text for key, text in BOTTLENECKS.items()}.get(bottleneck, words(bottleneck))


def failure_words(kind: str) -> str:
    """What fails as a whole.

    >>> failure_words("zone"), failure_words("vendor")
    ('zone', 'accelerator vendor')
    """
    return "accelerator vendor" if kind == "vendor" else kind


def period_word(horizon: HorizonRecord) -> str:
    """`month`, `quarter`, or `period` where the scenario gave lengths of its own."""
    lengths = {period.hours for period in horizon.periods}
    if lengths == {HOURS_PER_MONTH}:
        return "month"
    return "quarter" if lengths == {3 * HOURS_PER_MONTH} else "period"


def last_month(horizon: HorizonRecord, end_index: int) -> str:
    """Last month of what ends before a period, also beyond the horizon: a quarter from 2027-10 ends in 2027-12."""
    months = months_of_a_period(horizon)
    if months is not None and horizon.start[:1].isdigit():
        return month_after(horizon.start, end_index * months - 1)
    periods = horizon.periods
    return periods[end_index - 1].start if 0 < end_index <= len(periods) else f"period {end_index}"


def first_month(horizon: HorizonRecord, index: int) -> str:
    """Month in which a period begins, also beyond the horizon; its number there where periods are no months."""
    if index < len(horizon.periods):
        return horizon.periods[index].start or str(index + 1)
    months = months_of_a_period(horizon)
    if months is not None and horizon.start[:1].isdigit():
        return month_after(horizon.start, index * months)
    return str(index + 1)


def months_of_a_period(horizon: HorizonRecord) -> int | None:
    """1 or 3; None where the scenario gave lengths of its own."""
    return {"month": 1, "quarter": 3}.get(period_word(horizon))


def term_words(horizon: HorizonRecord, term_periods: int) -> str:
    """A term in months where periods are whole months."""
    months = months_of_a_period(horizon)
    return plural(term_periods, "period") if months is None else plural(term_periods * months, "month")


def horizon_words(horizon: HorizonRecord) -> str:
    """Length and start, e.g. `3 years from 2027-01`."""
    number, word = len(horizon.periods), period_word(horizon)
    per_year = {"month": 12, "quarter": 4}.get(word)
    hours = sum(period.hours for period in horizon.periods)
    if per_year is None:
        return f"{plural(number, word)}, {hours:,.0f} hours, from {horizon.start}"
    years, rest = divmod(number, per_year)
    length = plural(years, "year") if years and not rest else plural(number, word)
    return f"{length} from {horizon.start}"
