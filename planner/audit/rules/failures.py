"""Rules on the second dispatch: with one failure domain lost, what survives serves what must survive.

The same with nothing lost is the standing reserve.
"""

from collections import defaultdict
from collections.abc import Iterator

from planner.audit.availability import Domains
from planner.audit.books import NODE_DUST, Books, Check, at_least, at_most, fastest_rates, holds, same_number
from planner.domain.records import FailurePart, FailureRecord
from planner.domain.workloads import Inference

Emergency = tuple[str, int, int]
"""What failed, in which period and slice."""
RULE = {True: "survive", False: "standing-reserve"}
"""By whether something failed."""
_DUST = 1e-9
"""Nodes to which a plan is written."""


def served(books: Books) -> Iterator[Check]:
    """Of every emergency there is a record, and its parts do what is needed."""
    domains, fastest = Domains(books), fastest_rates(books)
    found: dict[tuple[str, str, int, int], int] = defaultdict(int)
    for f in books.plan.failures:
        found[f.failed, f.workload, f.period, f.slice] += 1
        if (f.period, f.slice) in books.slice_hours and f.workload in books.workloads:
            rule, where = RULE[bool(f.failed)], _where(f.failed, f.workload, f.period, f.slice)
            needed = domains.needed(f.failed, f.workload, f.period, f.slice)
            yield same_number(rule, f"{where}: needed", f.needed_per_hour, needed, 1e-9, 1e-9)
            done, nothing = sum(part.work_per_hour for part in f.parts), NODE_DUST * fastest.get(f.workload, 0.0)
            yield at_least(rule, where, done, needed, dust=nothing)
    for failed, key in domains.expected():
        count = found.pop((failed, *key), 0)
        yield holds(RULE[bool(failed)], _where(failed, *key), count == 1, f"{count} records", "one record")
    for (failed, name, t, s), count in found.items():
        yield holds(RULE[bool(failed)], _where(failed, name, t, s), count == 1, f"{count} records", "at most one")


def _where(failed: str, workload: str, t: int, s: int) -> str:
    lost = f"without {failed}" if failed else "reserve"
    return f"{workload}, {lost}, period {t}, slice {s}"


def parts(books: Books) -> Iterator[Check]:
    """Parts are of options that are still there, never spot, at the rate at which they serve anyway."""
    domains = Domains(books)
    asked = books.asked.availability
    apis = asked is not None and "hosted_api" in asked.standby
    for f in books.plan.failures:
        rule, where = RULE[bool(f.failed)], _where(f.failed, f.workload, f.period, f.slice)
        known = (f.period, f.slice) in books.slice_hours
        yield holds("unknown-slice", where, known, (f.period, f.slice), "a slice")
        online = isinstance(books.workloads.get(f.workload), Inference)
        yield holds("unknown-workload", where, online, f.workload, "online inference")
        for part in f.parts:
            record, place = books.options.get(part.option), f"{where}: {part.option}"
            yield holds("unknown-option", place, record is not None, part.option, "an option")
            if record is None:
                continue
            lost = bool(f.failed) and domains.of[part.option] == f.failed
            yield holds(rule, place, not lost, f"of {f.failed}", "what survives")
            yield holds(rule, place, record.action != "spot", "spot", "what stays")
            lowest = min(part.nodes - part.standby_nodes, part.standby_nodes, part.work_per_hour)
            yield holds(rule, place, lowest >= -_DUST, lowest, "0 <= standby nodes <= nodes; work >= 0")
            if record.action == "hosted_api":
                yield holds(rule, place, apis and bool(f.failed), "a hosted API", "allowed to stand by")
                yield same_number(rule, f"{place} nodes", part.nodes, 0.0)
            else:
                yield from _rate(books, rule, place, f, part)


def _rate(books: Books, rule: str, where: str, f: FailureRecord, part: FailurePart) -> Iterator[Check]:
    fit = books.fits.get((f.workload, part.option, ""))
    yield holds("fit-missing", where, fit is not None, "no fit", "a fit of inputs.fits")
    if fit is not None:
        work = part.nodes * fit.rate_per_node_hour
        yield same_number(rule, f"{where} work", part.work_per_hour, work, 1e-6, _DUST * fit.rate_per_node_hour)


def capacity(books: Books) -> Iterator[Check]:
    """All parts of an option together use no more than its nodes that are there at every moment, and those that are started."""
    for (failed, t, s), used in _by_emergency(books).items():
        rule = RULE[bool(failed)]
        for option, (nodes, standby) in used.items():
            where = f"{option}, {failed or 'reserve'}, period {t}, slice {s}"
            yield at_most(rule, where, nodes, books.steady(option, t, s) + standby)


def standby(books: Books) -> Iterator[Check]:
    """Only on-demand nodes are started, where that is allowed, when they are sold, and within their caps."""
    domains, asked = Domains(books), books.asked.availability
    allowed = asked is not None and "on_demand" in asked.standby
    for (failed, t, s), used in _by_emergency(books).items():
        started = {option: extra for option, (_, extra) in used.items() if extra > 0}
        if not started:
            continue
        rule, when = RULE[bool(failed)], f"{failed or 'reserve'}, period {t}, slice {s}"
        for option, extra in started.items():
            record = books.options[option]
            fine = allowed and bool(failed) and record.action == "on_demand"
            yield holds(rule, f"{option}, {when}", fine, f"{extra:g} started", "none that may be started")
            limits = [n for n in (record.max_nodes, record.exact_nodes) if n is not None]
            if limits:
                yield at_most(rule, f"{option}, {when}: cap", books.fleet.get((option, t, s), 0.0) + extra, min(limits))
        alive = {o for o in books.options if domains.of[o] != failed}
        yield from _caps(books, rule, (failed, t, s), started, alive)


def _caps(books: Books, rule: str, when: Emergency, started: dict[str, float], alive: set[str]) -> Iterator[Check]:
    """Every cap counts what still runs outside of the domain, and what is started."""
    _, t, s = when
    touched = {group for option in started for group in books.options[option].groups}
    for cap in books.plan.inputs.caps:
        if cap.name not in touched:
            continue
        nodes = accelerators = 0.0
        for name in alive:
            record = books.options[name]
            if cap.name in record.groups:
                stays = books.lasting(name, t, s) if cap.counts == "live" else books.fleet.get((name, t, s), 0.0)
                nodes += stays + started.get(name, 0.0)
                accelerators += (stays + started.get(name, 0.0)) * record.accelerators_per_node
        where = f"{cap.name} without {when[0]}, period {t}, slice {s}"
        if cap.max_nodes is not None:
            yield at_most(rule, where, nodes, cap.max_nodes)
        if cap.max_accelerators is not None:
            yield at_most(rule, where, accelerators, cap.max_accelerators)


def _by_emergency(books: Books) -> dict[Emergency, dict[str, tuple[float, float]]]:
    """Nodes that are busy, and those of them that are started, by option."""
    found: dict[Emergency, dict[str, tuple[float, float]]] = defaultdict(dict)
    for f in books.plan.failures:
        here = found[f.failed, f.period, f.slice]
        for part in f.parts:
            if part.option in books.options:
                nodes, extra = here.get(part.option, (0.0, 0.0))
                here[part.option] = nodes + part.nodes, extra + part.standby_nodes
    return dict(found)


RULES = (served, parts, capacity, standby)
