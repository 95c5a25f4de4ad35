"""`datasets/performance/` → measurements. Small tables of their own: no plan needs them, only calibration does."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from planner.domain.inputs import (
    Catalog,
    LanguageModel,
    Measurements,
    Precision,
    ServingMeasurement,
    TrainingMeasurement,
)
from planner.errors import CatalogError
from planner.inputs.catalog.load import bundled_directory

FOLDER = "performance"
KV_BYTES = {"": None, "bf16": 2.0, "fp8": 1.0}


def load_measurements(catalog: Catalog, directory: Path | None = None) -> Measurements:
    """Every measured row, with its accelerator and model looked up."""
    folder = (directory or bundled_directory()) / FOLDER
    extra = measured_models(folder)
    models = {**extra, **catalog.language_models}
    serving, training = [], []
    for where, row in _rows(folder / "measured_inference.csv"):
        serving.append(_serving(where, row, catalog, models))
    for where, row in _rows(folder / "measured_training.csv"):
        training.append(_training(where, row, catalog, models))
    return Measurements(tuple(serving), tuple(training), extra)


def measured_models(folder: Path | None = None) -> dict[str, LanguageModel]:
    """Architectures that were measured but are not in the catalog; they can be estimated all the same."""
    found = {}
    for where, row in _rows((folder or bundled_directory() / FOLDER) / "measured_models.csv"):
        stated = {name: value for name, value in row.items() if value}
        try:
            found[row["id"]] = LanguageModel.model_validate(stated, strict=False)
        except ValueError as error:
            raise CatalogError(f"{where}: {error}") from error
    return found


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows with their places; none if the file is missing, as in a catalog that brings no measurements."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name}:{number}"
            if not (row.get("source") and row.get("checked_on")):
                raise CatalogError(f"{where}: a measured row needs `source` and `checked_on`")
            yield where, row


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
