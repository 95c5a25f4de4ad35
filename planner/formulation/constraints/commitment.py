r"""Commitment: minimum quantity of a signing, most nodes in service.

.. math::
    \underline{q}_o z_{ov} \le k_{ov} \le \bar q_{ov} z_{ov}, \qquad
    \sum_{v = t-\ell_o-L_o+1}^{t-\ell_o} k_{ov} \le \bar k_o \qquad \forall o, v, t

========  =======================  =====================================================
symbol    in code                  unit
========  =======================  =====================================================
k_{ov}    ``x.signed[o, v]``       nodes
z_{ov}    ``x.opened[o, v]``       1 if anything is signed (only with a minimum quantity)
q̄_{ov}    upper bound of k_{ov}    nodes; from the data: the demand at its peak, or the maximum
k̄_o       ``option.max_nodes``     nodes in service
========  =======================  =====================================================

That a term is paid to its end needs no row: the window sum keeps a signing in service for all of it,
and its cost holds all its payments.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Row, lowered, only_if
from planner.formulation.variables import Variables


def commitment(p: Parameters, x: Variables) -> Iterator[Row]:
    """Rows for commitments with a minimum quantity or a maximum in service."""
    for (o, v), opened in x.opened.items():
        signed = x.signed[o, v]
        yield lowered(Row((o, v, 0), [(signed, 1.0), (opened, -float(p.options[o].option.min_nodes))], ">=", 0.0))
        yield only_if((o, v, 1), [(signed, 1.0)], float(signed.upBound), opened)
    for o, member in enumerate(p.options):
        limit = member.option.max_nodes
        if limit is None or len(member.terms.signing) < 2:
            continue  # a single signing is bounded by its variable
        for t in range(len(p.hours)):
            held = x.in_service(p, o, t)
            if len(held) > 1:
                yield Row((o, t, 2), [(k, 1.0) for k in held], "<=", float(limit))


FAMILY = Family("commitment", commitment)
