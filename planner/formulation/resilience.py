"""The second dispatch: which failures must be checked where, and what is left to serve with when one happens.

A case is one failed domain in one checked slice. Needs that standby can always meet (a hosted API that has not failed, on-demand
capacity without a cap) are no needs. Capacity is gathered by column (what a node serves of the protected work) and domain.
"""

from typing import NamedTuple

from planner.formulation.parameters import Parameters, Resilience

NOTHING = ""
"""Name of the domain of the case in which nothing fails: the standing reserve."""


class ReadyColumn(NamedTuple):
    """Nodes that serve the protected workloads alike."""

    rates: tuple[tuple[int, float], ...]
    """(w, work units of a node-hour)."""
    classes: tuple[int, ...]


class StandbyPool(NamedTuple):
    """By-the-hour options of one column under the same caps: what can be started in an emergency."""

    column: int
    caps: tuple[tuple[int, float], ...]
    """(cap, what one node counts in it)."""
    upper: float | None
    """Own cap of the one option of the pool, if it has one."""
    options: tuple[int, ...]


class Case(NamedTuple):
    """One domain that fails in one slice; numbers refer to `ContingencyCases`."""

    domain: int
    t: int
    s: int
    needs: tuple[tuple[int, float], ...]
    """(w, share of the demand that must be served)."""
    standby: tuple[int, ...]


class ContingencyCases(NamedTuple):
    """All there is to know about failures in a program."""

    columns: tuple[ReadyColumn, ...]
    domains: tuple[str, ...]
    """The first is `NOTHING`."""
    pools: tuple[StandbyPool, ...]
    cases: tuple[Case, ...]

    def serving(self, w: int) -> list[tuple[int, float]]:
        """(column, rate of a node-hour) of the columns that serve a workload."""
        return [(k, dict(column.rates)[w]) for k, column in enumerate(self.columns) if w in dict(column.rates)]


_NONE = ContingencyCases((), (), (), ())


def emergency_of(p: Parameters) -> ContingencyCases:
    """Columns, domains, standby pools and cases of a program."""
    return _NONE if p.resilience is None else _emergency(p, p.resilience)


def _emergency(p: Parameters, wanted: Resilience) -> ContingencyCases:
    protected = set(wanted.survive) | set(wanted.reserve)
    found: dict[tuple[tuple[int, float], ...], list[int]] = {}
    for c, group in enumerate(p.classes):
        rates = tuple((w, service.rate_per_node_hour) for w, service in group.column if w in protected)
        if rates and not group.spot:
            found.setdefault(rates, []).append(c)
    columns = tuple(ReadyColumn(rates, tuple(classes)) for rates, classes in found.items())
    domains = {p.classes[c].kin.domain for column in columns for c in column.classes} if wanted.kind else set()
    if wanted.kind == "provider":
        domains |= {p.options[h.option].option.provider for h in p.hosted if h.workload in wanted.survive}
    names = (NOTHING, *sorted(domains - {NOTHING}))
    pools = _pools(p, columns) if wanted.standby_on_demand else ()
    cases = [
        case
        for number, domain in enumerate(names)
        for t, s in wanted.checks
        if (case := _case(p, wanted, columns, pools, number, domain, t, s)) is not None
    ]
    return ContingencyCases(columns, names, pools, tuple(cases))


def _pools(p: Parameters, columns: tuple[ReadyColumn, ...]) -> tuple[StandbyPool, ...]:
    weights: dict[int, list[tuple[int, float]]] = {}
    for g, cap in enumerate(p.caps):
        for o, weight in cap.weight:
            weights.setdefault(o, []).append((g, weight))
    found: dict[tuple[int, tuple[tuple[int, float], ...], int, float | None], list[int]] = {}
    for k, column in enumerate(columns):
        for c in column.classes:
            for o in p.classes[c].running:
                own = p.running_upper[o]
                caps = tuple(weights.get(o, []))
                found.setdefault((k, caps, o if own is not None else -1, own), []).append(o)
    return tuple(StandbyPool(k, caps, own, tuple(options)) for (k, caps, _, own), options in found.items())


def _case(
    p: Parameters,
    wanted: Resilience,
    columns: tuple[ReadyColumn, ...],
    pools: tuple[StandbyPool, ...],
    number: int,
    domain: str,
    t: int,
    s: int,
) -> Case | None:
    if domain == NOTHING:
        needs = [(w, share) for w, share in wanted.reserve.items() if p.online.get((w, t, s), 0.0) > 0]
        return Case(number, t, s, tuple(needs), ()) if needs else None
    started = tuple(b for b, pool in enumerate(pools) if _can_start(p, wanted, pool, domain, t))
    endless = {
        w for b in started if not pools[b].caps and pools[b].upper is None for w, _ in columns[pools[b].column].rates
    }
    if wanted.standby_hosted:
        endless |= {
            h.workload
            for h in p.hosted
            if h.usable[t] and not (wanted.kind == "provider" and p.options[h.option].option.provider == domain)
        }
    needs = [(w, share) for w, share in wanted.survive.items() if p.online.get((w, t, s), 0.0) > 0 and w not in endless]
    return Case(number, t, s, tuple(needs), started) if needs else None


def _can_start(p: Parameters, wanted: Resilience, pool: StandbyPool, domain: str, t: int) -> bool:
    return any(p.options[o].terms.usable[t] and outside(p, wanted, o, domain) for o in pool.options)


def outside(p: Parameters, wanted: Resilience, o: int, domain: str) -> bool:
    """Whether an option survives the loss of a domain."""
    return wanted.kind is None or p.options[o].option.domain(wanted.kind) != domain
