"""Published measurements of serving and training: what the sizing model is fitted on and tried against."""

from typing import NamedTuple

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel, Precision


class ServingMeasurement(NamedTuple):
    """One measured run of a serving engine."""

    id: str
    accelerator: Accelerator
    model: LanguageModel
    precision: Precision
    kv_bytes: float | None
    """Bytes per cached element; None if the source does not say."""
    tensor: int | None
    """None where the layout is not published: as good as the accelerators allow."""
    pipeline: int
    data: int
    accelerators: int
    input_tokens: float
    output_tokens: float
    concurrency: float | None
    """Requests under way; None if as many as memory and engine allowed."""
    output_tokens_per_s: float
    """Of all accelerators together."""
    ttft_ms: float | None
    tpot_ms: float | None
    engine: str
    checked_on: str
    source: str

    @property
    def pair(self) -> str:
        """Architecture and accelerator, held out as a whole: models that differ in name only are one."""
        return f"{_architecture(self.model)} on {self.accelerator.id}"


class TrainingMeasurement(NamedTuple):
    """One measured training run."""

    id: str
    accelerator: Accelerator
    count: int  # type: ignore[assignment]  # shadows a method of tuple
    """Accelerators of the cluster."""
    model: LanguageModel
    precision: str
    lora: bool
    sequence_tokens: float
    recompute: bool
    """True if all activations are computed twice."""
    expert_parallel: int | None
    """Accelerators over which experts are spread; None if the source does not say."""
    tokens_per_s: float
    """Per accelerator."""
    source: str

    @property
    def pair(self) -> str:
        return f"{_architecture(self.model)}{' LoRA' if self.lora else ''} on {self.accelerator.id}"


def _architecture(model: LanguageModel) -> str:
    """Models of equal depth and width are the same to the formulas, up to their exact parameter count.

    >>> _architecture(LanguageModel(id="x", parameters_b=70.55, active_parameters_b=70.55, layers=80, hidden=8192))
    '80 layers of 8192'
    """
    experts = f", {model.experts} experts" if model.experts else ""
    return f"{model.layers} layers of {model.hidden}{experts}"


class Measurements(NamedTuple):
    """All measured rows of the datasets."""

    serving: tuple[ServingMeasurement, ...]
    training: tuple[TrainingMeasurement, ...]
    models: dict[str, LanguageModel]
    """Models that were measured and are not in the catalog."""
