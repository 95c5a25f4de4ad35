"""One document model, several dresses: tables, sections, numbers as text

In: sections and tables.
Out: terminal text, Markdown, pages, CSV, JSON; files written whole.
Start at `table.py`.
"""
