"""The one thing that a company can buy

In: numbers of `market`.
Out: `Option` with `Terms`.
Start at `option.py`.
"""

from planner.domain.options.caps import Cap, CapKind, cap_name, room_of
from planner.domain.options.option import (
    BY_THE_HOUR,
    CONTRACT_OF_ACTION,
    OWNED,
    RENTED,
    TERMED,
    Action,
    Asset,
    Option,
    Provenance,
    Recurring,
)
from planner.domain.options.terms import Terms, extent_of, spread_usd, term_hours, term_in_periods
