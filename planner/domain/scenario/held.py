"""What is signed already: its payments are owed whatever is decided now, and it is used first."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from planner.domain.fields import (
    Month,
    Name,
    Periods,
    PositiveMagnitude,
    PositiveNodes,
    PositivePeriods,
    PositivePerNode,
    Rate,
    Share,
    Since,
    UnitPrice,
)
from planner.domain.scenario.agreement import PlanRate


class _Signed(Since):
    """From when until when."""

    from_period: Periods | None = None
    """The same as a number of a period, from 0."""
    until: Month | None = None
    """First month in which it is gone."""
    periods: PositivePeriods | None = None
    """Or: the number of the first period in which it is gone, counted from the start of the horizon."""
    source: str = "scenario"
    as_of: str = ""

    @model_validator(mode="after")
    def _ends(self) -> "_Signed":
        if (self.until is None) == (self.periods is None):
            raise ValueError("give `until` (a month) or `periods`")
        if self.since is not None and self.from_period is not None:
            raise ValueError("give `from` or `from_period`")
        months = self.since is not None and self.until is not None and self.until <= self.since
        if months or (self.periods is not None and self.periods <= (self.from_period or 0)):
            raise ValueError("`until` is the first month without it (`periods` the first period): it lies after `from`")
        return self


class Held(_Signed):
    """Nodes that are signed already: their capacity is there, their payments are owed."""

    kind: Literal["nodes"] = "nodes"
    name: Name
    provider: Name = "held"
    region: Name = "any"
    zone: str = ""
    """Failure domain inside the region; default: the region is one."""
    country: str = ""
    accelerator: str | None = None
    accelerators_per_node: PositivePerNode = 1
    throughput: dict[str, Rate] = {}
    nodes: PositiveNodes
    usd_per_hour: UnitPrice
    """Still owed per node and hour; 0 if all was paid upfront."""

    @model_validator(mode="after")
    def _sized_or_measured(self) -> "Held":
        if self.accelerator is None and not self.throughput:
            raise ValueError("give an `accelerator`, or measured `throughput` per workload")
        return self


class HeldSavingsPlan(_Signed):
    """A savings plan that is signed already: dollars an hour that cover nodes on demand, used or not."""

    kind: Literal["savings_plan"]
    name: Name
    provider: Name
    usd_per_hour: PositiveMagnitude
    """What is committed, in every hour."""
    upfront_fraction: Share = 0.0
    """Share of it that was paid when it was signed, and is not owed any more."""
    rates: Annotated[tuple[PlanRate, ...], Field(min_length=1)]
    """What it covers: on-demand nodes of the provider that some rate matches."""


def _kind_of(value: object) -> str:
    kind = value.get("kind", "nodes") if isinstance(value, dict) else getattr(value, "kind", "nodes")
    return kind if isinstance(kind, str) else "nodes"


Holding = Annotated[
    Annotated[Held, Tag("nodes")] | Annotated[HeldSavingsPlan, Tag("savings_plan")],
    Discriminator(_kind_of),
]
