"""Files become a `Scenario` and a `Catalog`; every mistake at once, with place and remedy

In: YAML, JSON, CSV.
Out: `Scenario`, `Catalog`, or `InputErrors`.
Start at `scenario_file.py`.
"""
