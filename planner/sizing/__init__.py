"""Does a workload fit on a node, and how fast: memory, throughput, latency; a rejection has its reason

In: a workload, an accelerator, a language model.
Out: `Fit` or `Rejection`, with derivation.
Start at `screening.py`.
"""

from planner.sizing.admission import size
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.screening import Screened, fallbacks, screen, spot_share
