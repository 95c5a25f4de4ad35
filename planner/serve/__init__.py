"""A local page to play with a scenario: sliders and fields, a plan for each try, beside the plan as it is.

In: a scenario and a catalog.
Out: an ASGI application for one browser on this machine, and the process that solves for it.
Start at `app.py`; `guard.py` says who is let in, `live.py` solves, `desk.py` remembers.
"""

from planner.serve.app import Here, app_of
from planner.serve.desk import Desk
from planner.serve.live import Start
from planner.serve.question import controls_of
from planner.serve.solver import Limits, Solver
from planner.serve.variants import VariantsError, with_variants
