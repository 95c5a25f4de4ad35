"""The words of a scenario: what is asked, what is offered, signed and owned, and what limits the answer

In: values read by `inputs`.
Out: `Scenario`.
Start at `scenario.py`.
"""

from planner.domain.scenario.agreement import PlanRate, Rated, SavingsPlan, SpendAgreement, savings_rate
from planner.domain.scenario.contract import Block, Commitment, OnDemand, Spot
from planner.domain.scenario.held import Held, HeldSavingsPlan, Holding
from planner.domain.scenario.limits import Availability, Carbon, Cash, Credit, FailureKind
from planner.domain.scenario.market_rules import LeadTime, PriceChange, Release, Successor
from planner.domain.scenario.offer import ANY_UNIT, AssumedDiscount, HostedApiOffer, InstanceOffer, Quote, pays_for
from planner.domain.scenario.own import ColocationSite, DatacenterSite, Own, Server, Site
from planner.domain.scenario.scenario import Scenario
