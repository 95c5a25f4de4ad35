"""What the second accountant reads before any arithmetic: the plan by key, prices and their origin, demand, comparisons.

In: the plan and its embedded scenario.
Out: `Books`, `Demand`, `Check`.
Start at `plan_index.py`.
"""

from planner.audit.books.calendar import Calendar
from planner.audit.books.check import (
    CENT,
    ZERO,
    Check,
    at_least,
    at_most,
    exact,
    holds,
    same,
    same_number,
    same_usd,
    whole,
)
from planner.audit.books.demands import (
    NODE_DUST,
    Demand,
    asked_in,
    demands,
    fastest_rates,
    online,
    recovery_hours,
    spike_of,
    spot_share,
)
from planner.audit.books.modes import way_of
from planner.audit.books.origin import DOLLARS, SIGNED, Entry, Stated, contract_of, kind_of
from planner.audit.books.plan_index import BY_THE_HOUR, Books, Key, line_name, walkable
from planner.audit.books.prices import (
    OWN_ACTIONS,
    Generation,
    PlanPrices,
    blended_list_price,
    generations,
    list_price_per_hour,
    prices_of,
    rounded,
)
