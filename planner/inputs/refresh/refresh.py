"""The walk of a refresh: read all sources at once, take what holds, make the folder whole, put it in its place."""

import asyncio
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planner.domain.inputs import Catalog, Contradiction, InstancePrice
from planner.domain.records import HeldBack, Refresh, SourceRefresh
from planner.errors import PlannerError
from planner.inputs.catalog import NEWER, bundled_directory, contradictions, load_catalog
from planner.inputs.refresh.fetch import FetchLimits, Reader, RefreshError, SourceFault
from planner.inputs.refresh.folder import Tables, workspace
from planner.inputs.refresh.seen import Cells, Key, Known, Observation, Tally
from planner.inputs.refresh.sources import Source
from planner.inputs.refresh.update import Counts, Update

if TYPE_CHECKING:
    import httpx


OVERTAKEN = ("committed or spot above on demand", "older and cheaper beside newer")
"""Rules by which a newer price of the same seller speaks against an older one."""
CONTRADICTED = "contradicted by a newer price of the same seller"
WITHDRAWN = "withdrawn by the seller"
MOST_ROUNDS = 5
MOST_FAULTS = 3
"""Documents of one source whose faults are spelt out."""


class _Read(NamedTuple):
    """What a source said, or why it said nothing."""

    source: Source
    reader: Reader
    tally: Tally
    observations: list[Observation]
    fault: str = ""


def refresh_catalog(
    target: Path,
    sources: Collection[Source],
    *,
    today: str,
    base: Path | None = None,
    accepted: Collection[str] = (),
    limits: FetchLimits = FetchLimits(),  # noqa: B008  (a constant)
    transport: "Callable[[], httpx.AsyncBaseTransport] | None" = None,
) -> Refresh:
    """Bring the catalog in `target` up to date; if there is none, make it out of `base` (default: the bundled one).

    Args:
        today: YYYY-MM-DD; observations of a later day are held back.
        accepted: names of prices that are believed however far they moved.
        transport: makes what the requests of a source travel by, see `fetch.Reader`; each source closes its own.

    Raises:
        RefreshError: the folder cannot be written, or httpx is missing.
        CatalogError: the catalog that is there cannot be read.
    """
    target = target.absolute()
    if target.resolve().is_relative_to(bundled_directory().resolve()):
        raise RefreshError("the bundled catalog is not refreshed", help="name a folder of your own")
    with workspace(target) as space:
        root = target if target.exists() else (base or bundled_directory())
        before = load_catalog(root)
        tables = Tables(root)
        known = tables.known(today)
        read = asyncio.run(_read_all(sources, known, limits, transport))
        update = Update(tables, known, frozenset(accepted))
        counted = [(one, update.take(one.source.name, one.observations)) for one in read]
        held_back = [back for _, counts in counted for back in counts.held_back]
        overtaken = estimated = 0
        if written := any(not one.fault for one in read):

            def load() -> Catalog:
                return load_catalog(space.write(root, tables.files()))

            broken, overtaken = settle(update, before, load)
            held_back += broken
            if estimated := estimate_anew(update, today):
                load()
            space.publish()
        return Refresh(
            folder=str(target),
            written=written,
            sources=tuple(_said(one, counts, held_back, today) for one, counts in counted),
            held_back=tuple(held_back),
            overtaken=overtaken,
            estimated=estimated,
        )


async def _read_all(
    sources: Collection[Source],
    known: Known,
    limits: FetchLimits,
    transport: "Callable[[], httpx.AsyncBaseTransport] | None",
) -> list[_Read]:
    """Every source beside the others; one after the other within a source."""
    return await asyncio.gather(*(_read(source, known, limits, transport) for source in sources))


async def _read(
    source: Source, known: Known, limits: FetchLimits, transport: "Callable[[], httpx.AsyncBaseTransport] | None"
) -> _Read:
    reader, tally = Reader(source.hosts, limits, None if transport is None else transport()), Tally()
    try:
        async with asyncio.timeout(limits.source_seconds), reader:
            return _Read(source, reader, tally, await source.read(reader, known, tally))
    except SourceFault as fault:
        return _Read(source, reader, tally, [], str(fault))
    except TimeoutError:
        return _Read(source, reader, tally, [], f"took longer than {limits.source_seconds:g} seconds")
    except PlannerError:
        raise
    except Exception as error:  # whatever an adapter trips over: the other sources are read all the same
        return _Read(source, reader, tally, [], f"is of a shape that cannot be read ({type(error).__name__})")


def _said(one: _Read, counts: Counts, held_back: list[HeldBack], today: str) -> SourceRefresh:
    return SourceRefresh(
        source=one.source.name,
        host=", ".join(sorted(one.source.hosts)),
        state="failed" if one.fault else "read",
        said=one.fault or _in_part(one.tally.faults),
        fetched_on=today,
        documents=one.reader.documents,
        size_bytes=one.reader.size_bytes,
        observations=len(one.observations),
        moved=counts.moved,
        confirmed=counts.confirmed,
        new=counts.new,
        older=counts.older,
        held_back=sum(back.source == one.source.name for back in held_back),
        unknown=one.tally.unknown + counts.unknown,
        unreadable=one.tally.unreadable,
    )


def _in_part(faults: list[str]) -> str:
    more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
    return "; ".join(faults[:MOST_FAULTS]) + more


# ── relations between rows ───────────────────────────────────────────────────────────────────────────────────────


def settle(update: Update, before: Catalog, load: Callable[[], Catalog]) -> tuple[list[HeldBack], int]:
    """Until no relation is broken that held before: what was held back, and how many old rows became history.

    Args:
        load: the catalog as `update.tables` says it now.
    """
    today = update.known.today
    stood = {(c.rule, c.row) for c in contradictions(before, today)}
    held_back: list[HeldBack] = []
    overtaken = 0
    for _ in range(MOST_ROUNDS):
        catalog = load()
        keys = {price.id: _key(price) for price in catalog.prices}
        found = [c for c in contradictions(catalog, today) if not c.accepted and (c.rule, c.row) not in stood]
        changed = False
        for said in found:
            key = keys.get(said.row)
            if key is None:
                overtaken += _withdrawn(update, said)
                changed = True
            elif key in update.undo:
                held_back.append(update.take_back(key, f"{said.rule}: {said.said}"))
                changed = True
            elif said.rule in OVERTAKEN and key in update.tables.prices:
                update.retire(key, update.tables.prices.pop(key), CONTRADICTED, said.said, until=today)
                overtaken += 1
                changed = True
        if not changed:
            break
    return held_back, overtaken


def _withdrawn(update: Update, said: Contradiction) -> int:
    """A hosted model that ended."""
    row = update.tables.hosted.pop(said.row, None)
    if row is not None:
        update.tables.replaced_hosted.append({**row, "until": update.known.today, "reason": WITHDRAWN, "by": said.said})
    return int(row is not None)


def _key(price: InstancePrice) -> Key:
    timed = price.contract in ("commitment", "capacity_block")
    term, upfront = (f"{price.term_months:g}", f"{price.upfront_fraction:g}") if timed else ("", "")
    return Key(price.provider, price.region, price.instance, price.contract, price.plan, term, upfront)


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
