"""A question beside one that is solved: what the first one left is where the next one starts

In: a program and a plan of it, or what earlier searches of programs of one shape left.
Out: a plan with less to choose from, or an `Outcome`.
Start at `neighbours.py`.
"""

from planner.search.neighbouring.known_plans import KnownPlan, known_plan
from planner.search.neighbouring.nearby import Nearby
from planner.search.neighbouring.neighbours import Neighbours
