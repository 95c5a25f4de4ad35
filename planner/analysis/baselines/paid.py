"""What a usual way pays, period by period."""

from itertools import chain

from planner.formulation import Built, credits_in, settled_in, spending
from planner.formulation.parameters import THOUSAND, Parameters
from planner.solver import Floats


def cash_by_period(p: Parameters, built: Built, x: Floats) -> tuple[float, ...]:
    """Cash of every period after credits and with what agreements settle, in dollars."""
    variables, order, found = built.variables, built.order, []
    for t, by_provider in enumerate(spending(p, variables)):
        pairs = chain(*by_provider.values(), credits_in(p, variables, t), settled_in(p, variables, t))
        found.append(round(THOUSAND * sum(usd * float(x[order[variable.name]]) for variable, usd in pairs), 2))
    return tuple(found)
