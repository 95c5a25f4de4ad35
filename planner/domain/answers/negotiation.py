"""What one takes into the call with a seller: records of `planner negotiate`. Money is in US dollars; `npv` is present value."""

from typing import Any, Literal

from planner.domain.answers.explanation import Basis
from planner.domain.fields import Strict


class Signing(Strict):
    """What is signed at one date."""

    signed: str
    """Period in which it is signed."""
    start: str
    """First period of service."""
    end: str
    """Last period of service."""
    nodes: float
    accelerators: float
    upfront_usd: float
    total_usd: float
    """All that is owed under it, also beyond the horizon."""


class Rebate(Strict):
    """What so much off all prices of the deal saves, everything decided anew."""

    fraction: float
    saves_usd: float
    """Of NPV."""


class Resolved(Strict):
    """The program solved again at one price of the deal."""

    fraction: float
    """Of the price of today."""
    price_usd: float
    npv_usd: float
    signed: bool
    """Whether every best plan signs it there."""


class NextTier(Strict):
    """What a larger or longer deal with the same seller would change."""

    kind: Literal["agreement", "contract"]
    what: str
    """The tier, or the id of the option."""
    plan_year: int | None = None
    discount_fraction: float
    """Of an agreement: off all covered spend; of a contract: off the price of the deal, upfront spread over the term."""
    missing_usd: float | None = None
    """Covered spend of the plan-year that is missing to the tier; None of a contract."""
    gains_usd: float | None = None
    """What the tier would give more in the plan-year at the plan's own spend; None of a contract."""
    enters_at_usd: float | None = None
    """Of a contract: the price of a node-hour below which it would be signed instead, upfront spread; None: not for free."""
    sentence: str


class RunnerUp(Strict):
    """A seller that is not in the plan, and the price to ask of it."""

    option: str
    provider: str
    contract: str
    price_usd: float
    """List price of `unit`, upfront spread over the term."""
    unit: str
    ask_usd: float
    """Below this price every best plan takes it."""
    ask_fraction: float
    """Of its list price."""
    confirmed: bool
    """Solved again on both sides: taken below, left out above."""
    price_source: str
    price_as_of: str
    price_basis: str
    sentence: str


class Deal(Strict):
    """One option that the plan signs, with all its signings."""

    option: str
    provider: str
    region: str
    node_type: str
    accelerator: str | None
    contract: str
    term_months: float
    workloads: tuple[str, ...]
    signings: tuple[Signing, ...]
    node_hours: float
    """Of all signings over their whole terms."""
    total_usd: float
    upfront_usd: float
    price_usd: float
    """Per node-hour as the plan pays it, upfront spread over the term."""
    list_price_usd: float
    """Recurring, per node-hour, before negotiated discount and price path."""
    price_source: str
    price_as_of: str
    price_basis: str
    rebates: tuple[Rebate, ...]
    walk_away_fraction: float | None
    """Of the price of today; None: see `indispensable`."""
    walk_away_usd: float | None
    """Per node-hour, upfront spread: above it every best plan does without the deal."""
    indispensable: bool
    """No plan does without it: there is no price to walk away at."""
    without_npv_usd: float | None
    """Least NPV without it."""
    next_best: str | None
    """The option that takes most of its place."""
    below: Resolved | None
    above: Resolved | None
    confirmed: bool
    """Solved again on both sides: signed below, left out above."""
    next_tiers: tuple[NextTier, ...]
    runners_up: tuple[RunnerUp, ...]
    sentence: str


class NotPriced(Strict):
    """What the plan signs and has no one price to negotiate."""

    option: str
    total_usd: float
    why: str


class Negotiation(Strict):
    """What `planner negotiate` returns."""

    schema_: Literal["planner/negotiation/1"] = "planner/negotiation/1"
    scenario: str
    sha256: str
    status: Literal["optimal", "feasible"]
    npv_usd: float
    """Of the plan, the one that `planner solve` prints."""
    gap: float
    basis: Basis
    least_npv_usd: float
    """Of the program that prices are tried on: at gap 0, whole or fractional (`basis`); the plan's where time was over before."""
    options: int
    """Options that took part when prices were tried."""
    agrees: bool
    """Whether the second accountant agrees with the plan."""
    complete: bool
    """False: the time was over before every price was tried."""
    deals: tuple[Deal, ...]
    not_priced: tuple[NotPriced, ...]

    def to_json_value(self) -> dict[str, Any]:
        """Plain JSON values, with `schema` as the first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}
