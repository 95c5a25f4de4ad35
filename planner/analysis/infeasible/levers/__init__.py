"""The limits of a scenario that may give way, one by one

In: a scenario.
Out: levers: path, amount, words.
Start at `levers.py`.
"""
