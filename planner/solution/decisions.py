"""The way back: values of variables → what is signed, what runs, who serves what. Dust is rounded off here.

The program decides by substitution class; here the work of a class is laid out over its options: commitments first (they are
paid anyway), then what is paid by the hour.
"""

from math import ceil, floor
from typing import NamedTuple

from planner.formulation import Built, Variables, stands_of
from planner.formulation.parameters import THOUSAND, Cast, Parameters, Service
from planner.solver import Floats

DUST = 1e-7
HALF = 0.5
NODE_PLACES = 9


class Busy(NamedTuple):
    """Part of a slice in which an option's nodes serve a workload."""

    workload: int
    option: int
    nodes: float
    """On average over the slice."""
    units: float
    """Replicas, or nodes' worth of work."""
    service: Service


class RunPart(NamedTuple):
    """Nodes of one option that a training run holds in a period, and for how many hours."""

    option: int
    period: int
    nodes: float
    hours: float
    extra: bool
    """Whether the nodes run for the run alone, in a part of its last period."""
    ending: bool = False
    """Whether they are of a block that is there for the first part of the period."""


class Placed(NamedTuple):
    """A training run where it is placed."""

    cast: Cast
    parts: tuple[RunPart, ...]


class Decisions(NamedTuple):
    """All decisions, by the indices of the parameters."""

    signed: dict[tuple[int, int], float]
    """(o, v) → nodes."""
    running: dict[tuple[int, int, int], float]
    """(o, t, s) → nodes."""
    busy: dict[tuple[int, int], tuple[Busy, ...]]
    """(t, s) → who serves what."""
    hosted: dict[tuple[int, int, int], float]
    """(h, t, s) → work units."""
    unserved: dict[tuple[int, int, int], float]
    """(w, t, s) → work units."""
    runs: tuple[Placed, ...] = ()
    sent: dict[tuple[int, str, int, int], float] = {}
    """(w, provider, t, s) → work units whose data leaves from the provider."""
    stored: frozenset[tuple[int, str]] = frozenset()
    """(w, provider) where data is kept."""
    covered: dict[tuple[int, int, int, int], float] = {}
    """(o, i, t, s) → running nodes of option o that savings plan i covers."""
    levels: dict[tuple[int, int], int] = {}
    """(a, y) → tier of agreement a in plan-year y."""
    opened: dict[int, int] = {}
    """k → period in which site k is opened."""
    credit: dict[tuple[int, int], float] = {}
    """(i, t) → credits used, USD; bounded by the bills when they are known."""

    def held_by_runs(self, o: int, t: int) -> float:
        """Nodes of an option that training runs hold all through a period, beside those that run for them alone."""
        return sum(
            part.nodes
            for placed in self.runs
            for part in placed.parts
            if part.option == o and part.period == t and not part.extra and not part.ending
        )

    def ending_for_runs(self, o: int, t: int) -> float:
        """Nodes of a block that ends within a period that training runs hold in it."""
        parts = (part for placed in self.runs for part in placed.parts if part.ending)
        return sum(part.nodes for part in parts if (part.option, part.period) == (o, t))

    def lasting(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service all through a slice."""
        terms = p.options[o].terms
        if not terms.term:
            return self.running.get((o, t, s), 0.0)
        whole = terms.term - (p.options[o].option.period_share < 1)
        first = t - terms.lead - whole + 1
        return sum(self.signed.get((o, v), 0.0) for v in range(max(first, 0), t - terms.lead + 1))

    def brief(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Of them what is there for a part of the slice only: what runs by the hour beyond whole nodes."""
        option = p.options[o].option
        if not p.whole_nodes or p.options[o].terms.term or option.delivery == "container":
            return 0.0
        return self.lasting(p, o, t, s) % 1.0

    def ending(self, p: Parameters, o: int, t: int) -> float:
        """Nodes of a block that are there for the first part of a period."""
        terms = p.options[o].terms
        if p.options[o].option.period_share == 1:
            return 0.0
        return self.signed.get((o, t - terms.lead - terms.term + 1), 0.0)

    def live(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service in a slice, of blocks that end in its period their share of it."""
        return self.lasting(p, o, t, s) + self.ending(p, o, t) * p.options[o].option.period_share

    def free(self, p: Parameters, o: int, t: int, s: int) -> float:
        """Nodes of an option in service that no training run holds."""
        ending = max(self.ending(p, o, t) - self.ending_for_runs(o, t), 0.0)
        return self.lasting(p, o, t, s) - self.held_by_runs(o, t) + ending * p.options[o].option.period_share


def decisions_of(p: Parameters, built: Built, values: Floats) -> Decisions:
    """Decisions from the values of all columns (in the order of the problem's variables)."""
    value = {v.name: float(number) for v, number in zip(built.columns, values, strict=True)}
    x = built.variables
    signed = {
        (o, t): _work(value[v.name])
        if p.options[o].option.savings_plan
        else _clean(value[v.name], p.whole_nodes and p.options[o].option.action != "lease")
        for (o, t), v in x.signed.items()
        if value[v.name] > DUST
    }
    opened: dict[int, int] = {}
    powered = {o for o, _ in signed}
    for (k, t), v in sorted(x.open.items()):
        if value[v.name] > HALF and p.sites[k].power in powered:  # an empty site is none, even where it costs nothing
            opened.setdefault(k, t)
    running = {key: _hours(value[v.name]) for key, v in x.running.items() if value[v.name] > DUST}
    _gather(p, running)
    bare = Decisions(signed, running, {}, {}, {}, covered=_covered(p, x, value, running), levels=_levels(p, x, value))
    for j, v in x.placed.items():
        if value[v.name] > 0.5:
            bare = bare._replace(runs=(*bare.runs, _placed(p, bare, value, x, j)))
    served: dict[tuple[int, int], dict[int, list[tuple[int, float]]]] = {}
    for (w, c, t, s), variable in x.served.items():
        if value[variable.name] > DUST:
            served.setdefault((t, s), {}).setdefault(c, []).append((w, value[variable.name]))
    busy = {key: _laid_out(p, bare, key, by_class) for key, by_class in served.items()}
    hosted = {
        key: _work(value[v.name] * p.work(p.hosted[key[0]].workload, key[1], key[2]))
        for key, v in x.hosted.items()
        if value[v.name] > DUST
    }
    unserved = {key: value[v.name] * p.work(*key) for key, v in x.unserved.items() if value[v.name] > DUST}
    sent = _sent(p, x, value)
    serving = {(w, provider) for w, provider, _, _ in sent}
    serving |= {(p.parent(b.workload), p.options[b.option].option.provider) for parts in busy.values() for b in parts}
    serving |= {(one.cast.workload, p.options[one.parts[0].option].option.provider) for one in bare.runs}
    for h, _, _ in hosted:
        serving.add((p.parent(p.hosted[h].workload), p.options[p.hosted[h].option].option.provider))
    return bare._replace(
        busy=busy,
        hosted=hosted,
        unserved=unserved,
        sent=sent,
        stored=frozenset(key for key, v in x.stored.items() if value[v.name] > DUST and key in serving),
        opened=opened,
        credit={key: value[v.name] * THOUSAND for key, v in x.credit.items() if value[v.name] > DUST},
    )


def _covered(
    p: Parameters, x: Variables, value: dict[str, float], running: dict[tuple[int, int, int], float]
) -> dict[tuple[int, int, int, int], float]:
    """Nodes that savings plans cover, never more than run; all of them where only dust is missing."""
    left = dict(running)
    found = {}
    for (o, i, t, s), variable in x.covered.items():
        nodes = min(round(value[variable.name], NODE_PLACES), left.get((o, t, s), 0.0))
        if nodes > DUST:
            nodes = left[o, t, s] if left[o, t, s] - nodes <= DUST else nodes
            found[o, i, t, s] = nodes
            left[o, t, s] -= nodes
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
    return float(round(value)) if whole else round(value, NODE_PLACES)


def _hours(value: float) -> float:
    """Nodes that run on average over a slice; whole ones without the dust of the solver."""
    return float(round(value)) if abs(value - round(value)) <= DUST else round(value, NODE_PLACES)


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
    """Work of a hosted API, or dollars an hour, rounded up to a millionth of a unit (one token of an Mtok)."""
    return ceil(value * 1e6 - 1e-3) / 1e6


def _laid_out(
    p: Parameters, held: Decisions, key: tuple[int, int], by_class: dict[int, list[tuple[int, float]]]
) -> tuple[Busy, ...]:
    found: list[Busy] = []
    for c, wanted in by_class.items():
        group = p.classes[c]
        t, every = key[0], (*group.committed, *group.running)
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
            if take > DUST:
                nodes = take * service.nodes if whole else round(take * service.nodes, NODE_PLACES)
                found.append(Busy(w, o, nodes, take, service))
                room[o] -= nodes
                left -= take
    if left > DUST and found:  # dust of the solver: the last option takes it
        last = found[-1]
        found[-1] = last._replace(nodes=last.nodes + left * service.nodes, units=last.units + left)
    return found
