"""What differs between plans, as documents

In: a comparison of two plans, or the answer of what-if questions.
Out: documents.
Start at `compare.py`.
"""

from planner.report.answers.comparison.compare import comparison_document, comparison_report
from planner.report.answers.comparison.what_if import charts_of_what_if, what_if_document, what_if_report
