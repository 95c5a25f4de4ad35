"""The whole answer: what to sign and when, what it serves, what it costs, and how sure that is.

The file is self-contained: it embeds the resolved scenario and every fact it rests on, so that the
second accountant needs nothing else. Money is in US dollars, undiscounted unless a name says `npv`.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from planner.domain.fields import MOST_MONTHS, Shown, Strict
from planner.domain.options import Action
from planner.domain.records.frames import cash_frame, frame
from planner.domain.records.plan_inputs import Alternative, Facts, Inputs, RejectionRecord
from planner.domain.records.plan_records import (
    AgreementRecord,
    AvailabilityRecord,
    CarbonRecord,
    CashRecord,
    ChargeRecord,
    CoverRecord,
    CreditRecord,
    FailureRecord,
    IdleRecord,
    MarginRecord,
    RunRecord,
    SimplicityRecord,
    SizingRecord,
    TerminalCase,
)
from planner.domain.records.plan_records_own import AssetRecord, FundingRecord, RivalRecord, SiteRecord
from planner.domain.records.plan_text import HELP, PlanFileError, json_value, not_an_answer, with_schema
from planner.units import HOURS_PER_MONTH

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "planner/plan/1"


class ScenarioRecord(Strict):
    """The question, as it was understood."""

    name: str
    sha256: str
    """Of the resolved scenario in canonical JSON."""
    resolved: dict[str, Any]


RecordedHours = Annotated[float, Field(ge=0, le=MOST_MONTHS * HOURS_PER_MONTH)]
"""As many as a scenario may have: what goes through a plan by the year must end."""


class SliceRecord(Strict):
    name: str
    hours: RecordedHours
    spike: str = ""
    """Name of the spike whose hours these are; empty for ordinary hours."""


class PeriodRecord(Strict):
    index: int
    start: str
    hours: RecordedHours
    plan_year: int
    slices: tuple[SliceRecord, ...]


class HorizonRecord(Strict):
    start: str
    periods: tuple[PeriodRecord, ...]
    week_hours: tuple[tuple[int, ...], ...] = ()
    """For calendar periods: which hours of the week (0 = Monday 00:00) each slice stands for."""


class PlanLine(Strict):
    """One thing to sign or use; `quantity` × `unit_price_usd` + `upfront_usd` = `total_usd`."""

    action: Action
    held: bool = False
    """Signed already: owed whatever is decided, and not to be signed."""
    option: str
    provider: str
    region: str
    country: str
    accelerator: str | None
    node_type: str
    contract: str
    term_periods: int | None
    """Length of a commitment; None for what is paid by use."""
    signed: str
    """Period in which it is signed (commitments) or first used."""
    signed_index: int
    start: str
    """First period of service."""
    start_index: int
    end: str
    """Last period of service (inclusive)."""
    end_index: int
    """Index of the period after the last one of service; may lie beyond the horizon."""
    units: float = 0.0
    """Servers, modules of power, or kW that are signed; 0 for what is not owned or leased."""
    nodes: float
    """Nodes under contract; for on demand and spot the nodes at work at the busiest, whole ones where nodes are whole (`quantity`
    says for how many hours); 0 for hosted APIs; of a savings plan dollars an hour."""
    accelerators: float
    quantity: float
    """Node-hours, or work units of a hosted API, that are paid for."""
    unit_price_usd: float
    unit: str
    """`node-hour`, `committed USD` of a savings plan, the work unit of the workload, `server`, `kW-hour` or `module`."""
    list_price_usd: float
    """Before the negotiated discount and the price path."""
    upfront_usd: float
    """Paid beside the quantity; what is bought has its price in the quantity."""
    total_usd: float
    """All that is owed under this line, also beyond the horizon."""
    in_horizon_usd: float
    """The part of it that is paid within the horizon."""
    paid_upfront_usd: float = 0.0
    """The part of it that is paid when it is signed or ordered: `upfront_usd`, and the whole price of what is bought or built."""
    utilisation: float | None
    """Work done over what the node-hours paid for inside the horizon could do, at the planned rates."""
    held_fraction: float | None = None
    """Share of these node-hours that a workload holds, at work or not; whole replicas may idle."""
    why: str
    price_source: str
    price_as_of: str
    price_basis: str


class FleetRecord(Strict):
    """Nodes that run by the hour in one slice."""

    option: str
    period: int
    slice: int
    nodes: float
    """On average over its hours: work that may wait starts and stops them; what online work holds is whole."""


class ServingRecord(Strict):
    """Who serves what, when: `work` work units over the whole slice."""

    workload: str
    mode: Literal["", "fallback"] = ""
    period: int
    slice: int
    option: str
    nodes: float
    """Nodes busy with it (0 for hosted APIs)."""
    replicas: float
    """Whole replicas held; 0 for work that splits freely."""
    work: float
    """Work units it does: over all records of a workload its demand, less what is left unserved."""
    work_unit: str
    capacity: float | None = None
    """Work units these nodes could do in the slice, at the planned rate; None: no more than they do."""

    @property
    def able(self) -> float:
        """Work units that could be done."""
        return self.work if self.capacity is None else self.capacity


class UnservedRecord(Strict):
    workload: str
    period: int
    slice: int
    work: float
    work_unit: str
    cost_usd: float


class PeriodCost(Strict):
    period: str
    index: int
    cash_usd: float
    by_kind: dict[str, float]


class Cost(Strict):
    by_kind: dict[str, float]
    by_period: tuple[PeriodCost, ...]
    by_plan_year: tuple[float, ...]
    """Cash of a period that lies in several plan-years falls evenly on its hours, what is paid at its start on that."""
    by_plan_year_and_kind: tuple[dict[str, float], ...] = ()
    by_provider: dict[str, float]
    outstanding_liability_usd: float
    """Payments owed beyond the horizon, undiscounted."""
    residual_usd: float = 0.0
    """What is owned is worth so much at the end of the horizon."""
    terminal_npv_usd: float = 0.0
    """What the terminal rule adds to the NPV for payments beyond the horizon, less the residual value of what is owned."""
    unserved_npv_usd: float = 0.0
    """Present value of the stated cost of demand left unserved (not cash)."""
    fallback_npv_usd: float = 0.0
    """Present value of the stated cost of work served by a fallback (not cash)."""
    carbon_npv_usd: float = 0.0
    """Present value of the carbon price (not cash)."""


class UnitCost(Strict):
    workload: str
    usd_per_unit: float
    unit: str
    usd_per_accelerator_hour: float | None = None


class Baseline(Strict):
    name: str
    npv_usd: float | None
    saving_fraction: float | None
    note: str = ""
    """How it was computed, or why it cannot serve the demand."""
    cash_by_period: tuple[float, ...] = ()
    """Dollars paid in every period of the horizon, with what is held; empty if it is not known."""


class Binding(Strict):
    """A limit of the scenario without which the plan would cost less."""

    constraint: str
    """Field of the scenario; `cap` for what a provider can deliver, its name is the key."""
    key: str
    """Plan-years, periods, cap, offer or workload."""
    shadow_price: float
    """USD of NPV saved by one unit more, on average over the step."""
    unit: str
    meaning: str = ""
    step: float | None = None
    """The least change that saves anything, at least one unit or one percent; None where only several limits together bind."""
    step_saves_usd: float | None = None
    """What that change saves, solved again."""
    without_saves_usd: float | None = None
    """What the plan would cost less without the limit, solved again."""


class LimitsRecord(Strict):
    """How it was found which limits bind."""

    basis: Literal["whole", "fractional", "unchecked"]
    """`whole`: solved again over whole nodes; `fractional`: over fractional ones, whole nodes may make others bind."""
    count: int = 0
    """Limits that were taken away."""
    all_save_usd: float | None = 0.0
    """What the plan would cost less without any of them; None where each was taken away by itself."""
    among_nearest: bool = False
    """Solved again among the cheapest options of each workload alone, where the market is large."""


class AuditRecord(Strict):
    agrees: bool
    checks: int
    largest_difference_usd: float
    discrepancies: tuple[tuple[str, str, str, str], ...] = ()
    """(rule, where, claimed, recomputed)."""


class Plan(Shown, Strict):
    """What `planner solve` returns."""

    schema_: Literal["planner/plan/1"] = "planner/plan/1"
    scenario: ScenarioRecord
    status: Literal["optimal", "feasible"]
    """`optimal`: proven within the gap that was asked for; `feasible`: a limit came first."""
    npv_usd: float
    total_usd: float
    """Cash within the horizon, undiscounted."""
    bound_usd: float | None
    """No plan over all options of the catalog that pass the filters has a lower NPV than this; null where nothing bounds yet."""
    gap: float
    """(NPV − bound) / |NPV|; 1 where nothing bounds yet."""
    gap_target: float
    largest_demand_scale: float | None = None
    """`most_served` only: no plan within the limits serves more than this multiple of the demand; the plan serves
    the `demand_scale` of its scenario."""
    currency: Literal["USD"] = "USD"
    horizon: HorizonRecord
    lines: tuple[PlanLine, ...]
    fleet: tuple[FleetRecord, ...]
    serving: tuple[ServingRecord, ...]
    unserved: tuple[UnservedRecord, ...]
    runs: tuple[RunRecord, ...] = ()
    failures: tuple[FailureRecord, ...] = ()
    availability: AvailabilityRecord | None = None
    charges: tuple[ChargeRecord, ...] = ()
    credits: tuple[CreditRecord, ...] = ()
    agreements: tuple[AgreementRecord, ...] = ()
    covered: tuple[CoverRecord, ...] = ()
    cash: tuple[CashRecord, ...] = ()
    carbon: CarbonRecord | None = None
    sites: tuple[SiteRecord, ...] = ()
    assets: tuple[AssetRecord, ...] = ()
    funding: FundingRecord | None = None
    rivals: tuple[RivalRecord, ...] = ()
    """What each site competes with: first what can be had in such numbers, the cheapest first."""
    cost: Cost
    unit_costs: tuple[UnitCost, ...]
    margins: tuple[MarginRecord, ...] = ()
    baselines: tuple[Baseline, ...]
    sizing: SizingRecord | None = None
    """None if nothing rests on sized throughput."""
    simplicity: SimplicityRecord | None = None
    """None where the plan is as the search found it."""
    idle: IdleRecord | None = None
    """None if no workload holds whole replicas that mostly wait."""
    other_rule: TerminalCase | None = None
    """None where nothing that can be signed outlives the horizon, or the plan's own rule is `market`."""
    binding: tuple[Binding, ...]
    limits: LimitsRecord = LimitsRecord(basis="unchecked")
    alternatives: tuple[Alternative, ...]
    rejections: tuple[RejectionRecord, ...]
    rejection_counts: dict[str, int] = {}
    inputs: Inputs
    audit: AuditRecord
    facts: Facts

    def to_json_value(self) -> dict[str, Any]:
        """The plan as plain JSON values, with `schema` as its first key."""
        value = self.model_dump(mode="json")
        return {"schema": value.pop("schema_"), **value}

    def to_json(self) -> str:
        """The plan as a JSON text, the same bytes for the same plan."""
        return json.dumps(self.to_json_value(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Plan":
        """Inverse of `to_json`, of what `planner solve --format json` prints too; an error of `planner.errors` if it is no plan."""
        return plan_of(json_value(text, "text"), "text")

    def lines_frame(self) -> "pd.DataFrame":
        """What is signed, bought, built and used: a row a line."""
        return frame(self.lines, tuple(PlanLine.model_fields))

    def fleet_frame(self) -> "pd.DataFrame":
        """Nodes that run, by option, period and slice."""
        return frame(self.fleet, tuple(FleetRecord.model_fields))

    def serving_frame(self) -> "pd.DataFrame":
        """Who serves what, by workload, period, slice and option."""
        return frame(self.serving, tuple(ServingRecord.model_fields))

    def unserved_frame(self) -> "pd.DataFrame":
        """Demand that is left unserved."""
        return frame(self.unserved, tuple(UnservedRecord.model_fields))

    def unit_costs_frame(self) -> "pd.DataFrame":
        """What a work unit of each workload costs."""
        return frame(self.unit_costs, tuple(UnitCost.model_fields))

    def baselines_frame(self) -> "pd.DataFrame":
        """The usual ways to buy."""
        return frame(self.baselines, tuple(Baseline.model_fields))

    def cash_frame(self) -> "pd.DataFrame":
        """Cash by period and kind, USD."""
        return cash_frame(self.cost.by_period)

    def __repr__(self) -> str:
        said = f"{self.status}, npv_usd={self.npv_usd:.0f}, gap={self.gap:.4f}, {len(self.lines)} lines"
        return f"<Plan {self.scenario.name!r}: {said}>"

    __str__ = __repr__


def plan_from_json_value(value: dict[str, Any]) -> Plan:
    """Inverse of `Plan.to_json_value`; pydantic's ValidationError if it is not a plan."""
    value = dict(value)
    if "schema" in value:
        value["schema_"] = value.pop("schema")
    return Plan.model_validate(value)


def plan_of(value: Any, name: str) -> Plan:
    """The plan that a JSON value holds; an error that can be told if it is none."""
    value = with_schema(value, name)
    if value.get("schema") != SCHEMA:
        given = json.dumps(value["schema"])[:60] if "schema" in value else "none"
        raise PlanFileError(f'`{name}` is not a plan: its `schema` is {given}, not "{SCHEMA}"', help=HELP)
    try:
        return plan_from_json_value(value)
    except ValidationError as error:
        raise not_an_answer(error, f"`{name}` is not a plan") from None
