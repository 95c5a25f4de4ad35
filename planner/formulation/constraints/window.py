r"""Window: a training run that may stop and move makes all of its progress within its window.

.. math::
    \sum_{t \in T_w} q_{wt} \ge 1 \qquad \forall w \in W^{window}

========  =======================  ==================
symbol    in code                  unit
========  =======================  ==================
q_{wt}    ``x.progress[w, t]``     share of the run
========  =======================  ==================

What the progress of a period takes is a demand row. Dual: thousands of dollars for the whole run once more.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row
from planner.formulation.variables import Variables


def window(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per run, key (w,)."""
    for w, run in p.windows.items():
        pairs: list[Pair] = [(x.progress[w, t], 1.0) for t in run.periods]
        if pairs:
            yield Row((w,), pairs, ">=", 1.0)


FAMILY = Family("window", window, asks_demand=True)
