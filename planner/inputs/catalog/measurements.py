"""`datasets/performance/`: measured rows. No plan needs them; the calibration beside the datasets does."""

import csv
from collections.abc import Iterator
from pathlib import Path

from planner.domain.inputs import LanguageModel
from planner.errors import CatalogError
from planner.inputs.catalog.load import bundled_directory

FOLDER = "performance"


def measured_models(folder: Path | None = None) -> dict[str, LanguageModel]:
    """Architectures that were measured but are not in the catalog; they can be estimated all the same."""
    found = {}
    for where, row in measured_rows((folder or bundled_directory() / FOLDER) / "measured_models.csv"):
        stated = {name: value for name, value in row.items() if value}
        try:
            found[row["id"]] = LanguageModel.model_validate(stated, strict=False)
        except ValueError as error:
            raise CatalogError(f"{where}: {error}") from error
    return found


def measured_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows with their places; none if the file is missing, as in a catalog that brings no measurements."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{path.name}:{number}"
            if not (row.get("source") and row.get("checked_on")):
                raise CatalogError(f"{where}: a measured row needs `source` and `checked_on`")
            yield where, row
