"""What a plan must respect beyond serving the demand: failures, cash, carbon."""

from typing import Literal

from pydantic import model_validator

from planner.domain.fields import (
    Change,
    GramsPerKwh,
    Month,
    Periods,
    PositiveFrequency,
    PositiveHours,
    PositiveMagnitude,
    PositiveShare,
    PositiveUsd,
    PositiveWhole,
    Strict,
    UnitPrice,
    Usd,
)

FailureKind = Literal["zone", "region", "provider", "vendor", "site"]


class Availability(Strict):
    """The loss of any one failure domain must be survived (docs/model.md, "Availability")."""

    failure: FailureKind
    """What fails as a whole: every zone, region, provider or accelerator vendor in turn; `site`: every region and every site of
    one's own."""
    survive: PositiveShare = 1.0
    """Share of the demand of every online inference workload that the survivors can serve."""
    standby: tuple[Literal["on_demand", "hosted_api"], ...] = ("on_demand", "hosted_api")
    """What may be started when it happens, within its caps, if its own domain has not failed; [] = only what already runs."""
    slices: PositiveWhole = 1
    """How many of each workload's busiest ordinary slices of every period are checked."""
    spikes: bool = True
    """Whether a failure in the hours of a spike must be survived as well."""
    outages_per_year: PositiveFrequency | None = None
    """Expected failures of one domain a year, for the simulation of what the plan's availability is."""
    hours_per_outage: PositiveHours = 4.0
    """Mean time until a failed domain is back."""


class Raise(Strict):
    """Money that comes in once."""

    month: Month | None = None
    """It counts from the start of the period of this month."""
    period: Periods | None = None
    """The same as a number of a period, from 0."""
    usd: PositiveUsd

    @model_validator(mode="after")
    def _dated(self) -> "Raise":
        if (self.month is None) == (self.period is None):
            raise ValueError("give `month` or `period`")
        return self


class Cash(Strict):
    """Cash at hand and coming in: it may never fall below its minimum (the runway)."""

    at_hand_usd: Usd
    income_per_month_usd: Usd | tuple[Usd, ...] = 0.0
    """Income available for compute: one number, or one per plan-year."""
    income_growth_per_year: Change = 0.0
    """Growth of the income from the start of the horizon on."""
    other_costs_per_month_usd: Usd = 0.0
    """What else is paid from the same cash, every month."""
    raises: tuple[Raise, ...] = ()
    """Rounds of funding and other single receipts."""
    minimum_usd: Usd = 0.0
    """Cash must not fall below this at the end of any period."""


class Credit(Strict):
    """Free credits of a provider: they pay its bills until they expire.

    What they pay of what a spend agreement covers earns no discount and counts towards no tier.
    """

    provider: str
    usd: PositiveUsd
    expires: Month | None = None
    """First month in which they are gone; default: they last beyond the horizon."""
    expires_period: Periods | None = None
    """The same as a number of a period, from 0."""

    @model_validator(mode="after")
    def _one_end(self) -> "Credit":
        if self.expires is not None and self.expires_period is not None:
            raise ValueError("give `expires` or `expires_period`")
        return self


class Carbon(Strict):
    """Emissions from electricity: a price, a cap, or both. They are reported in any case where known."""

    usd_per_tonne: UnitPrice = 0.0
    """Counted in the NPV, not in cash."""
    max_tonnes_per_year: PositiveMagnitude | tuple[PositiveMagnitude, ...] | None = None
    """Cap per plan-year, tonnes CO2e: one number, or one per plan-year."""
    intensity_g_per_kwh: dict[str, GramsPerKwh] = {}
    """Grams CO2e per kWh by region or country; `default` for the rest. Replaces the catalog's."""
    unknown_g_per_kwh: GramsPerKwh | None = None
    """Used where no intensity is known; without it such places are left out under a cap, and reported as unknown."""
