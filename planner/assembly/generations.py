r"""How many generations of what is owned may be of use at a site at the same time: one, or two.

Let U be what serves all demand at its peak. **At most 2 U.** Take a time t and all units that are in service then. Let E be
those that came first, as many as make up U, and L those that go last, as many as make up U. Any other unit b is of no use:
before t all of E is there whenever b is, after t all of L. So b could be left out, and what is left out is paid for (a later
sale never brings more than the price, because resale curves never rise and start at 1). ∎

**At most U**, where nothing ends its service within the horizon (then E alone is there whenever b is), or where neither is
money bound to dates nor does a price rise: a unit that comes while U others are there can come a period later, at no higher
price, and is younger at the end. ∎ With budgets by date, a runway, credits that expire or rising prices a successor may be
bought while its predecessor still serves.

**Contracts with a smallest size** q: the last one signed is of at most max(U, q), because it may have to carry all once the
others have ended; so 2 max(U, q) in place of U, or U + q where none ends within the horizon.
"""

from collections.abc import Iterable

from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.formulation.parameters import ProgramOption


def generations(members: Iterable[ProgramOption], scenario: Scenario, horizon: Horizon) -> int:
    """1 or 2, for the power and the servers of a site."""
    options = [member for member in members if member.terms.signing]
    if not renewed(options, horizon):
        return 1
    dated = (
        scenario.budget_per_year_usd,
        scenario.budget_per_period_usd,
        scenario.budget_upfront_per_year_usd,
        scenario.cash,
        scenario.credits or None,
    )
    rising = any(member.option.asset is not None and member.option.asset.change_per_year > 0 for member in options)
    return 2 if rising or any(limit is not None for limit in dated) else 1


def renewed(options: Iterable[ProgramOption], horizon: Horizon) -> bool:
    """Whether anything can end its service within the horizon."""
    count = len(horizon.periods)
    return any(v + m.terms.lead + m.terms.term < count for m in options for v in m.terms.signing[:1])


def most_units(useful: float, least: float, times: int, ends: bool) -> float:
    """Most units of power that can be of use at a time.

    Args:
        useful: units that carry all servers that are of use.
        least: smallest size of a contract; 1 where there is none.
        times: generations of contracts.
        ends: whether contracts end within the horizon.

    >>> most_units(60.0, 50.0, 1, ends=False), most_units(60.0, 50.0, 1, ends=True), most_units(60.0, 1.0, 2, ends=True)
    (110.0, 120.0, 120.0)
    """
    if least <= 1:
        return useful * times
    return useful + least if times == 1 and not ends else 2 * max(useful, least) * times
