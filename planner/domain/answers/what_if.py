"""What `planner whatif` returns: one row per variant of a scenario, each a plan of its own or the reason why there is none."""

from typing import Any, Literal

from planner.domain.answers.comparison import Comparison
from planner.domain.fields import Shown, Strict

PointStatus = Literal["optimal", "feasible", "infeasible", "limit", "interrupted"]


class Setting(Strict):
    """One changed value of the scenario."""

    path: str
    """As in `--set`."""
    value: Any
    """As written."""


class WhatIfCause(Strict):
    """Why a variant has no plan."""

    family: str
    message: str
    fix: str


class Figures(Strict):
    """The figures of one plan."""

    npv_usd: float
    bound_usd: float | None
    """No plan of this variant costs less; null where nothing bounds yet."""
    gap: float
    total_usd: float
    """Cash within the horizon."""
    first_year_usd: float
    """Cash of the first plan-year."""
    peak_period_usd: float
    """Largest cash of one period."""
    peak_funding_usd: float
    """Most that has been paid, less income, by the end of any period: what must be funded. Raises are not income."""
    outstanding_liability_usd: float
    commitment_fraction: float
    """Share of the cash within the horizon that is paid under commitments."""
    coverage_fraction: float | None
    """Share of the accelerator-hours in use that commitments serve, savings plans among them; None if none are used."""
    utilisation_fraction: float | None
    """Share of the committed accelerator-hours within the horizon that serve work; None without commitments. A savings plan is
    worth the hours that its dollars buy at the rates of what it covers."""


class Shift(Strict):
    """What a variant buys more or less of: all lines of one node type under one kind of contract together."""

    provider: str
    node_type: str
    action: str
    """As in the plan; `other` for cash that no line accounts for."""
    term_periods: int | None
    nodes_difference: float
    """Nodes under contract (commitments and what is owned); 0 for what is paid by use and for savings plans."""
    cash_difference_usd: float
    """Within the horizon."""


class Point(Strict):
    """One variant."""

    name: str
    settings: tuple[Setting, ...]
    status: PointStatus
    """`optimal`: proven within the gap; `feasible`: a plan, the gap is wider; `limit`: no plan was found in time."""
    sha256: str
    """Of the resolved scenario."""
    figures: Figures | None = None
    npv_difference_usd: float | None = None
    """Against the base."""
    npv_difference_fraction: float | None = None
    changes: tuple[Shift, ...] = ()
    """What differs most from the base's plan, the largest change of cash first."""
    comparison: Comparison | None = None
    """The whole difference from the base's plan; None for the base and where either has no plan."""
    causes: tuple[WhatIfCause, ...] = ()
    audit_agrees: bool | None = None


class Axis(Strict):
    path: str
    values: tuple[str, ...]


class WhatIfAnswer(Shown, Strict):
    """The whole answer."""

    schema_: Literal["planner/whatif/1"] = "planner/whatif/1"
    name: str
    gap_target: float
    axes: tuple[Axis, ...]
    """Empty for named questions."""
    base: Point
    points: tuple[Point, ...]

    def to_json_value(self) -> dict[str, Any]:
        """The answer as plain JSON values, with `schema` as its first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}
