"""Where machine types are sold, and what ended: two tables a catalog may be without."""

from pathlib import Path

from planner.domain.inputs import Ended
from planner.inputs.catalog.rows import read_rows

SOLD_AS = ("on_demand", "spot", "commitment", "capacity_block", "waitlist")
KINDS = ("seller", "price_list", "product", "model", "hosted_seller")
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
