"""Certain reasons why no plan exists, found on the numbers alone, before any program is built.

Each check compares what is asked with a bound that no plan exceeds: all caps of a slice together, the cheapest way to do a unit of
work, the cleanest one, the places and providers that fit, what is left when a domain fails. None of them fires on a scenario that
has a plan.
"""

from collections.abc import Iterator
from itertools import chain
from math import inf

from planner.analysis.infeasible.limits import DELIVERY
from planner.domain.records import Cause
from planner.formulation import emergency_of
from planner.formulation.parameters import THOUSAND, Parameters
from planner.report.document import amount
from planner.units import plural_of

_DUST = 1e-9


def prechecks(p: Parameters) -> tuple[Cause, ...]:
    """Causes that are certain without a program; empty if there may be a plan."""
    return tuple(
        chain(_not_yet(p), _places(p), _providers(p), _domains(p), _empty_purse(p), _spending(p), _emissions(p))
    )


def _not_yet(p: Parameters) -> Iterator[Cause]:
    """Work is asked for before anything that could do it is delivered, released, powered or allowed to be used."""
    starts = [period.start for period in p.horizon.periods]
    for w, name in enumerate(p.workloads):
        if w in p.runs or w in p.windows or p.apis(w) or (w in p.unserved and p.unserved[w][0] >= 1):
            continue
        options = {o for c, _ in p.serving(w) for o in (*p.classes[c].running, *p.classes[c].committed)}
        there = {o: first for o in options if (first := _there_from(p, o)) is not None}
        needed = [t for _, t, s in p.points(w) if p.work(w, t, s) > 0]
        if not options or not needed or (there and min(there.values()) <= min(needed)):
            continue
        asked = min(needed)
        need = sum(p.work(*point) for point in p.points(w) if point[1] == asked)
        last = min(there.values(), default=None)
        powers = {site.power for site in p.sites for server, _ in site.servers if server in options}
        waits = any(p.options[o].terms.lead for o in options | powers)
        on = "at no time of the horizon" if last is None else f"only from {starts[last]} on"
        message = (
            f"`{name}` needs {amount(need)} {p.units[w]} in the period {starts[asked]}, but all that can be had serves 0: "
            f"what fits {'is delivered' if waits else 'can be had'} {on}"
        )
        sooner = (
            "shorten what delivery takes (`lead_times`, `lead_periods`, `lead_months`)"
            if waits
            else "allow accelerators that are there already"
        )
        later = ", let the demand begin later (`start`)" if last is not None else ""
        fix = f"{sooner}{later}, allow `clouds`, `hosted_apis` or contracts that are there at once, or permit `unserved` demand"
        yield Cause("lead", name, starts[asked], 0.0, need, p.units[w], message, fix, (*DELIVERY, *REPLACED))


REPLACED = ("*clouds", "*hosted_apis", "*regions", "*countries", "*vendors")
"""Filters that keep out what would be there at once."""


def _there_from(p: Parameters, o: int) -> int | None:
    """First period in which an option can be in service, None if there is none; of a server also its power is there."""
    terms = p.options[o].terms
    if not terms.term:
        return next((t for t, there in enumerate(terms.usable) if there), None)
    first = min((v + terms.lead for v in terms.signing), default=None)
    power = [site.power for site in p.sites for server, _ in site.servers if server == o]
    ready = [_there_from(p, site) for site in power]
    if first is None or any(at is None for at in ready):
        return None
    return max([first, *(at for at in ready if at is not None)])


def _places(p: Parameters) -> Iterator[Cause]:
    """A share of the work must be done in places where nothing can do it."""
    for g, (w, share) in enumerate(p.places):
        if w in p.runs or not p.total_work(w) or any(p.classes[c].kin.places[g] for c, _ in p.serving(w)):
            continue
        name = p.workloads[w]
        message = f"{share:.0%} of `{name}` must be served in places where no offer can serve it (`residency`)"
        fix = "widen the `regions` or `countries` of its `residency`, or lower its `share`"
        yield Cause("residency", name, None, 0.0, share, "share", message, fix)


def _providers(p: Parameters) -> Iterator[Cause]:
    """Not more than a share may come from one provider, and only one can serve the work."""
    if p.provider_share is None or p.provider_share >= 1:
        return
    for w, name in enumerate(p.workloads):
        if w in p.runs or w in p.windows or not p.total_work(w):
            continue
        providers = {p.classes[c].kin.provider for c, _ in p.serving(w)}
        providers |= {p.options[p.hosted[h].option].option.provider for h in p.apis(w)}
        left_out = p.unserved[w][0] if w in p.unserved else 0.0
        if len(providers) == 1 and left_out < 1 - p.provider_share - _DUST:
            message = (
                f"only {min(providers)} can serve `{name}`, and no provider may have more than {p.provider_share:.0%}"
            )
            fix = "allow more `clouds` or `hosted_apis`, or raise `max_share_per_provider`"
            yield Cause("share", name, None, 1.0, 2.0, "providers", message, fix)


def _domains(p: Parameters) -> Iterator[Cause]:
    """When one domain fails nothing is left that could serve: more failure domains are asked for than exist."""
    if p.resilience is None:
        return
    emergency = emergency_of(p)
    seen: set[int] = set()
    for case in emergency.cases:
        domain = emergency.domains[case.domain]
        for w, share in case.needs:
            columns = {k for k, _ in emergency.serving(w)}
            standing = any(
                not domain or p.classes[c].kin.domain != domain for k in columns for c in emergency.columns[k].classes
            )
            if w in seen or standing or any(emergency.pools[b].column in columns for b in case.standby):
                continue
            seen.add(w)
            kind = p.resilience.kind or "domain"
            name = p.workloads[w]
            message = f"if {domain} fails, no other {kind} can serve `{name}`, of which {share:.0%} must survive"
            fix = f"allow offers of another {kind}, open `availability.standby`, or lower `availability.survive`"
            yield Cause("availability", name, p.horizon.periods[case.t].start, 1.0, 2.0, plural_of(kind), message, fix)


def _empty_purse(p: Parameters) -> Iterator[Cause]:
    """The cash runs out without a single node."""
    for t, left in enumerate(p.runway):
        if left < -_DUST:
            start = p.horizon.periods[t].start
            message = f"by the end of {start} the cash is ${-left * THOUSAND:,.0f} below its minimum before any compute is paid"
            fix = "raise `cash.at_hand_usd` or its income, add a round to `raises`, or lower `minimum_usd`"
            yield Cause("cash", None, start, left * THOUSAND, 0.0, "USD", message, fix, ("cash.*",))
            return


def _spending(p: Parameters) -> Iterator[Cause]:
    """All work, each unit on the option that is cheapest for it and never idle, costs more than may be spent.

    Agreements and savings plans lower prices in ways that depend on the plan: there the program has to say it.
    """
    if p.agreements or p.savings:
        return
    limits = [p.budget_total] if p.budget_total is not None else []
    if p.budgets and all(budget is not None for budget in p.budgets):
        limits.append(sum(budget or 0.0 for budget in p.budgets))
    if not limits:
        return
    granted = sum(grant.amount for grant in p.credits)
    least = sum(p.total_work(w) * _cheapest(p, w) for w in _certain(p)) - granted
    if least > min(limits) * (1 + _DUST):
        limit = min(limits)
        which = "budget_total_usd" if limits[0] == limit and p.budget_total is not None else "budget_per_year_usd"
        message = (
            f"even the cheapest option for every unit of work, never idle, costs ${least * THOUSAND:,.0f}, "
            f"the budget is ${limit * THOUSAND:,.0f}"
        )
        fix = f"raise `{which}` by at least ${(least - limit) * THOUSAND:,.0f}, or permit `unserved` demand"
        yield Cause("budget", None, "whole horizon", limit * THOUSAND, least * THOUSAND, "USD", message, fix, (which,))


def _certain(p: Parameters) -> list[int]:
    """Workloads that must be served in full, and in the ordinary way."""
    fallen = {mode.parent for mode in p.modes}
    return [w for w in range(len(p.workloads)) if w not in p.unserved and w not in fallen]


def _cheapest(p: Parameters, w: int) -> float:
    """Least cash inside the horizon for a work unit, thousands of dollars; 0 if nothing is known."""
    found = [inf]
    for c, service in p.serving(w):
        for o in (*p.classes[c].running, *p.classes[c].committed):
            found.append(_cash_per_node_hour(p, o) / service.rate_per_node_hour)
    found += [min(p.hosted[h].cash) for h in p.apis(w)]
    least = min(found)
    return 0.0 if least == inf else least


def _cash_per_node_hour(p: Parameters, o: int) -> float:
    """Least cash inside the horizon of a node-hour of an option, whenever it is signed or run."""
    member = p.options[o]
    if not member.terms.term:
        return min((cash[t] for t, cash in enumerate(member.cash) if member.terms.usable[t]), default=0.0)
    found = []
    for v in member.terms.signing:
        first = v + member.terms.lead
        hours = sum(period.hours for period in p.horizon.periods[first : first + member.terms.term])
        if hours > 0:
            found.append(sum(member.cash[v].values()) / hours)
    return min(found, default=0.0)


def _emissions(p: Parameters) -> Iterator[Cause]:
    """All work of a plan-year, each unit on the option that is cleanest for it, emits more than may be emitted."""
    cleanest = {w: _cleanest(p, w) for w in _certain(p) if w not in p.runs and w not in p.windows}
    for year, cap in enumerate(p.carbon_caps):
        if cap is None:
            continue
        parts = {t.index: share for t in p.horizon.periods for y, share in t.plan_years if y == year}
        least = sum(
            rate * p.work(*point) * parts.get(point[1], 0.0)
            for w, rate in cleanest.items()
            if rate
            for point in p.points(w)
        )
        if least > cap * (1 + _DUST):
            where = f"plan-year {year + 1}"
            message = (
                f"even on the cleanest options, never idle, the work of {where} emits {least:,.4g} t CO2e, "
                f"`carbon.max_tonnes_per_year` is {cap:,.4g}"
            )
            fix = f"raise it by at least {least - cap:,.4g} t, or allow places with a cleaner grid"
            yield Cause("carbon", None, where, cap, least, "t CO2e", message, fix)


def _cleanest(p: Parameters, w: int) -> float:
    """Least tonnes of a work unit; 0 where a hosted API, whose emissions nobody counts, can serve it."""
    if p.apis(w):
        return 0.0
    rates = [
        p.options[o].tonnes
        * (p.options[o].option.period_share if p.classes[c].part else 1.0)
        / service.rate_per_node_hour
        for c, service in p.serving(w)
        for o in (*p.classes[c].running, *p.classes[c].committed)
    ]
    return min(rates, default=0.0)
