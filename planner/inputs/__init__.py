"""Files become a `Scenario` and a `Catalog`; every mistake at once, with place and remedy

In: YAML, JSON, CSV.
Out: `Scenario`, `Catalog`, or `InputErrors`.
Start at `scenario_file.py`.
"""

from planner.inputs.json_schema import schema_text
from planner.inputs.plan_file import read_answer, read_bytes, read_plan, shown_name
from planner.inputs.quotes_file import read_quotes
from planner.inputs.resolved import resolved
from planner.inputs.scenario_file import STDIN, Loaded, load_scenario, load_text, read_for_market, reload
