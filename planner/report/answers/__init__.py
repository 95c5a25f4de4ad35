"""All other answers as documents, one a module

In: records.
Out: documents.
Start at the module named like the command.
"""

from planner.report.answers.audit_report import audit_report
from planner.report.answers.commitments import render_commitments
from planner.report.answers.comparison import (
    charts_of_what_if,
    comparison_document,
    render_comparison,
    render_what_if,
    what_if_document,
)
from planner.report.answers.crossover import render_crossover
from planner.report.answers.differences import difference_money
from planner.report.answers.estimate import render_estimate, render_estimates
from planner.report.answers.explanation import render_explanation
from planner.report.answers.infeasible import render_infeasible
from planner.report.answers.mistakes import escaped, mistakes_json, render_mistakes
from planner.report.answers.simulation import agrees, simulation_report
from planner.report.answers.words import in_words
