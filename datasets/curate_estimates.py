"""Committed rates of sellers that publish only "up to" or "from": an estimate by rule, always marked, never signed by default.

value = the index of one-year contracts × (the seller's list price / the market's list price), which is the seller's on-demand price
times one ratio. Low: what the seller's own words allow at best. High: its list price.
"""

from collections.abc import Iterator
from pathlib import Path

from curate_cells import Row, entries, number, read
from curate_evidence import per_accelerator
from curate_prices import a_price

# seller | most that is taken off, by its own words (empty = no word) | who says so
CEILINGS = """
coreweave | 0.60 | "up to 60%" for committed usage, rates by negotiation (coreweave.com/pricing, 2026-09-20)
nebius    | 0.35 | "up to 35%" for 3 to 36 months and hundreds of accelerators (2026-10-05)
lambda    | 0.27 | "up to 27%" for three years (2026-05-25)
crusoe    |      | commitments are contact sales (crusoe.ai/cloud/pricing, 2026-09-20)
"""
CHIPS = ("a100-", "h100-", "h200-", "b200-", "b300-", "gb200-", "gb300-", "mi300x", "mi325x", "mi355x", "rtx-pro-6000")
TERM = "12"


def estimated_rows(facts: Path, rows: list[Row]) -> Iterator[Row]:
    """Estimates for the on-demand rows that hold, one for each."""
    ratio, why, date = contract_ratio(facts)
    ceilings = {seller: (share, says) for seller, share, says in entries(CEILINGS)}
    lowest = from_prices(facts)
    for row in rows:
        share, says = ceilings.get(row["provider"], ("", ""))
        low = lowest.get((row["provider"], row["accelerator"]))
        estimable = (
            row["contract"] == "on_demand" and row["basis"] != "estimated" and row["accelerator"].startswith(CHIPS)
        )
        if not estimable or not (says or low):
            continue
        list_price, count = float(row["price_usd_per_hour"]), int(row["count"])
        value = list_price * ratio
        if low:
            least = float(low["effective_usd_per_gpu_hour"]) * count
            value, says = (
                max(value, least),
                f'"from" {low["effective_usd_per_gpu_hour"]} USD, term not published ({low["as_of"]})',
            )
        else:
            least = list_price * (1 - float(share)) if share else 0.0
        yield a_price(
            **{
                name: row[name]
                for name in ("provider", "region", "instance", "accelerator", "count", "min_nodes", "access")
            },
            contract="commitment",
            plan="estimated reservation",
            term_months=TERM,
            upfront_fraction="0",
            price_usd_per_hour=number(value),
            low_usd_per_hour=number(least) if least else "",
            high_usd_per_hour=number(list_price),
            basis="estimated",
            source=joined_sources(low["source"] if low else row["source"], why),
            checked_on=min(date, row["checked_on"]),
            note=f"{ratio:.1%} of {number(list_price)} USD on demand ({per_accelerator(row):.4g} per accelerator); {says}",
        )


def joined_sources(seller: str, index: str) -> str:
    return f"{seller[:120]}; ratio: {index}"


def contract_ratio(facts: Path) -> tuple[float, str, str]:
    """One-year contracts of H100 over the market's list price of H100: the newest of each; who says so; the older date."""
    contracts = [
        row
        for row in read(facts / "market" / "rental_index.csv")
        if row["gpu"] == "H100" and row["term"] == "12-month contract (midpoint)"
    ]
    lists = [
        row
        for row in read(facts / "market" / "contract_index.csv")
        if row["term"].startswith("GetDeploying weekly median") and row["gpu"] == "H100"
    ]
    contract, market = (max(found, key=lambda row: row["date"]) for found in (contracts, lists))
    ratio = float(contract["usd_per_gpu_hour"]) / float(market["usd_per_gpu_hour"])
    said = (
        f"one-year H100 contracts at {contract['usd_per_gpu_hour']} USD ({contract['date']}, SemiAnalysis) over a list median of "
        f"{market['usd_per_gpu_hour']} USD ({market['date']}, GetDeploying)"
    )
    return ratio, said, min(contract["date"], market["date"])


def from_prices(facts: Path) -> dict[tuple[str, str], Row]:
    """Lowest "from" rate of (seller, accelerator) without a term."""
    found: dict[tuple[str, str], Row] = {}
    for row in read(facts / "market" / "commitments_new.csv"):
        if '"from" price' in row["commitment_type"] and row["effective_usd_per_gpu_hour"]:
            key = (row["provider"], row["gpu_id"])
            found[key] = min(found.get(key, row), row, key=lambda r: float(r["effective_usd_per_gpu_hour"]))
    return found
