"""What is owned, computed a second time: capital, energy and running cost of servers and sites by period.

In: `Books`.
Out: `Estate`, a list of `Flow`s in exact decimals.
Start at `flows.py`.
"""

from planner.audit.estate.flows import CAPITAL, CHARGED, FIXED, LINED, Estate, Flow, OwnSigning, owned_lines
from planner.audit.estate.options import Holdings, OwnOption, OwnSite
from planner.audit.estate.tariffs import draw_kw, nine_places
