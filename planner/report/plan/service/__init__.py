"""The sections of a plan on demand and how it is served

In: `Plan`.
Out: sections.
Start at `serving.py`.
"""
