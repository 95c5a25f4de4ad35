"""Many questions on several machines, and answers that outlive the command that asked

In: a function, what all calls of it share, one argument a call.
Out: what each call returned, as it comes.
Start at `workers.py`; `results.py` keeps answers in a file.
"""

from planner.cluster.results import Results, fingerprint
from planner.cluster.workers import spread
