"""From which yearly spend owning pays

In: a scenario with sites.
Out: `Crossover`.
Start at `crossover.py`.
"""

from planner.analysis.crossover.crossover import crossover
