r"""Gang: a training run is placed once, on one pool, in contiguous periods, on a constant number of nodes.

.. math::
    \sum_{j \in J_w} z_j = 1, \qquad g_{bt} \ge \sum_{j \in J_{bt}} n_j z_j, \qquad \sum_o (e_{jo} + \beta_{jo}) \le n_j z_j, \\
    g_{bt} - \sum_{j \in J_{bt},\, o} (e_{jo} + \beta_{jo}) \le \sum_{o \in R_b} r_{ots}
    + \sum_{o \in K_b,\, v \in win(o,t)} k_{ov}, \qquad \sum_{j} \beta_{jo} \le k_{ov}
    \qquad \forall w \in W^{run}, b, t, s, j

A cast j says host b (one pool), nodes n_j and first period; the periods it holds follow from the work. e_{jo} runs by the hour for
the part of the last period that the run takes; \beta_{jo} are nodes of block o that end in that period, no earlier than the run.
What a host's options leave serves other work of their class.

For whole z the rows above say all. Without more, the relaxation would place a fraction of a large cluster, or one fraction after
the other, on capacity that could never hold the whole. With q_j of the run's nodes on commitments and r̄_b the most nodes of
the host that can run by the hour at once, every plan also satisfies

.. math::
    \max(0, n_j - \bar r_b) z_j \le q_j + [\text{one period}] \sum_o \beta_{jo}, \qquad q_j \le n_j z_j, \qquad
    \sum_{j \in J_{bw}} q_j \le \sum_{o \in K_b} \sum_{v : win(o,\cdot) \cap T_w \ne \emptyset} k_{ov}, \\
    \sum_{j \in J_{bt}} (n_j z_j - q_j) - \sum_{j,o} (e_{jo} + \beta_{jo}) \le \sum_{o \in R_b} r_{ots} \qquad \forall b, w, t, s, j

*Proof.* Let q_j of the run that is placed be the smaller of n_j and the nodes of b that are ever under a commitment within its
window, q = 0 for all others. In each of its periods at most so many of its nodes stand on commitments, so at least n_j − q_j
run by the hour, of which there are at most r̄_b, or in the last of them on blocks that end in it. ∎

========  =====================  ==================================================
symbol    in code                unit
========  =====================  ==================================================
z_j       ``x.placed[j]``        1 if the run is placed so
g_{bt}    ``x.gang[b, t]``       nodes that runs hold of the host in the period
e_{jo}    ``x.extra[j, o]``      nodes
β_{jo}    ``x.ending[j, o]``     nodes
q_j       ``x.backed[j]``        nodes
n_j       ``p.casts[j].nodes``   nodes
r_{ots}   ``x.running``          nodes
k_{ov}    ``x.signed``           nodes
========  =====================  ==================================================
"""

from collections.abc import Iterator

from planner.formulation.family import Family
from planner.formulation.parameters import Parameters
from planner.formulation.program import Pair, Row, Sum, lowered
from planner.formulation.supply import briefly
from planner.formulation.variables import Variables


def gang(p: Parameters, x: Variables) -> Iterator[Row]:
    """Keys end or name what they are: once, held, room, extra, block, least, most, ever, hour."""
    once: dict[int, list[Pair]] = {w: [] for w in p.runs}
    for j, cast in enumerate(p.casts):
        once[cast.workload].append((x.placed[j], 1.0))
    for w, pairs in once.items():
        yield Row((w, "once"), pairs or [(x.homeless[w], 1.0)], "==", 1.0)
    held = _meanwhile(p, x, "placed", {j: (x.placed[j], float(cast.nodes)) for j, cast in enumerate(p.casts)})
    for b, t in x.gang:
        yield Row((b, t, "held"), [(x.gang[b, t], 1.0), (held[b, t], -1.0)], ">=", 0.0)
    yield from _room(p, x)
    yield from _backed(p, x)
    extra: dict[int, list[Pair]] = {}
    for (j, _), variable in (*x.extra.items(), *x.ending.items()):
        extra.setdefault(j, []).append((variable, 1.0))
    for j, pairs in extra.items():
        yield lowered(Row((j, "extra"), [*pairs, (x.placed[j], -float(p.casts[j].nodes))], "<=", 0.0))
    blocks: dict[tuple[int, int], list[Pair]] = {}
    for (j, o), variable in x.ending.items():
        blocks.setdefault((o, p.casts[j].end - 1), []).append((variable, 1.0))
    for (o, t), pairs in blocks.items():
        yield Row((o, t, "block"), [*pairs, *((k, -1.0) for k in x.last(p, o, t))], "<=", 0.0)


def _meanwhile(p: Parameters, x: Variables, what: str, of: dict[int, Pair]) -> dict[tuple[int, int], Sum]:
    """(host, period) → what its casts that last through it amount to: that of t − 1, and what begins, less what has ended."""
    change: dict[tuple[int, int], list[Pair]] = {}
    for j, (variable, amount) in of.items():
        cast = p.casts[j]
        change.setdefault((cast.host, cast.start), []).append((variable, amount))
        change.setdefault((cast.host, cast.end), []).append((variable, -amount))
    found: dict[tuple[int, int], Sum] = {}
    for b in sorted({b for b, _ in change}):
        before: list[Pair] = []
        for t in range(len(p.hours)):
            found[b, t] = x.shared((what, b, t), [*before, *change.get((b, t), [])])
            before = [(found[b, t], 1.0)]
    return found


def _room(p: Parameters, x: Variables) -> Iterator[Row]:
    """What runs hold of a host fits on its own options, unless the class has no others."""
    partial = briefly(p, x)
    for (b, t), gang in x.gang.items():
        host = p.hosts[b]
        group = p.classes[host.group]
        if len(group.running) + len(group.committed) == len(host.running) + len(host.committed):
            continue
        less: list[Pair] = [(nodes, -1.0) for nodes, _ in partial.get((b, t), [])]
        held: list[Pair] = [(k, -nodes) for o in host.committed for k, nodes in x.alive(p, o, t)]
        for s in range(len(p.hours[t])):
            run = [(x.running[o, t, s], -1.0) for o in host.running if (o, t, s) in x.running]
            yield Row((b, t, s, "room"), [(gang, 1.0), *less, *run, *held], "<=", 0.0)


def _backed(p: Parameters, x: Variables) -> Iterator[Row]:
    """What stands on commitments, and what must then run by the hour."""
    ever: dict[tuple[int, int], list[Pair]] = {}
    windows: dict[tuple[int, int], set[int]] = {}
    for j, backed in x.backed.items():
        cast = p.casts[j]
        placed, nodes = x.placed[j], float(cast.nodes)
        beyond = nodes - p.hosts[cast.host].most_running
        if beyond > 0:
            on_blocks = [(e, 1.0) for (i, _), e in x.ending.items() if i == j and cast.end - cast.start == 1]
            yield lowered(Row((j, "least"), [(backed, 1.0), *on_blocks, (placed, -beyond)], ">=", 0.0))
        yield lowered(Row((j, "most"), [(backed, 1.0), (placed, -nodes)], "<=", 0.0))
        ever.setdefault((cast.host, cast.workload), []).append((backed, 1.0))
        windows.setdefault((cast.host, cast.workload), set()).update(range(cast.start, cast.end))
    for (b, w), pairs in ever.items():
        signed = {k.name: k for o in p.hosts[b].committed for t in windows[b, w] for k in x.window(p, o, t)}
        yield Row((b, w, "ever"), [*pairs, *((k, -1.0) for k in signed.values())], "<=", 0.0)
    brief = briefly(p, x)
    standing = _meanwhile(p, x, "placed", {j: (x.placed[j], float(p.casts[j].nodes)) for j in x.backed})
    covered = _meanwhile(p, x, "backed", {j: (backed, 1.0) for j, backed in x.backed.items()})
    for b, t in x.gang:
        if (b, t) not in covered:
            continue
        less: list[Pair] = [(nodes, -1.0) for nodes, _ in brief.get((b, t), [])]
        pairs = [(standing[b, t], 1.0), (covered[b, t], -1.0), *less]
        for s in range(len(p.hours[t])):
            run = [(x.running[o, t, s], -1.0) for o in p.hosts[b].running if (o, t, s) in x.running]
            yield Row((b, t, s, "hour"), [*pairs, *run], "<=", 0.0)


FAMILY = Family("gang", gang)
