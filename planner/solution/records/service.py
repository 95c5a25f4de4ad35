"""Decisions → the fleet, how demand is served by it, and what stays unserved."""

from planner.domain.records import FleetRecord, ServingRecord, UnservedRecord
from planner.domain.scenario import Scenario
from planner.formulation.parameters import Parameters
from planner.solution.decisions import Decisions
from planner.solution.payments import exact
from planner.solution.records.done import Done, done_of
from planner.solution.records.periods import dollars


def fleet_of(p: Parameters, d: Decisions) -> tuple[FleetRecord, ...]:
    return tuple(
        FleetRecord(option=p.options[o].option.id, period=t, slice=s, nodes=nodes)
        for (o, t, s), nodes in sorted(d.running.items())
    )


def serving_of(p: Parameters, d: Decisions) -> tuple[ServingRecord, ...]:
    """Who serves what: the work done by the nodes busy with it, what they could do, and the work of hosted APIs."""
    found, done = [], done_of(p, d)
    for (t, s), parts in sorted(d.busy.items()):
        merged: dict[tuple[int, int], tuple[float, float, float]] = {}
        for part in parts:
            nodes, units, work = merged.get((part.workload, part.option), (0.0, 0.0, 0.0))
            could = part.nodes / part.service.nodes * part.service.rate_per_hour * p.hours[t][s]
            merged[part.workload, part.option] = (
                nodes + part.nodes,
                units + (part.units if part.service.whole else 0.0),
                work + could,
            )
        for (w, o), (nodes, units, work) in sorted(merged.items()):
            found.append(_serving(p, w, o, t, s, nodes, units, work, done))
    for (h, t, s), work in sorted(d.hosted.items()):
        supply = p.hosted[h]
        found.append(_serving(p, supply.workload, supply.option, t, s, 0.0, 0.0, work, None))
    return tuple(found)


def _serving(
    p: Parameters, w: int, o: int, t: int, s: int, nodes: float, replicas: float, able: float, done: Done | None
) -> ServingRecord:
    return ServingRecord(
        workload=p.workloads[p.parent(w)],
        mode="fallback" if w >= len(p.workloads) else "",
        period=t,
        slice=s,
        option=p.options[o].option.id,
        nodes=nodes,
        replicas=round(replicas, 9),
        work=able if done is None else able * done.fraction(w, t, s),
        work_unit=p.units[p.parent(w)],
        capacity=able,
    )


def unserved_of(p: Parameters, d: Decisions, scenario: Scenario) -> tuple[UnservedRecord, ...]:
    found = []
    for (w, t, s), work in sorted(d.unserved.items()):
        stated = scenario.workloads[w].unserved
        usd = stated.usd_per_unit if stated is not None else 0.0
        found.append(
            UnservedRecord(
                workload=p.workloads[w],
                period=t,
                slice=s,
                work=work,
                work_unit=p.units[w],
                cost_usd=dollars(exact(work) * exact(usd)),
            )
        )
    return tuple(found)
