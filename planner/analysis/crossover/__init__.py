"""From which yearly spend owning pays

In: a scenario with sites.
Out: `Crossover`.
Start at `crossover.py`.
"""
