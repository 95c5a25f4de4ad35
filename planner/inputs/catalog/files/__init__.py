"""CSV files of the catalog: their columns, rows and cells

In: a folder.
Out: rows with checked cells; what is wrong with a cell, at its place.
Start at `rows.py`.
"""

from planner.inputs.catalog.files.columns import COLUMNS, OPTIONAL
from planner.inputs.catalog.files.csv_source import Csv, CsvRow
from planner.inputs.catalog.files.rows import CatalogRow, by_id, is_date, read_rows, refusal
