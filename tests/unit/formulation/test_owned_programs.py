"""What the program of owned things offers, and what the plan says of hours worked."""

import pytest
from planning import a_scenario, an_offer, flexible, on_demand, planned

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.formulation.build import build
from planner.market.owned.figures import exact, per_hour, to_micro
from planner.pipeline import prepare

CHIP = Accelerator(
    id="chip",
    vendor="Acme",
    name="Chip",
    memory_gb=80.0,
    memory_bandwidth_gb_per_s=3000.0,
    bf16_tflops=900.0,
    link_gb_per_s=400.0,
    source="datasheet",
    checked_on="2026-10",
)
CATALOG = Catalog(accelerators={"chip": CHIP})
SITE = {
    "name": "hall",
    "kind": "colocation",
    "usd_per_kwh": 0.0925,
    "pue": 1.42,
    "team_usd_per_year": 0,
    "tax_and_insurance_fraction_per_year": 0,
    "lead_months": 0,
    "term_months": 12,
    "rent_usd_per_kw_month": 100,
    "fit_out_usd_per_kw": 0,
}
SERVER = {
    "accelerator": "chip",
    "accelerators_per_server": 8,
    "price_usd": 100_000,
    "network_fraction": 0.1,
    "storage_fraction": 0,
    "nameplate_kw": 10.2,
    "draw_fraction": 0.75,
    "maintenance_fraction_per_year": 0,
    "spare_fraction": 0,
    "staff_usd_per_server_year": 0,
    "lead_months": 0,
    "life_months": 24,
    "residual_curve": [[0, 1], [24, 0.4]],
    "throughput": {"work": 1.0},
}
RUN = {"name": "work", "kind": "training_run", "unit": "unit", "work": 3000.0, "failures_per_accelerator_year": 0}


def test_prices_are_rounded_as_they_are_written_down() -> None:
    """10.2 kW × 0.75 × 1.42 × 0.0925 USD = 1.0048275 USD an hour, half way: binary fractions would round it down."""
    assert round(10.2 * 0.75 * 1.42 * 0.0925, 6) == 1.004827
    assert to_micro(exact(10.2) * exact(0.75) * exact(1.42) * exact(0.0925)) == 1.004828
    plan = planned(
        a_scenario(
            quarters=4,
            start="2027-01",
            workloads=[flexible("work", 1.0)],
            offers=[an_offer("rent", {"work": 1.0}, on_demand(60.0))],
            own={"sites": [SITE], "servers": [SERVER]},
        ),
        catalog=CATALOG,
    )
    assert {c.unit_price_usd for c in plan.charges if c.kind == "energy"} == {1.004828}
    assert per_hour(exact(8760.0)) == 1.0


@pytest.mark.parametrize(("month", "first"), [(None, 0), ("2027-04", 1), ("2027-05", 2), ("2030-01", 4)])
def test_a_site_is_opened_no_earlier_than_it_can_be_had(month: str | None, first: int) -> None:
    scenario = a_scenario(
        quarters=4,
        start="2027-01",
        workloads=[flexible("work", 1.0)],
        offers=[an_offer("rent", {"work": 1.0}, on_demand(60.0))],
        own={"sites": [SITE | {"available_from": month}], "servers": [SERVER]},
    )
    x = build(prepare(scenario, CATALOG).parameters).variables
    assert [v for _, v in x.open] == list(range(first, 4))


def test_hours_after_the_end_of_a_run_are_not_hours_worked() -> None:
    """3,000 units at 1 an hour: 2,190 h and 810 h of the second quarter; the server draws as at work until its end."""
    plan = planned(
        a_scenario(
            quarters=4,
            start="2027-01",
            workloads=[RUN | {"max_accelerators": 8}],
            own={"sites": [SITE], "servers": [SERVER | {"idle_draw_fraction": 0.5}]},
        ),
        catalog=CATALOG,
    )
    hours = [(p.busy_accelerator_hours, p.kwh) for p in plan.sites[0].periods if p.busy_accelerator_hours]
    full = 2190 * 10.2 * 0.75 * 1.42
    assert hours == [(2190 * 8, pytest.approx(full)), (pytest.approx(810 * 8), pytest.approx(full))]


def test_prices_of_rents_do_not_move_those_of_what_is_owned() -> None:
    plan = planned(
        a_scenario(
            quarters=4,
            start="2027-01",
            workloads=[flexible("work", 1.0)],
            offers=[an_offer("rent", {"work": 1.0}, on_demand(60.0), accelerator="chip")],
            price_changes=[{"accelerator": "chip", "per_year": -0.3}],
            own={"sites": [SITE], "servers": [SERVER | {"price_change_per_year": -0.1}]},
        ),
        catalog=CATALOG,
    )
    changes = {o.action: o.change_per_year for o in plan.inputs.options}
    assert changes["buy"] == -0.1
    assert changes["lease"] == 0.0


def test_maintenance_and_tax_are_shares_of_what_was_paid() -> None:
    """A year later a server costs 80%: 80,000 and 8,888.888889 of network, so 10% of maintenance and 1% of tax fall as well."""
    plan = planned(
        a_scenario(
            periods=[{"hours": 8760}] * 3,
            workloads=[flexible("work", [0.5, 1.5, 1.5])],
            own={
                "sites": [SITE | {"tax_and_insurance_fraction_per_year": 0.01}],
                "servers": [
                    SERVER
                    | {
                        "price_change_per_year": -0.2,
                        "maintenance_fraction_per_year": 0.1,
                        "life_months": 36,
                        "keep_months": [36],
                    }
                ],
            },
        ),
        catalog=CATALOG,
    )
    yearly = {
        (c.kind, c.signed_index): c.usd for c in plan.charges if c.option.startswith("own:hall/chip") and c.period == 2
    }
    assert yearly["maintenance", 0] == pytest.approx(10_000, abs=0.01)
    assert yearly["maintenance", 1] == pytest.approx(8000, abs=0.01)
    assert yearly["tax and insurance", 0] == pytest.approx(100_000 / 0.9 * 0.01, abs=0.01)
    assert yearly["tax and insurance", 1] == pytest.approx(80_000 / 0.9 * 0.01, abs=0.01)
