"""What the usual ways would cost: on demand, one provider, commit to the peak or the mean

In: a prepared scenario.
Out: costs that are lower bounds of each way.
Start at `baselines.py`.
"""

from planner.analysis.baselines.baselines import FREE, baselines_of, without_assumed_caps
from planner.analysis.baselines.bounds import hosts_all_runs
from planner.analysis.baselines.prices import LeastCost, least_cost
