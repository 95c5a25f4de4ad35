"""What differs between two plans: records of `planner compare`.

Money is in US dollars, undiscounted unless a name says `npv`; a difference is always B − A.
"""

from decimal import Decimal
from math import isfinite
from typing import Any, Literal

from planner.domain.fields import Shown, Strict

Change = Literal["~", "+", "-", "="]
"""Changed, only in B, only in A, the same in both."""

OTHER = "other"
"""Action of the cash that no line accounts for: contracts already held, charges, credits."""


class Amount(Strict):
    """A number in both plans; None where a plan does not have it."""

    a: float | None
    b: float | None
    difference: float
    """B − A; what is absent counts as 0."""
    change_fraction: float | None
    """(B − A) / |A|; None where A has nothing."""


def amount_of(a: float | None, b: float | None) -> Amount:
    """A number in both plans; the difference is that of the numbers as they are printed.

    >>> amount_of(0.1, 0.3)
    Amount(a=0.1, b=0.3, difference=0.2, change_fraction=2.0)
    >>> amount_of(None, 2.0)
    Amount(a=None, b=2.0, difference=2.0, change_fraction=None)
    """
    difference = float(Decimal(repr(b or 0.0)) - Decimal(repr(a or 0.0)))
    fraction = difference / abs(a) if a else None
    return Amount(
        a=a, b=b, difference=difference, change_fraction=fraction if fraction is None or isfinite(fraction) else None
    )


class Side(Strict):
    """One of the two plans."""

    source: str
    """The file it came from."""
    kind: Literal["plan", "scenario"]
    """Read as it was, or solved for this comparison."""
    name: str
    sha256: str
    """Of the resolved scenario."""
    status: Literal["optimal", "feasible"]
    npv_usd: float
    total_usd: float
    bound_usd: float | None
    gap: float
    start: str
    """First period of the horizon."""
    end: str
    """Last period of the horizon (inclusive)."""
    hours: float
    """Of the whole horizon."""


class LineSide(Strict):
    """What one plan says of a line; fields as in the plan."""

    start: str
    end: str
    signed: str
    units: float = 0.0
    """Servers, modules or kW of what is owned or leased."""
    nodes: float
    accelerator: str | None
    quantity: float
    unit: str
    unit_price_usd: float
    upfront_usd: float
    total_usd: float
    """All that is owed under the line, also beyond the horizon."""
    in_horizon_usd: float


class FieldChange(Strict):
    """One field of a line that is not the same in both plans."""

    field: str
    a: float | str | None
    b: float | str | None


class LineChange(Strict):
    """A line that changed, came or went. Lines are the same if provider, region, node type, contract and term are."""

    change: Change
    action: str
    """As in the plan; `other` for cash that no line accounts for."""
    provider: str
    region: str
    node_type: str
    contract: str
    term_periods: int | None
    a: LineSide | None
    b: LineSide | None
    fields: tuple[FieldChange, ...]
    """What changed; empty for lines that came or went."""
    cash_usd: Amount
    """Within the horizon: over all changes these differences add up to that of `totals.total_usd`."""
    owed_usd: Amount
    """Also beyond the horizon."""


class UnitCostChange(Strict):
    workload: str
    unit: str
    usd_per_unit: Amount


class UnservedChange(Strict):
    """Demand left unserved, over the whole horizon."""

    workload: str
    work_unit: str
    work: Amount


class Totals(Strict):
    npv_usd: Amount
    npv_difference_at_least_usd: float | None
    """The difference of the cheapest plans lies between these two: what the searches left open is in them; null where nothing
    bounds it."""
    npv_difference_at_most_usd: float | None
    total_usd: Amount
    outstanding_liability_usd: Amount
    unserved_npv_usd: Amount
    unchanged_lines: int
    unchanged_usd: float
    """Cash within the horizon of the lines that are the same."""
    by_kind: dict[str, Amount]
    by_provider: dict[str, Amount]
    by_plan_year: tuple[Amount, ...]
    unit_costs: tuple[UnitCostChange, ...]
    unserved: tuple[UnservedChange, ...]


class ScenarioChange(Strict):
    """A field of the question that differs; list entries go by their `name`, as in `--set`."""

    change: Change
    path: str
    a: Any
    b: Any


class Policy(Strict):
    """How much dearer B may be."""

    fail_above_fraction: float
    passed: bool


class Comparison(Shown, Strict):
    """What `planner compare` returns."""

    schema_: Literal["planner/compare/1"] = "planner/compare/1"
    a: Side
    b: Side
    changes: tuple[LineChange, ...]
    totals: Totals
    scenario_changes: tuple[ScenarioChange, ...]
    policy: Policy | None = None

    def to_json_value(self) -> dict[str, Any]:
        """The comparison as plain JSON values, with `schema` as its first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}
