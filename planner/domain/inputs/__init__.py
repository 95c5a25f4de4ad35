"""What the catalog holds: accelerators, language models, stacks, measurements, figures of owning

In: rows of `datasets/`.
Out: `Catalog` and its parts.
Start at `catalog.py`.
"""
