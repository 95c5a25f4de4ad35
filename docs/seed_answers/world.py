"""What every answer about a seed figure is computed from, and what an answer is."""

from typing import NamedTuple

from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import load_catalog
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.estimates.market_price import MarketPrices, market_of

GPT3, GPT3_TOKENS = 175e9, 300e9
A100, H100 = "a100-sxm-80gb", "h100-sxm-80gb"
HOURS_PER_YEAR = 8760


class World(NamedTuple):
    """What answers are computed from."""

    catalog: Catalog
    market: MarketPrices
    c: SizingConstants

    def peak(self, name: str) -> float:
        return self.catalog.accelerators[name].bf16_tflops or 0.0


class Answer(NamedTuple):
    """What the planner says: a figure to compare with the published one, where there is one, and words."""

    value: float | None
    said: str


def the_world() -> World:
    catalog = load_catalog()
    return World(catalog, market_of(catalog), constants_from(catalog.constants))


def prices(w: World, accelerator: str, provider: str = "") -> list[float]:
    """On-demand prices per accelerator-hour, ascending."""
    rows = w.market.on_demand.get(accelerator, ())
    return [row.price_usd_per_hour / row.count for row in rows if row.provider.startswith(provider)]
