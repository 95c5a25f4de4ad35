"""What binds, what it is worth, the price at which an option enters

In: a solved scenario.
Out: `Explanation`.
Start at `explain.py`.
"""
