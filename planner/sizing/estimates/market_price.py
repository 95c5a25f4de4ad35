"""The cheapest published price of every accelerator, for estimates (plans look at all prices)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from planner.domain.answers import Price
from planner.domain.inputs import Catalog, InstancePrice


class MarketPrices(NamedTuple):
    """What an estimate needs of the market."""

    on_demand: Mapping[str, tuple[InstancePrice, ...]]
    """Accelerator → prices on demand, cheapest per accelerator first."""
    committed: Mapping[str, tuple[InstancePrice, ...]]

    def node_sizes(self, accelerator: str) -> tuple[int, ...]:
        """Accelerators per node that are sold, ascending; 8 where none is."""
        rows = (*self.on_demand.get(accelerator, ()), *self.committed.get(accelerator, ()))
        return tuple(sorted({row.count for row in rows})) or (8,)


def market_of(catalog: Catalog) -> MarketPrices:
    """Prices of sellers that anybody can buy from: marketplaces of private hosts are left out, as in plans."""
    usual = {name for name, provider in catalog.providers.items() if not provider.opt_in}
    rows = [row for row in catalog.prices if row.provider in usual]
    return MarketPrices(
        _by_accelerator(row for row in rows if row.contract == "on_demand"),
        _by_accelerator(row for row in rows if row.contract == "commitment"),
    )


def _by_accelerator(rows: Iterable[InstancePrice]) -> dict[str, tuple[InstancePrice, ...]]:
    found: dict[str, list[InstancePrice]] = {}
    for row in rows:
        found.setdefault(row.accelerator, []).append(row)
    return {name: tuple(sorted(some, key=lambda row: (_each(row), row.id))) for name, some in found.items()}


def _each(row: InstancePrice) -> float:
    return row.price_usd_per_hour / row.count


def cheapest(rows: Mapping[str, tuple[InstancePrice, ...]], accelerator: str, at_least: int) -> Price | None:
    """The cheapest price per accelerator among nodes with `at_least` accelerators; None if there is none."""
    for row in rows.get(accelerator, ()):
        if row.count >= at_least:
            term = f", {row.term_months:g} months" if row.term_months else ""
            return Price(_each(row), row.id, f"{row.contract}{term}", row.checked_on)
    return None


def stated(usd_per_accelerator_hour: float) -> Price:
    return Price(usd_per_accelerator_hour, "stated", "stated", "")


def beyond_cap(catalog: Catalog, price: Price | None, accelerator: str, accelerators: int) -> str:
    """What to say of accelerators that `solve` would not take from the seller of a price; empty if it would."""
    seller = catalog.providers.get(price.where.partition("/")[0]) if price else None
    if seller is None or accelerators <= seller.on_demand_cap_accelerators:
        return ""
    cap = seller.on_demand_cap_accelerators
    return f"plans take {cap:,} `{accelerator}` at most from {seller.id} on demand; `caps` in a scenario say otherwise"
