"""What other questions than `solve` are answered with, as records without behaviour

In: numbers computed elsewhere.
Out: what `report` renders.
Start at `what_if.py`.
"""

from planner.domain.answers.commitments import CommitmentsAnswer, PoolAnswer, Recommendation, Threshold
from planner.domain.answers.comparison import (
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
from planner.domain.answers.crossover import (
    Breakeven,
    CostItem,
    Crossover,
    CrossoverAlternative,
    CrossoverFound,
    CrossoverThreshold,
    CurvePoint,
    OwnedFleet,
    SizeRange,
    Swing,
    WayAnswer,
    WayName,
)
from planner.domain.answers.estimate import (
    Estimate,
    LoraTargets,
    Method,
    Optimizer,
    Price,
    Rule,
    ServingLine,
    ServingRequest,
    TrainingLine,
    TrainingRequest,
    UnitLine,
)
from planner.domain.answers.explanation import Explanation, FlipPrice, LineReason, ShadowPrice, WhyNot
from planner.domain.answers.negotiation import (
    Deal,
    Negotiation,
    NextTier,
    NotPriced,
    Rebate,
    Resolved,
    RunnerUp,
    Signing,
)
from planner.domain.answers.second_look import AuditAnswer, SimulationAnswer
from planner.domain.answers.what_if import Axis, Figures, Point, Setting, Shift, WhatIfAnswer, WhatIfCause
