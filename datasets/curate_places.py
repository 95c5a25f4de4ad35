"""Which machine type is sold where, what sellers state as their caps, and which sellers and products ended: small tables."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import curate_read as lists
import curate_sellers as sellers
from curate_cells import Row, day, entries, first_date, read
from curate_evidence import region_of_zone, type_name


def machine_type_rows(facts: Path, prices: list[Row]) -> Iterator[Row]:
    """One row for (seller, machine type, how it is sold), its regions in one cell; priced types under the names of the price files.

    What has a waitlist has it wherever the seller prints a price.
    """
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in prices:
        names[row["provider"], type_name(row["provider"], row["instance"])].add(row["instance"])
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in read(facts / "market" / "availability.csv"):
        if row["region"].startswith("("):
            continue  # no zone is published
        listed = type_name(row["provider"], row["instance_type"])
        for instance in names.get((row["provider"], listed), {row["instance_type"]}):
            found[row["provider"], instance, row["available_as"]].append(row)
    for (provider, instance, sold_as), rows in found.items():
        there = {region_of_zone(provider, row["region"]).replace(" ", "_") for row in rows}
        if sold_as == "waitlist":
            there |= {row["region"] for row in prices if (row["provider"], row["instance"]) == (provider, instance)}
        newest = max(rows, key=lambda row: day(first_date(row["as_of"])))
        yield {
            "provider": provider,
            "instance": instance,
            "sold_as": sold_as,
            "regions": " ".join(sorted(there)),
            "source": newest["source"],
            "checked_on": first_date(newest["as_of"]),
        }


def cap_rows() -> Iterator[Row]:
    """What sellers state as the most of a contract, or are known to have had for one customer."""
    for provider, contract, chip, most, why, source, seen in entries(lists.CAPS):
        reserved = contract == "reserved"
        row = {"provider": provider, "contract": contract, "accelerator": chip, "max_nodes": "" if reserved else most}
        row |= {"max_accelerators": most if reserved else "", "source": source, "checked_on": seen, "note": why}
        yield row


def announced_rows() -> Iterator[Row]:
    """Generations that are announced and have no prices."""
    for name, vendor, replaces, month, path, source, seen, why in entries(sellers.SUCCESSORS):
        row = {"name": name, "vendor": vendor, "replaces": replaces, "month": month, "path": path}
        yield {**row, "source": source, "checked_on": seen, "note": f"{why}; {sellers.RENTED_LATER}"}


def ended_rows(facts: Path) -> Iterator[Row]:
    """Sellers, price lists, products and models that ended; an announced end is one as well."""
    for row in read(facts / "market" / "dead.csv"):
        if first_date(row["ended"]) and row["kind"] in ("product", "seller", "price list", "model"):
            yield an_end(
                row["kind"].replace(" ", "_"), row["provider"], row["what"], row["ended"], row["source"], row["as_of"]
            )
    for row in read(facts / "market" / "hosted_dead.csv"):
        if row["kind"] == "seller":
            end = row["withdrawn_on"]
            yield an_end("hosted_seller", row["provider"], "all hosted models", end, row["source"], row["checked_on"])


def an_end(kind: str, provider: str, what: str, ended: str, source: str, as_of: str) -> Row:
    checked = first_date(as_of) or first_date(ended)
    return {"kind": kind, "provider": provider, "what": what, "ended": ended, "source": source, "checked_on": checked}
