r"""Carbon: emissions of a plan-year from the electricity of all nodes that are paid for.

.. math::
    \sum_{t \in y} \Big( \sum_{o,s} \epsilon_o h_{ts} r_{ots} + \sum_{o} \epsilon_o h_t \sum_{v \in win(o,t)} k_{ov}
    + \sum_{j,o} \epsilon_o \eta_j e_{jo} \Big) \le E_y \qquad \forall y

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
ε_o       ``p.options[o].tonnes``     tonnes CO2e per node-hour
r_{ots}   ``x.running[o, t, s]``      nodes
k_{ov}    ``x.signed[o, v]``          nodes
e_{jo}    ``x.extra[j, o]``           nodes, for η_j hours
E_y       ``p.carbon_caps[y]``        tonnes
========  ==========================  ==========================================

Dual: thousands of dollars for one more tonne. A price of carbon is part of the costs of r, k and e.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.spending import merged
from planner.formulation.variables import Variables


def carbon(p: Parameters, x: Variables) -> Iterator[Row]:
    """One row per capped plan-year, key (year,)."""
    if all(cap is None for cap in p.carbon_caps):
        return
    emitted: list[list[Pair]] = [[] for _ in p.carbon_caps]

    def emit(t: int, variable: object, tonnes: float) -> None:
        for year, share in p.years_of(t):
            emitted[year].append((variable, tonnes * share))

    for (o, t, s), running in x.running.items():
        if p.options[o].tonnes:
            emit(t, running, p.options[o].tonnes * p.hours[t][s])
    for (j, o), extra in x.extra.items():
        if p.options[o].tonnes:
            emit(p.casts[j].end - 1, extra, p.options[o].tonnes * p.casts[j].last_hours)
    for o, member in enumerate(p.options):
        if member.terms.term and member.tonnes:
            for t, period in enumerate(p.horizon.periods):
                for k in x.window(p, o, t):
                    emit(t, k, member.tonnes * period.hours)
                for k in x.last(p, o, t):
                    emit(t, k, member.tonnes * period.hours * member.option.period_share)
    for year, cap in enumerate(p.carbon_caps):
        if cap is not None and emitted[year]:
            yield in_scale(Row((year,), merged(emitted[year]), "<=", cap))


FAMILY = Family("carbon", carbon, limits="carbon", gives_way=True)
