"""What is said about an answer: plan records, baselines, reasons, comparisons, ways out

In: `PreparedScenario`, `Solution`.
Out: `Answer` and records.
Start at `answer.py`.
"""

from planner.analysis.answer import Answer, answer, searched
from planner.analysis.max_served import at_multiple, most_share
from planner.analysis.variants import market_facts, seldom_collecting, wider_of, within_term
