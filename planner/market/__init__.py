"""Offers under contracts become options: prices by period, caps, cash flows of one unit, emissions, what may be owned

In: `Scenario`, `Catalog`, `Horizon`.
Out: `Market` (options, caps, what was left out).
Start at `options.py`.
"""

from planner.market.emissions import intensity_of, pue_of, tonnes_per_node_hour
from planner.market.options import Market, market_of
from planner.market.owned import (
    CAPITAL_KINDS,
    CHARGED_KINDS,
    KW_PER_MW,
    SIGNED_KINDS,
    AnySite,
    AssetFlow,
    Figure,
    ServerDesk,
    SiteDesk,
    SiteOffer,
    end_of,
    flows,
    rent_row,
    roundings,
    sale,
)
from planner.market.pricing import PathPoints, Pricing
from planner.market.successors import IN_PLACE_OF, announced
