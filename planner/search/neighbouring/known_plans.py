"""Plans of programs of any shape as a start for others: what is whole in them may be a plan there too.

Columns are told apart by what they stand for, options by their ids: places and numbers of a program change with its market.
"""

from typing import NamedTuple

import numpy as np

from planner.formulation import Built, stands_of
from planner.formulation.parameters import Parameters
from planner.solver import Floats

MOST_MORE_WORK = 0.1
"""A plan for so much more work, as a share, is no start: too much of it would stand idle."""


class KnownPlan(NamedTuple):
    """What is not zero in a plan, and the work that it does."""

    values: dict[str, float]
    online: dict[tuple[int, int, int], float]
    flexible: dict[tuple[int, int], float]

    def suits(self, p: Parameters) -> bool:
        """Whether it does all the work of a program, and hardly more."""
        enough = all(self.online.get(at, 0.0) >= rate * (1 - 1e-9) for at, rate in p.online.items()) and all(
            self.flexible.get(at, 0.0) >= work * (1 - 1e-9) for at, work in p.flexible.items()
        )
        share = 1 - MOST_MORE_WORK
        return (
            enough
            and sum(p.online.values()) >= share * sum(self.online.values())
            and sum(p.flexible.values()) >= share * sum(self.flexible.values())
        )

    def in_program(self, built: Built, p: Parameters) -> Floats:
        """Its values by the columns of a program."""
        return np.array([self.values.get(name, 0.0) for name in lasting_names(built, p)])


def known_plan(built: Built, p: Parameters, x: Floats) -> KnownPlan:
    """A plan of a program."""
    names = lasting_names(built, p)
    return KnownPlan({names[j]: float(x[j]) for j in np.flatnonzero(x)}, p.online, p.flexible)


def lasting_names(built: Built, p: Parameters) -> list[str]:
    """A name of each column that it keeps in programs of other markets."""
    x = built.variables
    ids = [member.option.id for member in p.options]
    classes = [min((ids[o] for o in (*group.running, *group.committed)), default="") for group in p.classes]
    place = {column.name: j for j, column in enumerate(built.columns)}
    names = list(place)
    for (o, t, s), column in x.running.items():
        names[place[column.name]] = f"running {ids[o]} {t} {s}"
    for (o, v), column in (*x.signed.items(), *x.opened.items()):
        names[place[column.name]] = f"{column.name.partition('_')[0]} {ids[o]} {v}"
    stands = [min((ids[o] for o in stand.options), default="") for stand in stands_of(p)] if x.standing else []
    for (g, t, s), column in x.standing.items():
        names[place[column.name]] = f"standing {stands[g]} {t} {s}"
    for (w, c, t, s), column in x.served.items():
        names[place[column.name]] = f"served {w} {classes[c]} {t} {s}"
    for (h, t, s), column in x.hosted.items():
        names[place[column.name]] = f"hosted {p.hosted[h].workload} {ids[p.hosted[h].option]} {t} {s}"
    return names
