"""The catalog as tables

In: `Catalog`.
Out: documents.
Start at `catalog.py`.
"""
