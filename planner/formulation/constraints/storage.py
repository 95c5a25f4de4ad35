r"""Storage: what is served from a provider leaves from there, and the data is kept there.

.. math::
    b_{wqts} \le \sum_{c \in C_q} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_{h \in H_q} a_{hts}, \qquad
    \sum_q b_{wqts} + u_{wts} \ge 1, \qquad b_{wqts} \le d_{wq}, \\
    \sum_{c \in C_q} \frac{\rho_{wc}}{D_{wts}} y_{wcts} + \sum_{h \in H_q} a_{hts} \le U_{wqts}\, d_{wq}, \qquad
    \sum_{q : C_q \cap C_g \ne \emptyset} b_{wqts} \ge \sigma_g \qquad \forall w, q, g, t, s

========  ================================  =======================================================
symbol    in code                           unit
========  ================================  =======================================================
b_{wqts}  ``x.sent[w, provider, t, s]``     share of the demand (of the progress of a run in its
                                            window)
d_{wq}    ``x.stored[w, provider]``         1 if the data is kept there
y_{wcts}  ``x.served[w, c, t, s]``          units of service; fallbacks count like the rest
a_{hts}   ``x.hosted[h, t, s]``             share of the demand
========  ================================  =======================================================

U is twice the demand and one unit of its largest service: more capacity for one workload serves nothing. The last row sends the
data of a residency rule's share from providers in its places. A provider without a price for the data is not among the q: it
cannot serve the workload. A run that is held together keeps its data where it runs: placed[j] ≤ stored. Egress and storage
are costs of b and d.
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.supply import Point, at_least, hosted_by, served_by, unserved_at
from planner.formulation.variables import Variables


def storage(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys: (w, t, s, what, ...) and (w, j, "kept")."""
    for w, prices in p.data.items():
        if w in p.runs:
            yield from _runs(p, x, w)
            continue
        for point in p.points(w):
            sent = [(x.sent[w, provider, *point[1:]], provider) for provider in prices]
            for variable, provider in sent:
                supply = _from(p, x, point, provider)
                yield in_scale(Row((*point, provider, "from"), [*supply, (variable, -1.0)], ">=", 0.0))
                if (w, provider) in x.stored:
                    stored = x.stored[w, provider]
                    yield Row((*point, provider, "kept"), [(variable, 1.0), (stored, -1.0)], "<=", 0.0)
                    most = 2.0 + max((share for _, share in supply), default=0.0)
                    if supply:
                        yield in_scale(Row((*point, provider, "serves"), [*supply, (stored, -most)], "<=", 0.0))
            for g, (v, share) in enumerate(p.places):
                inside = {p.classes[c].kin.provider for c, _ in p.serving(w) if p.classes[c].kin.places[g]}
                if v == w:
                    here: list[Pair] = [(variable, 1.0) for variable, provider in sent if provider in inside]
                    yield at_least(p, x, (*point, "place", g), point, here, share)
            total: list[Pair] = [(variable, 1.0) for variable, _ in sent]
            yield at_least(p, x, (*point, "all"), point, [*total, *unserved_at(x, point)], 1.0)


def _from(p: Parameters, x: Variables, point: Point, provider: str) -> list[Pair]:
    """What serves the point from a provider."""
    pairs: list[Pair] = []
    for mode in [None] if point not in x.lesser else [None, p.mode_of(point[0])]:
        pairs += served_by(p, x, point, lambda group: group.kin.provider == provider, mode=mode)
        pairs += hosted_by(p, x, point, lambda name: name == provider, mode=mode)
    return pairs


def _runs(p: Parameters, x: Variables, w: int) -> Iterator[Row]:
    for j, cast in enumerate(p.casts):
        provider = p.classes[p.hosts[cast.host].group].kin.provider
        if cast.workload == w and (w, provider) in x.stored:
            yield Row((w, j, "kept"), [(x.placed[j], 1.0), (x.stored[w, provider], -1.0)], "<=", 0.0)


FAMILY = Family("storage", storage, asks_demand=True)
