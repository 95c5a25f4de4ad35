"""Lists that others keep: gpurentalprices (per accelerator), SkyPilot's catalog (per machine type), Google's prices by Cyclenerd.

SkyPilot's files carry no date; the last change of a file in its repository is asked for, and counts.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from planner.inputs.catalog import SAME
from planner.inputs.refresh.fetch import Reader, SourceFault
from planner.inputs.refresh.seen import (
    Cells,
    Key,
    Known,
    Observation,
    Seen,
    Shape,
    Tally,
    at,
    csv_rows,
    day_of,
    items_of,
    json_of,
    one_each,
    positive,
)

GPURENTALPRICES, RAW, API = "gpurentalprices.com", "raw.githubusercontent.com", "api.github.com"

# ── gpurentalprices ──────────────────────────────────────────────────────────────────────────────────────────────

_LATEST = f"https://{GPURENTALPRICES}/api/latest.json"
_SELLERS = {("runpod", "secure"): "runpod", ("runpod", "community"): "runpod-community"}
_NOT_READ = ("vast", "vastai", "vast-ai", "shadeform")
"""Sellers whose terms keep their prices out of data sets."""
_CHIPS = {
    "a100": "a100-pcie-80gb",
    "a100-pcie-40": "a100-pcie-40gb",
    "a100-pcie-80": "a100-pcie-80gb",
    "a100-sxm-40": "a100-sxm-40gb",
    "a100-sxm-80": "a100-sxm-80gb",
    "h100": "h100-pcie-80gb",
    "rtx-pro-6000-server": "rtx-pro-6000-blackwell",
    "rtx-pro-6000-wk": "rtx-pro-6000-blackwell",
    "v100-sxm2": "v100-sxm-16gb",
}
"""Its names of chips that are no alias, or mean another form here: a bare `h100` beside an `h100-sxm` is the card."""


class _Offer(Shape):
    provider: str
    gpu: str
    usd_hr: Annotated[float, Field(gt=0)]
    kind: str
    fetched_at: str
    source_url: str = ""


async def read_gpurentalprices(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """On-demand prices per accelerator: of sellers that sell every node of the chip at one price per accelerator."""
    offers = items_of(_Offer, at(json_of(await reader.get(_LATEST)), "offers"), tally)
    sold: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key, row in known.prices.items():
        if key.contract == "on_demand" and row["basis"] != "estimated":
            sold[key.provider, row["accelerator"]].append(key)
    named: dict[tuple[str, str], list[_Offer]] = defaultdict(list)
    for offer in offers:
        seller = _SELLERS.get((offer.provider, offer.kind), offer.provider)
        if offer.provider in _NOT_READ or (seller == offer.provider and offer.kind != "on-demand"):
            continue
        siblings = {o.gpu for o in offers if o.provider == offer.provider}
        named[seller, _chip(offer.gpu, siblings, known)].append(offer)
    found: list[Seen] = []
    for (seller, chip), rows in named.items():
        keys = sold.get((seller, chip), [])
        if len({row.usd_hr for row in rows}) > 1 or not _one_price(keys, known) or not day_of(rows[0].fetched_at):
            tally.unknown += len(rows)
            continue
        offer = rows[0]
        source = f"https://{GPURENTALPRICES} (CC BY 4.0; quotes {offer.source_url[:120]})"
        for key in keys:
            usd = offer.usd_hr * int(known.prices[key]["count"])
            found.append(Seen(key, usd, day_of(offer.fetched_at), source))
    return list(one_each(found, tally))


def _chip(name: str, siblings: set[str], known: Known) -> str:
    """Our id of a chip; a bare name is the card where the seller lists the module too, else what the alias says."""
    bare = name in ("a100", "h100") and not any(s.startswith(f"{name}-sxm") for s in siblings)
    return known.aliases.get(name, "") if bare else _CHIPS.get(name) or known.aliases.get(name, "")


def _one_price(keys: list[Key], known: Known) -> bool:
    """Whether the seller asks one price per accelerator for all of these nodes."""
    prices = [float(known.prices[key]["price_usd_per_hour"]) / int(known.prices[key]["count"]) for key in keys]
    return bool(prices) and max(prices) <= min(prices) * (1 + SAME)


# ── SkyPilot ─────────────────────────────────────────────────────────────────────────────────────────────────────

SKYPILOT = "skypilot-org/skypilot-catalog"
_FILE = "catalogs/v8/{cloud}/vms.csv"
_COLUMNS = ("InstanceType", "Region", "Price", "SpotPrice")


async def read_verda(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """On-demand and spot prices of Verda's machine types."""
    return list(await _skypilot(reader, known, tally, "verda", ("Price", "SpotPrice")))


async def read_aws_spot(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """Spot prices of AWS: of the zones of a region the cheapest, which is where one would start."""
    return list(await _skypilot(reader, known, tally, "aws", ("SpotPrice",)))


async def _skypilot(
    reader: Reader, known: Known, tally: Tally, cloud: str, columns: tuple[str, ...]
) -> Iterator[Observation]:
    path = _FILE.format(cloud=cloud)
    seen_on = await changed_on(reader, SKYPILOT, path)
    text = await reader.get(f"https://{RAW}/{SKYPILOT}/master/{path}")
    source = f"{SKYPILOT}:{path} (Apache-2.0)"
    cheapest: dict[Key, float] = {}
    for row in csv_rows(text, _COLUMNS):
        if (cloud, row["InstanceType"]) not in known.machines:
            continue
        if not known.sells(cloud, row["Region"], row["InstanceType"]):
            tally.unknown += 1
            continue
        for column in columns:
            usd, key = positive(row[column]), _key(cloud, row, column)
            if usd is not None:
                cheapest[key] = min(usd, cheapest.get(key, usd))
            elif row[column]:
                tally.unreadable += 1
    return (
        Seen(key, usd, seen_on, source, "observed" if key.contract == "spot" else "listed")
        for key, usd in cheapest.items()
    )


def _key(cloud: str, row: Cells, column: str) -> Key:
    contract = ("spot", "spot") if column == "SpotPrice" else ("on_demand", "on demand")
    return Key(cloud, row["Region"], row["InstanceType"], *contract)


async def changed_on(reader: Reader, repository: str, path: str) -> str:
    """Day of the last change of a file in its repository."""
    commits = json_of(await reader.get(f"https://{API}/repos/{repository}/commits?path={path}&per_page=1"))
    if not isinstance(commits, list) or not commits:
        raise SourceFault("does not say when it last changed")
    day = day_of(at(commits[0], "commit", "committer", "date"))
    if not day:
        raise SourceFault("does not say when it last changed")
    return day


# ── Google ───────────────────────────────────────────────────────────────────────────────────────────────────────

CYCLENERD = "Cyclenerd/google-cloud-pricing-cost-calculator"
_LINE = re.compile(r"( *)([\w.-]+):(?: +(\S.*))?")
_STAMP, _FIGURE = ("about", "timestamp"), ("compute", "instance")
_HOURS_PER_MONTH = 730
_GOOGLES = {
    "hour": (("on_demand", "on demand", "", ""), 1, "listed"),
    "hour_spot": (("spot", "spot", "", ""), 1, "observed"),
    "month_1y": (("commitment", "committed use discount", "12", "0"), _HOURS_PER_MONTH, "listed"),
    "month_3y": (("commitment", "committed use discount", "36", "0"), _HOURS_PER_MONTH, "listed"),
}
"""Its names of prices → contract, plan, term, upfront; hours they are for; what kind of evidence."""


async def read_google(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """Prices of Google's machine types as its billing catalog says (which needs a key), by way of a file that is made of it.

    Only offers that the catalog has: the file prices every machine type in every region, sold there or not.
    """
    text = await reader.get(f"https://{RAW}/{CYCLENERD}/master/pricing.yml")
    source, seen_on = f"{CYCLENERD}:pricing.yml (Apache-2.0)", ""
    found: list[Seen] = []
    for path, value in _leaves(text):
        if path == _STAMP and value.isdigit():
            seen_on = datetime.fromtimestamp(int(value[:12]), UTC).strftime("%Y-%m-%d")
        if path[:2] != _FIGURE or len(path) != 6 or path[3] != "cost" or path[5] not in _GOOGLES:
            continue
        contract, hours, basis = _GOOGLES[path[5]]
        key, usd = Key("gcp", path[4], path[2], *contract), positive(value)
        if usd is None:
            tally.unreadable += 1
        elif key in known.prices:
            found.append(Seen(key, usd / hours, seen_on, source, basis))
        elif ("gcp", path[2]) in known.machines:
            tally.unknown += 1
    if not found:
        raise SourceFault("is of another shape: it has no price of a machine type in the catalog")
    if not seen_on:
        raise SourceFault("does not say when it was made")
    return list(one_each(found, tally))


def _leaves(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Keys and values of plain nested mappings, two blanks a level; whatever else a line may be is passed over."""
    if not text.endswith("\n"):
        raise SourceFault("ends inside a line")
    above: list[str] = []
    for line in text.splitlines():
        known = _LINE.fullmatch(line)
        if known is None or len(known[1]) % 2 or len(known[1]) // 2 > len(above):
            continue
        above = [*above[: len(known[1]) // 2], known[2]]
        if known[3]:
            yield tuple(above), known[3]
