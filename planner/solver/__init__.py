"""Matrices, rounding cuts and the only file that names HiGHS

In: `Matrix`.
Out: `Outcome` (values, bound, gap).
Start at `highs.py`.
"""
