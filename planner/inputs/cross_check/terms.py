"""Do agreements leave each payment to one of them, and do blocks start where there is a period?"""

from planner.domain.contract import Block
from planner.domain.offer import InstanceOffer
from planner.domain.scenario import Scenario
from planner.domain.time.calendar import PeriodLengths
from planner.inputs.source.document import KeyPath
from planner.inputs.source.mistake_log import MistakeLog


def check_terms(scenario: Scenario, log: MistakeLog) -> None:
    """At most one agreement covers a kind of payment to a provider."""
    seen: set[tuple[str, str]] = set()
    for i, agreement in enumerate(scenario.spend_agreements):
        twice = sorted(kind for kind in agreement.covers if (agreement.provider.casefold(), kind) in seen)
        if twice:
            stated = "covers" if "covers" in agreement.model_fields_set else "provider"
            what = f"another agreement with `{agreement.provider[:60]}` covers `{twice[0]}` already"
            remedy = "put its tiers into one agreement, or let each cover kinds of its own"
            log.say(what, ("spend_agreements", i, stated), remedy, "rule")
        seen |= {(agreement.provider.casefold(), kind) for kind in agreement.covers}


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
        what = f"period {block.start_period} of a horizon of {count} period{'s' if count > 1 else ''}"
        log.say(what, (*path, "start_period"), f"from 0 to {count - 1}", "window")
    if block.start is not None and starts is not None and not starts[0] <= block.start <= starts[-1]:
        what = f"no period of the horizon, {starts[0]} to {starts[-1]}, starts in {block.start}"
        log.say(what, (*path, "start"), "a block starts in the horizon", "window")
