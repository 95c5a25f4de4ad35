"""What a refresh of a catalog did: per source, per price that was held back."""

from typing import Literal, NamedTuple


class SourceRefresh(NamedTuple):
    """What became of one source."""

    source: str
    host: str
    state: Literal["read", "failed"]
    said: str
    """Why it failed, or which of its documents did; empty if all was read."""
    fetched_on: str
    """YYYY-MM-DD."""
    documents: int
    size_bytes: int
    """Of all documents, unpacked."""
    observations: int
    """Prices of things that the catalog knows."""
    moved: int
    """Prices that are another now."""
    confirmed: int
    """Prices read again as they were; their date is newer now."""
    new: int
    """Rows that the catalog did not have."""
    older: int
    """Observations older than what the catalog holds."""
    held_back: int
    """Prices that are not believed."""
    unknown: int
    """Items about things that the catalog does not know (places, machine types, chips); they are left out."""
    unreadable: int
    """Items that say no price in the shape of the source."""


class HeldBack(NamedTuple):
    """A price that was read and is not believed; the catalog keeps what it had."""

    source: str
    row: str
    unit: str
    old_usd: float | None
    new_usd: float
    seen_on: str
    why: str


class Refresh(NamedTuple):
    """The whole of a refresh."""

    folder: str
    written: bool
    """False if no source could be read: then nothing was touched."""
    sources: tuple[SourceRefresh, ...]
    held_back: tuple[HeldBack, ...]
    overtaken: int
    """Older rows that the new prices contradict; they are history now."""
    estimated: int = 0
    """Estimated rates that moved with the list price they are estimated of."""
