"""A few facts about owning: enough for a server with an H100 in Texas or in Germany, and for nothing else."""

from planner.domain.inputs.ownership_facts import (
    ColocationRent,
    ElectricityTariff,
    OwnershipFacts,
    OwningFigure,
    ResidualCurve,
    ServerPower,
    ServerPrice,
)

SOURCE, AS_OF = "https://facts.example", "2026-10"


def a_figure(name: str, value: float, context: str = "", basis: str = "estimated") -> OwningFigure:
    return OwningFigure(name, context, value, None, None, True, basis, SOURCE, AS_OF, "")


def a_tariff(place: str, usd_per_kwh: float) -> ElectricityTariff:
    return ElectricityTariff(place, "year", usd_per_kwh, True, "listed", SOURCE, AS_OF, "")


def some_facts() -> OwnershipFacts:
    """Round numbers, so that sums can be made by hand."""
    chip = "h100-sxm-80gb"
    return OwnershipFacts(
        server_prices=(
            ServerPrice("s", chip, 8, "server", 300_000.0, None, None, True, "estimated", SOURCE, AS_OF, ""),
        ),
        server_power=(ServerPower("p", chip, 8, "nameplate", 10.0, "listed", SOURCE, AS_OF, ""),),
        colocation_rents=(
            ColocationRent("r", "suite", "", 100, 500, 200.0, None, None, 0.03, True, "observed", SOURCE, AS_OF, ""),
        ),
        electricity_tariffs=(a_tariff("US", 0.08), a_tariff("US-TX", 0.06), a_tariff("DE", 0.2)),
        residual_curves=(
            ResidualCurve("anchor", ((0.0, 1.0), (24.0, 0.6), (48.0, 0.2)), True, "estimated", SOURCE, AS_OF, ""),
        ),
        figures=(
            a_figure("pue", 1.4, "colocation", "observed"),
            a_figure("pue", 1.2, "ai"),
            a_figure("tax_and_insurance_fraction_per_year", 0.01, basis="assumed"),
            a_figure("lead_months", 2.0, "colocation"),
            a_figure("lead_months", 18.0, "own datacenter"),
            a_figure("lead_months", 1.0, "servers"),
            a_figure("team_fte", 4.0, "136 accelerators"),
            a_figure("site_staff_fte", 30.0, "retail datacenter 2-5 MW"),
            a_figure("engineer_usd_per_year", 250_000.0, "US", "assumed"),
            a_figure("servers_per_fte", 50.0),
            a_figure("fit_out_usd_per_mw", 1_000_000.0),
            a_figure("facility_capex_usd_per_mw", 12_000_000.0),
            a_figure("facility_life_months", 144.0),
            a_figure("network_share_of_cluster_cost", 0.15),
            a_figure("storage_share_of_datacenter_cost", 0.05),
            a_figure("measured_draw_fraction", 0.75, "gpu"),
            a_figure("maintenance_fraction_per_year", 0.05, basis="assumed"),
            a_figure("spare_fraction", 0.05),
            a_figure("economic_life_months", 48.0),
        ),
    )
