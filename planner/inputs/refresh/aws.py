"""AWS: the price files behind its own price page (one a region), and the Spot Instance Advisor's buckets of interruption."""

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field

from planner.inputs.refresh.fetch import Reader, SourceFault
from planner.inputs.refresh.seen import (
    Key,
    Known,
    Observation,
    Seen,
    SeenRate,
    Shape,
    Tally,
    at,
    items_of,
    json_of,
    one_each,
    positive,
)

PRICES, ADVISOR = "b0.p.awsstatic.com", "spot-bid-advisor.s3.amazonaws.com"
_FILE = f"https://{PRICES}/pricing/2.0/meteredUnitMaps/ec2/USD/current/ec2-ondemand-without-sec-sel/"
_ADVICE = f"https://{ADVISOR}/spot-advisor-data.json"
_PLACES = {
    "af-south-1": "Africa (Cape Town)",
    "ap-east-1": "Asia Pacific (Hong Kong)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-south-2": "Asia Pacific (Hyderabad)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ap-southeast-3": "Asia Pacific (Jakarta)",
    "ap-southeast-4": "Asia Pacific (Melbourne)",
    "ap-southeast-5": "Asia Pacific (Malaysia)",
    "ca-central-1": "Canada (Central)",
    "eu-central-1": "EU (Frankfurt)",
    "eu-central-2": "Europe (Zurich)",
    "eu-north-1": "EU (Stockholm)",
    "eu-south-1": "EU (Milan)",
    "eu-south-2": "Europe (Spain)",
    "eu-west-1": "EU (Ireland)",
    "eu-west-2": "EU (London)",
    "eu-west-3": "EU (Paris)",
    "il-central-1": "Israel (Tel Aviv)",
    "me-central-1": "Middle East (UAE)",
    "me-south-1": "Middle East (Bahrain)",
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}
"""Names of regions as the price files spell them."""
_INTERRUPTIONS = (0.025, 0.075, 0.125, 0.175, 0.25)
"""A month, by bucket of the advisor: the midpoint of <5%, 5-10%, 10-15%, 15-20%; the edge of >20%."""


class _Machine(Shape):
    price: str
    instance: str = Field(alias="Instance Type")


async def read(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """On-demand prices of Linux, region by region."""
    found: list[Seen] = []
    sold = {key.region for key in known.prices if key.provider == "aws" and key.contract == "on_demand"}
    places = {region: place for region, place in _PLACES.items() if region in sold}
    for region, place in places.items():
        try:
            document = json_of(await reader.get(f"{_FILE}{quote(place)}/Linux/index.json"))
            if at(document, "manifest", "currencyCode") != "USD":
                raise SourceFault("is not in dollars")
            machines = at(document, "regions", place)
            found += _machines(list(machines.values()) if isinstance(machines, dict) else [], region, known, tally)
        except SourceFault as fault:
            tally.faults.append(f"{region}: {fault}")
            if len(tally.faults) == len(places):
                raise
    return list(one_each(found, tally))


def _machines(items: list[object], region: str, known: Known, tally: Tally) -> Iterator[Seen]:
    for item in items_of(_Machine, items, tally):
        usd = positive(item.price)
        if ("aws", item.instance) not in known.machines:
            continue  # most types of a region have no accelerator
        if usd is None:
            tally.unreadable += 1
        else:
            key = Key("aws", region, item.instance, "on_demand", "on demand")
            yield Seen(key, usd, known.today, f"https://{PRICES} (meteredUnitMaps/ec2)")


async def read_advice(reader: Reader, known: Known, tally: Tally) -> list[Observation]:
    """Interruptions of the spot nodes that the catalog has."""
    regions = at(json_of(await reader.get(_ADVICE)), "spot_advisor")
    found: list[Observation] = []
    for key, row in known.prices.items():
        if key.provider != "aws" or key.contract != "spot":
            continue
        try:
            bucket = regions[key.region]["Linux"][key.instance]["r"]
        except (KeyError, TypeError):
            tally.unknown += 1
            continue
        if isinstance(bucket, bool) or bucket not in range(len(_INTERRUPTIONS)):
            raise SourceFault(f"names a bucket `{str(bucket)[:20]}` that it does not explain")
        rate = _INTERRUPTIONS[int(bucket)]
        found.append(SeenRate("aws", key.region, row["instance"], rate, known.today, f"https://{ADVISOR}"))
    return found
