"""`datasets/` becomes a `Catalog`

In: CSV files.
Out: `Catalog`, or all mistakes of all files.
Start at `load.py`.
"""

from planner.inputs.catalog.files import COLUMNS, OPTIONAL, Csv, CsvRow, is_date
from planner.inputs.catalog.history import (
    NEWER,
    NEWER_HOSTED,
    REFUTED,
    REPLACED,
    REPLACED_HOSTED,
    load_history,
    load_known_on,
    price_history,
)
from planner.inputs.catalog.load import bundled_directory, load_catalog
from planner.inputs.catalog.measurements import FOLDER, measured_models
from planner.inputs.catalog.relations import ACCEPTED, RULES, SAME, contradictions, far_off
