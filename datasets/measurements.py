"""`datasets/performance/` as measurements: published runs that the sizing model is fitted on and tried against."""

from typing import NamedTuple, cast, get_args

from planner.domain.inputs import Accelerator, Catalog, LanguageModel, Precision
from planner.errors import CatalogError
from planner.inputs.catalog import FOLDER, bundled_directory, measured_models
from planner.inputs.catalog.measurements import measured_rows

KV_BYTES = {"": None, "bf16": 2.0, "fp8": 1.0}


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


def load_measurements(catalog: Catalog) -> Measurements:
    """Every measured row, with its accelerator and model looked up."""
    folder = bundled_directory() / FOLDER
    extra = measured_models(folder)
    models = {**extra, **catalog.language_models}
    serving, training = [], []
    for where, row in measured_rows(folder / "measured_inference.csv"):
        serving.append(_serving(where, row, catalog, models))
    for where, row in measured_rows(folder / "measured_training.csv"):
        training.append(_training(where, row, catalog, models))
    return Measurements(tuple(serving), tuple(training), extra)


def _serving(where: str, row: dict[str, str], catalog: Catalog, models: dict[str, LanguageModel]) -> ServingMeasurement:
    try:
        if row["precision"] not in get_args(Precision):
            raise KeyError(row["precision"])
        return ServingMeasurement(
            row["id"],
            catalog.accelerators[row["accelerator"]],
            models[row["model"]],
            cast(Precision, row["precision"]),
            KV_BYTES[row["kv_precision"]],
            *_layout(row),
            float(row["input_tokens"]),
            float(row["output_tokens"]),
            float(row["concurrency"]) if row["concurrency"] else None,
            float(row["output_tokens_per_s"]),
            float(row["ttft_ms"]) if row["ttft_ms"] else None,
            float(row["tpot_ms"]) if row["tpot_ms"] else None,
            row["engine"],
            row["checked_on"],
            row["source"],
        )
    except (KeyError, ValueError) as error:
        raise CatalogError(f"{where}: unknown name or wrong number: {error}") from error


def _layout(row: dict[str, str]) -> tuple[int | None, int, int, int]:
    """Tensor, pipeline, data, and all accelerators; no tensor where only their number is published."""
    if row["accelerators"]:
        return None, 1, 1, int(row["accelerators"])
    tensor, pipeline, data = int(row["tensor"]), int(row["pipeline"]), int(row["data"])
    return tensor, pipeline, data, tensor * pipeline * data


def _expert_parallel(layout: str) -> int | None:
    """The number after `EP` in words like `TP1 PP4 EP64`.

    >>> _expert_parallel("TP1 PP4 CP1 VP4 EP64"), _expert_parallel("")
    (64, None)
    """
    found = [word[2:] for word in layout.split() if word.startswith("EP") and word[2:].isdecimal()]
    return int(found[0]) if found else None


def _training(
    where: str, row: dict[str, str], catalog: Catalog, models: dict[str, LanguageModel]
) -> TrainingMeasurement:
    try:
        counted = {
            "parameters_b": float(row["parameters_b"]),
            "active_parameters_b": float(row["active_parameters_b"]),
        }
        return TrainingMeasurement(
            row["id"],
            catalog.accelerators[row["accelerator"]],
            int(row["count"]),
            models[row["model"]].model_copy(update=counted),
            row["precision"],
            row["method"] == "lora",
            float(row["sequence_tokens"]),
            row["recompute"] == "full",
            _expert_parallel(row["parallelism"]),
            float(row["tokens_per_s_per_accelerator"]),
            row["source"],
        )
    except (KeyError, ValueError) as error:
        raise CatalogError(f"{where}: unknown name or wrong number: {error}") from error
