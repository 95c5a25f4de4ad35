"""What somebody sells, as a scenario states it inline: a node type under its contracts, or a hosted model."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from planner.domain.fields import (
    Frequency,
    Month,
    Months,
    Name,
    Nodes,
    PositiveKilowatts,
    PositiveNodes,
    PositivePeriods,
    PositivePerNode,
    PositiveUnitPrice,
    Price,
    ProperShare,
    Rate,
    Share,
    Strict,
)
from planner.domain.scenario.contract import Contract

ANY_UNIT, REQUEST = "unit", "request"
"""What an API may be priced per without naming it: the unit of one's own that a workload counts; a request of any workload."""


def pays_for(priced_unit: str, counted: str) -> bool:
    """Whether the price of an API says what a work unit costs; empty stands for tokens.

    >>> pays_for("Image", "image"), pays_for("", ""), pays_for("unit", "image"), pays_for("request", "")
    (True, True, True, True)
    >>> pays_for("", "image"), pays_for("image", ""), pays_for("unit", ""), pays_for("second", "image")
    (False, False, False, False)
    """
    paid = priced_unit.casefold()
    return paid in {REQUEST, counted.casefold()} or (paid == ANY_UNIT and bool(counted))


class InstanceOffer(Strict):
    """A node type with its contracts; measured throughput replaces the sizing model."""

    kind: Literal["instance"] = "instance"
    name: Name
    provider: Name = "inline"
    region: Name = "any"
    country: str = ""
    accelerator: str | None = None
    """Id of an accelerator of the catalog; may be absent if `throughput` says all."""
    accelerators_per_node: PositivePerNode = 1
    throughput: dict[str, Rate] = {}
    """Measured work units an hour of one node, by workload name; 0 = cannot serve it.
    With an `accelerator`, workloads that are not named are sized; without, they are not served."""
    zone: str = ""
    """Failure domain inside the region; default: the region is one."""
    delivery: Literal["node", "container", "batch"] = "node"
    """`node`: whole nodes by the hour; `container`: scales to zero, paid for the time in use; `batch`: a service that
    only takes work that need not answer at once."""
    available_from: Month | None = None
    """First month in which it can be used or signed."""
    kw_per_node: PositiveKilowatts | None = None
    """Electrical power of a node under load; default from the accelerator."""
    groups: tuple[str, ...] = ()
    """Cap groups the nodes of this offer count towards."""
    max_nodes: Nodes | None = None
    """Most nodes live at once over all contracts of the offer."""
    contracts: Annotated[tuple[Contract, ...], Field(min_length=1)]
    source: str = "scenario"
    as_of: str = ""

    @model_validator(mode="after")
    def _sized_or_measured(self) -> "InstanceOffer":
        if self.accelerator is None and not self.throughput:
            raise ValueError("give an `accelerator`, or measured `throughput` per workload")
        return self


class HostedApiOffer(Strict):
    """A model behind an API, paid per token, or per image, second, request or other unit."""

    kind: Literal["hosted_api"]
    name: Name
    provider: Name = "inline"
    model: str
    """Id of the model it serves: of the catalog, or the name of a closed one as the workload states it."""
    usd_per_mtok_input: PositiveUnitPrice | None = None
    usd_per_mtok_output: PositiveUnitPrice | None = None
    """USD per million tokens in and out. Of a model of the catalog that generates no tokens (images, speech): per unit of work."""
    usd_per_mtok_cached: PositiveUnitPrice | None = None
    """Of input tokens that an earlier request had (`prefix_cache_hit_fraction` of the workload); default: as other input."""
    usd_per_mtok_input_batch: PositiveUnitPrice | None = None
    usd_per_mtok_output_batch: PositiveUnitPrice | None = None
    """Of workloads of kind `batch`; default: as all others."""
    usd_per_unit: Price | None = None
    """Instead: USD per `unit`; rounded to a millionth, so count in thousands what costs less."""
    unit: Name | None = None
    """What `usd_per_unit` pays for: the `unit` of the workloads it serves (image, second); `request`: a request of any workload."""
    source: str = "scenario"
    as_of: str = ""

    @model_validator(mode="after")
    def _one_price(self) -> "HostedApiOffer":
        tokens = [usd for usd in (self.usd_per_mtok_input, self.usd_per_mtok_output) if usd is not None]
        if len(tokens) == 1:
            raise ValueError("give usd_per_mtok_input and usd_per_mtok_output")
        if bool(tokens) == (self.usd_per_unit is not None):
            raise ValueError("give usd_per_mtok_input and usd_per_mtok_output, or usd_per_unit with its `unit`")
        batch = (self.usd_per_mtok_input_batch is None, self.usd_per_mtok_output_batch is None)
        if len(set(batch)) == 2:
            raise ValueError("give usd_per_mtok_input_batch and usd_per_mtok_output_batch")
        if self.usd_per_unit is not None and (self.usd_per_mtok_cached is not None or not all(batch)):
            raise ValueError("cached and batch prices are per million tokens; `usd_per_unit` has none")
        if (self.usd_per_unit is None) != (self.unit is None):
            raise ValueError("`usd_per_unit` goes with the `unit` it pays for, such as image")
        return self


def _kind_of(value: object) -> str:
    kind = value.get("kind", "instance") if isinstance(value, dict) else getattr(value, "kind", "instance")
    return kind if isinstance(kind, str) else "instance"


Offer = Annotated[
    Annotated[InstanceOffer, Tag("instance")] | Annotated[HostedApiOffer, Tag("hosted_api")],
    Discriminator(_kind_of),
]


class CapGroup(Strict):
    """A cap over several offers together."""

    name: Name
    max_nodes: Nodes | None = None
    max_accelerators: Nodes | None = None


class Quote(Strict):
    """An offer somebody sent you: one price of one node type, as in a row of a quotes file."""

    provider: Name
    region: Name = "any"
    country: str = ""
    instance: Name
    accelerator: str
    count: PositivePerNode
    contract: Literal["on_demand", "spot", "commitment"]
    term_months: Months = 0.0
    upfront_fraction: Share = 0.0
    min_nodes: PositiveNodes = 1
    price_usd_per_hour: PositiveUnitPrice
    """Per node and hour, upfront included."""
    interruptions_per_month: Frequency = 0.0
    source: str = "quote"
    checked_on: str

    @model_validator(mode="after")
    def _term(self) -> "Quote":
        if (self.contract == "commitment") != (self.term_months > 0):
            raise ValueError(
                "`term_months` goes with `contract: commitment` only"
                if self.term_months
                else "`contract: commitment` needs `term_months`"
            )
        return self


class AssumedDiscount(Strict):
    """A committed rate nobody published: assumed against the on-demand price, and marked so in the plan."""

    provider: str
    accelerator: str | None = None
    """One accelerator, or all of the provider."""
    term_months: PositivePeriods
    discount: ProperShare
    upfront_fraction: Share = 0.0
