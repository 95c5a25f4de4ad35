"""The ready-made question on terms: term by discount by demand

In: a scenario.
Out: a grid of answers.
Start at `commitments.py`.
"""

from planner.analysis.commitments.commitments import commitments_of
from planner.analysis.commitments.coverage import COMMITTED_USD, use_of
