"""From which size it pays to own: the answer as a document, as values and as rows

In: `Crossover`.
Out: `Report`.
Start at `document.py`.
"""

from planner.report.answers.crossover.document import crossover_report
