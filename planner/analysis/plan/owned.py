"""What is owned beside what could be rented: the cost of a unit, the cheapest rented ways, and why it is in the plan."""

from collections import defaultdict
from typing import NamedTuple

from planner.assembly import owned_costs
from planner.domain.finance import discount_factor
from planner.domain.options import RENTED, Option
from planner.domain.records import RivalRecord, SiteRecord
from planner.formulation.parameters import THOUSAND, ProgramOption
from planner.market import Pricing
from planner.pipeline import Question, Solution
from planner.report.document import unit_price
from planner.solution import Decisions
from planner.solution.records import Busyness

KIND = {"commit": "commitment"}


def owned_usd_per_node_hour(option: Option, question: Question, pricing: Pricing) -> float:
    """Levelised cost of an hour in service of a server ordered as early as can be, with the power it takes, always at work.

    Capital, running costs and what a sale brings; the team and land of its site are not in it.
    """
    asset = option.asset
    assert asset is not None
    power = next(site.power for site in question.market.sites if site.name == asset.site)
    assert power.asset is not None
    energy = asset.extra_kwh_per_hour * asset.usd_per_kwh
    return (
        _levelised(option, question, pricing)
        + _levelised(power, question, pricing) * asset.kw / power.asset.kw
        + energy
    )


def _levelised(option: Option, question: Question, pricing: Pricing) -> float:
    """Present value of a unit signed in the first period possible, over the present value of its hours in the horizon."""
    scenario, horizon = question.scenario, question.parameters.horizon
    terms = pricing.terms(option)
    if not terms.signing:
        return 0.0
    v = terms.signing[0]
    cost, _, _ = owned_costs(option, terms, horizon, scenario.discount_rate, scenario.terminal)
    service = horizon.periods[v + terms.lead : v + terms.lead + terms.term]
    hours = sum(t.hours * discount_factor(scenario.discount_rate, t.middle_years) for t in service)
    return cost[v] * THOUSAND / hours if hours else 0.0


class Worked(NamedTuple):
    """Accelerator-hours, discounted, that an owned option works for a workload in a period."""

    workload: int
    period: int
    units_per_hour: float
    """Work units of one of its accelerators in an hour."""
    hours: float


def rivals_of(solution: Solution, sites: tuple[SiteRecord, ...]) -> tuple[RivalRecord, ...]:
    """By site the cheapest rented ways to do its work, one for each kind and term of contract."""
    return tuple(rival for site in sites for rival in _rivals(solution, site))


def _rivals(solution: Solution, site: SiteRecord) -> tuple[RivalRecord, ...]:
    worked, service = site.usd_per_accelerator_hour, site.usd_per_accelerator_hour_in_service
    work = _work_of(solution, site.site)
    if not work or worked is None or service is None:
        return ()
    best: dict[tuple[str, int, bool], RivalRecord] = {}
    wanted = max(period.accelerators for period in site.periods)
    for o, member in enumerate(solution.question.parameters.options):
        option = member.option
        if option.action not in RENTED or option.held or option.asset is not None or option.generation:
            continue
        usd = _mean_price(solution.question, o, work)
        most = _most_accelerators(solution.question, option)
        key = option.action, member.terms.term, most is None or most >= wanted
        if usd is not None and (key not in best or usd < best[key].usd_per_accelerator_hour):
            best[key] = _record(site, member, usd, most, wanted)
    busy = service / worked if worked > 0 else 1.0

    def effective(rival: RivalRecord) -> float:
        return rival.usd_per_accelerator_hour / (busy if rival.term_periods is not None and busy > 0 else 1.0)

    return tuple(sorted(best.values(), key=lambda rival: (not rival.enough, effective(rival), rival.option)))


def _most_accelerators(question: Question, option: Option) -> float | None:
    """The tightest of the caps on an option, in accelerators."""
    caps = [question.market.caps[name] for name in option.groups]
    nodes = [cap.max_nodes for cap in caps] + [option.max_nodes if option.exact_nodes is None else option.exact_nodes]
    found = [n * option.count for n in nodes if n is not None]
    found += [cap.max_accelerators for cap in caps if cap.max_accelerators is not None]
    return float(min(found)) if found and option.count else None


def _record(site: SiteRecord, member: ProgramOption, usd: float, most: float | None, wanted: float) -> RivalRecord:
    option, provenance = member.option, member.option.provenance
    return RivalRecord(
        site=site.site,
        contract=KIND.get(option.action, option.action),
        term_periods=member.terms.term or None,
        option=option.id,
        usd_per_accelerator_hour=round(usd, 6),
        most_accelerators=most,
        enough=most is None or most >= wanted,
        source=provenance.source,
        as_of=provenance.as_of,
        basis=provenance.basis,
    )


def _work_of(solution: Solution, site: str) -> list[Worked]:
    """The work done at a site, by workload and period."""
    question, decisions = solution.question, solution.decisions
    assert decisions is not None
    p, sources = question.parameters, question.assembled.sources
    hours: dict[tuple[int, int, int], float] = defaultdict(float)
    for (o, w, t), nodes in _node_hours(solution, decisions).items():
        if p.options[o].option.asset is not None and p.options[o].option.provider == site:
            hours[o, w, t] += nodes
    found = []
    for (o, w, t), nodes in sorted(hours.items()):
        count = p.options[o].option.count
        rate = question.screened.fits[w, sources[o]].rate_per_node_hour
        found.append(Worked(w, t, rate / count, nodes * count * p.middle[t]))
    return found


def _node_hours(solution: Solution, decisions: Decisions) -> dict[tuple[int, int, int], float]:
    """Node-hours at work by option, workload and period."""
    p = solution.question.parameters
    found: dict[tuple[int, int, int], float] = defaultdict(float)
    for (t, s), parts in decisions.busy.items():
        for part in parts:
            found[part.option, part.workload, t] += part.nodes * p.hours[t][s]
    for placed in decisions.runs:
        for share in placed.parts:
            found[share.option, placed.cast.workload, share.period] += share.nodes * share.hours
    return found


def _mean_price(question: Question, o: int, work: list[Worked]) -> float | None:
    """USD of the same work an accelerator-hour on a rented option; None if it cannot do all kinds of it, or never."""
    total = weight = 0.0
    for one in work:
        if not _serves(question, o, one.workload):
            return None
        usd = _price(question, o, one.workload, one.period)
        if usd is not None:
            total += usd * one.units_per_hour * one.hours
            weight += one.hours
    return total / weight if weight else None


def _serves(question: Question, o: int, w: int) -> bool:
    p = question.parameters
    if p.options[o].option.action == "hosted_api":
        return any(supply.option == o and supply.workload == w for supply in p.hosted)
    fit = question.screened.fits.get((w, question.assembled.sources[o]))
    return fit is not None and fit.rate_per_node_hour > 0


def _price(question: Question, o: int, w: int, t: int) -> float | None:
    """USD per work unit if it is bought in period t, support included; None if it cannot be had then."""
    p = question.parameters
    option, terms = p.options[o].option, p.options[o].terms
    support = 1.0 + p.support.get(option.provider, 0.0)
    if option.action == "hosted_api":
        supply = next(supply for supply in p.hosted if supply.option == o and supply.workload == w)
        return supply.cash[t] * THOUSAND * support if supply.usable[t] else None
    source = question.assembled.sources[o]
    rate = question.screened.fits[w, source].rate_per_node_hour
    rate *= 1 - question.screened.lost_fraction.get((w, source), 0.0)
    if not terms.term:
        return terms.usd_per_hour[t] * support / rate if terms.usable[t] and rate > 0 else None
    signed = max((v for v in terms.signing if v + terms.lead <= t), default=None)
    if signed is None or rate <= 0:
        return None
    hours = terms.term * p.horizon.periods[-1].hours
    return (terms.usd_per_hour[signed] + terms.upfront_usd[signed] / hours) * support / rate


def why_owned(
    solution: Solution, sites: tuple[SiteRecord, ...], rivals: tuple[RivalRecord, ...], busyness: Busyness
) -> dict[int, str]:
    """One sentence with numbers for every owned option of the plan, by its index in the parameters."""
    decisions, p = solution.decisions, solution.question.parameters
    assert decisions is not None
    by_name = {site.site: site for site in sites}
    served: dict[int, set[int]] = defaultdict(set)
    for o, w, _ in _node_hours(solution, decisions):
        served[o].add(p.parent(w))
    said = {}
    for o in sorted({o for o, _ in decisions.signed}):
        asset = p.options[o].option.asset
        if asset is not None and asset.site in by_name:
            site, names = by_name[asset.site], [p.workloads[w] for w in sorted(served[o])]
            said[o] = (
                _server(site, _first(rivals, site), names, busyness.utilisation(o))
                if asset.role == "server"
                else _power(site, asset.role)
            )
    return said


def _first(rivals: tuple[RivalRecord, ...], site: SiteRecord) -> RivalRecord | None:
    return next((rival for rival in rivals if rival.site == site.site), None)


def _server(site: SiteRecord, best: RivalRecord | None, names: list[str], used: float | None) -> str:
    worked, service = site.usd_per_accelerator_hour, site.usd_per_accelerator_hour_in_service
    if not names or not used or worked is None or service is None:
        return "does no work while nothing fails; it is there for what the plan must survive"
    text = f"serves {', '.join(names)}, at work {used:.1%} of its hours"
    text += f"; with power, people and site {unit_price(worked)} per accelerator-hour worked"
    if best is None:
        return f"{text}; nothing rented does the same work"
    if best.term_periods is not None:
        text += f", {unit_price(service)} in service"
    found = f"{unit_price(best.usd_per_accelerator_hour)} ({best.option})"
    if best.enough:
        return f"{text}; the cheapest rented way is {found}"
    return f"{text}; no cap lets so many be rented; {found} for at most {best.most_accelerators:,.0f} accelerators"


def _power(site: SiteRecord, role: str) -> str:
    """How much of the power is used."""
    live, racked = (max((getattr(t, name) for t in site.periods), default=0.0) for name in ("live_kw", "racked_kw"))
    servers = max((t.servers for t in site.periods), default=0.0)
    share = f" ({racked / live:.1%})" if live else ""
    what = "leased" if role == "rent" else "built"
    return f"holds up to {servers:,.0f} servers of {racked:,.0f} kW rated, of {live:,.0f} kW {what}{share}"
