"""What no single field can know: rules between fields of a scenario and the catalog

In: `Scenario`, `Catalog`.
Out: mistakes with their place.
Start at `check.py`.
"""

from planner.inputs.cross_check.check import cross_check
