"""A plan as a workbook that a finance person recalculates: totals, present value and unit costs are formulas over the payments.

In: `Plan` and its `Statement`.
Out: the bytes of an XLSX file.
Start at `workbook.py`.
"""

from planner.report.workbook.workbook import plan_workbook
