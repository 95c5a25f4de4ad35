"""Levers of what can be had: caps, quantities, delivery, releases, and the filters on what is offered."""

from collections.abc import Iterator
from typing import Any

from planner.analysis.infeasible.levers.levers import ASSUMED, FILTER, STATED, Lever
from planner.analysis.infeasible.settings import Path
from planner.analysis.plan import unit_prices
from planner.domain.scenario import Commitment, InstanceOffer, OnDemand, Scenario
from planner.domain.time import Horizon
from planner.pipeline import Question

ENDLESS = 10_000_000
"""A cap that caps nothing."""
MOST_ASSUMED = 6
"""Assumed caps that are looked at, those of the cheapest options first."""
FILTERS = {
    "clouds": "provider",
    "regions": "region",
    "countries": "country",
    "vendors": "vendor",
    "accelerators": "accelerator",
}
"""Filters that scenario and workloads have, and the bottleneck they make."""


def supply_levers(question: Question, horizon: Horizon) -> Iterator[Lever]:
    """Limits of the market as the scenario states or assumes them."""
    scenario = question.scenario
    yield from _caps(scenario)
    for i, group in enumerate(scenario.cap_groups):
        for name in ("max_nodes", "max_accelerators"):
            most = getattr(group, name)
            if most is not None:
                what = f"the cap of the group `{group.name}`"
                yield raise_of("market", ("cap_groups", i, name), what, most, unit=_unit(name))
    for i, offer in enumerate(scenario.offers):
        if isinstance(offer, InstanceOffer):
            yield from _offer(offer, ("offers", i), horizon)
    for i, quote in enumerate(scenario.quotes):
        if quote.min_nodes > 1:
            what = f"the least quantity of the quote of {quote.provider}"
            yield lower_to("commitment", ("quotes", i, "min_nodes"), what, quote.min_nodes, 1, unit="nodes")
    for i, entry in enumerate(scenario.lead_times):
        if entry.months > 0:
            yield lower_to("lead", ("lead_times", i, "months"), "what delivery takes", entry.months, 0, unit="months")
    yield from _dates(scenario, horizon)
    yield from _assumed(question)


def _unit(name: str) -> str:
    return "accelerators" if name == "max_accelerators" else "nodes"


def raise_of(family: str, path: Path, said: str, now: float, *, unit: str, workload: str | None = None) -> Lever:
    """A whole number that may be raised for ever."""
    return Lever(
        family,
        path,
        said,
        STATED,
        {path: ENDLESS},
        workload,
        unit,
        lambda x: {path: round(x)},
        float(now),
        None,
        whole=True,
    )


def lower_to(
    family: str, path: Path, said: str, now: float, end: float, *, unit: str, workload: str | None = None
) -> Lever:
    """A whole number that may be lowered to `end`."""
    return Lever(
        family,
        path,
        said,
        STATED,
        {path: end},
        workload,
        unit,
        lambda x: {path: round(x)},
        float(now),
        float(end),
        whole=True,
    )


def _caps(scenario: Scenario) -> Iterator[Lever]:
    for field, kind in (("caps", "on demand"), ("spot_caps", "spot")):
        for provider, stated in getattr(scenario, field).items():
            what = f"the cap on accelerators {kind} at {provider}"
            if not isinstance(stated, dict):
                yield raise_of("market", (field, provider), what, stated, unit="accelerators")
                continue
            for accelerator, most in stated.items():
                said = f"the cap on {accelerator} {kind} at {provider}"
                yield raise_of("market", (field, provider, accelerator), said, most, unit="accelerators")


def _offer(offer: InstanceOffer, path: Path, horizon: Horizon) -> Iterator[Lever]:
    if offer.max_nodes is not None:
        yield raise_of(
            "market", (*path, "max_nodes"), f"the most nodes of `{offer.name}`", offer.max_nodes, unit="nodes"
        )
    for j, contract in enumerate(offer.contracts):
        here: Path = (*path, "contracts", j)
        kind = contract.kind.replace("_", " ")
        if contract.max_nodes is not None:
            said = f"the most nodes of `{offer.name}` {kind}"
            yield raise_of("market", (*here, "max_nodes"), said, contract.max_nodes, unit="nodes")
        if isinstance(contract, OnDemand | Commitment) and contract.exact_nodes is not None:
            exact: Path = (*here, "exact_nodes")
            said = f"the fixed quantity of `{offer.name}` {kind}"
            settings = {exact: None}
            choices = ((f"any number instead of exactly {contract.exact_nodes}", settings),)
            yield Lever("commitment", exact, said, STATED, settings, unit="nodes", choices=choices)
        if isinstance(contract, Commitment):
            yield from _commitment(offer.name, contract, here)
    if offer.available_from is not None and horizon.periods[0].start[:1].isdigit():
        since: Path = (*path, "available_from")
        yield earlier("lead", since, f"the month from which `{offer.name}` can be had", offer.available_from, horizon)


def _commitment(name: str, contract: Commitment, here: Path) -> Iterator[Lever]:
    if contract.min_nodes > 1:
        said = f"the least quantity of `{name}`"
        yield lower_to("commitment", (*here, "min_nodes"), said, contract.min_nodes, 1, unit="nodes")
    if contract.lead_periods > 0:
        said = f"what delivery of `{name}` takes"
        yield lower_to("lead", (*here, "lead_periods"), said, contract.lead_periods, 0, unit="periods")
    if contract.lead_months:
        said = f"what delivery of `{name}` takes"
        yield lower_to("lead", (*here, "lead_months"), said, contract.lead_months, 0, unit="months")


def earlier(family: str, path: Path, said: str, month: str, horizon: Horizon) -> Lever:
    """A month that may come earlier, as an amount: the index of its period."""
    first = horizon.first_from(month)
    starts = [p.start for p in horizon.periods]
    return Lever(
        family,
        path,
        said,
        STATED,
        {path: starts[0]},
        None,
        "period",
        lambda x: {path: starts[round(x)]},
        float(first),
        0.0,
        whole=True,
    )


def _dates(scenario: Scenario, horizon: Horizon) -> Iterator[Lever]:
    for i, release in enumerate(scenario.releases):
        said = f"the release of {release.accelerator}"
        if release.month is not None and horizon.periods[0].start[:1].isdigit():
            yield earlier("lead", ("releases", i, "month"), said, release.month, horizon)
        elif release.period:
            yield lower_to("lead", ("releases", i, "period"), said, release.period, 0, unit="period")


def _assumed(question: Question) -> Iterator[Lever]:
    """Caps that were assumed for the class of a provider: the user may know better."""
    assumed = {name: cap for name, cap in question.market.caps.items() if cap.assumed}
    if not assumed:
        return
    seen: dict[str, None] = {}
    for units in unit_prices(question).values():
        for unit in units:
            for name in question.market.options[unit.option].groups:
                if name in assumed and len(seen) < MOST_ASSUMED:
                    seen.setdefault(name)
    for name in seen:
        cap = assumed[name]
        contract = cap.contract or ""
        field = "spot_caps" if contract == "spot" else "caps"
        if isinstance(getattr(question.scenario, field).get(cap.of), int):
            continue
        path: Path = (field, cap.of, cap.accelerator or "")
        said = f"the assumed cap on {cap.accelerator} {contract.replace('_', ' ')} at {cap.of}"
        most = cap.max_accelerators or 0.0
        lever = raise_of("market", path, said, most, unit="accelerators")
        yield Lever(**{**vars(lever), "rank": ASSUMED})


def filter_levers(scenario: Scenario) -> Iterator[Lever]:
    """Filters on what is offered, of the scenario and of its workloads."""
    owners: list[tuple[Path, Any, str | None]] = [((), scenario, None)]
    owners += [(("workloads", i), w, w.name) for i, w in enumerate(scenario.workloads)]
    for path, owner, name in owners:
        for field, family in FILTERS.items():
            allowed = getattr(owner, field)
            if allowed is not None:
                default = field == "vendors" and field not in owner.model_fields_set
                whose = f" of `{name}`" if name else ""
                yield _filter((*path, field), family, f"`{field}`{whose}", ASSUMED if default else FILTER, name)
        apis = getattr(owner, "hosted_apis", None)
        if apis is not None:
            yield _filter((*path, "hosted_apis"), "provider", "`hosted_apis`", FILTER, name)
    if scenario.contracts is not None:
        yield _filter(("contracts",), "contract", "`contracts`", FILTER, None)
    if scenario.max_term_months is not None:
        path = ("max_term_months",)
        yield Lever(
            "term",
            path,
            "the longest term",
            STATED,
            {path: None},
            unit="months",
            at=lambda x: {("max_term_months",): float(round(x))},
            now=scenario.max_term_months,
            whole=True,
        )
    age: Path = ("max_price_age_months",)
    rank = STATED if "max_price_age_months" in scenario.model_fields_set else ASSUMED
    if scenario.catalog != "none":
        yield Lever(
            "price_age",
            age,
            "the largest age of a price",
            rank,
            {age: 1200.0},
            unit="months",
            at=lambda x: {age: float(round(x))},
            now=scenario.max_price_age_months,
            end=1200.0,
            whole=True,
        )


def _filter(path: Path, family: str, said: str, rank: int, workload: str | None) -> Lever:
    return Lever(family, path, said, rank, {path: None}, workload)
