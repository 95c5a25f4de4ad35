"""Why a plan is as it is: records of `planner explain`. Money is present value in US dollars."""

from typing import Any, Literal

from planner.domain.fields import Strict

Basis = Literal["whole", "fractional"]
"""`whole`: solved again over whole nodes at gap 0; `fractional`: over fractional nodes, where whole ones would take too long."""


class LineReason(Strict):
    """Why an option is in the plan."""

    option: str
    contract: str
    workloads: tuple[str, ...]
    """What it serves."""
    constraint: str
    """What cannot be met without its nodes, or empty: it is there because it is cheaper."""
    workload: str | None = None
    period: str | None = None
    slice: str | None = None
    demand_per_hour: float | None = None
    missing_per_hour: float | None = None
    """Work units an hour that would be missing there without it, all else as in the plan."""
    unit: str = ""
    extra_usd: float | None
    """What the best plan without it costs more; None if there is none."""
    extra_fraction: float | None
    next_best: str | None
    """The option that takes most of its place."""
    basis: Basis
    sentence: str


class ShadowPrice(Strict):
    """What one unit more of a limit is worth."""

    limit: str
    """Field of the scenario, or name of the cap."""
    key: str
    """Plan-year, period, offer or workload."""
    unit: str
    usd_per_unit: float | None
    """What one unit more saves with the whole numbers of the plan fixed; None where it bounds whole numbers themselves."""
    step: float
    """The change that was tried."""
    fixed_up_usd: float | None
    """What the step saves with the whole numbers fixed."""
    fixed_down_usd: float | None
    """What the same step back (at most to none of it) costs with the whole numbers fixed; None if nothing is left."""
    whole_up_usd: float | None
    """What the step saves of the whole program, solved again; None if it was not."""
    whole_down_usd: float | None
    """What the step back costs of the whole program; None if it was not solved, or nothing is left."""
    noise_usd: float
    """Uncertainty of these two: the gaps of the two plans together."""
    sentence: str


class FlipPrice(Strict):
    """The price at which an option that was not taken would enter."""

    option: str
    contract: str
    price_usd: float
    """Recurring list price of a node-hour, or blended of a million tokens."""
    upfront_usd: float
    unit: str
    flip_fraction: float | None
    """Of its price today; None: not even for free."""
    flip_price_usd: float | None
    flip_upfront_usd: float | None
    npv_without_usd: float
    below_fraction: float | None
    below_npv_usd: float | None
    """Least cost just below the price: lower than without it."""
    above_fraction: float | None
    above_npv_usd: float | None
    """Least cost just above: that without it."""
    confirmed: bool
    basis: Basis
    sentence: str


class WhyNot(Strict):
    """Why an option was not taken, for one workload."""

    option: str
    workload: str
    verdict: Literal["taken", "rejected", "filtered", "dominated", "too dear", "capped"]
    bottleneck: str = ""
    needed: str = ""
    offered: str = ""
    dominated_by: str = ""
    usd_per_unit: float | None = None
    best_usd_per_unit: float | None = None
    unit: str = ""
    sentence: str


class Explanation(Strict):
    """What `planner explain` returns."""

    schema_: Literal["planner/explanation/1"] = "planner/explanation/1"
    scenario: str
    sha256: str
    status: Literal["optimal", "feasible"]
    npv_usd: float
    gap: float
    basis: Basis
    reasons: tuple[LineReason, ...]
    shadow_prices: tuple[ShadowPrice, ...]
    flip_prices: tuple[FlipPrice, ...]
    why_not: tuple[WhyNot, ...] = ()

    def to_json_value(self) -> dict[str, Any]:
        """Plain JSON values, with `schema` as the first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}
