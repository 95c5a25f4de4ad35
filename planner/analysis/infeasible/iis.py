"""Which limits exclude one another: an irreducible set of the user's own, and the fewest of them that must give way.

**Irreducible set.** QuickXplain (Junker 2004): of limits that together leave no plan, a subset that still leaves none and of
which no part does. Each test frees all other limits. **Correction set.** Going through the limits from the one that should
rather stay, each is put back where a plan remains; what cannot be put back must give way, and no part of it is enough.
"""

from collections.abc import Sequence

from planner.analysis.infeasible.levers import Lever
from planner.analysis.infeasible.oracle import Possible
from planner.analysis.infeasible.settings import Settings, merged


def freed(levers: Sequence[Lever]) -> Settings:
    """Changes that free all of the limits."""
    return merged(*(lever.free for lever in levers))


def irreducible(
    levers: Sequence[Lever], suspects: Sequence[Lever], loose: Sequence[Lever], possible: Possible
) -> tuple[Lever, ...]:
    """Limits that exclude one another while all others are freed; empty if freeing all of them does not help.

    Args:
        suspects: levers that are tried first; if they exclude one another already, the set is found among them.
        loose: levers beside them that are freed in any case.
    """
    if not possible(freed([*loose, *levers])):
        return ()

    def excludes(held: Sequence[Lever]) -> bool:
        return not possible(freed([*loose, *(lever for lever in levers if lever not in held)]))

    among = suspects if suspects and excludes(suspects) else levers

    def explain(held: list[Lever], added: bool, candidates: list[Lever]) -> list[Lever]:
        if added and excludes(held):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        of_second = explain([*held, *first], bool(first), second)
        of_first = explain([*held, *of_second], bool(of_second), first)
        return [*of_first, *of_second]

    found = explain([], False, list(among))
    return () if possible.tired else tuple(lever for lever in levers if lever in found)


def correction(levers: Sequence[Lever], possible: Possible) -> tuple[Lever, ...]:
    """Limits that must give way together, given in the order in which they should rather give way; empty if none suffice."""
    loose = list(levers)
    if not possible(freed(loose)):
        return ()
    for lever in reversed(levers):
        without = [other for other in loose if other is not lever]
        if possible(freed(without)):
            loose = without
    return tuple(loose)
