"""The limits of a scenario that may give way, one by one

In: a scenario.
Out: levers: path, amount, words.
Start at `levers.py`.
"""

from planner.analysis.infeasible.levers.levers import ASSUMED, DEMAND, FILTER, LEFT_OUT, STATED, Lever
from planner.analysis.infeasible.levers.money import money_levers, raised
from planner.analysis.infeasible.levers.own import own_levers
from planner.analysis.infeasible.levers.rules import rule_levers
from planner.analysis.infeasible.levers.supply import ENDLESS, FILTERS, filter_levers, supply_levers
from planner.analysis.infeasible.levers.work import work_levers
