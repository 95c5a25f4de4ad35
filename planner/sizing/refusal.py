"""What a verdict is, and how a workload refuses an accelerator."""

from collections.abc import Callable

from planner.domain.inputs import Accelerator
from planner.domain.records import Bottleneck, Fit, Rejection
from planner.domain.workloads import Batch, Development, Inference, Training

AnyWorkload = Inference | Batch | Training | Development
Verdict = Fit | Rejection
Refuse = Callable[[Bottleneck, str, str], Rejection]
"""(bottleneck, needed, offered) → Rejection."""


def refuser(workload: AnyWorkload, accelerator: Accelerator) -> Refuse:
    """Rejections of one accelerator by one workload."""

    def refuse(bottleneck: Bottleneck, needed: str, offered: str) -> Rejection:
        return Rejection(workload.name, accelerator.id, bottleneck, needed, offered)

    return refuse
