r"""Signings: no more than so many contracts are signed in a plan-year.

.. math::
    \sum_{o} \sum_{v \in y} z_{ov} \le \bar Z \qquad \forall y

========  ===========================  ==========================================
symbol    in code                      unit
========  ===========================  ==========================================
z_{ov}    ``x.opened[o, v]``           1 if anything is signed (``commitment``)
Z̄         ``p.most``                   contracts a plan-year (``signings_per_year``)
========  ===========================  ==========================================

What is held already, what the scenario fixes, what is owned and savings plans count for nothing here.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def signings(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per plan-year, key (year,)."""
    most = p.most.get("signings_per_year")
    if most is None:
        return
    years: dict[int, list[Pair]] = {}
    for (o, v), opened in x.opened.items():
        if p.options[o].option.asset is None:
            years.setdefault(p.horizon.periods[v].plan_year, []).append((opened, 1.0))
    for year, opened_in in sorted(years.items()):
        yield Row((year,), opened_in, "<=", float(most))


FAMILY = Family("signings", signings, counts=lambda key: "signings_per_year")
