"""From rows and inline offers to Options: the scenario's own filters applied, everything left out counted.

An option that no workload may use because of a scenario-wide rule (cloud, contract, age ...) is a
rejection here, before any sizing. Rules of single workloads are `sizing/screening.py`'s business.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from planner.domain.inputs import Catalog, InstancePrice
from planner.domain.options import Cap, Option, Provenance, cap_name, term_hours
from planner.domain.records import Bottleneck
from planner.domain.scenario import Block, Commitment, HostedApiOffer, InstanceOffer, OnDemand, Quote, Scenario, Spot
from planner.domain.time import Horizon
from planner.market.apis import closed_models, option_of_offer, option_of_token_price
from planner.market.blocks_and_plans import as_blocks, block_of, held_options, savings_plan_options, start_of
from planner.market.caps import capped_options
from planner.market.excluded import contract_problem, excluded, term_problem
from planner.market.owned import Figure, SiteOffer, owned_market
from planner.market.successors import coming, succeeded
from planner.units import HOURS_PER_DAY, HOURS_PER_MONTH, MONEY_PLACES


class LeftOut(NamedTuple):
    """A price row that a rule of the whole scenario excludes."""

    row: str
    bottleneck: Bottleneck
    needed: str
    offered: str


class Market(NamedTuple):
    """What may be bought: options, the caps over them, and what was left out."""

    options: tuple[Option, ...]
    caps: Mapping[str, Cap]
    """By the name under which options state them among their groups."""
    left_out: tuple[LeftOut, ...]
    too_old: int
    sites: tuple[SiteOffer, ...] = ()
    """Where something of one's own may stand."""
    figures: Mapping[str, tuple[Figure, ...]] = {}
    """What is known of each server that may be bought, by its label."""


def market_of(scenario: Scenario, catalog: Catalog, horizon: Horizon) -> Market:
    """All options of a scenario over a horizon."""
    options: list[Option] = []
    left_out: list[LeftOut] = []
    reason: tuple[Bottleneck, str, str] | None
    today = catalog.newest_price_on
    generations = coming(scenario, catalog.price_paths, horizon)
    listed = (block for o in _catalog_options(scenario, catalog) for block in as_blocks(o, scenario, horizon))
    for candidate in (*listed, *_assumed_options(scenario, catalog)):
        reason = excluded(candidate, scenario, today, horizon)
        if reason is None:
            options += [candidate, *succeeded(candidate, generations)]
        else:
            left_out.append(LeftOut(candidate.provenance.row, *reason))
    for own in (
        *_quoted_options(scenario),
        *_inline_options(scenario, catalog, horizon),
        *held_options(scenario, horizon),
        *savings_plan_options(scenario, horizon),
    ):
        reason = None if own.held else term_problem(own, scenario, horizon) or contract_problem(own, scenario)
        if reason is None:
            options.append(own)
        else:
            left_out.append(LeftOut(own.id, *reason))
    owned = owned_market(scenario, catalog, generations)
    options += owned.options
    capped, caps = capped_options([_with_facts(option, catalog) for option in options], scenario, catalog)
    too_old = sum(row.bottleneck == "price_age" for row in left_out)
    caps |= {cap.name: cap for cap in owned.caps}
    return Market(tuple(capped), caps, tuple(left_out), too_old, owned.sites, owned.figures)


# --- where options come from -------------------------------------------------------------------


def _catalog_options(scenario: Scenario, catalog: Catalog) -> Iterator[Option]:
    """Rows of the providers that the scenario's `clouds` and `hosted_apis` name (all by default)."""
    if scenario.catalog == "none":
        return
    clouds = set(scenario.clouds) if scenario.clouds is not None else None
    for row in catalog.prices:
        listed = row.provider in clouds if clouds is not None else not catalog.providers[row.provider].opt_in
        if listed:
            yield option_of_price(row)
    if scenario.hosted_apis == "none":
        return
    apis = set(scenario.hosted_apis) if scenario.hosted_apis is not None else None
    closed = closed_models(scenario, catalog)
    for token_row in catalog.token_prices:
        sold = token_row.language_model or token_row.serves in closed
        if sold and (apis is None or token_row.provider in apis):
            yield option_of_token_price(token_row)


def option_of_price(row: InstancePrice) -> Option:
    """Catalog row → option; a commitment's price is split into upfront and recurring."""
    commitment = row.contract in ("commitment", "capacity_block")
    upfront = row.upfront_fraction * row.price_usd_per_hour * HOURS_PER_MONTH * row.term_months if commitment else 0.0
    recurring = row.price_usd_per_hour * (1 - row.upfront_fraction) if commitment else row.price_usd_per_hour
    return Option(
        id=row.id,
        action="commit" if commitment else ("spot" if row.contract == "spot" else "on_demand"),
        provider=row.provider,
        region=row.region,
        country=row.country,
        node_type=row.instance,
        accelerator=row.accelerator,
        count=row.count,
        contract=row.plan or row.contract.replace("_", " "),
        usd_per_hour=round(recurring, MONEY_PLACES),
        provenance=Provenance(row.id, row.source, row.checked_on, row.basis, row.access),
        upfront_usd=round(upfront, MONEY_PLACES),
        term_hours=row.term_months * HOURS_PER_MONTH if row.contract == "commitment" else 0.0,
        block_hours=row.term_months * HOURS_PER_MONTH if row.contract == "capacity_block" else 0.0,
        min_nodes=max(row.min_nodes, 1),
        interruptions_per_month=row.interruptions_per_month,
    )


def _assumed_options(scenario: Scenario, catalog: Catalog) -> Iterator[Option]:
    """Commitments at a rate the scenario assumes against the on-demand price."""
    if scenario.catalog == "none":
        return
    for number, assumed in enumerate(scenario.assumed_discounts):
        for row in catalog.prices:
            wanted = assumed.accelerator is None or assumed.accelerator == row.accelerator
            listed = row.contract == "on_demand" and row.basis != "estimated" and row.provider == assumed.provider
            if not listed or not wanted:
                continue
            price = row.price_usd_per_hour * (1 - assumed.discount)
            upfront = assumed.upfront_fraction * price * HOURS_PER_MONTH * assumed.term_months
            yield Option(
                id=f"{row.id}+assumed-{assumed.term_months}m-{number}",
                action="commit",
                provider=row.provider,
                region=row.region,
                country=row.country,
                node_type=row.instance,
                accelerator=row.accelerator,
                count=row.count,
                contract=f"assumed {assumed.discount:.0%} off on demand",
                usd_per_hour=round(price * (1 - assumed.upfront_fraction), MONEY_PLACES),
                provenance=Provenance(row.id, row.source, row.checked_on, "assumed", row.access),
                upfront_usd=round(upfront, MONEY_PLACES),
                term_hours=assumed.term_months * HOURS_PER_MONTH,
            )


def _quoted_options(scenario: Scenario) -> Iterator[Option]:
    for number, quote in enumerate(scenario.quotes):
        yield option_of_quote(quote, f"quote-{number + 1}:{quote.provider}/{quote.region}/{quote.instance}")


def option_of_quote(quote: Quote, identifier: str) -> Option:
    row = InstancePrice(
        id=identifier,
        plan=f"quoted {quote.contract.replace('_', ' ')}",
        basis="quoted",
        note="",
        **quote.model_dump(include=set(InstancePrice._fields) - {"id", "plan", "basis", "note"}),
    )
    return option_of_price(row)


def _inline_options(scenario: Scenario, catalog: Catalog, horizon: Horizon) -> Iterator[Option]:
    for offer in scenario.offers:
        if isinstance(offer, HostedApiOffer):
            yield option_of_offer(offer, catalog.language_models.get(offer.model))
        else:
            yield from _inline_instances(offer, horizon)


def _inline_instances(offer: InstanceOffer, horizon: Horizon) -> Iterator[Option]:
    groups = tuple(cap_name("group", g) for g in offer.groups)
    if offer.max_nodes is not None:
        groups += (cap_name("offer", offer.name),)
    for number, contract in enumerate(offer.contracts):
        option = Option(
            id=f"offer:{offer.name}" + (f"#{number + 1}" if len(offer.contracts) > 1 else ""),
            action="on_demand",
            provider=offer.provider,
            region=offer.region,
            country=offer.country,
            node_type=offer.name,
            accelerator=offer.accelerator,
            count=offer.accelerators_per_node,
            contract="on demand",
            usd_per_hour=contract.usd_per_hour,
            provenance=Provenance("scenario", offer.source, offer.as_of, "scenario"),
            max_nodes=contract.max_nodes,
            offer=f"offer:{offer.name}",
            groups=groups,
            zone=offer.zone,
            delivery=offer.delivery,
            available_from=offer.available_from or "",
            kw_per_node=offer.kw_per_node,
        )
        match contract:
            case OnDemand():
                yield option.having(exact_nodes=contract.exact_nodes)
            case Spot():
                lost = contract.interruptions_per_month
                yield option.having(action="spot", contract="spot", interruptions_per_month=lost)
            case Commitment():
                yield _committed(option, contract, horizon)
            case Block():
                block = block_of(option, contract.days * HOURS_PER_DAY, horizon, start_of(contract, horizon))
                yield block.having(min_nodes=contract.min_nodes)


def _committed(option: Option, contract: Commitment, horizon: Horizon) -> Option:
    whole = contract.term_periods == "horizon"
    periods = -1 if contract.term_periods == "horizon" else contract.term_periods
    label = f"{contract.term_months:g}-month" if contract.term_months else f"{periods}-period"
    committed = option.having(
        action="commit",
        contract=("whole-horizon" if whole else label) + " commitment",
        upfront_usd=contract.upfront_usd,
        term_hours=(contract.term_months or 0.0) * HOURS_PER_MONTH,
        term_periods=periods,
        lead_periods=contract.lead_periods,
        lead_hours=(contract.lead_months or 0.0) * HOURS_PER_MONTH,
        min_nodes=contract.min_nodes,
        exact_nodes=contract.exact_nodes,
    )
    if not contract.upfront_fraction:
        return committed
    upfront = contract.upfront_fraction * contract.usd_per_hour * term_hours(committed, horizon)
    recurring = contract.usd_per_hour * (1 - contract.upfront_fraction)
    return committed.having(upfront_usd=round(upfront, MONEY_PLACES), usd_per_hour=round(recurring, MONEY_PLACES))


def _with_facts(option: Option, catalog: Catalog) -> Option:
    """The option with what the catalog knows of its accelerator: vendor, and power under load."""
    accelerator = catalog.accelerators.get(option.accelerator or "")
    if accelerator is None:
        return option
    kw = option.kw_per_node
    if kw is None and accelerator.tdp_watts is not None:
        kw = round(option.count * accelerator.tdp_watts / 1000.0 * catalog.node_power_ratio, 6)
    return option.having(vendor=accelerator.vendor, kw_per_node=kw)
