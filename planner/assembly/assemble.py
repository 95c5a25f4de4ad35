"""Scenario, market and sizing → Parameters: the one place where user's words become numbers of the program."""

from collections.abc import Mapping
from typing import NamedTuple

from planner.assembly.classes import caps_of, classes_of, grouped, hosts_of, running_upper_of
from planner.assembly.limits import (
    agreements_of,
    budgets_of,
    credits_of,
    data_of,
    places_of,
    resilience_of,
    runway_of,
    savings_of,
)
from planner.assembly.options import (
    OptionContext,
    OptionFacts,
    able_hosts,
    candidate_of,
    hosted_supplies,
    program_option,
    undominated,
)
from planner.assembly.reach import peaks_of, within_reach
from planner.assembly.reduction import Reduced, ReductionCandidate, reduce
from planner.assembly.runs import windows_of
from planner.assembly.sites import energy_of, power_option, sites_of
from planner.assembly.uses import most_of, uses_of
from planner.domain.finance import discount_factor
from planner.domain.scenario import Scenario
from planner.domain.time import (
    Horizon,
    Hours,
    cut,
    mean_rates,
    shape_of,
    slice_rates,
    spikes_of,
    with_spikes,
    with_week_slices,
)
from planner.domain.workloads import GrowingWorkload, Inference
from planner.formulation.parameters import THOUSAND, HostedSupply, Parameters, ProgramOption
from planner.market import Market
from planner.sizing import Screened, spot_share


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
    reach: float
    """Multiple of the demand up to which no assumed cap could be reached that is not among those of the parameters."""


def assemble(
    scenario: Scenario,
    market: Market,
    screened: Screened,
    horizon: Horizon,
    facts: OptionFacts,
    *,
    reduced: bool = True,
    withheld: frozenset[int] = frozenset(),
    keep: frozenset[str] = frozenset(),
) -> Assembled:
    """Parameters of a scenario.

    Args:
        horizon: periods; calendar periods are cut into slices here, explicit ones bring theirs.
        reduced: drop dominated options (exact; False for tests of just that).
        withheld: positions in the market of savings plans that are not to be had.
        keep: ids of options that stay even if they are dominated (exact: they are superfluous, not wrong), so that
            neighbouring questions have programs of one shape.
    """
    desk = OptionContext(scenario, market, screened, horizon, facts)
    bound = {o for o, option in enumerate(market.options) if option.exact_nodes is not None}
    positions = sorted({o for _, o in screened.fits} | bound)
    every = [o for o in positions if market.options[o].action != "hosted_api"]
    sized = [(o, candidate_of(desk, o)) for o in every]
    sized = list(zip(every, able_hosts(desk, every, [c for _, c in sized]), strict=True))
    candidates = [candidate for o, candidate in sized if candidate.column or o in bound]
    instances = [o for o, candidate in sized if candidate.column or o in bound]
    apis = hosted_supplies(desk, [o for o in positions if market.options[o].action == "hosted_api"])
    apis = undominated(desk, apis, keep) if reduced else apis
    shapes = {w.name: shape_of(w, facts.profiles) for w in scenario.workloads if w.online}
    week: tuple[Hours, ...] = ()
    spikes = spikes_of(scenario)
    if scenario.periods is None:
        week = cut(shapes, _weights(scenario, candidates, apis, horizon), scenario.slices)
        horizon = with_week_slices(horizon, week, spikes)
    elif spikes:
        horizon = with_spikes(horizon, spikes)
    online, flexible = _demand(scenario, horizon, week, shapes)
    windows = windows_of(scenario, horizon)

    peak = peaks_of(online, flexible, horizon)
    candidates, reach = within_reach(desk, list(zip(instances, candidates, strict=True)), peak, windows)
    outcome = (
        reduce(candidates, market.caps, scenario.terminal, horizon, frozenset(desk.runs))
        if reduced
        else Reduced(tuple(range(len(candidates))), {})
    )
    stay = sorted({*outcome.kept, *(i for i, o in enumerate(instances) if market.options[o].id in keep)})
    kept = [candidates[i] for i in stay]
    sources = [instances[i] for i in stay]

    dollars = [o for o, option in enumerate(market.options) if option.savings_plan and o not in withheld]
    sources += [*(o for o, _ in apis), *dollars]
    options = tuple(
        [program_option(desk, c, sources[i]) for i, c in enumerate(kept)]
        + [ProgramOption(market.options[o], desk.pricing.terms(market.options[o]), (), ()) for o, _ in apis]
        + [program_option(desk, candidate_of(desk, o), o) for o in dollars]
    )
    first_power = len(options)
    options += tuple(power_option(site, desk.pricing, scenario) for site in market.sites)
    sold = [member.option for member in options]
    hosted = tuple(supply._replace(option=len(kept) + number) for number, (_, supply) in enumerate(apis))
    places, providers = places_of(scenario), {c.option.provider for c in kept} | {h.option.provider for h in options}
    groups = grouped(desk, kept)
    hosts, casts = hosts_of(desk, groups, kept, sources, places, horizon)
    classes = classes_of(groups, kept, desk, online, flexible, windows, hosts, casts, horizon)
    rate = scenario.discount_rate
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
        classes=classes,
        hosted=hosted,
        caps=caps_of(market, kept, scenario.integers == "whole"),
        budget_total=None if scenario.budget_total_usd is None else scenario.budget_total_usd / THOUSAND,
        budgets=budgets_of(scenario.budget_per_year_usd, horizon.plan_years, THOUSAND),
        whole_nodes=scenario.integers == "whole",
        running_upper=running_upper_of(market, kept, scenario.integers == "whole")
        + (None,) * (len(apis) + len(dollars) + len(market.sites)),
        holding=_holding(scenario, desk),
        middle=tuple(discount_factor(scenario.discount_rate, p.middle_years) for p in horizon.periods),
        runs={w: run.total_work for w, run in desk.runs.items()},
        casts=casts,
        hosts=hosts,
        windows=windows,
        modes=desk.modes,
        places=places,
        provider_share=scenario.max_share_per_provider,
        uses=uses_of(scenario, [member.option for member in options]),
        most=most_of(scenario),
        min_line=None if scenario.min_line_usd is None else scenario.min_line_usd / THOUSAND,
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
        agreements=agreements_of(scenario, sold, horizon),
        savings=savings_of(scenario, sold),
        sites=sites_of(market, options, first_power, classes, desk.pricing, rate),
        energy=energy_of(classes, options, horizon, rate),
    )
    dominated = {instances[i]: instances[by] for i, by in outcome.dominated_by.items() if i not in stay}
    return Assembled(parameters, week, tuple(sources), tuple(positions), dominated, reach)


# --- options ------------------------------------------------------------------------------------


# --- demand -------------------------------------------------------------------------------------


def _weights(
    scenario: Scenario, candidates: list[ReductionCandidate], apis: list[tuple[int, HostedSupply]], horizon: Horizon
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
            for c in candidates
            for v, service in c.column
            if v == w
        ]
        prices += [supply.cash[0] * THOUSAND for _, supply in apis if supply.workload == w]
        mean = max(mean_rates(workload, horizon)) if isinstance(workload, GrowingWorkload) else 0.0
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


def _holding(scenario: Scenario, desk: OptionContext) -> frozenset[int]:
    """Online inference, with its fallbacks: a node that serves it is there for all of a slice."""
    stays = {w for w, workload in enumerate(scenario.workloads) if isinstance(workload, Inference)}
    return frozenset({*stays, *(len(scenario.workloads) + i for i in range(len(desk.modes)))})


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
