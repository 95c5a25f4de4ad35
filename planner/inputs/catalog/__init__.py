"""`datasets/` becomes a `Catalog`

In: CSV files.
Out: `Catalog`, or all mistakes of all files.
Start at `load.py`.
"""
