"""What is answered: the plan and the other answers, as records without behaviour

In: numbers computed elsewhere.
Out: what `report` renders and `audit` checks.
Start at `plan.py`.
"""

from planner.domain.records.commitments import CommitmentsAnswer, PoolAnswer, Recommendation, Threshold
from planner.domain.records.comparison import (
    OTHER,
    Amount,
    Change,
    Comparison,
    FieldChange,
    LineChange,
    LineSide,
    Policy,
    ScenarioChange,
    Side,
    Totals,
    UnitCostChange,
    UnservedChange,
    amount_of,
)
from planner.domain.records.crossover import (
    Breakeven,
    CostItem,
    Crossover,
    CrossoverAlternative,
    CrossoverThreshold,
    CurvePoint,
    Found,
    OwnedFleet,
    SizeRange,
    Swing,
    WayAnswer,
    WayName,
)
from planner.domain.records.estimate import (
    Estimate,
    Price,
    Rule,
    ServingLine,
    ServingRequest,
    TrainingLine,
    TrainingRequest,
    UnitLine,
)
from planner.domain.records.explanation import Explanation, FlipPrice, LineReason, ShadowPrice, WhyNot
from planner.domain.records.findings import Bottleneck, Cause, Conflict, Diagnosis, Fit, Rejection, Repair
from planner.domain.records.negotiation import (
    Deal,
    Negotiation,
    NextTier,
    NotPriced,
    Rebate,
    Resolved,
    RunnerUp,
    Signing,
)
from planner.domain.records.plan import (
    Action,
    Alternative,
    AuditRecord,
    Baseline,
    Binding,
    CapRecord,
    Cost,
    Facts,
    FitRecord,
    FleetRecord,
    HorizonRecord,
    Inputs,
    LimitsRecord,
    OptionRecord,
    PeriodCost,
    PeriodRecord,
    Plan,
    PlanLine,
    RejectionRecord,
    ScenarioRecord,
    ServingRecord,
    SliceRecord,
    UnitCost,
    UnservedRecord,
    plan_from_json_value,
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
from planner.domain.records.statement import Entry, Statement
from planner.domain.records.what_if import Axis, Figures, Point, Setting, Shift, WhatIfAnswer, WhatIfCause
