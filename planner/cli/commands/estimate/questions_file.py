"""Questions to `planner estimate` in a file."""

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.cli.commands.estimate.answer import EstimateQuestion
from planner.cli.commands.estimate.question import (
    AUTO,
    accelerator_of,
    format_of,
    known_model,
    request_of,
    training_format,
)
from planner.cli.output import UsageError, unreadable

if TYPE_CHECKING:
    from planner.domain.inputs import Accelerator, Catalog


def questions_of(catalog: "Catalog", datasets: Path | None, file: Path) -> list[EstimateQuestion]:
    """Questions as JSON: one object or a list of them, each `{"model", "mode", "request"}` as an answer repeats it."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        read = json.loads(text)
    except (OSError, ValueError) as error:
        raise unreadable(file, error, "give JSON") from error
    found = read if isinstance(read, list) else [read]
    return [_question(catalog, datasets, one, f"{file}[{k}]") for k, one in enumerate(found)]


def _question(catalog: "Catalog", datasets: Path | None, one: Any, where: str) -> EstimateQuestion:
    if not isinstance(one, dict) or not isinstance(one.get("request", {}), dict) or "model" not in one:
        raise UsageError(f"`{where}` is no question", help='write {"model": ..., "mode": "serve", "request": {...}}')
    try:
        return _read_question(catalog, datasets, one)
    except UsageError as error:
        raise UsageError(f"`{where}`: {error.what}", help=error.help) from error


def _read_question(catalog: "Catalog", datasets: Path | None, one: dict[str, Any]) -> EstimateQuestion:
    from planner.domain.answers import ServingRequest, TrainingRequest
    from planner.domain.inputs import LanguageModel

    asked = {name: value for name, value in one.get("request", {}).items() if value != AUTO}
    mode = one.get("mode", "serve")
    if mode not in ("serve", "train", "units"):
        raise UsageError(f"`mode` is `{str(mode)[:40]}`", help="write serve, train or units")
    named = [asked.pop("accelerator", None), *(asked.pop("accelerators", None) or ())]
    asked["accelerators"] = tuple(accelerator_of(catalog, str(name)) for name in named if name)
    if mode == "train":
        if asked.get("precision"):
            asked["precision"] = training_format(str(asked["precision"]))
    else:
        formats = [asked.pop("precision", None), *(asked.pop("precisions", None) or ())]
        asked["precisions"] = tuple(format_of(str(name)) for name in formats if name) or None
        if asked.get("kv_precision"):
            asked["kv_precision"] = format_of(str(asked["kv_precision"]))
    request = request_of(TrainingRequest if mode == "train" else ServingRequest, asked)
    described = one["model"]
    if isinstance(described, str):
        return EstimateQuestion(known_model(catalog, datasets, described), request)
    return EstimateQuestion(request_of(LanguageModel, described), request)


NEEDED = ("id", "memory_gb", "memory_bandwidth_gb_per_s", "bf16_tflops")
STATED = {"vendor": "stated", "source": "stated", "checked_on": "stated"}


def with_chips(catalog: "Catalog", file: Path | None) -> "tuple[Catalog, tuple[str, ...]]":
    """The catalog with the chips of a file, and their ids."""
    if file is None:
        return catalog, ()
    chips = {chip.id: chip for chip in _read(file)}
    return replace(catalog, accelerators={**catalog.accelerators, **chips}), tuple(chips)


def _read(file: Path) -> "list[Accelerator]":
    try:
        text = file.read_text(encoding="utf-8-sig")
        rows = _rows(text) if file.suffix.lower() == ".csv" else json.loads(text)
    except (OSError, ValueError) as error:
        raise unreadable(file, error, "give JSON, or CSV by .csv") from error
    found = rows if isinstance(rows, list) else [rows]
    if not found:
        raise UsageError(f"`{file}` holds no accelerator", help=f"state at least {', '.join(NEEDED)}")
    return [_chip(one, f"{file}[{k}]") for k, one in enumerate(found)]


def _rows(text: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k and v} for row in csv.DictReader(io.StringIO(text, newline=""))]


def _chip(one: Any, where: str) -> "Accelerator":
    from pydantic import ValidationError

    from planner.domain.inputs import Accelerator

    if not isinstance(one, dict):
        raise UsageError(f"`{where}` is no accelerator", help=f"state at least {', '.join(NEEDED)}")
    missing = [name for name in NEEDED if not one.get(name)]
    if missing:
        raise UsageError(
            f"`{where}` does not state {', '.join(missing)}", help="docs: `datasets/README.md`, accelerators.csv"
        )
    formats = one.get("weight_only_formats", ())
    listed = formats.split() if isinstance(formats, str) else formats
    stated = STATED | {"name": str(one["id"])} | one | {"weight_only_formats": tuple(listed)}
    try:
        return Accelerator.model_validate(stated, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise UsageError(f"`{where}`: {said[:200].lower()}", help="fields are those of accelerators.csv") from error
