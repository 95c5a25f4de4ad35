"""A plan as a document, one section a module

In: `Plan`.
Out: sections.
Start at `render.py`.
"""
