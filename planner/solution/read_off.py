"""The way back: values of variables → what is signed, what runs, who serves what. Dust is rounded off here.

The program decides by substitution class; here the work of a class is laid out over its options: commitments first (they are
paid anyway), then what is paid by the hour.
"""

from math import ceil, floor, log10

from planner.formulation import Built, Variables, stands_of
from planner.formulation.parameters import THOUSAND, Parameters, Service, SubstitutionClass
from planner.solution.decisions import Busy, Decisions, Placed, RunPart
from planner.solution.dust import DUST, at_work, least_nodes
from planner.solver import Floats

DUST_USD_PER_HOUR = 1e-6
"""Dollars an hour of a savings plan that are none."""


HALF = 0.5


NODE_PLACES = 9
"""Digits of nodes: behind the point, or of what is less than one."""


def decisions_of(p: Parameters, built: Built, values: Floats) -> Decisions:
    """Decisions from the values of all columns (in the order of the problem's variables)."""
    value = {v.name: float(number) for v, number in zip(built.columns, values, strict=True)}
    x = built.variables
    units, hosted = at_work(p, x, value)
    nothing = least_nodes(p, units)
    signed = {
        (o, t): _work(value[v.name])
        if p.options[o].option.savings_plan
        else _clean(value[v.name], p.whole_nodes and p.options[o].option.action != "lease")
        for (o, t), v in x.signed.items()
        if value[v.name] > (DUST_USD_PER_HOUR if p.options[o].option.savings_plan else nothing.get((o,), DUST))
    }
    opened: dict[int, int] = {}
    powered = {o for o, _ in signed}
    for (k, t), v in sorted(x.open.items()):
        if value[v.name] > HALF and p.sites[k].power in powered:  # an empty site is none, even where it costs nothing
            opened.setdefault(k, t)
    running = {key: _hours(value[v.name]) for key, v in x.running.items() if value[v.name] > nothing.get(key, DUST)}
    _gather(p, running)
    bare = Decisions(signed, running, {}, {}, {}, covered=_covered(p, x, value, running), levels=_levels(p, x, value))
    for j, v in x.placed.items():
        if value[v.name] > 0.5:
            bare = bare._replace(runs=(*bare.runs, _placed(p, bare, value, x, j)))
    served: dict[tuple[int, int], dict[int, list[tuple[int, float]]]] = {}
    for (w, c, t, s), number in units.items():
        served.setdefault((t, s), {}).setdefault(c, []).append((w, number))
    there = {o for o, _ in signed} | {o for o, _, _ in running}
    able = {c: _there(p.classes[c], there) for c in {c for by_class in served.values() for c in by_class}}
    busy = {key: _laid_out(p, bare, key, by_class, able) for key, by_class in served.items()}
    unserved = {key: value[v.name] * p.work(*key) for key, v in x.unserved.items() if value[v.name] > DUST}
    sent = _sent(p, x, value)
    serving = {(w, provider) for w, provider, _, _ in sent}
    serving |= {(p.parent(b.workload), p.options[b.option].option.provider) for parts in busy.values() for b in parts}
    serving |= {(one.cast.workload, p.options[one.parts[0].option].option.provider) for one in bare.runs}
    paid = {(h, t, s): _work(share * p.work(p.hosted[h].workload, t, s)) for (h, t, s), share in hosted.items()}
    for h, _, _ in paid:
        serving.add((p.parent(p.hosted[h].workload), p.options[p.hosted[h].option].option.provider))
    return bare._replace(
        busy=busy,
        hosted=paid,
        unserved=unserved,
        sent=sent,
        stored=frozenset(key for key, v in x.stored.items() if value[v.name] > DUST and key in serving),
        opened=opened,
        credit={key: value[v.name] * THOUSAND for key, v in x.credit.items() if value[v.name] > DUST},
        credited={key: value[v.name] * THOUSAND for key, v in x.credited.items() if value[v.name] > DUST},
    )


def _covered(
    p: Parameters, x: Variables, value: dict[str, float], running: dict[tuple[int, int, int], float]
) -> dict[tuple[int, int, int, int], float]:
    """Nodes that savings plans cover, never more than run; all of them where only dust is missing."""
    left = dict(running)
    found = {}
    for (o, i, t, s), variable in x.covered.items():
        nodes = min(_clean(value[variable.name], False), left.get((o, t, s), 0.0))
        if nodes > DUST:
            nodes = left[o, t, s] if left[o, t, s] - nodes <= DUST else nodes
            found[o, i, t, s] = nodes
            left[o, t, s] = _clean(left[o, t, s] - nodes, False)  # as the decimals that are paid
    return found


def _levels(p: Parameters, x: Variables, value: dict[str, float]) -> dict[tuple[int, int], int]:
    """The tier of every agreement in every plan-year."""
    return {
        (a, y): max(
            range(len(agreement.tiers) + 1),
            key=lambda lv: value[x.level[a, agreement.chosen_in(y), lv].name],
        )
        for a, agreement in enumerate(p.agreements)
        for y in range(len(agreement.share_of_year))
    }


def _sent(p: Parameters, x: Variables, value: dict[str, float]) -> dict[tuple[int, str, int, int], float]:
    """Work whose data leaves from each provider: shares of what is served add up to all of it."""
    found: dict[tuple[int, str, int, int], float] = {}
    totals: dict[tuple[int, int, int], float] = {}
    for (w, _, t, s), v in x.sent.items():
        totals[w, t, s] = totals.get((w, t, s), 0.0) + value[v.name]
    for (w, provider, t, s), v in x.sent.items():
        missed = value[x.unserved[w, t, s].name] if (w, t, s) in x.unserved else 0.0
        wanted = value[x.progress[w, t].name] if (w, t) in x.progress else 1.0 - missed
        if value[v.name] > DUST and wanted > DUST:
            share = value[v.name] * wanted / totals[w, t, s]
            found[w, provider, t, s] = share * p.work(w, t, s)
    return found


def _placed(p: Parameters, held: Decisions, value: dict[str, float], x: Variables, j: int) -> Placed:
    """The nodes of a run laid out over the options of its pool: commitments first, then what runs by the hour."""
    cast = p.casts[j]
    group = p.hosts[cast.host]
    parts: list[RunPart] = []
    for t in range(cast.start, cast.end):
        last = t == cast.end - 1
        hours = cast.last_hours if last else sum(p.hours[t])
        left = float(cast.nodes)
        every = (*group.committed, *group.running)
        room = {
            o: min(held.lasting(p, o, t, s) - held.brief(p, o, t, s) for s in range(len(p.hours[t])))
            - held.held_by_runs(o, t)
            for o in every
        }
        for o in (*group.blocks, *group.running) if last and cast.partial else ():
            own = x.ending if o in group.blocks else x.extra
            nodes = min(_clean(value[own[j, o].name], p.whole_nodes), left) if (j, o) in own else 0.0
            left -= _take(parts, RunPart(o, t, nodes, hours, own is x.extra, own is x.ending))
        for o in (*group.committed, *group.running):
            left -= _take(parts, RunPart(o, t, min(room[o], left), sum(p.hours[t]), False))
    return Placed(cast, tuple(parts))


def _take(parts: list[RunPart], part: RunPart) -> float:
    if part.nodes <= DUST:
        return 0.0
    parts.append(part)
    return part.nodes


def _clean(value: float, whole: bool) -> float:
    if whole or value <= 0:
        return float(round(value))
    return round(value, NODE_PLACES - min(1 + floor(log10(value)), 0))


def _hours(value: float) -> float:
    """Nodes that run on average over a slice; whole ones without the dust of the solver."""
    return _clean(value, round(value) > 0 and abs(value - round(value)) <= DUST)


def _gather(p: Parameters, running: dict[tuple[int, int, int], float]) -> None:
    """Among options that stand in for each other at most one runs for a part of a slice: hours move to the cheapest.

    They count alike in every row but for their price, so no row is broken and nothing is paid more.
    """
    parts: dict[tuple[int, int, int], list[int]] = {}
    number = {o: g for g, stand in enumerate(stands_of(p)) for o in stand.options}
    for (o, t, s), nodes in running.items():
        if o in number and nodes != floor(nodes):
            parts.setdefault((number[o], t, s), []).append(o)
    for (_, t, s), options in parts.items():
        if len(options) > 1:
            left = sum(running[o, t, s] % 1.0 for o in options)
            for o in sorted(options, key=lambda o: p.options[o].terms.usd_per_hour[t]):
                part = min(1.0, left)
                running[o, t, s] = _hours(floor(running[o, t, s]) + part)
                left = max(left - part, 0.0)


def _work(value: float) -> float:
    """Work of a hosted API, or dollars an hour, rounded up to a millionth of a unit (one token of an Mtok); what is little to nine
    digits."""
    scale = 10.0 ** max(6, 8 - floor(log10(value))) if value > 0 else 1.0
    return ceil(value * scale - 1e-3) / scale


def _there(group: SubstitutionClass, there: set[int]) -> tuple[int, ...]:
    """Options of a class that have nodes at some time, commitments first."""
    return tuple(o for o in (*group.committed, *group.running) if o in there)


def _laid_out(
    p: Parameters,
    held: Decisions,
    key: tuple[int, int],
    by_class: dict[int, list[tuple[int, float]]],
    there: dict[int, tuple[int, ...]],
) -> tuple[Busy, ...]:
    found: list[Busy] = []
    for c, wanted in by_class.items():
        group = p.classes[c]
        t, every = key[0], there[c]
        brief = dict.fromkeys(every, 0.0)
        if group.part:
            room = {o: held.ending(p, o, t) - held.ending_for_runs(o, t) for o in every}
        else:
            brief = {o: held.brief(p, o, *key) for o in every}
            room = {o: held.lasting(p, o, *key) - brief[o] - held.held_by_runs(o, t) for o in every}
        column = dict(group.column)
        laid: list[Busy] = []
        order = {w: (not column[w].whole, -column[w].nodes, w) for w, _ in wanted}
        for holds in (True, False):  # online work stands on nodes that are there all through the slice
            room = room if holds else {o: nodes + brief[o] for o, nodes in room.items()}
            for w, units in sorted(wanted, key=lambda item: order[item[0]]):
                if (w in p.holding) == holds:
                    laid += _fill(w, units, column[w], room, p.whole_nodes)
        found += [_averaged(busy, p.options[busy.option].option.period_share) for busy in laid] if group.part else laid
    return tuple(found)


def _averaged(busy: Busy, share: float) -> Busy:
    """Nodes of a block in a part of a period as so many fewer nodes all through it."""
    service = busy.service._replace(rate_per_hour=busy.service.rate_per_hour / share)
    return busy._replace(nodes=busy.nodes * share, units=busy.units * share, service=service)


def _fill(w: int, units: float, service: Service, room: dict[int, float], whole_nodes: bool) -> list[Busy]:
    """Lay units of service on options in order; whole ones as whole as the nodes left allow."""
    whole = service.whole and whole_nodes
    left = float(round(units)) if whole else units
    found: list[Busy] = []
    for as_whole in (True, False) if whole else (False,):
        for o in room:
            fit = room[o] / service.nodes
            take = min(left, floor(fit + DUST) if as_whole else fit)
            if take > DUST * min(units, 1.0):
                nodes = take * service.nodes if whole else _clean(take * service.nodes, False)
                found.append(Busy(w, o, nodes, take, service))
                room[o] -= nodes
                left -= take
    if left > 0 and found:  # dust of the solver: the last option takes it
        last = found[-1]
        found[-1] = last._replace(nodes=last.nodes + left * service.nodes, units=last.units + left)
    return found
