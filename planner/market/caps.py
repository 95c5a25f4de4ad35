"""Caps on what can be had at once: as the scenario states them, as a seller does, or assumed for the class of a provider."""

from collections.abc import Mapping
from dataclasses import replace

from planner.domain.inputs import Catalog
from planner.domain.options import BY_THE_HOUR, Cap, Option
from planner.domain.scenario import InstanceOffer, Scenario


def capped_options(options: list[Option], scenario: Scenario, catalog: Catalog) -> tuple[list[Option], dict[str, Cap]]:
    """Options with their cap groups, and the caps: assumed per provider class unless the scenario states them."""
    stated = [Cap("group", g.name, _float(g.max_nodes), _float(g.max_accelerators)) for g in scenario.cap_groups]
    for offer in scenario.offers:
        if isinstance(offer, InstanceOffer) and offer.max_nodes is not None:
            stated.append(Cap("offer", offer.name, float(offer.max_nodes), None))
    caps = {cap.name: cap for cap in stated}
    held = {(cap.provider, cap.contract): float(cap.max_nodes) for cap in catalog.caps}
    capped: list[Option] = []
    for option in options:
        limit = _accelerator_cap(option, scenario, catalog) or _seller_cap(option, held)
        if limit is None:
            capped.append(option)
            continue
        caps.setdefault(limit.name, limit)
        capped.append(replace(option, groups=(*option.groups, limit.name)))
    return capped, caps


def _accelerator_cap(option: Option, scenario: Scenario, catalog: Catalog) -> Cap | None:
    """Cap on running accelerators of one type at one provider, for what is paid by the hour."""
    if option.action not in BY_THE_HOUR or option.accelerator is None:
        return None
    spot = option.action == "spot"
    stated = (scenario.spot_caps if spot else scenario.caps).get(option.provider)
    if isinstance(stated, dict):
        stated = stated.get(option.accelerator)
    assumed = stated is None
    if assumed:
        provider = catalog.providers.get(option.provider)
        if provider is None or option.offer is not None or option.provenance.basis == "quoted":
            return None
        stated = provider.spot_cap_accelerators if spot else provider.on_demand_cap_accelerators
    return Cap("provider", option.provider, None, _float(stated), "running", assumed, option.accelerator, option.action)


def _seller_cap(option: Option, held: Mapping[tuple[str, str], float]) -> Cap | None:
    """Cap on nodes of one contract at one provider, over all places and types, as the provider states it."""
    contract = "capacity_block" if option.block_hours else "commitment"
    most = held.get((option.provider, contract))
    own = option.offer is not None or option.held or option.provenance.basis == "quoted"
    if most is None or own or option.action != "commit":
        return None
    return Cap("provider", option.provider, most, None, contract=contract)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)
