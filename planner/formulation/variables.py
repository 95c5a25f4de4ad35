"""Variables: declared once, with bounds and a one-line meaning each. Names are indices, never user text."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from planner.formulation.parameters import Parameters, standing_of
from planner.formulation.program import Pair as ProgramPair
from planner.formulation.program import Sense, Sum
from planner.formulation.resilience import emergency_of

MOST_NODES = 1_000_000
"""More than any provider has."""
ROUNDING = 1e-9
FEW = 3
"""From so many terms on a sum is counted as one."""
Pair = tuple[int, int]
Point = tuple[int, int, int]
Sums = dict[tuple[Any, ...], Sum]


@dataclass(slots=True)
class Variables:
    """All decision variables of a program."""

    served: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(w, c, t, s) → units of service (replicas, or nodes' worth) that class c gives workload w in the slice."""
    running: dict[Point, Any] = field(default_factory=dict)
    """(o, t, s) → nodes of a by-the-hour option that run in the slice, on average over its hours."""
    held: dict[Point, Any] = field(default_factory=dict)
    """(c, t, s) → whole nodes of class c that online work holds all through the slice, where they are not whole as it is."""
    beyond: dict[Point, Any] = field(default_factory=dict)
    """(c, t, s) → nodes of class c that work which may wait uses beyond what is free on the held ones."""
    standing: dict[Point, Any] = field(default_factory=dict)
    """(g, t, s) → whole nodes of stand g (`standing.py`) that run all through the slice, where those of its class do not say so."""
    signed: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → nodes signed in period v."""
    open: dict[Pair, Any] = field(default_factory=dict)
    """(k, v) → 1 if site k has been opened by period v."""
    modules: dict[Pair, Any] = field(default_factory=dict)
    """(k, t) → modules of power that are live at site k, where it is built in modules."""
    opened: dict[Pair, Any] = field(default_factory=dict)
    """(o, v) → 1 if anything is signed in v, where a signing has a minimum quantity."""
    used: dict[int, Any] = field(default_factory=dict)
    """i → 1 if use i (a provider, a pool, an option) is made at all."""
    hosted: dict[Point, Any] = field(default_factory=dict)
    """(h, t, s) → share of the workload's demand that a hosted API serves; s = 0 for flexible workloads."""
    unserved: dict[Point, Any] = field(default_factory=dict)
    """(w, t, s) → share of the demand left unserved; s = 0 for flexible workloads, t = 0 for training runs."""
    placed: dict[int, Any] = field(default_factory=dict)
    """j → 1 if the run of cast j is placed as it says."""
    homeless: dict[int, Any] = field(default_factory=dict)
    """w → 0, for a run that no pool can host in its window."""
    gang: dict[Pair, Any] = field(default_factory=dict)
    """(b, t) → nodes of host b that training runs hold all through the period."""
    extra: dict[Pair, Any] = field(default_factory=dict)
    """(j, o) → nodes of a by-the-hour option that run for cast j in the part of its last period that it takes."""
    ending: dict[Pair, Any] = field(default_factory=dict)
    """(j, o) → nodes of block o that serve cast j in the part of its last period that it takes, which is the block's last."""
    backed: dict[int, Any] = field(default_factory=dict)
    """j → nodes of cast j that stand on commitments, where its host has any."""
    progress: dict[Pair, Any] = field(default_factory=dict)
    """(w, t) → share of the work of a run that may stop and move that is done in the period."""
    lesser: dict[Point, Any] = field(default_factory=dict)
    """(w, t, s) → share of the demand that workload w's fallback serves."""
    sent: dict[tuple[int, str, int, int], Any] = field(default_factory=dict)
    """(w, provider, t, s) → share of the demand whose data leaves from the provider; s = 0 for flexible workloads."""
    stored: dict[tuple[int, str], Any] = field(default_factory=dict)
    """(w, provider) → 1 if the data of the workload is kept there."""
    credit: dict[Pair, Any] = field(default_factory=dict)
    """(i, t) → credits of grant i used in the period, thousands of dollars."""
    level: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → 1 if tier l of agreement a holds in plan-year y (y = 0: in all, where one is signed for the horizon)."""
    tiered: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → covered spend of plan-year y at tier l, thousands of dollars."""
    missing: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    """(a, y, l) → what is missing to the minimum of tier l and paid, thousands of dollars."""
    covered: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(o, i, t, s) → running nodes of option o that savings plan i covers in the slice."""
    rescue: dict[tuple[int, int, int, int, int], Any] = field(default_factory=dict)
    """(d, w, k, t, s) → nodes of column k that serve workload w when domain d has failed."""
    standby: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(d, b, t, s) → nodes of standby pool b that are started when domain d has failed."""
    ready: dict[tuple[int, int, int, int], Any] = field(default_factory=dict)
    """(k, d, t, s) → nodes of column k in domain d that could serve in an emergency; d = 0: in all domains."""

    sums: Sums = field(default_factory=dict)
    """What several rows count together, under a key of those who count."""

    def window(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of commitment o that are in service all through period t: the window sum of its starts."""
        terms = p.options[o].terms
        whole = terms.term - (p.options[o].option.period_share < 1)
        first = max(t - terms.lead - whole + 1, 0)
        return [self.signed[o, v] for v in range(first, t - terms.lead + 1) if (o, v) in self.signed]

    def last(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of block o that are there for the first part of period t."""
        terms = p.options[o].terms
        v = t - terms.lead - terms.term + 1
        return [self.signed[o, v]] if p.options[o].option.period_share < 1 and (o, v) in self.signed else []

    def alive(self, p: Parameters, o: int, t: int) -> list[ProgramPair]:
        """The same window sum, as one term where it has several: that of t − 1, what has started since, less what has ended."""
        now, key = self.window(p, o, t), ("alive", o, t)
        if len(now) < FEW:
            return [(signed, 1.0) for signed in now]
        if key not in self.sums:
            self.shared(key, self._since(p, o, t, now))
        return [(self.sums[key], 1.0)]

    def _since(self, p: Parameters, o: int, t: int, now: list[Any]) -> list[ProgramPair]:
        before = self.window(p, o, t - 1) if t else []
        if len(before) < FEW:
            return [(signed, 1.0) for signed in now]
        were, are = {signed.name for signed in before}, {signed.name for signed in now}
        started = [(signed, 1.0) for signed in now if signed.name not in were]
        ended = [(signed, -1.0) for signed in before if signed.name not in are]
        return [*self.alive(p, o, t - 1), *started, *ended]

    def serving(self, p: Parameters, o: int, t: int) -> list[ProgramPair]:
        """`in_service`, in few terms."""
        return [*((signed, 1.0) for signed in self.last(p, o, t)), *self.alive(p, o, t)]

    def committed(self, p: Parameters, c: int, t: int) -> list[ProgramPair]:
        """Nodes of a class that are in service under commitments, as one term."""
        group = p.classes[c]
        if group.part:
            pairs = [(signed, 1.0) for o in group.committed for signed in self.last(p, o, t)]
        else:
            pairs = [pair for o in group.committed for pair in self.alive(p, o, t)]
        return pairs if len(pairs) < FEW else [(self.shared(("committed", c, t), pairs), 1.0)]

    def shared(self, key: tuple[Any, ...], pairs: list[ProgramPair], sense: Sense = "==") -> Sum:
        """The sum under a key; made of the pairs when it is first asked for."""
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = Sum(pairs, sense)
        return found

    def in_service(self, p: Parameters, o: int, t: int) -> list[Any]:
        """Signings of commitment o that are in service at any time of period t."""
        return [*self.last(p, o, t), *self.window(p, o, t)]


def declare(problem: Any, p: Parameters) -> Variables:
    """Declare every variable of the program in a PuLP problem."""
    x = Variables()
    nodes = "Integer" if p.whole_nodes else "Continuous"
    useful: dict[int, float] = {}
    for group in p.classes:
        for o in group.committed:
            useful[o] = max(useful.get(o, 0.0), group.most_useful_nodes)
    for c, group in enumerate(p.classes):
        for o in group.committed:
            if o in useful:  # a block may stand in two classes
                _declare_signings(problem, p, x, o, useful.pop(o), nodes)
        for t, slices in enumerate(p.hours):
            for s in range(len(slices)):
                for o in group.running:
                    if p.options[o].terms.usable[t]:
                        x.running[o, t, s] = _running(problem, p, o, t, s)
                for w, service in group.column:
                    if w not in p.runs and p.wanted(w, t, s):
                        kind = "Integer" if service.whole and p.whole_nodes else "Continuous"
                        x.served[w, c, t, s] = problem.add_variable(f"served_{w}_{c}_{t}_{s}", 0, None, kind)
    _declare_sites(problem, p, x)
    _declare_work(problem, p, x)
    _declare_runs(problem, p, x, nodes)
    _declare_standing(problem, p, x)
    _declare_data(problem, p, x)
    for i, grant in enumerate(p.credits):
        for t in range(grant.end):
            x.credit[i, t] = problem.add_variable(f"credit_{i}_{t}", 0, grant.amount)
    whole = "Integer" if p.whole_nodes else "Continuous"
    x.used = {i: problem.add_variable(f"used_{i}", 0, 1, whole) for i in range(len(p.uses))}
    if p.resilience is not None:
        _declare_rescue(problem, p, x)
    return x


def _running(problem: Any, p: Parameters, o: int, t: int, s: int) -> Any:
    exact = p.options[o].option.exact_nodes
    upper = p.running_upper[o] if exact is None else exact
    return problem.add_variable(f"running_{o}_{t}_{s}", exact or 0, upper)


def _declare_standing(problem: Any, p: Parameters, x: Variables) -> None:
    """Whole nodes for online work, training runs and survivors; none in containers, and none where nodes are fractional."""
    found = standing_of(p)
    checked = set() if p.resilience is None else set(p.resilience.checks)
    protected = {c for column in emergency_of(p).columns for c in column.classes}
    runs = {(p.hosts[b].group, t) for b, t in x.gang}
    for (c, t), mine in sorted(found.hourly.items()):
        for s in range(len(p.hours[t])):
            here = [w for w, _ in p.classes[c].column if (w, c, t, s) in x.served]
            online = any(w in p.holding for w in here)
            stands = len(mine) > 1 and (online or (c, t) in runs)
            stands |= c in protected and (t, s) in checked
            if online and c in found.split:
                said = stands and not p.classes[c].committed  # the sum of the stands is whole already
                x.held[c, t, s] = problem.add_variable(
                    f"held_{c}_{t}_{s}", 0, None, "Continuous" if said else "Integer"
                )
                if any(w not in p.holding for w in here):
                    x.beyond[c, t, s] = problem.add_variable(f"beyond_{c}_{t}_{s}", 0)
            if stands:
                for g in mine:
                    x.standing[g, t, s] = problem.add_variable(f"standing_{g}_{t}_{s}", 0, None, "Integer")


def _declare_signings(problem: Any, p: Parameters, x: Variables, o: int, useful: float, kind: str) -> None:
    option, terms = p.options[o].option, p.options[o].terms
    exact = option.exact_nodes
    upper: float = max(ceil(useful), option.min_nodes) if exact is None else exact
    if exact is None:
        upper += most_for_tiers(p, o)
    if option.max_nodes is not None and exact is None:
        upper = min(upper, option.max_nodes)
    for v in terms.signing:
        if (o, v) in p.given:
            x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", p.given[o, v], p.given[o, v], kind)
            continue
        x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", exact or 0, upper, kind)
        if exact is None and (option.min_nodes > 1 or _counted(p, o)):
            binary = "Integer" if p.whole_nodes else "Continuous"
            x.opened[o, v] = problem.add_variable(f"opened_{o}_{v}", 0, 1, binary)


def _counted(p: Parameters, o: int) -> bool:
    """Whether it matters that anything is signed at all: the number of signings or their worth is limited."""
    option = p.options[o].option
    limited = p.max_signings is not None or p.min_line is not None
    return limited and not option.held and option.asset is None and not option.savings_plan


def _declare_sites(problem: Any, p: Parameters, x: Variables) -> None:
    for k, site in enumerate(p.sites):
        first = min(p.options[site.power].terms.signing, default=len(site.cost))
        for v in range(first, len(site.cost)):
            x.open[k, v] = problem.add_variable(f"open_{k}_{v}", 0, 1, "Integer")
        _declare_signings(problem, p, x, site.power, site.most_units, "Continuous")
        if p.options[site.power].option.action == "build":
            whole = "Integer" if p.whole_nodes else "Continuous"
            for t in range(first + p.options[site.power].terms.lead, len(p.hours)):
                x.modules[k, t] = problem.add_variable(f"modules_{k}_{t}", 0, max(ceil(site.most_units), 1), whole)


def most_for_tiers(p: Parameters, o: int) -> int:
    """Nodes beyond those of use that a signing may hold, to reach the minimum of an agreement that covers it.

    Where spend counts after the discount and what is missing is paid, idle nodes never pay: max((1 − d) S, θ) does not fall.
    """
    most = 0
    for agreement in p.agreements:
        if o not in agreement.options or (agreement.take_or_pay and agreement.after_discount):
            continue
        for v in p.options[o].terms.signing:
            paid: dict[int, float] = {}
            for t, usd in p.options[o].cash[v].items():
                for year, share in p.years_of(t) if t in agreement.periods else ():
                    paid[year] = paid.get(year, 0.0) + usd * share
            top = len(agreement.tiers)
            uplift = 1.0 + p.support.get(agreement.provider, 0.0)
            most = max(
                [most, *(ceil(agreement.spend_for(y, top) * uplift / usd) for y, usd in paid.items() if usd > 0)]
            )
    return min(most, MOST_NODES)


def _declare_work(problem: Any, p: Parameters, x: Variables) -> None:
    for h, supply in enumerate(p.hosted):
        for _, t, s in p.points(supply.workload):
            if supply.usable[t]:
                x.hosted[h, t, s] = problem.add_variable(f"hosted_{h}_{t}_{s}", 0, 1)
    for w, (fraction, _) in p.unserved.items():
        for _, t, s in p.points(w):
            x.unserved[w, t, s] = problem.add_variable(f"unserved_{w}_{t}_{s}", 0, fraction)
    for w, window in p.windows.items():
        for t in window.periods:
            x.progress[w, t] = problem.add_variable(f"progress_{w}_{t}", 0, 1)
    for w, mode in enumerate(p.modes, start=len(p.workloads)):
        for _, t, s in p.points(w):
            x.lesser[mode.parent, t, s] = problem.add_variable(f"lesser_{w}_{t}_{s}", 0, mode.share)


def _declare_runs(problem: Any, p: Parameters, x: Variables, nodes: str) -> None:
    most: dict[Pair, int] = {}
    for j, cast in enumerate(p.casts):
        x.placed[j] = problem.add_variable(
            f"placed_{j}", 0, 1, "Integer"
        )  # half a cluster is none, fractional nodes or not
        for t in range(cast.start, cast.end):
            most[cast.host, t] = most.get((cast.host, t), 0) + cast.nodes
        if p.hosts[cast.host].committed:
            x.backed[j] = problem.add_variable(f"backed_{j}", 0, cast.nodes)
        if cast.partial:
            t = cast.end - 1
            for o in p.hosts[cast.host].running:
                if p.options[o].terms.usable[t] and p.options[o].option.exact_nodes is None:
                    upper = cast.nodes if p.running_upper[o] is None else min(cast.nodes, p.running_upper[o] or 0)
                    x.extra[j, o] = problem.add_variable(f"extra_{j}_{o}", 0, upper, nodes)
    _declare_ending(problem, p, x, nodes)
    for w in p.runs:
        if all(cast.workload != w for cast in p.casts):  # nowhere to go: the program is infeasible, as it must be
            x.homeless[w] = problem.add_variable(f"homeless_{w}", 0, 0)
    largest: dict[Pair, int] = {}
    for cast in p.casts:
        key = cast.host, cast.workload
        largest[key] = max(largest.get(key, 0), cast.nodes)
    for (b, t), limit in sorted(most.items()):
        together = sum(nodes for (host, _), nodes in largest.items() if host == b)
        x.gang[b, t] = problem.add_variable(f"gang_{b}_{t}", 0, min(limit, together))


def _declare_ending(problem: Any, p: Parameters, x: Variables, nodes: str) -> None:
    """Blocks that last as long as the run in their common last period."""
    for j, cast in enumerate(p.casts):
        t = cast.end - 1
        for o in p.hosts[cast.host].blocks if cast.partial else ():
            enough = cast.last_hours <= p.options[o].option.period_share * sum(p.hours[t]) * (1 + ROUNDING)
            if enough and x.last(p, o, t):
                x.ending[j, o] = problem.add_variable(f"ending_{j}_{o}", 0, cast.nodes, nodes)


def _declare_data(problem: Any, p: Parameters, x: Variables) -> None:
    for w, prices in p.data.items():
        for q, (provider, price) in enumerate(prices.items()):
            for _, t, s in p.points(w):
                x.sent[w, provider, t, s] = problem.add_variable(f"sent_{w}_{q}_{t}_{s}", 0, 1)
            if price.storage > 0:
                x.stored[w, provider] = problem.add_variable(
                    f"stored_{w}_{q}", 0, 1, "Integer"
                )  # data is kept or not, fractional nodes or not


def _declare_rescue(problem: Any, p: Parameters, x: Variables) -> None:
    emergency = emergency_of(p)
    for t, s in sorted({(case.t, case.s) for case in emergency.cases}):
        for k, column in enumerate(emergency.columns):
            there = {p.classes[c].kin.domain for c in column.classes}
            for d in (d for d, domain in enumerate(emergency.domains) if d == 0 or domain in there):
                x.ready[k, d, t, s] = problem.add_variable(f"ready_{k}_{d}_{t}_{s}", 0)
    for case in emergency.cases:
        d, t, s = case.domain, case.t, case.s
        for w, _ in case.needs:
            for k, _ in emergency.serving(w):
                x.rescue[d, w, k, t, s] = problem.add_variable(f"rescue_{d}_{w}_{k}_{t}_{s}", 0)
        for b in case.standby:
            x.standby[d, b, t, s] = problem.add_variable(f"standby_{d}_{b}_{t}_{s}", 0)
