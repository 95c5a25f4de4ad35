"""The catalog as tables

In: `Catalog`.
Out: documents.
Start at `catalog.py`.
"""

from planner.report.catalog.catalog import Price, Subject, render_catalog, render_catalog_show
from planner.report.catalog.check import render_catalog_check, summarise
from planner.report.catalog.diff import changes_of, render_catalog_diff
from planner.report.catalog.facts import fact_rows, facts_named, render_facts
from planner.report.catalog.history import render_price_history
from planner.report.catalog.refresh import render_refresh, render_sources
