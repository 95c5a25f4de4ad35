r"""Pools: no more than so many node types in a region of a provider (and providers of hosted models) are used.

.. math::
    r_{ots},\ k_{ov},\ e_{jo} \le \bar u_o\, n_i, \quad a_{hts} \le n_i \qquad \forall o, h \in i, \qquad
    \sum_i n_i \le \bar N

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
n_i       ``x.used[i]``               1 if pool i is used at all
r_{ots}   ``x.running[o, t, s]``      nodes
k_{ov}    ``x.signed[o, v]``          nodes
e_{jo}    ``x.extra[j, o]``           nodes
a_{hts}   ``x.hosted[h, t, s]``       share of the demand
ū_o       ``usage.parts_of``          nodes: an upper bound, else all that can be of use
N̄         ``p.max_pools``             pools
========  ==========================  ==========================================

What is held already, or owned, counts for nothing here.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row
from planner.formulation.usage import at_most
from planner.formulation.variables import Variables


def pools(p: Parameters, x: Variables) -> Iterator[Row]:
    """Links of every pool, then the limit; keys (i, number) and (-1,)."""
    return at_most(p, x, "pool", p.max_pools)


FAMILY = Family("pools", pools)
