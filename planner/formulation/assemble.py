"""Scenario, market and sizing → Parameters: the one place where user's words become numbers of the program."""

from collections.abc import Mapping
from math import ceil, floor
from typing import NamedTuple

from planner.domain.demand import mean_rates, shape_of, slice_rates, with_week_slices
from planner.domain.finance import discount_factor
from planner.domain.horizon import Horizon
from planner.domain.load import Hours, cut
from planner.domain.market import Market
from planner.domain.option import Option, Terms, blended, terms_of
from planner.domain.scenario import Scenario
from planner.domain.workload import Batch, Inference, Workload
from planner.formulation.parameters import (
    THOUSAND,
    CapLimit,
    Column,
    HostedSupply,
    Parameters,
    ProgramOption,
    Service,
    SubstitutionClass,
)
from planner.formulation.present_value import clock, signing_cash_usd, signing_cost_usd
from planner.formulation.reduce import Candidate, Reduced, reduce
from planner.sizing.screening import Screened, spot_share


class Assembled(NamedTuple):
    """Parameters with what is needed to find the way back from them."""

    parameters: Parameters
    week: tuple[Hours, ...]
    """Hours of the week of each slice; empty for explicit periods."""
    sources: tuple[int, ...]
    """Position in the market of each option of the parameters."""
    candidates: tuple[int, ...]
    """Positions in the market of all options that fit something."""
    dominated_by: dict[int, int]
    """Dropped position → position of the option that makes it superfluous."""


def assemble(
    scenario: Scenario,
    market: Market,
    screened: Screened,
    horizon: Horizon,
    profiles: Mapping[str, tuple[float, ...]],
    *,
    reduced: bool = True,
) -> Assembled:
    """Parameters of a scenario.

    Args:
        horizon: periods; calendar periods are cut into slices here, explicit ones bring theirs.
        reduced: drop dominated options (exact; False for tests of just that).
    """
    bound = {o for o, option in enumerate(market.options) if option.exact_nodes is not None}
    positions = sorted({o for _, o in screened.fits} | bound)
    every = [o for o in positions if market.options[o].action != "hosted_api"]
    sized = [(o, _candidate(scenario, market.options[o], o, screened, horizon)) for o in every]
    candidates = [candidate for o, candidate in sized if candidate.column or o in bound]
    instances = [o for o, candidate in sized if candidate.column or o in bound]
    outcome = (
        reduce(candidates, market.caps, scenario.terminal, horizon)
        if reduced
        else Reduced(tuple(range(len(candidates))), {})
    )
    kept = [candidates[i] for i in outcome.kept]
    sources = [instances[i] for i in outcome.kept]

    apis = _hosted(
        scenario, market, screened, horizon, [o for o in positions if market.options[o].action == "hosted_api"]
    )
    shapes = {w.name: shape_of(w, profiles) for w in scenario.workloads if w.online}
    week: tuple[Hours, ...] = ()
    if scenario.periods is None:
        week = cut(shapes, _weights(scenario, kept, apis, horizon), scenario.slices)
        horizon = with_week_slices(horizon, week)

    online, flexible = _demand(scenario.workloads, horizon, week, shapes)
    sources += [o for o, _ in apis]
    options = tuple(
        [_program_option(c.option, c.terms, scenario, horizon) for c in kept]
        + [ProgramOption(market.options[o], terms_of(market.options[o], scenario, horizon), (), ()) for o, _ in apis]
    )
    hosted = tuple(supply._replace(option=len(kept) + number) for number, (_, supply) in enumerate(apis))
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
        classes=_classes(kept, online, flexible, horizon),
        hosted=hosted,
        caps=_caps(market, kept),
        budget_total=None if scenario.budget_total_usd is None else scenario.budget_total_usd / THOUSAND,
        budgets=_budgets(scenario, horizon),
        whole_nodes=scenario.integers == "whole",
        running_upper=_running_upper(market, kept, scenario.integers == "whole") + (None,) * len(apis),
    )
    dominated = {instances[i]: instances[by] for i, by in outcome.dominated_by.items()}
    return Assembled(parameters, week, tuple(sources), tuple(positions), dominated)


# --- options ------------------------------------------------------------------------------------


def _candidate(scenario: Scenario, option: Option, o: int, screened: Screened, horizon: Horizon) -> Candidate:
    column: list[tuple[int, Service]] = []
    for w, workload in enumerate(scenario.workloads):
        fit = screened.fits.get((w, o))
        if fit is None:
            continue
        kept = 1.0 - screened.lost_fraction.get((w, o), 0.0)
        whole = isinstance(workload, Inference) and scenario.replicas == "whole" and fit.replica_nodes > 0
        nodes = fit.replica_nodes if whole else 1.0
        if kept > 0:
            column.append((w, Service(fit.rate_per_node_hour * nodes * kept, nodes, whole)))
    return Candidate(option, terms_of(option, scenario, horizon), tuple(column))


def _program_option(option: Option, terms: Terms, scenario: Scenario, horizon: Horizon) -> ProgramOption:
    count, rate = len(horizon.periods), scenario.discount_rate
    if terms.term:
        times = clock(horizon, terms.term + terms.lead)
        cost = [signing_cost_usd(terms, v, times, count, rate, scenario.terminal) / THOUSAND for v in terms.signing]
        cash = [
            {year: usd / THOUSAND for year, usd in signing_cash_usd(terms, v, horizon).items()} for v in terms.signing
        ]
    else:
        prices = list(zip(horizon.periods, terms.usd_per_hour, strict=False))
        cost = [usd * discount_factor(rate, p.middle_years) / THOUSAND for p, usd in prices]
        cash = [{p.plan_year: usd / THOUSAND} for p, usd in prices]
    return ProgramOption(option, terms, tuple(cost), tuple(cash))


def _hosted(
    scenario: Scenario, market: Market, screened: Screened, horizon: Horizon, positions: list[int]
) -> list[tuple[int, HostedSupply]]:
    """Hosted APIs by workload; one that is never cheaper nor longer to be had than another is left out (no caps)."""
    supplies: list[tuple[int, HostedSupply]] = []
    for w, workload in enumerate(scenario.workloads):
        if not isinstance(workload, Inference | Batch):
            continue
        mine: list[tuple[int, HostedSupply]] = []
        for o in positions:
            if (w, o) not in screened.fits:
                continue
            option = market.options[o]
            price = blended(option, workload.input_tokens, workload.output_tokens, scenario, horizon)
            cost = tuple(
                usd * discount_factor(scenario.discount_rate, p.middle_years) / THOUSAND
                for p, usd in zip(horizon.periods, price, strict=False)
            )
            cash = tuple(usd / THOUSAND for usd in price[: len(horizon.periods)])
            usable = terms_of(option, scenario, horizon).usable
            mine.append((o, HostedSupply(0, w, cost, cash, usable)))
        mine.sort(key=lambda item: (sum(item[1].cost), item[0]))
        for item in mine:
            if not any(_always_better(other[1], item[1]) for other in supplies if other[1].workload == w):
                supplies.append(item)
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
        weights[workload.name] = mean_rates(workload, horizon)[0] * min(prices, default=1.0)
    return weights


def _demand(
    workloads: tuple[Workload, ...],
    horizon: Horizon,
    week: tuple[Hours, ...],
    shapes: Mapping[str, tuple[float, ...]],
) -> tuple[dict[tuple[int, int, int], float], dict[tuple[int, int], float]]:
    online: dict[tuple[int, int, int], float] = {}
    flexible: dict[tuple[int, int], float] = {}
    for w, workload in enumerate(workloads):
        if workload.online:
            for t, rates in enumerate(slice_rates(workload, horizon, week, shapes[workload.name])):
                online |= {(w, t, s): rate for s, rate in enumerate(rates)}
        else:
            means = mean_rates(workload, horizon)
            flexible |= {(w, t): rate * horizon.periods[t].hours for t, rate in enumerate(means)}
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


def _classes(
    kept: list[Candidate],
    online: dict[tuple[int, int, int], float],
    flexible: dict[tuple[int, int], float],
    horizon: Horizon,
) -> tuple[SubstitutionClass, ...]:
    members: dict[tuple[Column, bool, str], list[int]] = {}
    for i, candidate in enumerate(kept):
        spans = any(service.whole and service.nodes > 1 for _, service in candidate.column)
        pool = candidate.option.pool if spans else ""  # a replica of several nodes stays inside one pool
        members.setdefault((candidate.column, candidate.option.action == "spot", pool), []).append(i)
    peak: dict[int, float] = {}
    for (w, _, _), rate in online.items():
        peak[w] = max(peak.get(w, 0.0), rate)
    for (w, t), work in flexible.items():
        peak[w] = max(peak.get(w, 0.0), work / horizon.periods[t].hours)
    classes = []
    for (column, spot, _), group in members.items():
        useful = sum(
            (ceil(peak.get(w, 0.0) / s.rate_per_hour) if s.whole else peak.get(w, 0.0) / s.rate_per_hour) * s.nodes
            for w, s in column
        )
        running = tuple(i for i in group if kept[i].option.action != "commit")
        committed = tuple(i for i in group if kept[i].option.action == "commit")
        classes.append(SubstitutionClass(column, spot, running, committed, float(ceil(useful))))
    return tuple(classes)


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


def _budgets(scenario: Scenario, horizon: Horizon) -> tuple[float | None, ...]:
    years, stated = horizon.plan_years, scenario.budget_per_year_usd
    if stated is None:
        return (None,) * years
    if not isinstance(stated, tuple):
        return (stated / THOUSAND,) * years
    return tuple(stated[y] / THOUSAND if y < len(stated) else None for y in range(years))
