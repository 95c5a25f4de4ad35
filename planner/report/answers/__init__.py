"""All other answers as documents, one a module

In: records.
Out: documents.
Start at the module named like the command.
"""

from planner.report.answers.audit_report import audit_report
from planner.report.answers.commitments import commitments_report
from planner.report.answers.comparison import (
    charts_of_what_if,
    comparison_document,
    comparison_report,
    what_if_document,
    what_if_report,
)
from planner.report.answers.crossover import crossover_report
from planner.report.answers.differences import difference_money, in_words
from planner.report.answers.estimate import estimate_report, estimates_report
from planner.report.answers.explanation import explanation_report
from planner.report.answers.infeasible import infeasible_report
from planner.report.answers.mistakes import escaped, mistakes_json, render_mistakes
from planner.report.answers.saved import saved_report
from planner.report.answers.simulation import agrees, simulation_report
