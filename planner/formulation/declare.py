"""Declares the variables of a program, with their bounds; those of agreements last, which need the bounds of all others."""

from math import ceil
from typing import Any

from planner.formulation.parameters import THOUSAND, Parameters, standing_of
from planner.formulation.resilience import emergency_of
from planner.formulation.spending import covered_in, most_spend
from planner.formulation.variables import Pair, Variables

MOST_NODES = 1_000_000
"""More than any provider has."""


ROUNDING = 1e-9


def declare_all(problem: Any, p: Parameters) -> Variables:
    """Declare every variable of the program in a PuLP problem, or in what stands in for one."""
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
    for i in range(len(p.savings)):
        _declare_saving(problem, p, x, i)
    for a in range(len(p.agreements)):
        _declare_tiers(problem, p, x, a)
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
    limited = "signings_per_year" in p.most or p.min_line is not None
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
    Where credits may pay in some periods of a term, what is paid in any one of the others may have to reach the minimum.
    """
    most = 0
    for agreement in p.agreements:
        if o not in agreement.options or (agreement.take_or_pay and agreement.after_discount):
            continue
        apart = any(grant.provider == agreement.provider for grant in p.credits)
        for v in p.options[o].terms.signing:
            paid: dict[Pair, float] = {}
            for t, usd in p.options[o].cash[v].items():
                for year, share in p.years_of(t) if t in agreement.periods else ():
                    key = year, t if apart else -1
                    paid[key] = paid.get(key, 0.0) + usd * share
            top = len(agreement.tiers)
            uplift = 1.0 + p.support.get(agreement.provider, 0.0)
            most = max(
                [most, *(ceil(agreement.spend_for(y, top) * uplift / usd) for (y, _), usd in paid.items() if usd > 0)]
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


def _declare_tiers(problem: Any, p: Parameters, x: Variables, a: int) -> None:
    agreement = p.agreements[a]
    for y in range(len(agreement.share_of_year)):
        most = most_spend(p, x, a, y)
        for lv in range(len(agreement.tiers) + 1):
            if agreement.chosen_in(y) == y:  # half an agreement is none, fractional nodes or not
                fixed = agreement.fixed(y, lv)
                low, high = (0, 1) if fixed is None else (int(fixed), int(fixed))
                x.level[a, y, lv] = problem.add_variable(f"level_{a}_{y}_{lv}", low, high, "Integer")
            x.tiered[a, y, lv] = problem.add_variable(f"tiered_{a}_{y}_{lv}", 0, most)
            if lv and agreement.take_or_pay:
                least = agreement.threshold(y, lv)
                x.missing[a, y, lv] = problem.add_variable(f"missing_{a}_{y}_{lv}", 0, least)
    grants = [grant for grant in p.credits if grant.provider == agreement.provider]
    for y, t in sorted(covered_in(p, x, a)) if grants else ():
        most = sum(grant.amount for grant in grants if t < grant.end)
        if most > 0:
            x.credited[a, y, t] = problem.add_variable(f"credited_{a}_{y}_{t}", 0, most)


def _declare_saving(problem: Any, p: Parameters, x: Variables, i: int) -> None:
    saving = p.savings[i]
    o = saving.option
    option, terms = p.options[o].option, p.options[o].terms
    most = most_dollars(p, i)
    for v in terms.signing:
        low, high = (p.given[o, v],) * 2 if (o, v) in p.given else (most if option.held else 0.0, most)
        x.signed[o, v] = problem.add_variable(f"signed_{o}_{v}", low, high)
    for hourly, _ in saving.covers:
        for t, slices in enumerate(p.hours):
            if x.window(p, o, t) and p.options[hourly].terms.usable[t]:
                for s in range(len(slices)):
                    x.covered[hourly, i, t, s] = problem.add_variable(f"covered_{hourly}_{i}_{t}_{s}", 0)
    assert option.savings_plan


def most_dollars(p: Parameters, i: int) -> float:
    """More dollars an hour of savings plan i are never of use: all it covers at the most nodes, and what agreements ask for."""
    saving = p.savings[i]
    useful = {o: group.most_useful_nodes + 1.0 for group in p.classes for o in group.running}
    stated = p.options[saving.option].option.max_nodes
    total = sum(
        (1.0 - discount) * max(p.options[o].terms.usd_per_hour) * useful.get(o, 0.0) for o, discount in saving.covers
    )
    shortest = min(sum(slices) for slices in p.hours)
    for agreement in p.agreements:
        if saving.option in agreement.options:
            years, levels = range(len(agreement.share_of_year)), range(len(agreement.tiers) + 1)
            total += max(agreement.spend_for(y, lv) for y in years for lv in levels) * THOUSAND / shortest
    if p.options[saving.option].option.held:
        return float(stated or 0.0)  # signed already
    return total if stated is None else min(total, float(stated))
