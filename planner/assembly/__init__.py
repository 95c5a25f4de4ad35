"""Scenario, market and fits become the numbers of the program; what is superfluous is removed, with proof

In: `Scenario`, `Market`, `Screened`.
Out: `Parameters`.
Start at `assemble.py`.
"""

from planner.assembly.assemble import Assembled, assemble
from planner.assembly.limits import cash_flows
from planner.assembly.near import among, few_of, inside, least_cost, nearest, size_of, stays, with_fewer
from planner.assembly.options import OptionFacts, most_nodes
from planner.assembly.present_value import counted_beyond, signing_cost_usd
from planner.assembly.runs import runs_of, window_of, with_possible_casts
from planner.assembly.sites import counted, energy_price, owned_costs, team_price
from planner.assembly.uses import COUNTED, named_in
