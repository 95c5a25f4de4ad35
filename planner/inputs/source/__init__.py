"""Text with places: safe readers, names, overrides and the mistakes that are reported

In: text of a file.
Out: values that know line and column, and messages.
Start at `document.py`.
"""
