"""Figures of what may be owned: where they come from, what is refused, what is rounded.

What is refused, and in which words, stands in `tests/malformed/scenarios/own_*.yaml`.
"""

import pytest
from owning_facts import AS_OF, SOURCE, some_facts

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario
from planner.errors import InputErrors
from planner.inputs.resolved import ResolvedScenario, resolved
from planner.inputs.scenario_file import load_text
from planner.market.owned.purchase import owned_market

CATALOG = Catalog(
    accelerators={
        id_: Accelerator(id=id_, vendor="V", name=id_, source="test", checked_on="2026-10")
        for id_ in ("h100-sxm-80gb", "mi300x")
    },
    aliases={"h100": "h100-sxm-80gb"},
    ownership=some_facts(),
)
BASE = """\
start: 2027-01
years: {years}
period: quarter
workloads:
  - {{name: t, kind: training, accelerator_hours_per_month: 10k, reference_accelerator: h100}}
own:
  sites:
    - {{name: hall, kind: colocation, country: US, place: US-TX, term_months: {term}{site}}}
  servers:
    - {{accelerator: h100{server}}}
"""


def text(years: int = 4, term: float = 24, site: str = "", server: str = "") -> str:
    return BASE.format(years=years, term=term, site=site, server=server)


def values(source: str) -> dict[str, ResolvedScenario]:
    loaded = load_text(source, "s.yaml", catalog=CATALOG)
    return {value.path: value for value in resolved(loaded.scenario, loaded.document, CATALOG)}


def test_the_catalog_fills_in_figures_with_source_and_date() -> None:
    found = values(text())
    tariff = found["own.sites.hall.usd_per_kwh"]
    assert (tariff.value, tariff.origin) == (0.06, f"catalog: {SOURCE} (listed, {AS_OF})")
    assert found["own.servers.0.price_usd"].value == 300_000
    assert found["own.servers.0.lead_months"].value == 1.0
    assert found["own.servers.0.residual_curve"].value == [[0.0, 1.0], [24.0, 0.6], [48.0, 0.2]]
    assert found["own.servers.0.keep_months"] == ResolvedScenario(
        "own.servers.0.keep_months", [24.0, 36.0, 48.0], "default"
    )


def test_people_are_worth_what_an_engineer_costs() -> None:
    found = values(text())
    assert found["own.sites.hall.team_usd_per_year"].value == 1_000_000  # 4 people × 250,000
    assert found["own.servers.0.staff_usd_per_server_year"].value == 5_000  # 250,000 / 50 servers
    origin = found["own.sites.hall.team_usd_per_year"].origin
    assert origin == f"catalog: {SOURCE} (estimated, {AS_OF}); {SOURCE} (assumed, {AS_OF})"


def test_what_the_scenario_says_keeps_its_place() -> None:
    found = values(text(site=", usd_per_kwh: 0.09", server=", price_usd: 240k, keep_months: [36]"))
    assert (found["own.sites.hall.usd_per_kwh"].value, found["own.sites.hall.usd_per_kwh"].origin) == (0.09, "s.yaml:8")
    assert (found["own.servers.0.price_usd"].value, found["own.servers.0.price_usd"].origin) == (240_000, "s.yaml:10")
    assert found["own.servers.0.keep_months"].value == [36.0]


def test_a_stated_rent_does_not_rise_unless_it_is_said() -> None:
    assert values(text())["own.sites.hall.rent_rise_per_year"].value == 0.03
    stated = values(text(site=", rent_usd_per_kw_month: 150"))["own.sites.hall.rent_rise_per_year"]
    assert (stated.value, stated.origin) == (0.0, "default")


def test_times_that_are_no_whole_periods_are_told() -> None:
    notes = load_text(text(term=25), "s.yaml", catalog=CATALOG).document.notes
    assert notes == (
        "own.sites.hall: 25 months of a contract are taken as 8 periods",  # 25 / 3 = 8.33, rounded down
        "own.sites.hall: 2 months from signing to power are taken as 1 period",  # 2 / 3, rounded up
        "own.servers.h100-sxm-80gb: 1 month from order to service are taken as 1 period",
    )
    months = text().replace("period: quarter\n", "")
    assert load_text(months, "s.yaml", catalog=CATALOG).document.notes == ()


@pytest.mark.parametrize("years", [1, 2])
def test_power_that_comes_in_the_last_period_is_of_use(years: int) -> None:
    lead = years * 12 - 3
    loaded = load_text(text(years=years, site=f", lead_months: {lead}"), "s.yaml", catalog=CATALOG)
    assert loaded.scenario.own is not None
    with pytest.raises(InputErrors, match="no period of service"):
        load_text(text(years=years, site=f", lead_months: {lead + 1}"), "s.yaml", catalog=CATALOG)


def test_the_market_refuses_what_nobody_prices_all_at_once() -> None:
    scenario = Scenario.model_validate(
        {
            "start": "2027-01",
            "workloads": [{"name": "t", "kind": "training", "unit": "u", "demand_per_hour": 1}],
            "own": {
                "sites": [{"name": "hall", "kind": "colocation", "term_months": 24, "size_class": "cage"}],
                "servers": [{"accelerator": "mi300x"}],
            },
        }
    )
    with pytest.raises(InputErrors) as caught:
        owned_market(scenario, CATALOG)
    assert [m.help for m in caught.value.mistakes] == [
        "give `usd_per_kwh`",
        "give `rent_usd_per_kw_month`",
        "give `rent_rise_per_year`",
        "give `accelerators_per_server`",
        "give `price_usd`",
        "give `nameplate_kw`",
    ]


def test_every_default_of_the_catalog_is_there() -> None:
    """The bundled facts know every figure that a site and a server with an H100 take by default."""
    from planner.inputs.catalog.load import load_catalog

    catalog = load_catalog(None)
    source = text() + (
        "    - {accelerator: b200-sxm-180gb}\n    - {accelerator: gb200-186gb}\n"
        "    - {accelerator: h200-sxm-141gb, nameplate_kw: 10.2}\n"
    )
    campus = (
        "    - {name: campus, kind: datacenter, country: DE, land_and_development_usd: 5M,"
        " module_mw: 2, reuse_fraction: 50%}\n"
    )
    loaded = load_text(source.replace("  servers:\n", campus + "  servers:\n"), "s.yaml", catalog=catalog)
    found = [
        value for value in resolved(loaded.scenario, loaded.document, catalog) if value.origin.startswith("catalog:")
    ]
    assert len(found) > 40
    assert all("(" in value.origin and ", 20" in value.origin for value in found)
