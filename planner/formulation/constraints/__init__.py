"""Constraint families: one file each, opening with its formula. They yield rows and know nothing of one another

In: parameters and variables.
Out: `FAMILIES`: the table of contents of the mathematics.
"""

from planner.formulation.constraints import (
    availability,
    budget,
    capacity,
    carbon,
    cash,
    commitment,
    credit,
    demand,
    facility,
    fallback,
    gang,
    holding,
    lines,
    market,
    residency,
    savings,
    share,
    signings,
    spot,
    storage,
    tiers,
    uses,
    window,
)
from planner.formulation.family import Family

FAMILIES: tuple[Family, ...] = (
    capacity.FAMILY,
    holding.FAMILY,
    demand.FAMILY,
    commitment.FAMILY,
    market.FAMILY,
    spot.FAMILY,
    fallback.FAMILY,
    residency.FAMILY,
    share.FAMILY,
    uses.FAMILY,
    signings.FAMILY,
    lines.FAMILY,
    gang.FAMILY,
    window.FAMILY,
    facility.FAMILY,
    availability.FAMILY,
    storage.FAMILY,
    savings.FAMILY,
    tiers.FAMILY,
    credit.FAMILY,
    budget.FAMILY,
    cash.FAMILY,
    carbon.FAMILY,
)
"""In reading order."""
