"""The second dispatch of a plan, spelled out: who serves the protected work when a domain is lost (docs/model.md, "Availability").

The program promises that a dispatch exists; here it is computed for the nodes that the plan holds, one small linear program a
case, and written down so that anybody can check it by adding up.
"""

from math import floor
from typing import NamedTuple

import numpy as np

from planner.domain.records import FailurePart, FailureRecord
from planner.formulation import NOTHING, outside
from planner.formulation.parameters import Parameters, Resilience
from planner.solution.decisions import Decisions
from planner.solver import Matrix, Watch, solve_lp

DUST = 1e-9
"""Nodes that are none, and a part of one, or of what a workload needs, that is none."""
_NEARLY = 1e-6
"""Of nodes that run on average over a slice whole ones are there at every moment; so little less than one is one."""


class _Way(NamedTuple):
    """One column of the small program: an option, standing or started, serving a workload."""

    workload: int
    option: int
    rate: float
    """Work units a node-hour; 1 for a hosted API, counted in work units an hour."""
    started: bool
    hosted: bool


def failures_of(p: Parameters, d: Decisions) -> tuple[FailureRecord, ...]:
    """A record per domain that holds something, checked slice and protected workload; the reserve as domain `""`."""
    wanted = p.resilience
    if wanted is None:
        return ()
    records: list[FailureRecord] = []
    for t, s in wanted.checks:
        there = [o for o in range(len(p.options)) if d.live(p, o, t, s) > DUST]
        live = {o: d.lasting(p, o, t, s) for o in there}
        held = {p.options[o].option.domain(wanted.kind) for o in there if wanted.kind}
        live = {o: nodes for o, nodes in live.items() if nodes > DUST and p.options[o].option.action != "spot"}
        if wanted.reserve:
            records += _case(p, wanted, live, NOTHING, wanted.reserve, t, s)
        if wanted.kind is not None:
            domains = held
            if wanted.kind == "provider":
                domains |= {
                    p.options[p.hosted[h].option].option.provider for h, u, v in d.hosted if (u, v) in ((t, s), (t, 0))
                }
            for domain in sorted(domains):
                records += _case(p, wanted, live, domain, wanted.survive, t, s)
    return tuple(records)


def _case(
    p: Parameters, wanted: Resilience, live: dict[int, float], domain: str, shares: dict[int, float], t: int, s: int
) -> list[FailureRecord]:
    needs = {w: share * p.online[w, t, s] for w, share in shares.items() if p.online.get((w, t, s), 0.0) > 0}
    if not needs:
        return []
    ways = _ways(p, wanted, live, domain, needs, t)
    values = _solved(p, wanted, live, domain, needs, ways, t, s)
    records = []
    for w, needed in needs.items():
        parts: dict[int, list[float]] = {}
        for way, value in zip(ways, values, strict=True):
            if way.workload == w and value > 0:
                nodes, started, work = parts.setdefault(way.option, [0.0, 0.0, 0.0])
                busy = 0.0 if way.hosted else value
                parts[way.option] = [nodes + busy, started + (busy if way.started else 0.0), work + value * way.rate]
        records.append(
            FailureRecord(
                failed=domain,
                period=t,
                slice=s,
                workload=p.workloads[w],
                needed_per_hour=needed,
                parts=tuple(
                    FailurePart(option=p.options[o].option.id, nodes=nodes, standby_nodes=started, work_per_hour=work)
                    for o, (nodes, started, work) in sorted(parts.items())
                ),
            )
        )
    return records


def _ways(
    p: Parameters, wanted: Resilience, live: dict[int, float], domain: str, needs: dict[int, float], t: int
) -> list[_Way]:
    found = []
    for w in needs:
        for c, service in p.serving(w):
            group = p.classes[c]
            if group.spot:
                continue
            for o in (*group.committed, *group.running):
                if domain != NOTHING and not outside(p, wanted, o, domain):
                    continue
                rate = service.rate_per_node_hour
                if o in live:
                    found.append(_Way(w, o, rate, False, False))
                if (
                    domain != NOTHING
                    and wanted.standby_on_demand
                    and o in group.running
                    and p.options[o].terms.usable[t]
                ):
                    found.append(_Way(w, o, rate, True, False))
        if domain == NOTHING or not wanted.standby_hosted:
            continue
        for h in p.apis(w):
            o = p.hosted[h].option
            lost = wanted.kind == "provider" and p.options[o].option.provider == domain
            if p.hosted[h].usable[t] and not lost:
                found.append(_Way(w, o, 1.0, False, True))
    return found


def _solved(
    p: Parameters,
    wanted: Resilience,
    live: dict[int, float],
    domain: str,
    needs: dict[int, float],
    ways: list[_Way],
    t: int,
    s: int,
) -> list[float]:
    """Nodes (work for hosted APIs) of each way: what stands first, then hosted APIs, then what must be started.

    A column counts whole nodes, or, where the workload needs less than one, what it needs: a solver keeps no smaller numbers.
    """
    sizes = np.array([min(1.0, needs[way.workload] / way.rate) for way in ways])
    rows: list[tuple[dict[int, float], float, float]] = []
    for w, needed in needs.items():
        rows.append(({j: way.rate / needed for j, way in enumerate(ways) if way.workload == w}, 1.0, np.inf))
    for o, nodes in live.items():
        mine = {j: 1.0 for j, way in enumerate(ways) if way.option == o and not way.started and not way.hosted}
        if mine:
            whole = p.whole_nodes and p.options[o].option.delivery != "container"
            rows.append((mine, -np.inf, float(floor(nodes + _NEARLY)) if whole else nodes))
    for cap in p.caps:
        standing = sum(
            weight * nodes
            for o, weight in cap.weight
            if (nodes := live.get(o, 0.0))
            and outside(p, wanted, o, domain)
            and (cap.counts_commitments or not p.options[o].terms.term)
        )
        weights = dict(cap.weight)
        started = {j: weights[way.option] for j, way in enumerate(ways) if way.started and way.option in weights}
        if started:
            rows.append((started, -np.inf, max(cap.limit - standing, 0.0)))
    for o in {way.option for way in ways if way.started}:
        upper = p.running_upper[o]
        if upper is not None:
            mine = {j: 1.0 for j, way in enumerate(ways) if way.started and way.option == o}
            rows.append((mine, -np.inf, max(upper - live.get(o, 0.0), 0.0)))
    if not ways:
        return []
    prices = [_usd(p, way, t) for way in ways]
    dearest = max(prices) + 1.0
    cost = [
        usd + (2 * dearest if way.started else dearest if way.hosted else 0.0)
        for way, usd in zip(ways, prices, strict=True)
    ]
    entries = [list(pairs.items()) for pairs, _, _ in rows]
    matrix = Matrix(
        cost=np.array(cost) * sizes / sizes.max(),
        lower=np.zeros(len(ways)),
        upper=np.full(len(ways), np.inf),
        integer=np.zeros(len(ways), dtype=bool),
        start=np.cumsum([0, *(len(e) for e in entries)]).astype(np.int32),
        index=np.array([j for e in entries for j, _ in e], dtype=np.int32),
        value=np.array([v * sizes[j] for e in entries for j, v in e]),
        row_lower=np.array([low for _, low, _ in rows]),
        row_upper=np.array([high for _, _, high in rows]),
    )
    solved = solve_lp(matrix, Watch())
    return (
        [0.0] * len(ways) if solved.x is None else [float(x) for x in np.where(solved.x > DUST, solved.x * sizes, 0.0)]
    )


def _usd(p: Parameters, way: _Way, t: int) -> float:
    """Price of the way in thousands of dollars an hour: only an order of preference."""
    if way.hosted:
        return 0.0
    terms = p.options[way.option].terms
    return terms.usd_per_hour[t] / 1000.0
