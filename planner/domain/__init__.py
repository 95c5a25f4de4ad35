"""Nouns of the field: frozen, without file access and without a solver

In: values read by `inputs`.
Out: types that every other package speaks.
Start at `scenario.py` (the whole question) and `records/plan.py` (the whole answer).
"""

from planner.domain.agreement import PlanRate, Rated, SavingsPlan, SpendAgreement, savings_rate
from planner.domain.contract import Block, Commitment, OnDemand, Spot
from planner.domain.finance import (
    book_value_usd,
    discount_factor,
    peak_funding,
    price_on_path,
    residual_fraction,
    threshold_usd_per_year,
)
from planner.domain.held import Held, HeldSavingsPlan, Holding
from planner.domain.limits import Availability, Carbon, Cash, Credit, FailureKind
from planner.domain.market_rules import LeadTime, PriceChange, Release
from planner.domain.offer import ANY_UNIT, AssumedDiscount, HostedApiOffer, InstanceOffer, Quote, pays_for
from planner.domain.option import (
    CONTRACT_OF_ACTION,
    DAY_HOURS,
    TERMED,
    Action,
    Asset,
    Cap,
    Option,
    Provenance,
    Recurring,
    Terms,
    extent_of,
    term_hours,
    term_in_periods,
)
from planner.domain.own import BaseSite, ColocationSite, DatacenterSite, Own, Server, Site
from planner.domain.price_path import factor_at
from planner.domain.quantity import LEAST_PER_HOUR, MOST, MOST_NODES, MOST_PER_HOUR, parse_fraction, parse_magnitude
from planner.domain.scenario import Scenario
from planner.domain.strict import Strict
