"""What is still served when domains fail: the survivors' dispatch and a simulation

In: a plan.
Out: shares served.
Start at `simulation.py`.
"""

from planner.audit.availability.domains import Domains
from planner.audit.availability.simulation import SAMPLES, SEED, simulate
