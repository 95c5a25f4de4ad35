"""Exact reduction of the options before the program is written

In: options with terms and what they serve.
Out: which of them are left, and what dominates the others.
Start at `dominance.py`: the rules and their proofs.
"""

from planner.assembly.reduction.dominance import ReductionCandidate
from planner.assembly.reduction.reduce import Reduced, reduce
