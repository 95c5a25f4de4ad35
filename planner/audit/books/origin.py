"""Which option of the plan comes from the scenario itself: an inline offer, a quote, a holding, a savings plan.

The name of the option says it: `offer:<name>` (`offer:<name>#<n>` for its n-th contract),
`quote-<n>:…` for the n-th quote, `held:<name>`, `savings-plan:<name>`. All others are of the catalog.
"""

import re

from planner.audit.books.plan_index import Books
from planner.domain.records import OptionRecord
from planner.domain.scenario import (
    Block,
    Commitment,
    Held,
    HeldSavingsPlan,
    HostedApiOffer,
    InstanceOffer,
    OnDemand,
    Quote,
    SavingsPlan,
    Spot,
)

Entry = InstanceOffer | HostedApiOffer | Quote | Held | HeldSavingsPlan | SavingsPlan
SIGNED = Held | HeldSavingsPlan
"""What was signed before the horizon began to be planned."""
DOLLARS = SavingsPlan | HeldSavingsPlan
"""Commitments in dollars an hour."""
Stated = OnDemand | Spot | Commitment | Block
CONTRACT_OF_ACTION = {
    "commit": "commitment",
    "on_demand": "on_demand",
    "spot": "spot",
    "hosted_api": "hosted_api",
}
_QUOTE = re.compile(r"^quote-(\d+):")
_NUMBERED = re.compile(r"^(.*)#(\d+)$", re.DOTALL)


def origins(books: Books) -> dict[str, Entry | None]:
    """Entry of the scenario behind every option of the plan; None for the catalog's."""
    scenario = books.asked
    named: dict[str, Entry] = {f"offer:{offer.name}": offer for offer in scenario.offers}
    named |= {f"held:{held.name}": held for held in scenario.held}
    named |= {f"savings-plan:{plan.name}": plan for plan in scenario.savings_plans}
    quotes = scenario.quotes
    return {record.option: _entry(record.option, named, quotes) for record in books.plan.inputs.options}


def _entry(option: str, named: dict[str, Entry], quotes: tuple[Quote, ...]) -> Entry | None:
    if option in named:
        return named[option]
    if match := _QUOTE.match(option):
        number = int(match[1])
        return quotes[number - 1] if 1 <= number <= len(quotes) else None
    match = _NUMBERED.match(option)
    return named.get(match[1]) if match else None


def contract_of(option: str, offer: InstanceOffer) -> Stated | None:
    """The contract of an offer that an option stands for."""
    if option == f"offer:{offer.name}":
        return offer.contracts[0]
    match = _NUMBERED.match(option)
    number = int(match[2]) if match else 0
    return offer.contracts[number - 1] if 1 <= number <= len(offer.contracts) else None


def kind_of(record: OptionRecord, entry: Entry | None) -> str:
    """Kind of contract of an option, as scenarios name it."""
    if isinstance(entry, SIGNED):
        return "held"
    if isinstance(entry, SavingsPlan):
        return "savings_plan"
    return "block" if record.block_hours > 0 else CONTRACT_OF_ACTION.get(record.action, record.action)
