"""The sections of a plan on what is owned

In: `Plan`.
Out: sections.
Start at `headline.py`.
"""
