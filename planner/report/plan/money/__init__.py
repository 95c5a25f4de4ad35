"""The sections of a plan on money

In: `Plan`.
Out: sections.
Start at `years.py`.
"""
