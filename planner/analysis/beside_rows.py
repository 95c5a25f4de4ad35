"""Limits that are no rows of the program but decide what is in it: delivery, smallest quantities, power of a site, longest terms.

They are found from the table of all limits (`infeasible/levers`), taken away in the scenario, and the program is written anew.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from planner.analysis.infeasible import STATED, Lever, Possible, Settings, dotted, levers_of, merged
from planner.domain.records import Binding
from planner.domain.scenario import Scenario
from planner.formulation import write
from planner.formulation.parameters import THOUSAND
from planner.pipeline import Question
from planner.sensitivity import that_bind
from planner.solver import Matrix, Watch

FAMILIES = ("lead", "commitment", "facility", "fallback", "demand", "gang", "term")
"""Families of such limits. The most servers of a site are bounds of the program."""


class Taken(NamedTuple):
    """What came of taking them away."""

    binding: list[Binding]
    limits: int
    """Limits of this kind that the scenario has."""
    all_save: float
    """What it saves to take all of them away, thousands of dollars."""


def beside_rows(question: Question, watch: Watch, saved_in: Callable[[Matrix], float], tell: float) -> Taken:
    """Limits of this kind that bind: each alone, or the smallest groups that only do so together.

    Args:
        saved_in: what another program saves, thousands of dollars.
        tell: the smallest saving that counts.
    """
    levers = [lever for lever in levers_of(question) if _is_beside(lever)]
    possible = Possible(question.scenario, question.catalog, watch)
    known: dict[str, float] = {}

    def saved(group: Sequence[Lever]) -> float:
        settings: Settings = merged(*(lever.free for lever in group))
        if repr(settings) not in known:
            other = None if watch.over else possible.question(settings)
            known[repr(settings)] = 0.0 if other is None else saved_in(write(other.parameters).built.matrix)
        return known[repr(settings)]

    groups = that_bind(levers, lambda group: saved(group) > tell)
    told = [_binding(question.scenario, group, saved(group) * THOUSAND) for group in groups]
    return Taken(told, len(levers), max(saved(levers), 0.0) if levers else 0.0)


def _is_beside(lever: Lever) -> bool:
    stated = lever.rank == STATED and lever.vector is None
    return stated and lever.family in FAMILIES and lever.path[-1] != "max_servers"


def _binding(scenario: Scenario, group: Sequence[Lever], usd: float) -> Binding:
    path, alone = group[0].path, len(group) == 1
    return Binding(
        constraint=str(path[-1]) if alone else " and ".join(dotted(scenario, lever.path) for lever in group),
        key=dotted(scenario, path[:-1]) if alone else "",
        shadow_price=0.0,
        unit=group[0].unit if alone else "",
        step=0.0 if alone else None,
        without_saves_usd=round(usd, 4),
    )
