"""`datasets/` becomes a `Catalog`

In: CSV files.
Out: `Catalog`, or all mistakes of all files.
Start at `load.py`.
"""

from planner.inputs.catalog.countries import COUNTRIES, remedy_of, wrong_country
from planner.inputs.catalog.csv_source import Csv, Row
from planner.inputs.catalog.load import load_catalog
from planner.inputs.catalog.measurements import FOLDER, measured_models
from planner.inputs.catalog.relations import RULES, contradictions
