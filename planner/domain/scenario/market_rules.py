"""How the market moves during the horizon: price paths, coming generations, delivery times."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.domain.fields import Change, Month, Months, Name, Periods, PositiveNodes, Strict

ContractName = Literal["on_demand", "spot", "commitment", "hosted_api"]


class PriceChange(Strict):
    """How prices of what it names move; the most specific entry that matches is used, the last of equals.

    price(t) = list price × (1 + per_year)^years × path(months), see docs/model.md, "Money".
    """

    per_year: Change = 0.0
    """Steady change of the price: -15% a year."""
    path: str | None = None
    """A named path of the catalog (`planner catalog list paths`): what rents did, as factors by month."""
    accelerator: str | None = None
    """Only its prices; default: all, hosted APIs included."""
    provider: str | None = None
    contract: ContractName | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "PriceChange":
        if "per_year" not in self.model_fields_set and self.path is None:
            raise ValueError("give `per_year` or a `path`")
        return self


class PriceDrop(Strict):
    """What the release of a coming generation does to the price of an older one."""

    accelerator: str
    by: Change
    """Relative change from the month of the release on: -20% makes it a fifth cheaper."""
    contract: ContractName | None = None
    """Default: every contract."""


class Release(Strict):
    """A coming generation: nothing with it can be had before its month, and older ones may get cheaper."""

    accelerator: str
    """Id of the catalog."""
    month: Month | None = None
    """First month in which it can run or be signed."""
    period: Periods | None = None
    """The same as a number of a period, from 0."""
    price_drops: tuple[PriceDrop, ...] = ()
    """What it does to the prices of older ones."""

    @model_validator(mode="after")
    def _dated(self) -> "Release":
        if (self.month is None) == (self.period is None):
            raise ValueError("give `month` or `period`")
        return self


class Successor(Strict):
    """An announced generation that has neither prices nor measurements yet: from its month on it does the work of what it
    replaces at a part of today's price. Estimated throughout; see docs/model.md, "Coming generations".

    price = today's price of the same contract × path(months from the start to `month`), whatever other prices do.
    """

    name: Name
    month: Month
    """First month in which it can be rented, signed or ordered; nothing of it is there at the start of the horizon."""
    replaces: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
    """Accelerators whose work it does, in nodes of the same work, power and size."""
    path: str = "price-performance"
    """Price path of the catalog: what the same work costs on the newest hardware, so many months from now."""
    source: str = "scenario"
    as_of: str = ""


class LeadTime(Strict):
    """Time between signing a commitment and its service, for what it names; the most specific entry is used."""

    months: Months
    """From signing to service; rounded up to whole periods."""
    provider: str | None = None
    accelerator: str | None = None
    min_accelerators: PositiveNodes = 1
    """Only for node types with at least so many accelerators."""
