"""Answers as text; the only place of `$`, `%` and rounding

In: records.
Out: table, Markdown, CSV, JSON.
Start at `plan/render.py`.
"""
