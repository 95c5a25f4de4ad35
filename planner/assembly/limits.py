"""Limits, places and charges of a scenario → numbers of the program."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from planner.assembly.uses import use_of
from planner.domain.finance import discount_factor
from planner.domain.options import Option
from planner.domain.scenario import Rated, Scenario, savings_rate
from planner.domain.time import Horizon
from planner.domain.workloads import BaseWorkload, Inference
from planner.formulation.parameters import THOUSAND, DataPrice, Grant, Kin, Mode, Resilience, Saving, SpendTiers
from planner.market import Market, pue_of, tonnes_per_node_hour
from planner.sizing import fallbacks
from planner.units import HOURS_PER_MONTH, HOURS_PER_YEAR

NEVER = "\n"
"""Name of no spike."""


def kin_of(option: Option, scenario: Scenario) -> Kin:
    """What another option must share with this one to take its place under the scenario's rules."""
    priced = any(w.egress_gb_per_unit > 0 or w.storage_gb > 0 for w in scenario.workloads)
    named = priced or scenario.max_share_per_provider is not None
    credited = any(grant.provider == option.provider for grant in scenario.credits)
    return Kin(
        domain=option.domain(scenario.availability.failure) if scenario.availability else "",
        provider=option.provider if named or credited else "",
        places=tuple(
            option.region in (rule.regions or ()) or option.country in (rule.countries or ())
            for workload in scenario.workloads
            for rule in workload.residency
        ),
        delivery=option.delivery,
        savings=tuple(rate_on(plan, option) for plan in _rated(scenario)),
        asset="" if option.asset is None else option.pool,
        use=use_of(option, scenario),
    )


def agreements_on(option: Option, scenario: Scenario) -> frozenset[int]:
    """Spend agreements that cover what is paid for an option."""
    return frozenset(
        a
        for a, agreement in enumerate(scenario.spend_agreements)
        if agreement.provider == option.provider and option.kind in agreement.covers
    )


def agreements_of(scenario: Scenario, options: Sequence[Option], horizon: Horizon) -> tuple[SpendTiers, ...]:
    """Agreements on spend, with the options they cover."""
    spans = [horizon.span(a.since, a.from_period, a.until, a.until_period) for a in scenario.spend_agreements]
    covered = [agreements_on(option, scenario) for option in options]
    return tuple(
        SpendTiers(
            provider=agreement.provider,
            options=frozenset(o for o, of in enumerate(covered) if a in of),
            tiers=tuple(
                (tuple(tier.spend_in(y) / THOUSAND for y in range(horizon.plan_years)), tier.discount)
                for tier in agreement.tiers
            ),
            take_or_pay=agreement.take_or_pay,
            one_level=agreement.level == "horizon" and not agreement.signed,
            after_discount=agreement.spend_counts == "after_discount",
            share_of_year=_shares_of_years(horizon, spans[a]),
            periods=spans[a],
            signed=agreement.signed,
        )
        for a, agreement in enumerate(scenario.spend_agreements)
    )


def _shares_of_years(horizon: Horizon, span: range) -> tuple[float, ...]:
    """Part of each plan-year that lies in these periods."""
    hours = [0.0] * horizon.plan_years
    for t in span:
        for year, share in horizon.periods[t].plan_years:
            hours[year] += horizon.periods[t].hours * share
    return tuple(min(h / HOURS_PER_YEAR, 1.0) for h in hours)


def savings_of(scenario: Scenario, options: Sequence[Option]) -> tuple[Saving, ...]:
    """Savings plans among the options, with what they cover."""
    plans: dict[tuple[bool, str], Rated] = {(False, plan.name): plan for plan in scenario.savings_plans}
    plans |= {(True, plan.name): plan for plan in scenario.held_savings_plans}
    found = []
    for own, option in enumerate(options):
        if option.savings_plan:
            plan = plans[option.held, option.savings_plan]
            rates = [(o, rate_on(plan, other)) for o, other in enumerate(options)]
            found.append(
                Saving(own, tuple((o, rate) for o, rate in rates if options[o].action == "on_demand" and rate))
            )
    return tuple(found)


def _rated(scenario: Scenario) -> tuple[Rated, ...]:
    """Savings plans to be signed, then those that are signed."""
    return (*scenario.savings_plans, *scenario.held_savings_plans)


def rate_on(plan: Rated, option: Option) -> float:
    """Discount of a savings plan on nodes like an option's, on demand."""
    return savings_rate(plan, option.provider, option.region, option.node_type, option.accelerator)


def places_of(scenario: Scenario) -> tuple[tuple[int, float], ...]:
    """(workload, smallest share) of every residency rule, in the order of `Kin.places`."""
    return tuple((w, rule.share) for w, workload in enumerate(scenario.workloads) for rule in workload.residency)


def modes_of(scenario: Scenario, horizon: Horizon) -> tuple[Mode, ...]:
    """Fallbacks, in order of their workloads."""
    found = []
    for w, _ in fallbacks(scenario):
        workload = scenario.workloads[w]
        way = workload.fallback if isinstance(workload, Inference) else None
        if not isinstance(workload, Inference) or way is None:
            continue
        spike = None if way.when == "always" else (workload.spike.name if workload.spike else NEVER)
        usd = way.usd_per_unit / THOUSAND
        cost = tuple(usd * discount_factor(scenario.discount_rate, p.middle_years) for p in horizon.periods)
        found.append(Mode(w, way.share, spike, cost))
    return tuple(found)


def tonnes_of(scenario: Scenario, market: Market, intensity: tuple[float | None, ...], pue: float) -> tuple[float, ...]:
    """Tonnes CO2e per node-hour of each option; 0 where unknown, or where no price and no cap asks for it."""
    if scenario.carbon is None or not (scenario.carbon.usd_per_tonne or scenario.carbon.max_tonnes_per_year):
        return (0.0,) * len(market.options)
    return tuple(
        tonnes_per_node_hour(option.kw_per_node, grams, pue_of(option, pue)) or 0.0
        for option, grams in zip(market.options, intensity, strict=True)
    )


def budgets_of(stated: float | tuple[float, ...] | None, count: int, unit: float) -> tuple[float | None, ...]:
    """One limit for all, or one each; None where there is none."""
    if stated is None:
        return (None,) * count
    if not isinstance(stated, tuple):
        return (stated / unit,) * count
    return tuple(stated[i] / unit if i < len(stated) else None for i in range(count))


def credits_of(scenario: Scenario, horizon: Horizon) -> tuple[Grant, ...]:
    """Grants of free credits."""
    grants = []
    for credit in scenario.credits:
        end = len(horizon.periods)
        if credit.expires is not None:
            end = min(end, horizon.first_from(credit.expires) if horizon.periods[0].start[:1].isdigit() else end)
        if credit.expires_period is not None:
            end = min(end, credit.expires_period)
        grants.append(Grant(credit.provider, credit.usd / THOUSAND, end))
    return tuple(grants)


def runway_of(scenario: Scenario, horizon: Horizon) -> tuple[float, ...]:
    """Cash that may have been spent by the end of each period, thousands of dollars."""
    if scenario.cash is None:
        return ()
    left = scenario.cash.at_hand_usd - scenario.cash.minimum_usd
    found = []
    for flow in cash_flows(scenario, horizon):
        left += flow.income_usd + flow.raised_usd - flow.other_usd
        found.append(left / THOUSAND)
    return tuple(found)


class PeriodCash(NamedTuple):
    """What comes in and what else goes out in a period, USD."""

    income_usd: float
    raised_usd: float
    other_usd: float


def cash_flows(scenario: Scenario, horizon: Horizon) -> list[PeriodCash]:
    """What comes in and what else goes out in each period; empty without a `cash` block."""
    cash = scenario.cash
    if cash is None:
        return []
    flows = []
    for period in horizon.periods:
        stated = cash.income_per_month_usd
        yearly = stated if isinstance(stated, tuple) else (stated,)
        income = sum(share * yearly[min(year, len(yearly) - 1)] for year, share in period.plan_years)
        months = period.hours / HOURS_PER_MONTH
        grown = income * months * (1 + cash.income_growth_per_year) ** period.start_years
        raised = sum(
            r.usd
            for r in cash.raises
            if (horizon.first_from(r.month) if r.month is not None else r.period) == period.index
        )
        flows.append(PeriodCash(grown, raised, cash.other_costs_per_month_usd * months))
    return flows


def data_of(scenario: Scenario, providers: Iterable[str]) -> dict[int, dict[str, DataPrice]]:
    """Prices of the data of each workload that has any, by provider that has a price (others cannot serve it)."""
    found = {}
    for w, workload in enumerate(scenario.workloads):
        if workload.egress_gb_per_unit > 0 or workload.storage_gb > 0:
            prices = {name: _data_price(workload, name, scenario) for name in sorted(set(providers))}
            found[w] = {name: price for name, price in prices.items() if price is not None}
    return found


def _data_price(workload: BaseWorkload, provider: str, scenario: Scenario) -> DataPrice | None:
    egress, storage = 0.0, 0.0
    if workload.egress_gb_per_unit > 0:
        usd = scenario.egress_usd_per_gb.get(provider, scenario.egress_usd_per_gb.get("default"))
        if usd is None:
            return None
        egress = workload.egress_gb_per_unit * usd / THOUSAND
    if workload.storage_gb > 0:
        usd = scenario.storage_usd_per_gb_month.get(provider, scenario.storage_usd_per_gb_month.get("default"))
        if usd is None:
            return None
        storage = workload.storage_gb * usd / HOURS_PER_MONTH / THOUSAND
    return DataPrice(egress, storage)


def resilience_of(scenario: Scenario, horizon: Horizon, online: dict[tuple[int, int, int], float]) -> Resilience | None:
    """Failures to be survived and reserve to be held; None if neither is asked for."""
    wanted, reserve = scenario.availability, scenario.standing_reserve
    if wanted is None and reserve == 0:
        return None
    protected: dict[int, float] = {}
    for w, workload in enumerate(scenario.workloads):
        if isinstance(workload, Inference):
            share = workload.survive if workload.survive is not None else (wanted.survive if wanted else 0.0)
            protected[w] = share
    return Resilience(
        kind=wanted.failure if wanted else None,
        survive={w: share for w, share in protected.items() if share > 0} if wanted else {},
        reserve=dict.fromkeys(protected, 1.0 + reserve) if reserve else {},
        checks=checked_slices(
            horizon, online, sorted(protected), wanted.slices if wanted else 1, wanted.spikes if wanted else True
        ),
        standby_on_demand=wanted is not None and "on_demand" in wanted.standby,
        standby_hosted=wanted is not None and "hosted_api" in wanted.standby,
    )


def checked_slices(
    horizon: Horizon, online: dict[tuple[int, int, int], float], protected: list[int], most: int, spikes: bool
) -> tuple[tuple[int, int], ...]:
    """(t, s) that are checked: each protected workload's busiest ordinary slices, and every spike if wanted."""
    found: set[tuple[int, int]] = set()
    for t, period in enumerate(horizon.periods):
        ordinary = [s for s, part in enumerate(period.slices) if not part.spike]
        for w in protected:
            ranked = sorted(ordinary, key=lambda s: (-online.get((w, t, s), 0.0), s))
            found |= {(t, s) for s in ranked[:most]}
        found |= {(t, s) for s, part in enumerate(period.slices) if part.spike and spikes}
    return tuple(sorted(found))
