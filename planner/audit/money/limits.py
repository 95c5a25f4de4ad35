"""Rules on quantities: busy ≤ live, whole nodes, contract limits, caps and groups, budgets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from planner.audit.books import (
    DOLLARS,
    SIGNED,
    Books,
    Check,
    Key,
    at_least,
    at_most,
    holds,
    online,
    same,
    same_number,
    whole,
)
from planner.audit.ledger import Ledger
from planner.audit.money.totals import by_year, total
from planner.domain.records import CapRecord, OptionRecord
from planner.domain.scenario import InstanceOffer

_TERMS = {"max_nodes", "max_accelerators", "counts", "assumed"}
"""Fields of a cap that say what it allows; the others say whom it limits."""


def busy_nodes(ledger: Ledger) -> Iterator[Check]:
    """Nodes busy with all workloads of an option, and held by runs, never exceed those that are there.

    A block that ends within a period is there for its share of it, for work that may wait and for runs that end no later.
    """
    books = ledger.books
    busy: dict[Key, float] = defaultdict(float)
    firm: dict[Key, float] = defaultdict(float)
    for r in books.known_serving:
        busy[r.option, r.period, r.slice] += r.nodes
        firm[r.option, r.period, r.slice] += r.nodes if online(books.workloads[r.workload]) else 0.0
    for (o, t), nodes in books.held_by_runs.items():
        for s in range(len(books.plan.horizon.periods[t].slices)):
            busy[o, t, s] += nodes
            firm[o, t, s] += nodes
    for (o, t, s), nodes in busy.items():
        where, lasting = f"{o}, period {t}, slice {s}", books.lasting(o, t, s) + books.run_only.get((o, t), 0.0)
        free = books.ending.get((o, t), 0.0) - books.blocks_of_runs.get((o, t), 0.0)
        most = lasting + max(free, 0.0) * books.options[o].period_share
        yield at_most("busy-nodes", where, nodes, most)
        if (o, t) in books.ending:
            yield at_most("busy-nodes", f"{where}, all through", firm[o, t, s], lasting)
    for (o, t, s), nodes in books.fleet.items() if books.asked.spend_agreements else ():
        if books.options[o].delivery == "container" and books.options[o].exact_nodes is None:
            where = f"{o}, period {t}, slice {s}"  # only time in use is paid, whatever an agreement gives for it
            yield at_least("idle-container", where, busy[o, t, s] + books.in_service.get((o, t), 0.0), nodes - 1e-6)
    for (o, t), nodes in books.blocks_of_runs.items():
        yield at_most("busy-nodes", f"{o}, period {t}, runs on blocks", nodes, books.ending.get((o, t), 0.0))


def whole_nodes(ledger: Ledger) -> Iterator[Check]:
    """Whole nodes of what is signed and bought, unless the scenario relaxes them; dollars split."""
    books = ledger.books
    if books.asked.integers == "relaxed":
        return
    for _, line in (*books.commitments, *books.bought):
        if not isinstance(ledger.prices.origins.get(line.option), DOLLARS):
            yield whole("whole-nodes", f"{line.option}, signed {line.signed}", line.nodes)


def contract_limits(ledger: Ledger) -> Iterator[Check]:
    """`max_nodes`: live in any slice; `min_nodes`: of each signing; `exact_nodes`: always, or at the start."""
    books = ledger.books
    for record in books.plan.inputs.options:
        if record.max_nodes is not None:
            for t, s in books.slice_hours:
                live = books.live(record.option, t, s)
                yield at_most("max-nodes", f"{record.option}, period {t}, slice {s}", live, record.max_nodes)
        if record.action == "commit":
            yield from _signings(ledger, record)
        elif record.exact_nodes is not None:
            for t, s in books.slice_hours:
                nodes = books.running(record.option, t, s)
                where = f"{record.option}, period {t}, slice {s}"
                yield same_number("exact-nodes", where, nodes, record.exact_nodes, 0.0, 1e-6)


def _signings(ledger: Ledger, record: OptionRecord) -> Iterator[Check]:
    signed: dict[int, float] = defaultdict(float)
    for _, line in ledger.books.commitments:
        if line.option == record.option:
            signed[line.signed_index] += line.nodes
    for v, nodes in signed.items():
        if nodes > 0 and ledger.books.asked.integers != "relaxed":
            yield at_least("min-nodes", f"{record.option}, signed in {v}", nodes, record.min_nodes)
    if record.exact_nodes is not None:
        claimed = (sum(signed.values()), signed.get(0, 0.0))
        expected = record.exact_nodes
        fine = all(abs(nodes - expected) <= 1e-6 for nodes in claimed)
        yield holds("exact-nodes", record.option, fine, claimed, f"{expected} signed at the start")


def caps(ledger: Ledger) -> Iterator[Check]:
    """Every cap of the plan, over the options that name it, in every slice."""
    for cap in ledger.books.plan.inputs.caps:
        members = [o for o in ledger.books.plan.inputs.options if cap.name in o.groups]
        yield from _use_of(ledger.books, "cap", cap, members)
    names = {cap.name for cap in ledger.books.plan.inputs.caps if _is_named_by_its_parts(cap)}
    yield same("cap-twice", "inputs.caps", len(ledger.books.plan.inputs.caps), len(names))
    for record in ledger.books.plan.inputs.options:
        unknown = sorted(set(record.groups) - names)
        yield same("cap-unknown", f"{record.option} groups", unknown, [])


def _is_named_by_its_parts(cap: CapRecord) -> bool:
    """Whether the name spells what the cap limits; records without a kind (of older plans) state nothing else."""
    if cap.kind is None:
        return (cap.of, cap.accelerator, cap.contract) == ("", None, None)
    parts = ["cap" if cap.kind == "provider" else cap.kind, cap.of, cap.accelerator, cap.contract]
    return cap.name == ":".join(part for part in parts if part is not None)


def _use_of(books: Books, rule: str, cap: CapRecord, members: list[OptionRecord]) -> Iterator[Check]:
    for t, s in books.slice_hours if members else ():
        nodes = accelerators = 0.0
        for o in members:
            used = (books.live if cap.counts == "live" else books.running)(o.option, t, s)
            nodes += used
            accelerators += used * o.accelerators_per_node
        where = f"{cap.name}, period {t}, slice {s}"
        if cap.max_nodes is not None:
            yield at_most(rule, where, nodes, cap.max_nodes)
        if cap.max_accelerators is not None:
            yield at_most(rule, where, accelerators, cap.max_accelerators)
            yield from _whole_sizes(books, rule, where, (t, s), cap, members)


def _whole_sizes(
    books: Books, rule: str, where: str, at: tuple[int, int], cap: CapRecord, members: list[OptionRecord]
) -> Iterator[Check]:
    """Nodes of a size of which only so many fit into a cap at any moment are no more on average either."""
    if books.asked.integers == "relaxed" or cap.max_accelerators is None:
        return
    live = books.live if cap.counts == "live" else books.running
    whole = [o for o in members if o.delivery != "container"]
    for size in sorted({o.accelerators_per_node for o in whole}):
        room = cap.max_accelerators // size * size
        used = sum(live(o.option, *at) * o.accelerators_per_node for o in whole if o.accelerators_per_node % size == 0)
        yield at_most(rule, f"{where}: nodes of {size}", used, room)


def stated_groups(ledger: Ledger) -> Iterator[Check]:
    """Cap groups and offers' `max_nodes` as the scenario states them, whatever the plan's caps say."""
    books, origins = ledger.books, ledger.prices.origins
    offers = {
        record.option: entry
        for record in books.plan.inputs.options
        if isinstance(entry := origins[record.option], InstanceOffer)
    }
    for group in books.asked.cap_groups:
        cap = _cap(group.name, group.max_nodes, group.max_accelerators)
        members = [books.options[o] for o, offer in offers.items() if group.name in offer.groups]
        yield from _stated(books, cap, members, {group.name, f"group:{group.name}"})
    for offer in books.asked.offers:
        if isinstance(offer, InstanceOffer) and offer.max_nodes is not None:
            members = [books.options[o] for o, entry in offers.items() if entry == offer]
            yield from _stated(books, _cap(offer.name, offer.max_nodes, None), members, {f"offer:{offer.name}"})


def _cap(name: str, nodes: float | None, accelerators: float | None) -> CapRecord:
    return CapRecord(name=name, max_nodes=nodes, max_accelerators=accelerators, counts="live", assumed=False)


def _stated(books: Books, cap: CapRecord, members: list[OptionRecord], names: set[str]) -> Iterator[Check]:
    """The limit itself is kept, and the plan records it as the scenario states it."""
    yield from _use_of(books, "cap-stated", cap, members)
    for o in members:
        found = [c for c in books.plan.inputs.caps if c.name in names and c.name in o.groups]
        fine = any(_says_the_same(c, cap) for c in found)
        yield holds("cap-stated", f"{cap.name} of {o.option}", fine, found, cap)


def _says_the_same(claimed: CapRecord, stated: CapRecord) -> bool:
    return claimed.model_dump(include=_TERMS) == stated.model_dump(include=_TERMS)


def stated_caps(ledger: Ledger) -> Iterator[Check]:
    """`caps`, `spot_caps` and `reserved_caps`: accelerators of one type of a provider that run, or are in service under a
    contract that is not held already, over all regions."""
    books, asked = ledger.books, ledger.books.asked
    kinds: tuple[tuple[str, Mapping[str, int | dict[str, int]], Literal["running", "live"]], ...] = (
        ("on_demand", asked.caps, "running"),
        ("spot", asked.spot_caps, "running"),
        ("commit", asked.reserved_caps, "live"),
    )
    for action, stated, counts in kinds:
        members: dict[tuple[str, str], list[OptionRecord]] = defaultdict(list)
        for o in books.plan.inputs.options:
            if o.action == action and o.accelerator is not None and not _is_held(ledger, o):
                members[o.provider.casefold(), o.accelerator.casefold()].append(o)
        for provider, limit in stated.items():
            for (p, accelerator), records in members.items():
                most = _limit_for(limit, accelerator)
                if p == provider.casefold() and most is not None:
                    cap = CapRecord(
                        name=f"{action} {p} {accelerator}",
                        max_nodes=None,
                        max_accelerators=most,
                        counts=counts,
                        assumed=False,
                    )
                    yield from _stated_cap(books, cap, records)


def _is_held(ledger: Ledger, record: OptionRecord) -> bool:
    return isinstance(ledger.prices.origins.get(record.option), SIGNED)


def _limit_for(limit: int | dict[str, int], accelerator: str) -> int | None:
    if isinstance(limit, int):
        return limit
    return next((n for name, n in limit.items() if name.casefold() == accelerator), None)


def _stated_cap(books: Books, cap: CapRecord, members: list[OptionRecord]) -> Iterator[Check]:
    """Kept, and recorded under any name among the groups of each option."""
    yield from _use_of(books, "cap-stated", cap, members)
    for o in members:
        found = [c for c in books.plan.inputs.caps if c.name in o.groups]
        fine = any(_says_the_same(c, cap) for c in found)
        yield holds("cap-stated", f"{cap.name} of {o.option}", fine, found, cap)


def budgets(ledger: Ledger) -> Iterator[Check]:
    """Cash within the horizon, in all and per plan-year, holdings included."""
    scenario, calendar = ledger.books.asked, ledger.books.calendar
    if scenario.budget_total_usd is not None:
        cash = float(total(ledger.inside))
        yield at_most("budget-total", "budget_total_usd", cash, scenario.budget_total_usd)
    limit = scenario.budget_per_year_usd
    if limit is None:
        return
    for i, cash_usd in by_year(calendar, ledger.inside).items():
        most = limit if isinstance(limit, float) else limit[i] if i < len(limit) else None
        if most is not None:
            yield at_most("budget-year", f"plan-year {i + 1}", float(cash_usd), most)


RULES = (
    busy_nodes,
    whole_nodes,
    contract_limits,
    caps,
    stated_groups,
    stated_caps,
    budgets,
)
