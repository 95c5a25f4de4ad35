"""Offers under contracts become options: prices by period, caps, cash flows of one unit, emissions, what may be owned

In: `Scenario`, `Catalog`, `Horizon`.
Out: `Market` (options, caps, what was left out).
Start at `options.py`.
"""

from planner.market.asset import CAPITAL_KINDS, CHARGED_KINDS, SIGNED_KINDS, AssetFlow, end_of, flows, roundings, sale
from planner.market.emissions import intensity_of, pue_of, tonnes_per_node_hour
from planner.market.options import Market, market_of
from planner.market.own_figures import KW_PER_MW, Figure
from planner.market.own_servers import ServerDesk
from planner.market.own_sites import AnySite, SiteDesk, SiteOffer, rent_row
from planner.market.pricing import PathPoints, Pricing
from planner.market.successors import IN_PLACE_OF, announced
