"""Caps on what can be had at once: as the scenario states them, as a seller does, or assumed for the class of a provider."""

from collections.abc import Iterator, Mapping

from planner.domain.inputs import Catalog, SellerCap
from planner.domain.options import BY_THE_HOUR, Cap, Option
from planner.domain.scenario import InstanceOffer, Scenario

Stated = Mapping[str, int | dict[str, int]]
"""By provider, or by provider and accelerator."""
Held = Mapping[tuple[str, str, str | None], SellerCap]
"""By provider, contract and accelerator."""


def capped_options(options: list[Option], scenario: Scenario, catalog: Catalog) -> tuple[list[Option], dict[str, Cap]]:
    """Options with their cap groups, and the caps: assumed per provider class unless the scenario states them."""
    stated = [Cap("group", g.name, _float(g.max_nodes), _float(g.max_accelerators)) for g in scenario.cap_groups]
    for offer in scenario.offers:
        if isinstance(offer, InstanceOffer) and offer.max_nodes is not None:
            stated.append(Cap("offer", offer.name, float(offer.max_nodes), None))
    caps = {cap.name: cap for cap in stated}
    held = {(cap.provider, cap.contract, cap.accelerator): cap for cap in catalog.caps}
    capped: list[Option] = []
    for option in options:
        limits = [*_hourly_cap(option, scenario, catalog), *_reserved_caps(option, scenario, catalog, held)]
        caps = {limit.name: limit for limit in limits} | caps
        capped.append(option.having(groups=(*option.groups, *(limit.name for limit in limits))) if limits else option)
    return capped, caps


def _hourly_cap(option: Option, scenario: Scenario, catalog: Catalog) -> Iterator[Cap]:
    """Cap on running accelerators of one type at one provider, for what is paid by the hour."""
    if option.action not in BY_THE_HOUR or option.accelerator is None:
        return
    spot = option.action == "spot"
    stated = _stated(scenario.spot_caps if spot else scenario.caps, option)
    provider = catalog.providers.get(option.provider)
    if stated is None and (provider is None or _told(option)):
        return
    assumed = 0 if provider is None else provider.spot_cap_accelerators if spot else provider.on_demand_cap_accelerators
    most = _float(assumed if stated is None else stated)
    yield Cap("provider", option.provider, None, most, "running", stated is None, option.accelerator, option.action)


def _reserved_caps(option: Option, scenario: Scenario, catalog: Catalog, held: Held) -> Iterator[Cap]:
    """Caps on what is in service under contracts: in nodes of one contract, over all places and types, as the provider states it;
    and in accelerators of one type, over all contracts, as the scenario states it or, where it does not, as much as the seller
    or any of its class is known to have sold to a customer."""
    if option.action != "commit" or option.held or option.savings_plan:
        return
    contract = "capacity_block" if option.block_hours else "commitment"
    said = None if _told(option) else held.get((option.provider, contract, None))
    if said is not None:
        yield Cap("provider", option.provider, _float(said.max_nodes), None, contract=contract)
    provider, stated = catalog.providers.get(option.provider), _stated(scenario.reserved_caps, option)
    if option.accelerator is None or (stated is None and (provider is None or _told(option) or said is not None)):
        return
    chips = (option.accelerator, None)
    known = next((held[of] for chip in chips if (of := (option.provider, "reserved", chip)) in held), None)
    assumed = known.max_accelerators if known is not None else provider and provider.reserved_cap_accelerators
    most = _float(assumed if stated is None else stated)
    yield Cap("provider", option.provider, None, most, "live", stated is None, option.accelerator, "reserved")


def _stated(caps: Stated, option: Option) -> int | None:
    most = caps.get(option.provider)
    return most.get(option.accelerator or "") if isinstance(most, dict) else most


def _told(option: Option) -> bool:
    """Whether the price was told to the buyer: the quantity is part of the talk."""
    return option.offer is not None or option.provenance.basis == "quoted"


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)
