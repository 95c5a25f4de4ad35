"""Do agreements leave each payment to one of them, and do blocks start where there is a period?"""

from planner.domain.scenario import Block, InstanceOffer, Scenario, SpendAgreement
from planner.domain.time import PeriodLengths
from planner.inputs.source import KeyPath, MistakeLog
from planner.units import plural

_NEVER = 1_000_000


def check_terms(scenario: Scenario, log: MistakeLog) -> None:
    """At most one agreement at a time covers a kind of payment to a provider."""
    for i, agreement in enumerate(scenario.spend_agreements):
        rivals = [
            other
            for other in scenario.spend_agreements[:i]
            if other.provider.casefold() == agreement.provider.casefold() and _at_once(other, agreement)
        ]
        twice = sorted(kind for kind in agreement.covers if any(kind in other.covers for other in rivals))
        if twice:
            stated = "covers" if "covers" in agreement.model_fields_set else "provider"
            what = f"another agreement with `{agreement.provider[:60]}` covers `{twice[0]}` already"
            remedy = (
                "put its tiers into one agreement, let each cover kinds of its own, or say by `from` and `until` when"
            )
            log.say(what, ("spend_agreements", i, stated), remedy, "rule")


def _at_once(a: SpendAgreement, b: SpendAgreement) -> bool:
    """Whether two agreements may be in force at one time; months and numbers of periods are not compared."""
    months = (a.until or "9999", b.until or "9999")
    periods = (a.until_period or _NEVER, b.until_period or _NEVER)
    return not (
        months[0] <= (b.since or "")
        or months[1] <= (a.since or "")
        or periods[0] <= (b.from_period or 0)
        or periods[1] <= (a.from_period or 0)
    )


def check_agreement_years(scenario: Scenario, lengths: PeriodLengths, log: MistakeLog) -> None:
    """A list of commitments has one for each plan-year."""
    for i, agreement in enumerate(scenario.spend_agreements):
        for j, tier in enumerate(agreement.tiers):
            stated = tier.spend_per_year_usd
            if isinstance(stated, tuple) and len(stated) != lengths.plan_years:
                years = plural(lengths.plan_years, "plan-year")
                what = f"{plural(len(stated), 'entry')} for a horizon of {years}"
                path = ("spend_agreements", i, "tiers", j, "spend_per_year_usd")
                log.say(what, path, "give one number for all, or one per plan-year", "length")


def check_blocks(scenario: Scenario, lengths: PeriodLengths, starts: list[str] | None, log: MistakeLog) -> None:
    """Blocks with a start begin inside the horizon; without one, all periods are of one length.

    Args:
        starts: first month of every period; None without a calendar.
    """
    count = len(lengths.hours)
    for i, offer in enumerate(scenario.offers):
        for j, contract in enumerate(offer.contracts if isinstance(offer, InstanceOffer) else ()):
            if isinstance(contract, Block):
                _start(contract, ("offers", i, "contracts", j), count, starts, log)
                free = contract.start is None and contract.start_period is None
                if free and len(set(lengths.hours)) > 1:
                    what = "a block without a start, where periods differ in length"
                    log.say(what, ("offers", i, "contracts", j, "days"), "give `start_period`", "rule", key=True)


def _start(block: Block, path: KeyPath, count: int, starts: list[str] | None, log: MistakeLog) -> None:
    if block.start_period is not None and block.start_period >= count:
        what = f"period {block.start_period} of a horizon of {plural(count, 'period')}"
        log.say(what, (*path, "start_period"), f"from 0 to {count - 1}", "window")
    if block.start is not None and starts is not None and not starts[0] <= block.start <= starts[-1]:
        what = f"no period of the horizon, {starts[0]} to {starts[-1]}, starts in {block.start}"
        log.say(what, (*path, "start"), "a block starts in the horizon", "window")
