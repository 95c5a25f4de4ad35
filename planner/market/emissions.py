"""Carbon intensity of the electricity of an option: the scenario's word, else the catalog's."""

from planner.domain.inputs import Catalog
from planner.domain.options import Option
from planner.domain.scenario import Scenario

GRAMS_PER_TONNE = 1e6


def intensity_of(option: Option, scenario: Scenario, catalog: Catalog) -> float | None:
    """Grams CO2e per kWh where an option's nodes stand; None if nobody says.

    Order: what the site of one's own says; the scenario's by region, by country, `default`; the catalog's by region, by country;
    the scenario's figure for the unknown.
    """
    if option.asset is not None and option.asset.g_per_kwh is not None:
        return option.asset.g_per_kwh
    stated = scenario.carbon.intensity_g_per_kwh if scenario.carbon else {}
    for place in (option.region, option.country, "default"):
        if place in stated:
            return stated[place]
    known = catalog.carbon_of(option.provider, option.region, option.country)
    if known is not None:
        return known.grams_co2e_per_kwh
    return scenario.carbon.unknown_g_per_kwh if scenario.carbon else None


def pue_of(option: Option, rented: float) -> float:
    """Power of the building per power of the node; `rented` is that of other people's buildings."""
    return rented if option.asset is None else option.asset.pue


def tonnes_per_node_hour(kw_per_node: float | None, grams_per_kwh: float | None, pue: float) -> float | None:
    """kW × PUE × g/kWh / 1e6; None if power or intensity is unknown.

    >>> round(tonnes_per_node_hour(8.4, 350.0, 1.2), 9)
    0.003528
    """
    if kw_per_node is None or grams_per_kwh is None:
        return None
    return kw_per_node * pue * grams_per_kwh / GRAMS_PER_TONNE
