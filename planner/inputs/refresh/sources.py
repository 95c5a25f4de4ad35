"""The sources: what each says, where, and on which terms. A host that is not here is never asked.

Not here, because their terms forbid it: pages of RunPod, feeds of Vast (since 2026-09), Shadeform (since 2026-08), Silicon Data.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from planner.inputs.refresh import aws, azure, hosted, listings
from planner.inputs.refresh.fetch import Reader
from planner.inputs.refresh.seen import Known, Observation, Tally

Adapter = Callable[[Reader, Known, Tally], Awaitable[list[Observation]]]


class Source(NamedTuple):
    """A public price list and its adapter."""

    name: str
    what: str
    terms: str
    hosts: frozenset[str]
    read: Adapter


def _source(name: str, what: str, terms: str, read: Adapter, *hosts: str) -> Source:
    return Source(name, what, terms, frozenset(hosts), read)


SOURCES: dict[str, Source] = {  # in the order of trust: of two that saw one price on one day the later holds
    source.name: source
    for source in (
        _source(
            "gpurentalprices",
            "about 35 sellers: on demand per accelerator",
            "CC BY 4.0: GPU rental price data by gpurentalprices.com",
            listings.read_gpurentalprices,
            listings.GPURENTALPRICES,
        ),
        _source(
            "azure",
            "Azure: on demand, spot, reservations, savings plans",
            "public, without a key by design",
            azure.read,
            azure.HOST,
        ),
        _source(
            "aws",
            "AWS: on demand in every region",
            "the files behind the public price page; undocumented",
            aws.read,
            aws.PRICES,
        ),
        _source(
            "aws-spot-advisor",
            "AWS: how often spot nodes are interrupted",
            "public, behind the Spot Instance Advisor",
            aws.read_advice,
            aws.ADVISOR,
        ),
        _source(
            "aws-spot",
            "AWS: spot prices, from SkyPilot's catalog",
            "Apache-2.0",
            listings.read_aws_spot,
            listings.RAW,
            listings.API,
        ),
        _source(
            "verda",
            "Verda: on demand and spot, from SkyPilot's catalog",
            "Apache-2.0",
            listings.read_verda,
            listings.RAW,
            listings.API,
        ),
        _source(
            "gcp",
            "Google: on demand, spot, committed use, from Cyclenerd's file of its billing catalog",
            "Apache-2.0",
            listings.read_google,
            listings.RAW,
        ),
        _source(
            "litellm",
            "hosted models, per token, from LiteLLM's list",
            "MIT",
            hosted.read,
            listings.RAW,
            listings.API,
        ),
    )
}
