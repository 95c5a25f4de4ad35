"""The catalog as tables

In: `Catalog`.
Out: documents.
Start at `catalog.py`.
"""

from planner.report.catalog.catalog import Price, Subject, prices_report, subject_report
from planner.report.catalog.check import check_report, summarise
from planner.report.catalog.diff import changes_of, diff_report
from planner.report.catalog.facts import fact_rows, facts_named, facts_report
from planner.report.catalog.history import history_report
from planner.report.catalog.refresh import refresh_report, sources_report
