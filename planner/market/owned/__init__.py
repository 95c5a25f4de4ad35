"""What may be owned: sites, servers to buy for them, power of the sites, and the cash flows of each

In: the `own` block of a scenario, figures of the catalog.
Out: `OwnedMarket`; terms and flows of an asset.
Start at `purchase.py`.
"""

from planner.market.owned.asset import (
    CAPITAL_KINDS,
    CHARGED_KINDS,
    SIGNED_KINDS,
    AssetFlow,
    end_of,
    flows,
    owned_terms,
    roundings,
    sale,
)
from planner.market.owned.figures import KW_PER_MW, Figure
from planner.market.owned.purchase import owned_market
from planner.market.owned.servers import ServerDesk
from planner.market.owned.sites import AnySite, SiteDesk, SiteOffer, rent_row
