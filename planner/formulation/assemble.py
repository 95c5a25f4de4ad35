"""Scenario, market and sizing → Parameters: the one place where user's words become numbers of the program."""

from collections.abc import Mapping
from math import ceil, floor, inf
from typing import NamedTuple

from planner.domain.demand import mean_rates, shape_of, slice_rates, spikes_of, with_spikes, with_week_slices
from planner.domain.finance import discount_factor
from planner.domain.horizon import Horizon
from planner.domain.load import Hours, cut
from planner.domain.market import Market
from planner.domain.option import Cap, Option
from planner.domain.pricing import PathPoints, Pricing
from planner.domain.scenario import Scenario
from planner.domain.workload import Batch, Inference
from planner.domain.workload_base import GrowingWorkload
from planner.formulation.assemble_limits import (
    budgets_of,
    credits_of,
    data_of,
    kin_of,
    modes_of,
    places_of,
    resilience_of,
    runway_of,
    tonnes_of,
)
from planner.formulation.assemble_runs import casts_of, runs_of, windows_of
from planner.formulation.parameters import (
    THOUSAND,
    CapLimit,
    Cast,
    Column,
    Host,
    HostedSupply,
    Kin,
    Parameters,
    ProgramOption,
    Service,
    SubstitutionClass,
    Window,
)
from planner.formulation.present_value import clock, signing_cash_usd, signing_cost_usd
from planner.formulation.reduce import Candidate, Reduced, reduce
from planner.sizing.screening import Screened, spot_share


class Assembled(NamedTuple):
    """Parameters with what is needed to find the way back from them."""

    parameters: Parameters
    week: tuple[Hours, ...]
    """Hours of the week of each ordinary slice; empty for explicit periods."""
    sources: tuple[int, ...]
    """Position in the market of each option of the parameters."""
    candidates: tuple[int, ...]
    """Positions in the market of all options that fit something."""
    dominated_by: dict[int, int]
    """Dropped position → position of the option that makes it superfluous."""


class Facts(NamedTuple):
    """What of the catalog the program needs beside its options."""

    profiles: Mapping[str, tuple[float, ...]]
    paths: Mapping[str, PathPoints]
    intensity: tuple[float | None, ...]
    """Grams CO2e per kWh of each option of the market."""
    pue: float


class _Desk:
    """Everything one assembly works with."""

    def __init__(self, scenario: Scenario, market: Market, screened: Screened, horizon: Horizon, facts: Facts) -> None:
        self.scenario, self.market, self.screened, self.horizon = scenario, market, screened, horizon
        self.facts = facts
        self.pricing = Pricing(scenario, horizon, facts.paths)
        self.runs = runs_of(scenario)
        self.modes = modes_of(scenario, horizon)
        self.tonnes = tonnes_of(scenario, market, facts.intensity, facts.pue)


def assemble(
    scenario: Scenario,
    market: Market,
    screened: Screened,
    horizon: Horizon,
    facts: Facts,
    *,
    reduced: bool = True,
) -> Assembled:
    """Parameters of a scenario.

    Args:
        horizon: periods; calendar periods are cut into slices here, explicit ones bring theirs.
        reduced: drop dominated options (exact; False for tests of just that).
    """
    desk = _Desk(scenario, market, screened, horizon, facts)
    bound = {o for o, option in enumerate(market.options) if option.exact_nodes is not None}
    positions = sorted({o for _, o in screened.fits} | bound)
    every = [o for o in positions if market.options[o].action != "hosted_api"]
    sized = [(o, _candidate(desk, o)) for o in every]
    sized = list(zip(every, _able_hosts(desk, every, [c for _, c in sized]), strict=True))
    candidates = [candidate for o, candidate in sized if candidate.column or o in bound]
    instances = [o for o, candidate in sized if candidate.column or o in bound]
    outcome = (
        reduce(candidates, market.caps, scenario.terminal, horizon, frozenset(desk.runs))
        if reduced
        else Reduced(tuple(range(len(candidates))), {})
    )
    kept = [candidates[i] for i in outcome.kept]
    sources = [instances[i] for i in outcome.kept]

    apis = _hosted(desk, [o for o in positions if market.options[o].action == "hosted_api"])
    shapes = {w.name: shape_of(w, facts.profiles) for w in scenario.workloads if w.online}
    week: tuple[Hours, ...] = ()
    spikes = spikes_of(scenario)
    if scenario.periods is None:
        week = cut(shapes, _weights(scenario, kept, apis, horizon), scenario.slices)
        horizon = with_week_slices(horizon, week, spikes)
    elif spikes:
        horizon = with_spikes(horizon, spikes)

    online, flexible = _demand(scenario, horizon, week, shapes)
    windows = windows_of(scenario, horizon)
    sources += [o for o, _ in apis]
    options = tuple(
        [_program_option(desk, c, sources[i]) for i, c in enumerate(kept)]
        + [ProgramOption(market.options[o], desk.pricing.terms(market.options[o]), (), ()) for o, _ in apis]
    )
    hosted = tuple(supply._replace(option=len(kept) + number) for number, (_, supply) in enumerate(apis))
    places, providers = places_of(scenario), {c.option.provider for c in kept} | {h.option.provider for h in options}
    groups = _grouped(desk, kept)
    hosts, casts = _hosts(desk, groups, kept, sources, places, horizon)
    parameters = Parameters(
        horizon=horizon,
        workloads=tuple(w.name for w in scenario.workloads),
        units=tuple(w.work_unit for w in scenario.workloads),
        hours=tuple(tuple(s.hours for s in p.slices) for p in horizon.periods),
        online=online,
        flexible=flexible,
        spot_share={w: spot_share(load) for w, load in enumerate(scenario.workloads) if spot_share(load) < 1},
        unserved=_unserved(scenario, horizon),
        options=options,
        classes=_classes(groups, kept, desk, online, flexible, windows, hosts, casts, horizon),
        hosted=hosted,
        caps=_caps(market, kept),
        budget_total=None if scenario.budget_total_usd is None else scenario.budget_total_usd / THOUSAND,
        budgets=budgets_of(scenario.budget_per_year_usd, horizon.plan_years, THOUSAND),
        whole_nodes=scenario.integers == "whole",
        running_upper=_running_upper(market, kept, scenario.integers == "whole") + (None,) * len(apis),
        middle=tuple(discount_factor(scenario.discount_rate, p.middle_years) for p in horizon.periods),
        runs={w: run.total_work for w, run in desk.runs.items()},
        casts=casts,
        hosts=hosts,
        windows=windows,
        modes=desk.modes,
        places=places,
        provider_share=scenario.max_share_per_provider,
        data=data_of(scenario, providers),
        support={name: share for name, share in scenario.support.items() if share > 0},
        credits=credits_of(scenario, horizon),
        period_budgets=budgets_of(scenario.budget_per_period_usd, len(horizon.periods), THOUSAND),
        upfront_budgets=budgets_of(scenario.budget_upfront_per_year_usd, horizon.plan_years, THOUSAND),
        runway=runway_of(scenario, horizon),
        carbon_caps=budgets_of(
            scenario.carbon.max_tonnes_per_year if scenario.carbon else None, horizon.plan_years, 1.0
        ),
        resilience=resilience_of(scenario, horizon, online),
    )
    dominated = {instances[i]: instances[by] for i, by in outcome.dominated_by.items()}
    return Assembled(parameters, week, tuple(sources), tuple(positions), dominated)


# --- options ------------------------------------------------------------------------------------


def _candidate(desk: _Desk, o: int) -> Candidate:
    scenario, option = desk.scenario, desk.market.options[o]
    column: list[tuple[int, Service]] = []
    for w in range(len(scenario.workloads) + len(desk.modes)):
        fit = desk.screened.fits.get((w, o))
        firm = w in desk.runs or w >= len(scenario.workloads)  # clusters and fallbacks use no spot
        if fit is None or (firm and option.action == "spot"):
            continue
        workload = scenario.workloads[w] if w < len(scenario.workloads) else None
        kept = 1.0 - desk.screened.lost_fraction.get((w, o), 0.0)
        online = workload is None or isinstance(workload, Inference)
        whole = online and scenario.replicas == "whole" and fit.replica_nodes > 0 and option.delivery != "container"
        nodes = fit.replica_nodes if whole else 1.0
        if kept > 0:
            column.append((w, Service(fit.rate_per_node_hour * nodes * kept, nodes, whole)))
    return Candidate(
        option,
        desk.pricing.terms(option),
        tuple(column),
        kin_of(option, scenario),
        scenario.support.get(option.provider, 0.0),
        desk.tonnes[o],
        tuple((w, _smallest(desk, w, o)) for w, _ in column if w in desk.runs),
    )


def _able_hosts(desk: _Desk, every: list[int], candidates: list[Candidate]) -> list[Candidate]:
    """Candidates without the runs that their pool cannot hold: all its capped nodes are fewer than the smallest cluster.

    Exact: a run needs its cluster in one pool, and no plan has more nodes of the pool than the caps of its options add up to;
    a pool with a commitment without a maximum is never too small.
    """
    if not desk.runs:
        return candidates
    caps = {cap.name: cap for cap in desk.market.caps}
    room: dict[str, float] = {}
    for candidate in candidates:
        pool = candidate.option.pool
        room[pool] = room.get(pool, 0.0) + most_nodes(candidate.option, caps)
    kept = []
    for o, candidate in zip(every, candidates, strict=True):
        count = max(candidate.option.count, 1)
        small = {
            w
            for w, run in desk.runs.items()
            if (w, o) in desk.screened.fits
            and room[candidate.option.pool] < max(-(-run.min_accelerators // count), _smallest(desk, w, o))
        }
        column = tuple((w, service) for w, service in candidate.column if w not in small)
        kept.append(candidate if column == candidate.column else candidate._replace(column=column))
    return kept


def most_nodes(option: Option, caps: Mapping[str, Cap]) -> float:
    """Most nodes of an option that its own maximum and its caps allow; infinite where nothing limits it, 0 for spot."""
    if option.action == "spot":
        return 0.0
    limits = [float(option.max_nodes)] if option.max_nodes is not None else []
    for name in option.groups:
        cap = caps[name]
        if cap.counts == "live" or option.action != "commit":
            limits += [] if cap.max_nodes is None else [cap.max_nodes]
            limits += [] if cap.max_accelerators is None else [cap.max_accelerators // max(option.count, 1)]
    return min(limits, default=inf)


def _smallest(desk: _Desk, w: int, o: int) -> int:
    """Fewest nodes whose memory holds the run."""
    fit = desk.screened.fits[w, o]
    return next((int(value) for what, value, _ in fit.derivation if what == "smallest cluster"), 1)


def _program_option(desk: _Desk, candidate: Candidate, o: int) -> ProgramOption:
    """Costs of an option: price × (1 + support), and the price of its carbon."""
    scenario, horizon, terms = desk.scenario, desk.horizon, candidate.terms
    count, rate = len(horizon.periods), scenario.discount_rate
    uplift = (1.0 + candidate.support) / THOUSAND
    carbon = desk.tonnes[o] * (scenario.carbon.usd_per_tonne if scenario.carbon else 0.0) / THOUSAND
    middle = [discount_factor(rate, p.middle_years) for p in horizon.periods]
    upfront: tuple[float, ...] = ()
    if terms.term:
        times = clock(horizon, terms.term + terms.lead)
        cost, cash = [], []
        for v in terms.signing:
            served = range(v + terms.lead, min(v + terms.lead + terms.term, count))
            emitted = sum(carbon * horizon.periods[t].hours * middle[t] for t in served)
            cost.append(signing_cost_usd(terms, v, times, count, rate, scenario.terminal) * uplift + emitted)
            cash.append({t: usd * uplift for t, usd in signing_cash_usd(terms, v, horizon).items()})
        upfront = tuple(terms.upfront_usd[v] / THOUSAND for v in terms.signing)
    else:
        prices = list(enumerate(terms.usd_per_hour[:count]))
        cost = [(usd * uplift + carbon) * middle[t] for t, usd in prices]
        cash = [{t: usd * uplift} for t, usd in prices]
    first = terms.signing[0] if terms.signing else 0
    pad = first if terms.term else 0
    return ProgramOption(
        candidate.option,
        terms,
        (0.0,) * pad + tuple(cost),
        ({},) * pad + tuple(cash),
        (0.0,) * pad + upfront,
        desk.tonnes[o],
    )


def _hosted(desk: _Desk, positions: list[int]) -> list[tuple[int, HostedSupply]]:
    """Hosted APIs by workload; one that is never cheaper nor longer to be had than another is left out (no caps)."""
    scenario, horizon = desk.scenario, desk.horizon
    supplies: list[tuple[int, HostedSupply]] = []
    ways = [*enumerate(scenario.workloads)]
    ways += [(len(ways) + i, scenario.workloads[mode.parent]) for i, mode in enumerate(desk.modes)]
    for w, workload in ways:
        if not isinstance(workload, Inference | Batch):
            continue
        mine: list[tuple[int, HostedSupply]] = []
        for o in positions:
            if (w, o) not in desk.screened.fits:
                continue
            option = desk.market.options[o]
            price = desk.pricing.blended(option, workload.input_tokens, workload.output_tokens)
            uplift = (1.0 + scenario.support.get(option.provider, 0.0)) / THOUSAND
            cost = tuple(
                usd * uplift * discount_factor(scenario.discount_rate, p.middle_years)
                for p, usd in zip(horizon.periods, price, strict=False)
            )
            cash = tuple(usd / THOUSAND for usd in price[: len(horizon.periods)])
            mine.append((o, HostedSupply(0, w, cost, cash, desk.pricing.terms(option).usable)))
        mine.sort(key=lambda item: (sum(item[1].cost), item[0]))
        kept: list[tuple[int, HostedSupply]] = []
        for item in mine:
            kin = kin_of(desk.market.options[item[0]], scenario)
            rivals = [other for o, other in kept if kin_of(desk.market.options[o], scenario) == kin]
            if not any(_always_better(other, item[1]) for other in rivals):
                kept.append(item)
        supplies += kept
    return supplies


def _always_better(a: HostedSupply, b: HostedSupply) -> bool:
    cheaper = all(x <= y for x, y in zip(a.cost, b.cost, strict=True))
    return cheaper and all(x or not y for x, y in zip(a.usable, b.usable, strict=True))


# --- demand -------------------------------------------------------------------------------------


def _weights(
    scenario: Scenario, kept: list[Candidate], apis: list[tuple[int, HostedSupply]], horizon: Horizon
) -> dict[str, float]:
    """Relative cost of each workload's mean load: demand × cheapest price per work unit."""
    weights = {}
    for w, workload in enumerate(scenario.workloads):
        prices = [
            (
                c.terms.usd_per_hour[0]
                + (c.terms.upfront_usd[0] / (c.terms.term * horizon.periods[0].hours) if c.terms.term else 0.0)
            )
            / service.rate_per_node_hour
            for c in kept
            for v, service in c.column
            if v == w
        ]
        prices += [supply.cash[0] * THOUSAND for _, supply in apis if supply.workload == w]
        mean = mean_rates(workload, horizon)[0] if isinstance(workload, GrowingWorkload) else 0.0
        weights[workload.name] = mean * min(prices, default=1.0)
    return weights


def _demand(
    scenario: Scenario,
    horizon: Horizon,
    week: tuple[Hours, ...],
    shapes: Mapping[str, tuple[float, ...]],
) -> tuple[dict[tuple[int, int, int], float], dict[tuple[int, int], float]]:
    online: dict[tuple[int, int, int], float] = {}
    flexible: dict[tuple[int, int], float] = {}
    scale = scenario.demand_scale
    for w, workload in enumerate(scenario.workloads):
        if not isinstance(workload, GrowingWorkload):
            continue
        if workload.online:
            for t, rates in enumerate(slice_rates(workload, horizon, week, shapes[workload.name])):
                online |= {(w, t, s): rate * scale for s, rate in enumerate(rates)}
        else:
            means = mean_rates(workload, horizon)
            flexible |= {(w, t): rate * scale * horizon.periods[t].hours for t, rate in enumerate(means)}
    return online, flexible


def _unserved(scenario: Scenario, horizon: Horizon) -> dict[int, tuple[float, tuple[float, ...]]]:
    found = {}
    for w, workload in enumerate(scenario.workloads):
        if workload.unserved is not None:
            usd = workload.unserved.usd_per_unit
            cost = tuple(
                usd * discount_factor(scenario.discount_rate, p.middle_years) / THOUSAND for p in horizon.periods
            )
            found[w] = (workload.unserved.max_fraction, cost)
    return found


# --- classes, caps, budgets ---------------------------------------------------------------------


class Group(NamedTuple):
    """A class in the making."""

    column: Column
    kin: Kin
    members: list[int]


def _grouped(desk: _Desk, kept: list[Candidate]) -> list[Group]:
    """Candidates by what they serve (runs apart) and what they have in common; replicas of several nodes stay in one pool."""
    members: dict[tuple[Column, Kin, bool, str], list[int]] = {}
    for i, candidate in enumerate(kept):
        column = tuple((w, service) for w, service in candidate.column if w not in desk.runs)
        spans = any(service.whole and service.nodes > 1 for _, service in column)
        pool = candidate.option.pool if spans else ""
        members.setdefault((column, candidate.kin, candidate.option.action == "spot", pool), []).append(i)
    return [Group(column, kin, group) for (column, kin, _, _), group in members.items()]


def _hosts(
    desk: _Desk,
    groups: list[Group],
    kept: list[Candidate],
    sources: list[int],
    places: tuple[tuple[int, float], ...],
    horizon: Horizon,
) -> tuple[tuple[Host, ...], tuple[Cast, ...]]:
    """Pools that can host runs, and every way to place a run on one of them."""
    hosts: list[Host] = []
    casts: list[Cast] = []
    caps = {cap.name: cap for cap in desk.market.caps}
    for c, group in enumerate(groups):
        pools: dict[str, list[int]] = {}
        for i in group.members:
            if kept[i].option.action != "spot" and any(w in desk.runs for w, _ in kept[i].column):
                pools.setdefault(kept[i].option.pool, []).append(i)
        for members in pools.values():
            running = tuple(i for i in members if kept[i].option.action != "commit")
            committed = tuple(i for i in members if kept[i].option.action == "commit")
            host, column, first = len(hosts), dict(kept[members[0]].column), members[0]
            most = sum(most_nodes(kept[i].option, caps) for i in running)
            hosts.append(Host(c, running, committed, most))
            for w, run in desk.runs.items():
                elsewhere = any(v == w and not group.kin.places[g] for g, (v, _) in enumerate(places))
                if w in column and not elsewhere:
                    rate, count = column[w].rate_per_hour, kept[first].option.count
                    smallest = _smallest(desk, w, sources[first])
                    casts += casts_of(w, run, rate, count, smallest, host, horizon)
    return tuple(hosts), tuple(casts)


def _classes(
    groups: list[Group],
    kept: list[Candidate],
    desk: _Desk,
    online: dict[tuple[int, int, int], float],
    flexible: dict[tuple[int, int], float],
    windows: dict[int, Window],
    hosts: tuple[Host, ...],
    casts: tuple[Cast, ...],
    horizon: Horizon,
) -> tuple[SubstitutionClass, ...]:
    """Classes with the most nodes that can be of use: all demand at its peak, every run's largest cluster, the reserve."""
    peak: dict[int, float] = {}
    for (w, _, _), rate in online.items():
        peak[w] = max(peak.get(w, 0.0), rate)
    for (w, t), work in flexible.items():
        peak[w] = max(peak.get(w, 0.0), work / horizon.periods[t].hours)
    for w, window in windows.items():
        shortest = min((horizon.periods[t].hours for t in window.periods), default=1.0)
        peak[w] = window.work / shortest
    for i, mode in enumerate(desk.modes):
        peak[len(desk.scenario.workloads) + i] = peak.get(mode.parent, 0.0)
    largest: dict[tuple[int, int], int] = {}
    for cast in casts:
        key = hosts[cast.host].group, cast.workload
        largest[key] = max(largest.get(key, 0), cast.nodes)
    spare = 1.0 + desk.scenario.standing_reserve
    classes = []
    for c, (column, kin, group) in enumerate(groups):
        useful = sum(_nodes_at(peak.get(w, 0.0) * spare, service) for w, service in column)
        running = tuple(i for i in group if kept[i].option.action != "commit")
        committed = tuple(i for i in group if kept[i].option.action == "commit")
        spot = kept[group[0]].option.action == "spot"
        most = float(ceil(useful)) + sum(nodes for (k, _), nodes in largest.items() if k == c)
        classes.append(SubstitutionClass(column, kin, spot, running, committed, most))
    return tuple(classes)


def _nodes_at(peak: float, service: Service) -> float:
    units = peak / service.rate_per_hour
    return (ceil(units) if service.whole else units) * service.nodes


def _caps(market: Market, kept: list[Candidate]) -> tuple[CapLimit, ...]:
    """Caps that are rows: those over several options, or over commitments."""
    limits = []
    for cap in market.caps:
        members = [i for i, c in enumerate(kept) if cap.name in c.option.groups]
        if cap.counts == "running":
            members = [i for i in members if kept[i].option.action != "commit"]
        if not members or (len(members) == 1 and cap.counts == "running"):
            continue
        for limit, per_accelerator in ((cap.max_nodes, False), (cap.max_accelerators, True)):
            if limit is not None:
                weight = tuple((i, float(kept[i].option.count if per_accelerator else 1)) for i in members)
                limits.append(CapLimit(cap.name, limit, weight, cap.counts == "live"))
    return tuple(limits)


def _running_upper(market: Market, kept: list[Candidate], whole: bool) -> tuple[float | None, ...]:
    """Own cap of each option, nodes: its maximum, and caps of which it is the only member."""
    caps = {cap.name: cap for cap in market.caps}
    alone: dict[str, int] = {}
    for candidate in kept:
        for name in candidate.option.groups:
            alone[name] = alone.get(name, 0) + 1
    uppers: list[float | None] = []
    for candidate in kept:
        option = candidate.option
        limits = [float(option.max_nodes)] if option.max_nodes is not None else []
        for name in option.groups:
            cap = caps[name]
            if alone[name] == 1 and cap.counts == "running":
                limits += [] if cap.max_nodes is None else [float(cap.max_nodes)]
                limits += [] if cap.max_accelerators is None else [cap.max_accelerators / option.count]
        most = min(limits, default=None)
        uppers.append(float(floor(most)) if whole and most is not None else most)
    return tuple(uppers)
