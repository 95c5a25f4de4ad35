"""What a plan says, as records without behaviour

In: numbers computed elsewhere.
Out: what `report` renders and `audit` checks.
Start at `plan.py`.
"""

from planner.domain.records.findings import Bottleneck, Cause, Conflict, Diagnosis, Fit, Rejection, Repair
from planner.domain.records.plan import (
    AuditRecord,
    Baseline,
    Binding,
    Cost,
    FleetRecord,
    HorizonRecord,
    LimitsRecord,
    PeriodCost,
    PeriodRecord,
    Plan,
    PlanLine,
    ScenarioRecord,
    ServingRecord,
    SliceRecord,
    UnitCost,
    UnservedRecord,
    plan_from_json_value,
    plan_of,
)
from planner.domain.records.plan_inputs import (
    Alternative,
    CapRecord,
    Facts,
    FitRecord,
    Inputs,
    OptionRecord,
    RejectionRecord,
)
from planner.domain.records.plan_records import (
    AgreementRecord,
    AvailabilityRecord,
    CarbonRecord,
    CashRecord,
    ChargeRecord,
    CoverRecord,
    CreditRecord,
    FailurePart,
    FailureRecord,
    IdleRecord,
    IdleWorkload,
    MarginRecord,
    RunRecord,
    RunShare,
    SimplicityRecord,
    SimulatedAvailability,
    SizedWorkload,
    SizingCase,
    SizingRecord,
    TerminalCase,
)
from planner.domain.records.plan_records_own import (
    AssetRecord,
    FigureRecord,
    FundingRecord,
    RivalRecord,
    SitePeriod,
    SiteRecord,
)
from planner.domain.records.plan_text import PlanFileError, json_value, not_an_answer, with_schema
from planner.domain.records.price_history import MonthOfPrices, PriceHistory, PriceObservation
from planner.domain.records.refresh import HeldBack, Refresh, SourceRefresh
from planner.domain.records.statement import Entry, Statement
