r"""Uses: no more than so many providers, or pools (node types in a region, providers of hosted models), are used at all.

.. math::
    r_{ots},\ k_{ov},\ e_{jo} \le \bar u_o\, n_i, \quad a_{hts} \le n_i \qquad \forall o, h \in i, \qquad
    \sum_i n_i \le \bar N

========  ==========================  ==========================================
symbol    in code                     unit
========  ==========================  ==========================================
n_i       ``x.used[i]``               1 if anything makes use of i
r_{ots}   ``x.running[o, t, s]``      nodes
k_{ov}    ``x.signed[o, v]``          nodes
e_{jo}    ``x.extra[j, o]``           nodes
a_{hts}   ``x.hosted[h, t, s]``       share of the demand
ū_o       ``usage.parts_of``          nodes: an upper bound, else all that can be of use
N̄         ``p.most``                  how many of a kind: providers, or pools
========  ==========================  ==========================================

Of each kind apart. What is held already, or owned, counts for nothing here.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row
from planner.formulation.usage import links
from planner.formulation.variables import Variables


def uses(p: Parameters, x: Variables) -> Iterator[Row]:
    """Of each kind the links of everything that is counted, then the limit; keys (i, number) and (-1, kind)."""
    for kind in dict.fromkeys(use.kind for use in p.uses if use.kind in p.most):
        of_kind = [i for i, use in enumerate(p.uses) if use.kind == kind]
        for _, rows in links(p, x, of_kind):
            yield from rows
        yield Row((-1, kind), [(x.used[i], 1.0) for i in of_kind], "<=", float(p.most[kind]))


FAMILY = Family("uses", uses, counts=lambda key: str(key[1]) if key[0] == -1 else None)
