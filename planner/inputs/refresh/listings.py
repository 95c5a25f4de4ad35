"""Lists of prices of many sellers that others keep: gpurentalprices (per accelerator), SkyPilot's catalog (per machine type).

SkyPilot's files carry no date; the last change of a file in its repository is asked for, and counts.
"""

from collections import defaultdict
from collections.abc import Iterator
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
