"""Accelerators that the catalog lacks: a file of them, JSON or CSV, in the words of `accelerators.csv`."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.cli.output import UsageError, unreadable

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.inputs import Accelerator, Catalog

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
