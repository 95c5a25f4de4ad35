"""Nouns of the field: frozen, without file access and without a solver

In: values read by `inputs`.
Out: types that every other package speaks.
Start at `scenario.py` (the whole question) and `records/plan.py` (the whole answer).
"""
