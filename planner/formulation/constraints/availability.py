r"""Availability: whatever one domain fails, the survivors can still serve the protected work (a second dispatch).

.. math::
    \sum_k \frac{\rho_{wk}}{D_{wts}} y^d_{wkts} \ge \sigma_w, \qquad
    \sum_w y^d_{wkts} \le \sum_{d' \ne d} A_{kd'ts} + \sum_{b \in B_k} n^d_{bts}, \\
    A_{kdts} \le \sum_{c \in C_{kd}} \Big( \sum_{g} b_{gts} + \sum_{o,\, v \in win} k_{ov} \Big), \qquad
    \sum_{o \in G \setminus d} g_o r_{ots} + \sum_{b} g_b n^d_{bts} \le \bar G

for every failed domain d and every checked slice; with d = nothing and σ = 1 + reserve, the standing reserve.

==============  =============================  ======================================================
symbol          in code                        unit
==============  =============================  ======================================================
y^d_{wkts}      ``x.rescue[d, w, k, t, s]``    nodes of column k serving w when d has failed
A_{kdts}        ``x.ready[k, d, t, s]``        nodes of column k in domain d; d = 0: all together
b_{gts}         ``x.standing[g, t, s]``        whole nodes of stand g that run all through the slice (`holding`)
n^d_{bts}       ``x.standby[d, b, t, s]``      nodes started when d has failed
r, k            ``x.running``, ``x.signed``    nodes
ρ_{wk}          ``emergency.serving(w)``       work units of a node-hour
==============  =============================  ======================================================

Nodes that run for a part of a slice are not there at every failure: of what runs on average only whole nodes are counted on. In
containers and with fractional nodes r stands in the place of b.
Spot capacity is no survivor; runs, batch and development may stop meanwhile. Keys start with (d, t, s).
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters, Resilience, stands_of
from planner.formulation.program import Pair, Row, in_scale
from planner.formulation.resilience import Case, ContingencyCases, emergency_of, outside
from planner.formulation.supply import committed_in
from planner.formulation.variables import Variables


def availability(p: Parameters, x: Variables) -> Iterator[Row]:
    """Rows of what is ready, what is needed, what is used, and what may be started."""
    if p.resilience is None:
        return
    emergency = emergency_of(p)
    for t, s in sorted({(case.t, case.s) for case in emergency.cases}):
        yield from _ready(p, x, emergency, t, s)
    for case in emergency.cases:
        d, t, s = case.domain, case.t, case.s
        for w, share in case.needs:
            rate = p.online[w, t, s]
            pairs: list[Pair] = [(x.rescue[d, w, k, t, s], r / rate) for k, r in emergency.serving(w)]
            yield in_scale(Row((d, t, s, "need", w), pairs, ">=", share))
        yield from _used(x, emergency, case)
        yield from _started(p, p.resilience, x, emergency, case)


def _ready(p: Parameters, x: Variables, emergency: ContingencyCases, t: int, s: int) -> Iterator[Row]:
    stands, standing = stands_of(p), dict[int, list[Pair]]()
    for (g, *at), variable in x.standing.items():
        if at == [t, s]:
            standing.setdefault(stands[g].group, []).append((variable, 1.0))
    for k, column in enumerate(emergency.columns):
        nodes: dict[str, list[Pair]] = {}
        for c in column.classes:
            group = p.classes[c]
            there = standing.get(c) or [(x.running[o, t, s], 1.0) for o in group.running if (o, t, s) in x.running]
            nodes.setdefault(group.kin.domain, []).extend([*there, *committed_in(p, x, c, t)])
        parts: list[Pair] = []
        for d, domain in enumerate(emergency.domains):
            if d > 0 and domain in nodes:
                parts.append((x.ready[k, d, t, s], 1.0))
                yield Row((d, t, s, "ready", k), [*nodes[domain], (x.ready[k, d, t, s], -1.0)], ">=", 0.0)
        if len(emergency.domains) == 1:
            parts = nodes.get("", [])
        yield Row((0, t, s, "ready", k), [*parts, (x.ready[k, 0, t, s], -1.0)], ">=", 0.0)


def _used(x: Variables, emergency: ContingencyCases, case: Case) -> Iterator[Row]:
    d, t, s = case.domain, case.t, case.s
    for k in range(len(emergency.columns)):
        used: list[Pair] = [(x.rescue[d, w, k, t, s], 1.0) for w, _ in case.needs if (d, w, k, t, s) in x.rescue]
        if not used:
            continue
        lost: list[Pair] = [(x.ready[k, d, t, s], 1.0)] if d > 0 and (k, d, t, s) in x.ready else []
        started = [(x.standby[d, b, t, s], -1.0) for b in case.standby if emergency.pools[b].column == k]
        yield Row((d, t, s, "used", k), [*used, (x.ready[k, 0, t, s], -1.0), *lost, *started], "<=", 0.0)


def _started(p: Parameters, wanted: Resilience, x: Variables, emergency: ContingencyCases, case: Case) -> Iterator[Row]:
    """Caps on what is started, together with what still runs outside of the domain."""
    d, t, s = case.domain, case.t, case.s
    domain = emergency.domains[d]
    by_cap: dict[int, list[Pair]] = {}
    for b in case.standby:
        pool = emergency.pools[b]
        for g, weight in pool.caps:
            by_cap.setdefault(g, []).append((x.standby[d, b, t, s], weight))
        if pool.upper is not None:
            run: list[Pair] = [(x.running[o, t, s], 1.0) for o in pool.options if (o, t, s) in x.running]
            yield Row((d, t, s, "own cap", b), [*run, (x.standby[d, b, t, s], 1.0)], "<=", pool.upper)
    for g, started in by_cap.items():
        cap = p.caps[g]
        pairs = list(started)
        for o, weight in cap.weight:
            if not outside(p, wanted, o, domain):
                continue
            if (o, t, s) in x.running:
                pairs.append((x.running[o, t, s], weight))
            if cap.counts_commitments and p.options[o].terms.term:
                pairs += [(signed, weight * nodes) for signed, nodes in x.serving(p, o, t)]
        yield Row((d, t, s, "cap", g), pairs, "<=", cap.limit)


FAMILY = Family("availability", availability, asks_demand=True)
