"""Committed rates that are estimated by rule follow the list prices that a refresh has read.

value = list price × ratio of one-year contracts to list prices, never below what the seller says its rates begin at ("from");
high = list price; low = what the seller's own "up to" leaves of it. The ratio and its two levels stand in the source of the row
(`datasets/curate_estimates.py` wrote it); they are not read anew, and so the date of the estimate stays theirs.
"""

import re

from planner.inputs.catalog import NEWER
from planner.inputs.refresh.seen import Cells, Key
from planner.inputs.refresh.update import Update

PLAN = "estimated reservation"
_LEVELS = re.compile(r"; ratio: .* at ([\d.]+) USD \(.* median of ([\d.]+) USD \(")
_TOLD = re.compile(r"^[\d.]+% of [\d.]+ USD on demand \([\d.]+ per accelerator\)")


def estimate_anew(update: Update, today: str) -> int:
    """How many estimates moved with their list price; what they were is history.

    Args:
        update: all observations taken, and settled.
    """
    prices, moved = update.tables.prices, 0
    for key, row in [*prices.items()]:
        listed = prices.get(Key(key.provider, key.region, key.instance, "on_demand", "on demand"))
        if row["basis"] != "estimated" or key.plan != PLAN or listed is None or listed["basis"] == "estimated":
            continue
        anew = _anew(row, float(listed["price_usd_per_hour"]))
        if anew is None or anew["price_usd_per_hour"] == row["price_usd_per_hour"]:
            continue
        said = f"estimated of {listed['price_usd_per_hour']} USD on demand, {listed['checked_on']}"
        update.retire(key, row, NEWER, said, until=today)
        prices[key] = anew
        moved += 1
    return moved


def _anew(row: Cells, usd: float) -> Cells | None:
    """The estimate at another list price; None where the row does not say how it was made."""
    levels = _LEVELS.search(row["source"])
    if levels is None or not row["high_usd_per_hour"]:
        return None
    ratio, before, low = float(levels[1]) / float(levels[2]), float(row["high_usd_per_hour"]), row["low_usd_per_hour"]
    value = usd * ratio
    if '"from"' in row["note"]:
        value = max(value, float(low or 0.0))
    elif low:
        low = _number(float(low) * usd / before)
    told = f"{ratio:.1%} of {_number(usd)} USD on demand ({usd / int(row['count']):.4g} per accelerator)"
    return {
        **row,
        "price_usd_per_hour": _number(value),
        "low_usd_per_hour": low,
        "high_usd_per_hour": _number(max(usd, value)),
        "note": _TOLD.sub(told, row["note"]),
    }


def _number(value: float) -> str:
    """Shortest decimal text with at most six places, as the bundled catalog has it."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
