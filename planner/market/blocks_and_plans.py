"""Options that are no single row of nodes by the hour: blocks of fixed dates, dollars an hour, and what is signed already."""

from collections.abc import Iterator
from math import ceil, floor

from planner.domain.inputs import months_between
from planner.domain.options import Option, Provenance, extent_of, term_hours
from planner.domain.scenario import Block, Held, HeldSavingsPlan, Holding, SavingsPlan, Scenario
from planner.domain.time import Horizon
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH, MONEY_PLACES

SHORT_BLOCK_DAYS = 14.0
"""Length of the short blocks that are made of catalog rows: flexible work needs no whole month of a node."""


def start_of(contract: Block, horizon: Horizon) -> int | None:
    """Period in which a block starts, or None if it may in any."""
    return contract.start_period if contract.start is None else horizon.first_from(contract.start)


def as_blocks(option: Option, scenario: Scenario, horizon: Horizon) -> Iterator[Option]:
    """Catalog options; a row of blocks as the two lengths that can be of use at one price an hour.

    A block of one period: a longer one is several in a row, each paid when it starts. And a short one, for flexible work.
    """
    lengths = {period.hours for period in horizon.periods}
    length, short = max(lengths), SHORT_BLOCK_DAYS * HOURS_PER_DAY
    fits = option.block_hours > 0 and len(lengths) == 1 and extent_of(option.block_hours, horizon, 0).whole > 0
    if not fits:
        yield option  # what is no block, or too short for a period: left out with its reason
        return
    upfront = option.upfront_usd / option.block_hours
    whole = option.having(usd_per_hour=round(upfront + option.usd_per_hour, MONEY_PLACES))
    yield block_of(whole, length, horizon, None)
    if any(not w.online for w in scenario.workloads) and extent_of(short, horizon, 0).whole == 0:
        yield block_of(whole, short, horizon, None).having(id=f"{option.id}+{SHORT_BLOCK_DAYS:g}d")


def block_of(option: Option, hours: float, horizon: Horizon, start: int | None) -> Option:
    """A node at `usd_per_hour` for a block of so many hours from the start of a period, all of it paid there."""
    extent = extent_of(hours, horizon, start or 0)
    return option.having(
        action="commit",
        contract=f"block of {_length(hours)}",
        usd_per_hour=0.0,
        upfront_usd=round(option.usd_per_hour * hours, MONEY_PLACES),
        term_hours=0.0,
        term_periods=extent.periods,
        block_hours=hours,
        period_share=extent.share,
        signed_in=start,
    )


def _length(hours: float) -> str:
    """As it is signed: in days, or in months of which no days are whole.

    >>> _length(336.0), _length(2190.0), _length(730.0), _length(1000.0)
    ('14 days', '3 months', '1 month', '41.67 days')
    """
    months, days = hours / HOURS_PER_MONTH, hours / HOURS_PER_DAY
    if months != round(months) or days == round(days):
        return f"{days:.4g} days"
    return "1 month" if months == 1 else f"{months:.0f} months"


def savings_plan_options(scenario: Scenario, horizon: Horizon) -> Iterator[Option]:
    """Savings plans: one node of the option is one dollar an hour."""
    for plan in scenario.savings_plans:
        option = Option(
            id=f"savings-plan:{plan.name}",
            action="commit",
            provider=plan.provider,
            region="any",
            country="",
            node_type=plan.name,
            accelerator=None,
            count=0,
            contract=_savings_label(plan),
            usd_per_hour=round(1.0 - plan.upfront_fraction, MONEY_PLACES),
            provenance=Provenance("scenario", plan.source, plan.as_of, "scenario"),
            term_hours=(plan.term_months or 0.0) * HOURS_PER_MONTH,
            term_periods=plan.term_periods,
            max_nodes=plan.max_usd_per_hour,
            min_nodes=0,
            savings_plan=plan.name,
        )
        upfront = plan.upfront_fraction * term_hours(option, horizon)
        yield option.having(upfront_usd=round(upfront, MONEY_PLACES))


def _savings_label(plan: SavingsPlan) -> str:
    upfront = {0.0: "no upfront", 1.0: "all upfront"}.get(plan.upfront_fraction, f"{plan.upfront_fraction:.0%} upfront")
    return f"savings plan, {upfront}"


# --- signed already ----------------------------------------------------------------------------


def held_options(scenario: Scenario, horizon: Horizon) -> Iterator[Option]:
    """What is signed already and there in some period of the horizon."""
    for held in scenario.held:
        there = service_of(held, horizon)
        if not there:
            continue
        option = Option(
            id=f"held:{held.name}",
            action="commit",
            provider=held.provider,
            region="any",
            country="",
            node_type=held.name,
            accelerator=None,
            count=0,
            contract="already held",
            usd_per_hour=held.usd_per_hour,
            provenance=Provenance("scenario", held.source, held.as_of, "scenario"),
            term_periods=len(there),
            lead_periods=there.start,
            held=True,
        )
        yield _held_nodes(option, held) if isinstance(held, Held) else _held_savings_plan(option, held)


def _held_nodes(option: Option, held: Held) -> Option:
    return option.having(
        region=held.region,
        zone=held.zone,
        country=held.country,
        accelerator=held.accelerator,
        count=held.accelerators_per_node,
        exact_nodes=held.nodes,
        offer=f"held:{held.name}",
    )


def service_of(held: Holding, horizon: Horizon) -> range:
    """Whole periods in which a holding is there, none if they lie outside of the horizon; it may outlast the horizon."""
    first = held.from_period or 0
    if held.since is not None:
        first = max(ceil(_periods_to(held.since, horizon)), 0)
    end = held.periods if held.until is None else floor(_periods_to(held.until, horizon))
    return range(first, max(end or 0, first)) if first < len(horizon.periods) else range(0)


def _periods_to(month: str, horizon: Horizon) -> float:
    """Periods from the start of the horizon to a month; below 0 before it."""
    start = horizon.periods[0].start
    months = round(months_between(start, month)) if len(start) == 7 else 0
    return months * HOURS_PER_MONTH / horizon.periods[0].hours


def _held_savings_plan(option: Option, held: HeldSavingsPlan) -> Option:
    """A savings plan that is signed already: exactly its dollars, of which only the share that is not paid yet is owed."""
    return option.having(
        contract="savings plan, already held",
        usd_per_hour=round(1.0 - held.upfront_fraction, MONEY_PLACES),
        max_nodes=held.usd_per_hour,
        min_nodes=0,
        savings_plan=held.name,
    )
