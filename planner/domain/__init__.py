"""Nouns of the field: frozen, without file access and without a solver

In: values read by `inputs`.
Out: types that every other package speaks; each package below has its own door.
Start at `scenario` (the whole question) and `records` (the whole answer).
"""
