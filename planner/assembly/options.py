"""Options of the market → candidates, their costs, hosted supplies."""

from collections.abc import Mapping
from math import floor, inf
from typing import NamedTuple

from planner.assembly.limits import (
    agreements_on,
    kin_of,
    modes_of,
    tonnes_of,
)
from planner.assembly.present_value import signing_cash_usd, signing_cost_usd
from planner.assembly.reduction import ReductionCandidate
from planner.assembly.runs import runs_of
from planner.assembly.sites import owned_costs
from planner.domain.finance import discount_factor
from planner.domain.options import Cap, Option, room_of
from planner.domain.scenario import Scenario
from planner.domain.time import Horizon
from planner.domain.workloads import Batch, Inference
from planner.formulation.parameters import THOUSAND, HostedSupply, ProgramOption, Service
from planner.market import Market, PathPoints, Pricing
from planner.sizing import Screened


class OptionFacts(NamedTuple):
    """What of the catalog the program needs beside its options."""

    profiles: Mapping[str, tuple[float, ...]]
    paths: Mapping[str, PathPoints]
    intensity: tuple[float | None, ...]
    """Grams CO2e per kWh of each option of the market."""
    pue: float


class OptionContext:
    """Everything one assembly works with."""

    def __init__(
        self, scenario: Scenario, market: Market, screened: Screened, horizon: Horizon, facts: OptionFacts
    ) -> None:
        self.scenario, self.market, self.screened, self.horizon = scenario, market, screened, horizon
        self.facts = facts
        self.pricing = Pricing(scenario, horizon, facts.paths)
        self.runs = runs_of(scenario)
        self.modes = modes_of(scenario, horizon)
        self.tonnes = tonnes_of(scenario, market, facts.intensity, facts.pue)


def candidate_of(desk: OptionContext, o: int) -> ReductionCandidate:
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
            rate = fit.rate_per_node_hour * nodes * kept
            brief = (
                option.term_periods == 1 and w not in desk.runs
            )  # a run takes hours, all other work a share of the period
            column.append((w, Service(rate * (option.period_share if brief else 1.0), nodes, whole)))
    terms = desk.pricing.terms(option)
    there = 1.0 - (1.0 - option.period_share) / max(terms.term, 1)
    return ReductionCandidate(
        option,
        terms,
        tuple(column),
        kin_of(option, scenario),
        scenario.support.get(option.provider, 0.0),
        desk.tonnes[o] * there,
        tuple((w, smallest_cluster(desk, w, o)) for w, _ in column if w in desk.runs),
        agreements_on(option, scenario),
    )


def able_hosts(desk: OptionContext, every: list[int], candidates: list[ReductionCandidate]) -> list[ReductionCandidate]:
    """Candidates without the runs that their pool cannot hold: all its capped nodes are fewer than the smallest cluster.

    Exact: a run needs its cluster in one pool, and no plan has more nodes of the pool than the caps of its options add up to;
    a pool with a commitment without a maximum is never too small.
    """
    if not desk.runs:
        return candidates
    caps = desk.market.caps
    room: dict[str, float] = {}
    for candidate in candidates:
        pool = candidate.option.pool
        room[pool] = room.get(pool, 0.0) + most_nodes(candidate.option, caps, desk.scenario.integers == "whole")
    kept = []
    for o, candidate in zip(every, candidates, strict=True):
        count = max(candidate.option.count, 1)
        small = {
            w
            for w, run in desk.runs.items()
            if (w, o) in desk.screened.fits
            and room[candidate.option.pool] < max(-(-run.min_accelerators // count), smallest_cluster(desk, w, o))
        }
        column = tuple((w, service) for w, service in candidate.column if w not in small)
        kept.append(candidate if column == candidate.column else candidate._replace(column=column))
    return kept


def most_nodes(option: Option, caps: Mapping[str, Cap], whole: bool) -> float:
    """Most nodes of an option that its own maximum and its caps allow; infinite where nothing limits it, 0 for spot.

    Args:
        whole: nodes are whole numbers, so that a cap on accelerators allows a whole number of them.
    """
    if option.action == "spot":
        return 0.0
    most = room_of(option, caps)
    return float(floor(most)) if whole and most < inf else most


def smallest_cluster(desk: OptionContext, w: int, o: int) -> int:
    """Fewest nodes whose memory holds the run."""
    fit = desk.screened.fits[w, o]
    return next((int(value) for what, value, _ in fit.derivation if what == "smallest cluster"), 1)


def program_option(desk: OptionContext, candidate: ReductionCandidate, o: int) -> ProgramOption:
    """Costs of an option: price × (1 + support), and the price of its carbon."""
    scenario, horizon, terms = desk.scenario, desk.horizon, candidate.terms
    count, rate = len(horizon.periods), scenario.discount_rate
    uplift = (1.0 + candidate.support) / THOUSAND
    carbon = desk.tonnes[o] * (scenario.carbon.usd_per_tonne if scenario.carbon else 0.0) / THOUSAND
    middle = [discount_factor(rate, p.middle_years) for p in horizon.periods]
    upfront: tuple[float, ...] = ()
    if candidate.option.asset is not None:
        return _owned_option(desk, candidate, o, carbon)
    if terms.term:
        times = desk.pricing.clock(terms.term + terms.lead)
        cost, cash = [], []
        for v in terms.signing:
            served = range(v + terms.lead, min(v + terms.lead + terms.term, count))
            end = v + terms.lead + terms.term - 1
            emitted = sum(
                carbon * horizon.periods[t].hours * middle[t] * candidate.option.share_in(t, end) for t in served
            )
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


def _owned_option(desk: OptionContext, candidate: ReductionCandidate, o: int, carbon: float) -> ProgramOption:
    """Costs of a server that is bought: capital, running costs while it is in service, sale, carbon."""
    scenario, horizon, terms = desk.scenario, desk.horizon, candidate.terms
    rate = scenario.discount_rate
    cost, cash, capital = owned_costs(candidate.option, terms, horizon, rate, scenario.terminal)
    for v in terms.signing:
        emitted = range(v + terms.lead, min(v + terms.lead + terms.term, len(horizon.periods)))
        cost[v] += sum(
            carbon * horizon.periods[t].hours * discount_factor(rate, horizon.periods[t].middle_years) for t in emitted
        )
    return ProgramOption(candidate.option, terms, tuple(cost), tuple(cash), tuple(capital), desk.tonnes[o])


def hosted_supplies(desk: OptionContext, positions: list[int]) -> list[tuple[int, HostedSupply]]:
    """Every hosted API that fits, by workload, the cheapest first."""
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
            price = desk.pricing.per_work_unit(option, workload)
            uplift = (1.0 + scenario.support.get(option.provider, 0.0)) / THOUSAND
            cost = tuple(
                usd * uplift * discount_factor(scenario.discount_rate, p.middle_years)
                for p, usd in zip(horizon.periods, price, strict=False)
            )
            cash = tuple(usd / THOUSAND for usd in price[: len(horizon.periods)])
            mine.append((o, HostedSupply(0, w, cost, cash, desk.pricing.terms(option).usable)))
        mine.sort(key=lambda item: (sum(item[1].cost), item[0]))
        supplies += mine
    return supplies


def undominated(
    desk: OptionContext, supplies: list[tuple[int, HostedSupply]], keep: frozenset[str] = frozenset()
) -> list[tuple[int, HostedSupply]]:
    """Without those that are never cheaper nor longer to be had than another of the same workload and kin (no caps).

    One that a spend agreement covers stays: its spend may be worth more than its price.

    Args:
        keep: ids of options that stay in any case.
    """
    kept: list[tuple[int, HostedSupply]] = []
    for o, supply in supplies:
        kin = kin_of(desk.market.options[o], desk.scenario)
        rivals = [
            other
            for q, other in kept
            if other.workload == supply.workload and kin_of(desk.market.options[q], desk.scenario) == kin
        ]
        option = desk.market.options[o]
        stays = option.id in keep or agreements_on(option, desk.scenario)
        if stays or not any(_always_better(other, supply) for other in rivals):
            kept.append((o, supply))
    return sorted(kept, key=lambda item: (item[1].workload, item[0])) if keep else kept


def _always_better(a: HostedSupply, b: HostedSupply) -> bool:
    cheaper = all(x <= y for x, y in zip(a.cost, b.cost, strict=True))
    return cheaper and all(x or not y for x, y in zip(a.usable, b.usable, strict=True))
