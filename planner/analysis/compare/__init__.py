"""Two scenarios or plans side by side, and many variants of one

In: scenarios or plans.
Out: differences, or one answer a variant.
Start at `compare.py` and `what_if.py`.
"""
