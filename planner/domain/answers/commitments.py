"""What `planner whatif --commitments` returns. Names follow the reservation and savings-plan recommendations of AWS Cost Explorer
(`EstimatedMonthlySavingsAmount`, `AverageUtilization`, …) where one exists there, with units added.
"""

from typing import Any, Literal

from planner.domain.fields import Strict

Basis = str
"""Where a rate comes from, in the words of the catalog (`listed`, `derived`, …) or `scenario`; `question`: a discount that is only
asked about and offered by nobody."""


class Recommendation(Strict):
    """The best commitment of one term at one discount and demand, beside on demand alone."""

    term_months: float
    discount_fraction: float
    """Against on demand, upfront spread over the term."""
    demand_change_fraction: float
    """Of the pool's load, against the plan."""
    basis: Basis
    source: str
    """Id of the price row; empty for a discount of the question."""
    recommended_number_of_instances_to_purchase: float
    """Nodes to sign at the start."""
    ladder: tuple[tuple[str, float], ...]
    """(period, nodes) of all signings, renewals and staggered starts among them."""
    average_utilization_fraction: float | None
    """Share of the committed node-hours within the horizon that serve."""
    break_even_utilization_fraction: float
    """Share of the time a node must be used for the commitment to cost what on demand costs."""
    estimated_break_even_in_months: float | None
    """Months of use after which on demand would have cost more than what is signed at the start costs over its whole term."""
    estimated_monthly_on_demand_cost_usd: float
    """Present value a month: the pool's load on demand alone."""
    estimated_monthly_savings_amount_usd: float
    estimated_monthly_savings_fraction: float
    upfront_cost_usd: float
    """Of what is signed at the start."""
    recurring_monthly_cost_usd: float
    """Of what is signed at the start, undiscounted."""
    ladder_savings_usd: float
    """What staggered starts save over starting everything at once and renewing it at the end of each term."""
    regret_if_lower_usd: float
    """What the nodes signed at the start cost more than the best where the load turns out to be half of this; all that is
    signed later is signed knowing it."""
    regret_if_higher_usd: float
    """The same where the load is twice this."""


class Threshold(Strict):
    """At which discount a term enters and leaves the plan of a pool, at the planned load."""

    term_months: float
    enters_at_discount_fraction: float | None
    """Smallest discount at which committing a node saves anything against on demand."""
    best_from_discount_fraction: float | None
    """From this discount on it saves more than every other rate that is known; below it, it leaves the plan."""
    known_discount_fraction: float | None
    """Best known rate of the term; None if none is known."""
    basis: Basis | None


class PoolAnswer(Strict):
    """One pool."""

    pool: str
    provider: str
    region: str
    instance_type: str
    accelerators_per_node: int
    on_demand_usd_per_hour: float
    price_source: str
    price_as_of: str
    average_number_of_instances_used_per_hour: float
    minimum_number_of_instances_used_per_hour: float
    maximum_number_of_instances_used_per_hour: float
    stable_number_of_instances: float
    """Never idle over the horizon: the least load."""
    optimal: tuple[tuple[str, float, float], ...]
    """(period, term in months, nodes) of the signings of least cost under all known rates together."""
    optimal_monthly_savings_amount_usd: float
    stable_monthly_savings_amount_usd: float | None
    """Of committing the stable quantity for the best known term; None if no rate is known."""
    thresholds: tuple[Threshold, ...]
    recommendations: tuple[Recommendation, ...]


class CommitmentsAnswer(Strict):
    """The whole answer."""

    schema_: Literal["planner/commitments/1"] = "planner/commitments/1"
    name: str
    start: str
    months: float
    status: Literal["optimal", "feasible", "infeasible", "limit", "interrupted"]
    """Of the plan whose load is asked about. `optimal`: proven within the gap; `feasible`: the gap is wider; `limit`: none was
    found in time."""
    npv_usd: float
    """Of that plan."""
    gap: float
    pools: tuple[PoolAnswer, ...]
    left_out: tuple[str, ...]
    """Pools of the plan that are not in the answer, and why."""
    assumptions: tuple[str, ...]

    def to_json_value(self) -> dict[str, Any]:
        """The answer as plain JSON values, with `schema` as its first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}
