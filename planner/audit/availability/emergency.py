r"""Emergency: what the survivors serve when failure domains are lost, recomputed from the plan file.

.. math::
    \max z,\ \text{then}\ \max \sum_w e_w: \qquad \textstyle\sum_k f_{wk} &\ge q_w z + e_w \le 1 \\
    \textstyle\sum_w f_{wk} D_w / r_{wk} &\le L_k + \sum_{o \in k} u_o \\
    \textstyle\sum_{o \in g} a_{go} u_o &\le C_g - \text{what still runs of}\ g

=============  ==============================================================================================
symbol         meaning
=============  ==============================================================================================
f_{wk}         share of workload w served on nodes of class k (options with the same rates r)
q_w            the share that was promised (`survive`); z: how much of all promises is kept, at least
e_w            share served beyond that
D_w            what the plan serves of w in the slice, work units an hour
L_k, u_o       surviving nodes (running on demand, commitments in service), nodes started on demand; what runs for
               a part of the period only, for a training run, is not counted
C_g            caps, in nodes or accelerators
=============  ==============================================================================================

So promises come first, all to the same degree; then as much as possible is served (sum of the shares). Spot is
never counted, nor work that may stop meanwhile; hosted APIs have no limit. Source: docs/model.md, "Availability".
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from planner.audit.availability.shares import Rates, best, enough
from planner.audit.books import OWN_ACTIONS, Books, Demand, Generation, demands, generations
from planner.domain.records import CapRecord, OptionRecord
from planner.domain.scenario import Availability, FailureKind
from planner.domain.workloads import Inference


def domain_of(record: OptionRecord, kind: FailureKind, vendor: str) -> str | None:
    """What fails together with an option; None for a hosted API where places or vendors fail: it has none known.

    Zones without a name are their region; a site of one's own is one domain. `vendor` is that of the accelerator, empty if unknown.
    """
    if record.action == "hosted_api":
        return record.provider if kind == "provider" else None
    if record.action in OWN_ACTIONS and kind != "vendor":
        return record.provider
    place = f"{record.provider}/{record.region}"
    if kind == "zone":
        return f"{place}/{record.zone}" if record.zone else place
    named = {"site": place, "region": place, "provider": record.provider, "vendor": vendor or "unknown vendor"}
    return named[kind]


@dataclass(frozen=True)
class Emergency:
    """The plan of one scenario under one kind of failure; what was worked out once is remembered."""

    books: Books
    rules: Availability
    known: dict[tuple[frozenset[str], int, int], Rates] = field(default_factory=dict)

    @cached_property
    def promised(self) -> dict[str, float]:
        """Protected workloads and the share of their demand that is to survive."""
        shares = {
            w.name: self.rules.survive if w.survive is None else w.survive
            for w in self.books.workloads.values()
            if isinstance(w, Inference)
        }
        return {name: share for name, share in shares.items() if share > 0}

    @cached_property
    def domains(self) -> dict[str, tuple[str, ...]]:
        """Failure domains of the options of the plan, by name."""
        members: dict[str, list[str]] = defaultdict(list)
        for record in self.books.plan.inputs.options:
            chip = self.books.plan.inputs.accelerators.get(record.accelerator or "", {})
            domain = domain_of(record, self.rules.failure, str(chip.get("vendor", "")) or record.vendor)
            if domain is not None:
                members[domain].append(record.option)
        return {domain: tuple(options) for domain, options in sorted(members.items())}

    def served_per_hour(self, t: int, s: int) -> Rates:
        """What the plan serves of every protected workload: all of its demand but what is left unserved."""
        return tuple(self._demand(name, t, s) - self._missed(name, t, s) for name in self.promised)

    def shares(self, failed: frozenset[str], t: int, s: int) -> Rates:
        """Share of what the plan serves of every protected workload that is served without the failed domains."""
        key = failed, t, s
        if key not in self.known:
            self.known[key] = self._worked_out(*key)
        return self.known[key]

    def _worked_out(self, failed: frozenset[str], t: int, s: int) -> Rates:
        lost = {option for domain in failed for option in self.domains.get(domain, ())}
        if not any(self.books.lasting(o, t, s) > 0 or (o, t, s) in self._used for o in lost):
            return (1.0,) * len(self.promised)
        survivors = self._survivors(lost)
        starting = [r for r in survivors if self._may_start(r, t)]
        endless = [r for r in starting if not self._limits(r)] + self._hosted(survivors)
        wanted = self.served_per_hour(t, s)
        short = [
            w
            for w, name in enumerate(self.promised)
            if wanted[w] > 0 and not any(self._rate(name, r.option) is not None for r in endless)
        ]
        shares = [1.0] * len(wanted)
        if short:
            limited = [r for r in starting if self._limits(r)]
            for w, share in zip(short, self._dispatch(short, lost, limited, t, s), strict=True):
                shares[w] = share
        return tuple(shares)

    def _dispatch(self, short: list[int], lost: set[str], starting: list[OptionRecord], t: int, s: int) -> list[float]:
        """Shares of the workloads that nothing without limit can serve."""
        names, wanted = list(self.promised), self.served_per_hour(t, s)
        classes: dict[Rates, float] = defaultdict(float)
        class_of: dict[str, Rates] = {}
        for record in self._survivors(lost):
            rates = tuple((self._rate(names[w], record.option) or 0.0) / wanted[w] for w in short)
            if any(rates):
                class_of[record.option] = rates
                classes[rates] += max(0.0, self.books.steady(record.option, t, s))
        if enough(dict(classes), len(short)):
            return [1.0] * len(short)
        started = [r for r in starting if r.option in class_of]
        rooms = [(weights, room) for cap in self._caps(started) for weights, room in self._rooms(cap, lost, t, s)]
        promises = [self._promise(names[w], t, s) for w in short]
        return best(promises, dict(classes), [(r.option, class_of[r.option]) for r in started], rooms)

    # --- what there is ---------------------------------------------------------------------------------

    def _survivors(self, lost: set[str]) -> list[OptionRecord]:
        return [r for r in self.books.plan.inputs.options if r.option not in lost and r.action != "spot"]

    def _may_start(self, record: OptionRecord, t: int) -> bool:
        if record.action != "on_demand" or record.exact_nodes is not None or "on_demand" not in self.rules.standby:
            return False
        since = self._generations[record.generation].first if record.generation else 0
        return t >= max(since, self._released.get((record.accelerator or "").casefold(), 0))

    def _hosted(self, survivors: list[OptionRecord]) -> list[OptionRecord]:
        allowed = "hosted_api" in self.rules.standby
        return [r for r in survivors if r.action == "hosted_api"] if allowed else []

    def _limits(self, record: OptionRecord) -> list[CapRecord]:
        """Caps on starting more nodes of an option, its own `max_nodes` among them."""
        own = [] if record.max_nodes is None else [_own_cap(record)]
        return own + [self._cap_named[name] for name in record.groups if name in self._cap_named]

    def _caps(self, started: list[OptionRecord]) -> list[CapRecord]:
        return list({cap.name: cap for record in started for cap in self._limits(record)}.values())

    def _rooms(self, cap: CapRecord, lost: set[str], t: int, s: int) -> Iterator[tuple[dict[str, float], float]]:
        """What a node of each member takes of a cap, and what is left of it beside all that still runs, spot too."""
        members = [r for r in self.books.plan.inputs.options if cap.name in r.groups or cap.name == _own_name(r)]
        for limit, by_accelerator in ((cap.max_nodes, False), (cap.max_accelerators, True)):
            if limit is not None:
                weights = {r.option: float(r.accelerators_per_node if by_accelerator else 1) for r in members}
                used = sum(weights[o] * self._counted(cap, o, t, s) for o in weights if o not in lost)
                yield weights, max(0.0, limit - used)

    def _counted(self, cap: CapRecord, option: str, t: int, s: int) -> float:
        running = self.books.fleet.get((option, t, s), 0.0)
        return self.books.lasting(option, t, s) if cap.counts == "live" else running

    def _demand(self, name: str, t: int, s: int) -> float:
        key = name, t, s
        if key not in self._rate_of:
            self._rate_of[key] = max(0.0, self._demands[name].rate(t, s))
        return self._rate_of[key]

    def _missed(self, name: str, t: int, s: int) -> float:
        """Work units an hour that the plan leaves unserved."""
        hours = float(self.books.slice_hours[t, s])
        work = self._unserved.get((name, t, s), 0.0)
        return min(self._demand(name, t, s), work / hours) if hours > 0 else 0.0

    def _promise(self, name: str, t: int, s: int) -> float:
        """The promised share of the demand, as a share of what the plan serves of it."""
        asked = self._demand(name, t, s)
        return min(1.0, self.promised[name] * asked / (asked - self._missed(name, t, s)))

    def _rate(self, workload: str, option: str) -> float | None:
        """Work units per node and hour; None if the option cannot serve the workload."""
        return self._rates.get((workload, option))

    @cached_property
    def _rates(self) -> dict[tuple[str, str], float]:
        """Of the workload's own way of serving (an emergency is no reason for its fallback); hosted APIs have none."""
        plan = self.books.plan
        parts = [(r.workload, r.option) for r in plan.serving if not r.mode]
        parts += [(r.workload, part.option) for r in plan.failures for part in r.parts]
        hosted = {o for o, record in self.books.options.items() if record.action == "hosted_api"}
        rates = {(workload, option): 0.0 for workload, option in parts if option in hosted}
        return rates | {(f.workload, f.option): f.rate_per_node_hour for f in plan.inputs.fits if not f.mode}

    @cached_property
    def _cap_named(self) -> dict[str, CapRecord]:
        limited = (c for c in self.books.plan.inputs.caps if (c.max_nodes, c.max_accelerators) != (None, None))
        return {cap.name: cap for cap in limited}

    @cached_property
    def _generations(self) -> dict[str, Generation]:
        return generations(self.books)

    @cached_property
    def _released(self) -> dict[str, int]:
        """First period in which a coming accelerator can run."""
        count = self.books.calendar.count
        return {
            r.accelerator.casefold(): self.books.first_period_from(r.month, r.period, count)
            for r in self.books.asked.releases
        }

    @cached_property
    def _demands(self) -> dict[str, Demand]:
        return demands(self.books)

    @cached_property
    def _rate_of(self) -> dict[tuple[str, int, int], float]:
        """Demand by workload, period and slice, as far as it was asked for."""
        return {}

    @cached_property
    def _unserved(self) -> dict[tuple[str, int, int], float]:
        work: dict[tuple[str, int, int], float] = defaultdict(float)
        for u in self.books.plan.unserved:
            work[u.workload, u.period, u.slice] += u.work
        return dict(work)

    @cached_property
    def _used(self) -> frozenset[tuple[str, int, int]]:
        return frozenset((r.option, r.period, r.slice) for r in self.books.known_serving if r.work > 0)


def _own_name(record: OptionRecord) -> str:
    return f"max_nodes of {record.option}"


def _own_cap(record: OptionRecord) -> CapRecord:
    return CapRecord(
        name=_own_name(record),
        max_nodes=record.max_nodes,
        max_accelerators=None,
        counts="live",
        assumed=False,
    )
