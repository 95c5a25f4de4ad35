"""Assumptions that a threshold rests on, each at two other values: the same question with one thing changed."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.analysis.baselines import without_assumed_caps
from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.scenario import Carbon, DatacenterSite, Own, PriceChange, Scenario, Server, Site
from planner.domain.time import shape_of
from planner.domain.workloads import Development, Inference, Workload
from planner.market import ServerDesk, SiteDesk, rent_row
from planner.pipeline import Question, on_market, prepare

POINTS = 0.1
"""Ten percentage points."""
DEAREST_CARBON = 100.0
"""USD per tonne that a cost of carbon is tried at, on top of the scenario's."""


class AssumptionSetting(NamedTuple):
    """A value that an assumption is set to."""

    label: str
    question: Callable[[], Question]


class Factor(NamedTuple):
    """An assumption with a low and a high value."""

    name: str
    low: AssumptionSetting
    high: AssumptionSetting


def factors_of(question: Question) -> Iterator[Factor]:
    """Everything that can be changed about a question, in the order of this page."""
    scenario, catalog = question.scenario, question.catalog
    own = scenario.own
    assert own is not None

    def with_scenario(changed: Scenario) -> Callable[[], Question]:
        return lambda: prepare(changed, catalog)

    def relative(name: str, changed: Callable[[float], Scenario], low: float, high: float) -> Factor:
        return Factor(
            name,
            *(AssumptionSetting(f"{by - 1:+.0%}", with_scenario(changed(by))) for by in (low, high)),
        )

    yield Factor(
        "rents",
        AssumptionSetting("-20%", lambda: rents_times(question, 0.8)),
        AssumptionSetting("+25%", lambda: rents_times(question, 1.25)),
    )
    yield Factor(
        "yearly change of rents",
        AssumptionSetting("-10 points", with_scenario(rents_moving(scenario, -POINTS))),
        AssumptionSetting("+10 points", with_scenario(rents_moving(scenario, POINTS))),
    )
    yield relative("hardware price", lambda by: _servers(scenario, catalog, _price(by)), 0.8, 1.25)
    yield Factor(
        "cost of capital",
        *(
            AssumptionSetting(f"{rate:.0%}", with_scenario(scenario.model_copy(update={"discount_rate": rate})))
            for rate in (max(scenario.discount_rate - 0.03, 0.0), scenario.discount_rate + 0.05)
        ),
    )
    yield relative("electricity", lambda by: _sites(scenario, catalog, _electricity(by)), 0.5, 2.0)
    low, high = used(scenario, catalog, -POINTS), used(scenario, catalog, POINTS)
    if low != scenario or high != scenario:
        yield Factor(
            "utilisation",
            AssumptionSetting("-10 points", with_scenario(low)),
            AssumptionSetting("+10 points", with_scenario(high)),
        )
    yield relative("fixed team", lambda by: _sites(scenario, catalog, _team(by)), 0.5, 2.0)
    if any(isinstance(site, DatacenterSite) for site in own.sites):
        yield Factor(
            "re-use of the building",
            *(
                AssumptionSetting(label, with_scenario(_sites(scenario, catalog, _reuse(by))))
                for label, by in (("-50 points", -0.5), ("+50 points", 0.5))
            ),
        )
    yield relative("maintenance", lambda by: _maintenance(scenario, catalog, by), 0.5, 2.0)
    stated = scenario.carbon.usd_per_tonne if scenario.carbon else 0.0
    yield Factor(
        "cost of carbon",
        *(
            AssumptionSetting(f"${usd:g}/t", with_scenario(_carbon(scenario, usd)))
            for usd in (0.0 if stated else stated, stated + DEAREST_CARBON)
        ),
    )


# --- rents -------------------------------------------------------------------------------------------------------


def rents_times(question: Question, by: float) -> Question:
    """Everything that is rented at a multiple of its price; what is held or owned stays as it is."""

    def changed(option: Option) -> Option:
        if option.asset is not None or option.held:
            return option
        return option.at_price_times(by)

    market = question.market
    return on_market(question, market._replace(options=tuple(changed(option) for option in market.options)))


def rents_moving(scenario: Scenario, points: float) -> Scenario:
    """All price paths of rents a year faster or slower by so much; at most down to a tenth a year."""
    moved = [
        change.model_copy(update={"per_year": max(change.per_year + points, -0.9)}) for change in scenario.price_changes
    ]
    rest = PriceChange(per_year=points)  # what no entry names; entries that name as little come later and are used
    return scenario.model_copy(update={"price_changes": (rest, *moved)})


def colocation_times(question: Question, by: float) -> Question:
    """Rents of colocation at a multiple of their price."""
    scenario, facts = question.scenario, question.catalog.ownership

    def changed(site: Site, _desk: SiteDesk) -> Site:
        if isinstance(site, DatacenterSite):
            return site
        row = rent_row(site, facts)
        stated = site.rent_usd_per_kw_month
        rent = stated if stated is not None else row.usd_per_kw_month if row else 0.0
        rise = site.rent_rise_per_year
        if rise is None:
            rise = row.rise_per_year or 0.0 if row and site.rent_usd_per_kw_month is None else 0.0
        return site.model_copy(update={"rent_usd_per_kw_month": rent * by, "rent_rise_per_year": rise})

    return prepare(_sites(scenario, question.catalog, changed), question.catalog)


def any_contract(question: Question) -> Question:
    """The question with all kinds and terms of contracts allowed, nobody short of anything by assumption alone."""
    scenario = question.scenario.model_copy(update={"max_term_months": None, "contracts": None})
    free = prepare(scenario, question.catalog)
    return on_market(free, without_assumed_caps(free.market))


# --- what is owned -----------------------------------------------------------------------------------------------


def _servers(scenario: Scenario, catalog: Catalog, changed: Callable[[Server, ServerDesk], Server]) -> Scenario:
    own = _own(scenario)
    servers = tuple(changed(server, ServerDesk(server, own, catalog)) for server in own.servers)
    return scenario.model_copy(update={"own": own.model_copy(update={"servers": servers})})


def _sites(scenario: Scenario, catalog: Catalog, changed: Callable[[Site, SiteDesk], Site]) -> Scenario:
    own = _own(scenario)
    sites = tuple(changed(site, SiteDesk(site, scenario, catalog)) for site in own.sites)
    return scenario.model_copy(update={"own": own.model_copy(update={"sites": sites})})


def _own(scenario: Scenario) -> Own:
    assert scenario.own is not None
    return scenario.own


def _price(by: float) -> Callable[[Server, ServerDesk], Server]:
    return lambda server, desk: server.model_copy(update={"price_usd": float(desk.price) * by, "discount": None})


def _electricity(by: float) -> Callable[[Site, SiteDesk], Site]:
    return lambda site, desk: site.model_copy(update={"usd_per_kwh": desk.usd_per_kwh * by})


def _team(by: float) -> Callable[[Site, SiteDesk], Site]:
    return lambda site, desk: site.model_copy(update={"team_usd_per_year": float(desk.team) * by})


def _reuse(by: float) -> Callable[[Site, SiteDesk], Site]:
    def changed(site: Site, _desk: SiteDesk) -> Site:
        if not isinstance(site, DatacenterSite):
            return site
        return site.model_copy(update={"reuse_fraction": min(max(site.reuse_fraction + by, 0.0), 1.0)})

    return changed


def _maintenance(scenario: Scenario, catalog: Catalog, by: float) -> Scenario:
    """Of servers and of buildings."""

    def of_site(site: Site, _desk: SiteDesk) -> Site:
        if not isinstance(site, DatacenterSite):
            return site
        share = min(site.maintenance_fraction_per_year * by, 1.0)
        return site.model_copy(update={"maintenance_fraction_per_year": share})

    def of_server(server: Server, desk: ServerDesk) -> Server:
        return server.model_copy(update={"maintenance_fraction_per_year": min(desk.maintenance * by, 1.0)})

    return _servers(_sites(scenario, catalog, of_site), catalog, of_server)


def _carbon(scenario: Scenario, usd_per_tonne: float) -> Scenario:
    block = scenario.carbon or Carbon()
    return scenario.model_copy(update={"carbon": block.model_copy(update={"usd_per_tonne": usd_per_tonne})})


# --- utilisation -------------------------------------------------------------------------------------------------


def used(scenario: Scenario, catalog: Catalog, points: float) -> Scenario:
    """The same work with the peak of every online workload busy for more or less of the time."""
    profiles = {name: profile.values for name, profile in catalog.profiles.items()}

    def changed(workload: Workload) -> Workload:
        if not isinstance(workload, Inference | Development) or isinstance(workload.demand_per_hour, tuple):
            return workload
        shape = shape_of(workload, profiles)
        values = reshaped(shape, points)
        return workload if values == shape else workload.model_copy(update={"profile": values})

    return scenario.model_copy(update={"workloads": tuple(changed(w) for w in scenario.workloads)})


def reshaped(shape: tuple[float, ...], points: float) -> tuple[float, ...]:
    """A load shape whose mean is so much more or less of its peak: valleys filled evenly, or the quietest hours emptied.

    >>> reshaped((1.0, 1.0, 0.0, 0.0), 0.25)  # used half of the time, then three quarters
    (1.0, 1.0, 0.5, 0.5)
    >>> reshaped((1.0, 1.0, 1.0, 1.0), -0.25)
    (0.0, 1.0, 1.0, 1.0)
    >>> reshaped((1.0, 1.0), 0.1)
    (1.0, 1.0)
    """
    peak = max(shape)
    level = [value / peak for value in shape]
    mean = sum(level) / len(level)
    wanted = min(max(mean + points, 0.05), 1.0)
    if wanted >= mean:
        fill = 0.0 if mean >= 1 - 1e-12 else (wanted - mean) / (1 - mean)
        return tuple(value + (1 - value) * fill for value in level) if fill else shape
    excess = (mean - wanted) * len(level)
    for hour in sorted(range(len(level)), key=lambda h: level[h]):
        taken = min(level[hour], excess)
        level[hour] -= taken
        excess -= taken
    return tuple(level)
