"""Every set and every number the mathematics needs, in final units

In: `assembly` fills them.
Out: `Parameters` and what they consist of.
Start at `parameters.py`.
"""

from planner.formulation.parameters.money import DataPrice, Energy, Grant, Resilience, Saving, Site, SpendTiers, Use
from planner.formulation.parameters.parameters import THOUSAND, Parameters
from planner.formulation.parameters.service import (
    CapLimit,
    Cast,
    Column,
    Host,
    HostedSupply,
    Kin,
    Mode,
    ProgramOption,
    Service,
    SubstitutionClass,
    Window,
)
from planner.formulation.parameters.standing import standing_of, stands_of
