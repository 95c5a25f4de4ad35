"""What adapters hand over: observations, in the words of the catalog; and what they may know of it."""

import csv
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from planner.inputs.catalog import SAME, is_date
from planner.inputs.refresh.fetch import SourceFault

Cells = dict[str, str]
MOST_UNREADABLE = 0.1
"""Share of a document's items that may be unreadable before the whole document is."""


class Key(NamedTuple):
    """What makes two prices of nodes the same offer; texts as in the price files."""

    provider: str
    region: str
    instance: str
    contract: str
    plan: str
    term_months: str = ""
    upfront_fraction: str = ""


class Seen(NamedTuple):
    """A price of a node, seen on a day."""

    key: Key
    usd_per_hour: float
    """Per node and hour, upfront included."""
    seen_on: str
    source: str
    basis: str = "listed"


class SeenRate(NamedTuple):
    """How often spot nodes are interrupted, a month."""

    provider: str
    region: str
    instance: str
    interruptions_per_month: float
    seen_on: str
    source: str


class SeenTokens(NamedTuple):
    """Prices of a hosted model; cells as in `hosted_apis.csv`, empty where not published."""

    cells: Cells
    seen_on: str


Observation = Seen | SeenRate | SeenTokens


@dataclass
class Known:
    """What the catalog holds already: observations about anything else are left out."""

    prices: dict[Key, Cells]
    hosted: dict[str, Cells]
    aliases: dict[str, str]
    """Names and aliases of accelerators, lower case → id."""
    regions: frozenset[tuple[str, str]]
    today: str
    """YYYY-MM-DD."""
    machines: dict[tuple[str, str], tuple[str, str]] = field(init=False)
    """(seller, instance) → accelerator and count."""

    def __post_init__(self) -> None:
        self.machines = {
            (key.provider, key.instance): (row["accelerator"], row["count"]) for key, row in self.prices.items()
        }

    def instances(self, provider: str) -> list[str]:
        return sorted(name for seller, name in self.machines if seller == provider)

    def sells(self, provider: str, region: str, instance: str) -> bool:
        """Whether such a machine type and such a region of the seller are known."""
        return (provider, instance) in self.machines and (provider, region) in self.regions


@dataclass
class Tally:
    """What of a source became no observation."""

    unknown: int = 0
    unreadable: int = 0
    faults: list[str] = field(default_factory=list)
    """Documents that failed while others of the same source could be read."""


class Shape(BaseModel):
    """An item as a source publishes it; keys that nobody asks for are left unread."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, frozen=True)


Item = TypeVar("Item", bound=Shape)


def json_of(text: str) -> Any:
    """The value of a JSON document.

    Raises:
        SourceFault: it is no JSON, or holds what is no number.
    """

    def refused(name: str) -> float:
        raise ValueError(f"{name} is no number")

    try:
        return json.loads(text, parse_constant=refused)
    except (ValueError, RecursionError):
        raise SourceFault("is no JSON that can be read, or only a part of it") from None


def at(value: Any, *keys: str) -> Any:
    """The value under keys, one inside the other."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            raise SourceFault(f"has no `{key}` where prices are expected")
        value = value[key]
    return value


def items_of(shape: type[Item], found: Any, tally: Tally, *, may_be_empty: bool = False) -> list[Item]:
    """The items of a list that have the shape; the rest is counted.

    Raises:
        SourceFault: no list, nothing in it, or too much of another shape.
    """
    if not isinstance(found, list) or not (found or may_be_empty):
        raise SourceFault("holds no list of prices")
    read: list[Item] = []
    for item in found:
        try:
            read.append(shape.model_validate(item))
        except ValidationError:
            tally.unreadable += 1
    if len(found) - len(read) > MOST_UNREADABLE * len(found):
        raise SourceFault(f"is of another shape: {len(found) - len(read):,} of {len(found):,} items cannot be read")
    return read


def csv_rows(text: str, columns: tuple[str, ...]) -> Iterator[Cells]:
    """Rows of a CSV document.

    Raises:
        SourceFault: a column is missing, or the last line has no end (it may be cut).
    """
    if not text.endswith("\n"):
        raise SourceFault("ends inside a line")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
            raise SourceFault(f"has no column `{missing[0]}`")
        yield from reader
    except csv.Error as error:
        raise SourceFault(f"is no CSV that can be read: {str(error)[:80]}") from None


def positive(text: object) -> float | None:
    """A finite number above zero, or None."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    try:
        value = float(text)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and value > 0 else None


def day_of(text: object) -> str:
    """The day of a time stamp, or empty.

    >>> day_of("2026-10-10T06:24:26.240Z"), day_of("soon"), day_of(None)
    ('2026-10-10', '', '')
    """
    day = text[:10] if isinstance(text, str) else ""
    return day if len(day) == 10 and is_date(day) else ""


def one_each(found: Iterable[Seen], tally: Tally) -> Iterator[Seen]:
    """One price an offer; an offer at two prices in one document says none."""
    by_key: dict[Key, list[Seen]] = defaultdict(list)
    for seen in found:
        by_key[seen.key].append(seen)
    for rows in by_key.values():
        prices = [row.usd_per_hour for row in rows]
        if max(prices) <= min(prices) * (1 + SAME):
            yield rows[0]
        else:
            tally.unreadable += len(rows)
