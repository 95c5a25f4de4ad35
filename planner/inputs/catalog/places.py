"""Where machine types are sold, what ended, and what sellers say is the most, and which
generations are announced: four tables a catalog may be without."""

import re
from pathlib import Path

from planner.domain.inputs import Accelerator, Announced, Ended, PricePath, SellerCap
from planner.inputs.catalog.files import read_rows

SOLD_AS = ("on_demand", "spot", "commitment", "capacity_block", "waitlist")
CAPPED = ("commitment", "capacity_block", "reserved")
"""What is capped here; what is paid by the hour has the caps of `provider_classes.csv`."""
KINDS = ("seller", "price_list", "product", "model", "hosted_seller")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MachineTypes = dict[tuple[str, str], dict[str, frozenset[str]]]


def machine_types_of(root: Path, log: list[str]) -> MachineTypes:
    """(seller, instance) → how it is sold → regions; empty where the catalog has no such table."""
    found: MachineTypes = {}
    if not (root / "machine_types.csv").is_file():
        return found
    for row in read_rows(root, "machine_types.csv", log):
        ways = found.setdefault((row.text("provider"), row.text("instance")), {})
        way = row.one_of("sold_as", SOLD_AS)
        if way in ways:
            row.refuse(
                "sold_as", f"is `{way}` of `{row.cells['instance']}` a second time", "put all regions in one row"
            )
        ways[way] = frozenset(row.text("regions").split())
        row.text("source")
        row.date()
    return found


def ended_of(root: Path, log: list[str]) -> tuple[Ended, ...]:
    """What cannot be bought any more; empty where the catalog has no such table."""
    if not (root / "ended.csv").is_file():
        return ()
    return tuple(
        Ended(
            row.one_of("kind", KINDS),
            row.text("provider"),
            row.text("what"),
            row.date("ended"),
            row.text("source"),
            row.date(),
        )
        for row in read_rows(root, "ended.csv", log)
    )


def caps_of(root: Path, providers: set[str], accelerators: set[str], log: list[str]) -> tuple[SellerCap, ...]:
    """The most that sellers say or are known to have; empty where the catalog has no such table."""
    if not (root / "caps.csv").is_file():
        return ()
    found: dict[tuple[str, str, str], SellerCap] = {}
    for row in read_rows(root, "caps.csv", log):
        seller = row.one_of("provider", providers, "add the seller to providers.csv")
        contract = row.one_of("contract", CAPPED)
        reserved = contract == "reserved"
        counts = "max_accelerators" if reserved else "max_nodes"
        for column in ("max_nodes",) if reserved else ("accelerator", "max_accelerators"):
            if row.cells[column]:
                row.refuse(column, f"is `{row.cells[column]}` of `{contract}`", f"leave it empty, `{counts}` counts")
        chip = row.one_of("accelerator", accelerators) if row.cells["accelerator"] else ""
        most = row.needed_whole(counts)
        if (seller, contract, chip) in found:
            row.refuse("contract", f"is `{contract}` of `{seller}` a second time", "keep one of the two rows")
        nodes, accelerators_at_once = (None, most) if reserved else (most, None)
        found[seller, contract, chip] = SellerCap(
            seller,
            contract,
            chip or None,
            nodes,
            accelerators_at_once,
            row.text("source"),
            row.date(),
            row.cells["note"],
        )
    return tuple(found.values())


def announced_of(
    root: Path, accelerators: dict[str, Accelerator], paths: dict[str, PricePath], log: list[str]
) -> tuple[Announced, ...]:
    """Generations to come; empty where the catalog has no such table."""
    if not (root / "successors.csv").is_file():
        return ()
    found: dict[str, Announced] = {}
    for row in read_rows(root, "successors.csv", log):
        name, month = row.text("name"), row.text("month")
        replaces = tuple(row.text("replaces").split())
        for unknown in sorted(set(replaces) - set(accelerators)):
            row.refuse("replaces", f"names `{unknown}`, which is not known", "use ids of accelerators.csv")
        if not _MONTH.fullmatch(month):
            row.refuse("month", f"is `{month}`, which is no month", "write YYYY-MM")
        if name in found:
            row.refuse("name", f"is `{name}` a second time", "keep one of the two rows")
        path = row.one_of("path", set(paths), "use a path of price_paths.csv")
        found[name] = Announced(
            name, row.text("vendor"), replaces, month, path, row.text("source"), row.date(), row.cells["note"]
        )
    return tuple(sorted(found.values(), key=lambda one: (one.month, one.name)))
