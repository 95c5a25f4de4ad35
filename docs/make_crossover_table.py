"""The thresholds of first-principles estimates, posed as scenarios: `PYTHONPATH=. python docs/make_crossover_table.py`.

Prints the tables of `docs/crossover.md`; a test holds the planner to the estimates. The estimates state rents, their decline,
hardware 20% below list, cost of capital, teams and US power. What they leave open (maintenance, spares, share of the network, rent
per kW, price of a building, PUE, tax) is posed twice: at the cheap end of the ranges that the catalog's sources give, and at the
dear end of them. As in the estimates, everything is in service at once and the building keeps its book value.
"""

import sys
from typing import Any, NamedTuple

from planner.analysis.crossover.bisection import AnswerChange, nearest
from planner.analysis.crossover.crossover import never
from planner.analysis.crossover.sizes import Sizes, Way, ways_of
from planner.analysis.crossover.terms import breakeven
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.pipeline import prepare
from planner.solver.watch import Watch

PRECISION = 0.02
SIZES = (0.03, 100.0)
START = 1.0
"""Size from which the threshold is looked for."""
BUSY_HOURS = 118
"""Of the 168 of a week: used 70%."""


class Case(NamedTuple):
    """A rented alternative with the estimates of the first-year rent from which owning is cheaper, millions of dollars."""

    name: str
    accelerator: str
    usd_per_hour: float
    term_months: int | None
    colocation: float | None
    building: float | None


CASES = (
    Case("H100, hyperscaler on demand, 3.90", "h100-sxm-80gb", 3.90, None, 11, 35),
    Case("H100, neocloud on demand, 2.75", "h100-sxm-80gb", 2.75, None, 55, 196),
    Case("H100, one-year commitment, 2.35", "h100-sxm-80gb", 2.35, 12, 15, 50),
    Case("H100, three-year commitment, 1.30", "h100-sxm-80gb", 1.30, 36, None, None),
    Case("B200, hyperscaler on demand, 10.50", "b200-sxm-180gb", 10.50, None, 5, 16),
    Case("B200, one-year commitment, 3.41", "b200-sxm-180gb", 3.41, 12, 15, 49),
)
ONE_YEAR = CASES[2]

CHEAP_END: dict[str, dict[str, Any]] = {
    "colocation": {"size_class": "build_to_suit", "tax_and_insurance_fraction_per_year": "0.5%", "pue": 1.2},
    "datacenter": {"capex_usd_per_mw": "11.5M", "tax_and_insurance_fraction_per_year": "0.5%", "pue": 1.2},
    "server": {"maintenance_fraction_per_year": "5%", "spare_fraction": "5%", "network_fraction": "13%"},
}
DEAR_END: dict[str, dict[str, Any]] = {
    "colocation": {"rent_usd_per_kw_month": 194.95, "tax_and_insurance_fraction_per_year": "1%", "pue": 1.42},
    "datacenter": {},
    "server": {"maintenance_fraction_per_year": "10%", "spare_fraction": "7.5%", "network_fraction": "19%"},
}
PRICES = {"h100-sxm-80gb": 300_000, "b200-sxm-180gb": 480_000}
"""Planning figures of a node of eight, as the estimates had them."""


def scenario_of(
    case: Case,
    figures: dict[str, dict[str, Any]],
    *,
    decline: str = "-10%",
    discount: float | None = 0.2,
    cost_of_capital: str = "10%",
    teams: float = 1.0,
    usd_per_kwh: float | None = None,
) -> Scenario:
    """Four years, 1,000 accelerators at the peak used 70% of the time."""
    node, power = case.usd_per_hour * 8, {} if usd_per_kwh is None else {"usd_per_kwh": usd_per_kwh}
    contract: dict[str, Any] = {"kind": "on_demand", "usd_per_hour": node}
    if case.term_months is not None:
        contract = {"kind": "commitment", "usd_per_hour": node, "term_months": case.term_months}
    site = {"country": "US", "lead_months": 0, **power}
    return Scenario.model_validate(
        {
            "name": case.name,
            "start": "2027-01",
            "years": 4,
            "period": "quarter",
            "discount_rate": cost_of_capital,
            "terminal": "market",  # the estimates are of a steady state: no rent ends with the question
            "catalog": "none",
            "workloads": [
                {
                    "name": "work",
                    "kind": "inference",
                    "unit": "accelerator-hour",
                    "demand_per_hour": 700,
                    "profile": [1.0] * BUSY_HOURS + [0.0] * (168 - BUSY_HOURS),
                }
            ],
            "price_changes": [{"per_year": decline}],
            "offers": [
                {
                    "name": "rent",
                    "country": "US",
                    "accelerator": case.accelerator,
                    "accelerators_per_node": 8,
                    "throughput": {"work": 8},
                    "contracts": [contract],
                }
            ],
            "own": {
                "sites": [
                    {
                        "name": "colo",
                        "kind": "colocation",
                        "term_months": 48,
                        "team_usd_per_year": 3e6 * teams,
                        **site,
                        **figures["colocation"],
                    },
                    {
                        "name": "campus",
                        "kind": "datacenter",
                        "land_and_development_usd": 0,
                        "module_mw": 1,
                        "reuse_fraction": "100%",
                        "team_usd_per_year": 9e6 * teams,
                        **site,
                        **figures["datacenter"],
                    },
                ],
                "servers": [
                    {
                        "accelerator": case.accelerator,
                        "accelerators_per_server": 8,
                        "price_usd": PRICES[case.accelerator],
                        "discount": discount,
                        "lead_months": 0,
                        "throughput": {"work": 8},
                        **figures["server"],
                    }
                ],
            },
        }
    )


class Measured(NamedTuple):
    """What the planner says of one way."""

    usd_per_year: float | None
    """None: never."""
    ratio: float | None
    """r at the threshold."""
    never: str


def measured(scenario: Scenario, catalog: Catalog) -> dict[str, Measured]:
    """The threshold of each way against renting."""
    sizes = Sizes(prepare(scenario, catalog), Watch())
    return {way.name: _found(sizes, way) for way in ways_of(sizes.question) if not way.beside}


def _found(sizes: Sizes, way: Way) -> Measured:
    change = nearest(sizes, way, START, SIZES, PRECISION)
    if not isinstance(change, AnswerChange):
        assert change == "rents"
        return Measured(None, None, never(sizes, way, SIZES[1]))
    low, high = (sizes.at(multiple).rent_usd_per_year() for multiple in (change.low, change.high))
    assert low is not None
    assert high is not None
    return Measured((low * high) ** 0.5, breakeven(sizes.at(change.high), way).variable_ratio, "")


# --- the page -----------------------------------------------------------------------------------------------------

MOVES: tuple[tuple[str, float, dict[str, Any]], ...] = (
    ("as above", 50, {}),
    ("rents stand still", 31, {"decline": "0%"}),
    ("rents fall 20% a year", 138, {"decline": "-20%"}),
    ("hardware at list", 149, {"discount": None}),
    ("cost of capital 7%", 41, {"cost_of_capital": "7%"}),
    ("cost of capital 15%", 101, {"cost_of_capital": "15%"}),
    ("team halved", 28, {"teams": 0.5}),
    ("team doubled", 101, {"teams": 2.0}),
    ("0.05 USD per kWh", 46, {"usd_per_kwh": 0.05}),
    ("0.20 USD per kWh", 79, {"usd_per_kwh": 0.20}),
)
"""(change, estimate for the building against the one-year commitment, what is changed)."""


def _cell(found: Measured) -> str:
    if found.usd_per_year is None or found.ratio is None:
        return "never"
    return f"{found.usd_per_year / 1e6:.0f}M (r {found.ratio:.3f})"


def _estimate(millions: float | None) -> str:
    return "never" if millions is None else f"{millions:.0f}M"


def main() -> None:
    catalog = load_catalog()
    say = sys.stdout.write
    say("| rented alternative | colocation: estimate | cheap end | dear end")
    say(" | building: estimate | cheap end | dear end |\n")
    say("|---|---|---|---|---|---|---|\n")
    for case in CASES:
        cheap, plain = (measured(scenario_of(case, figures), catalog) for figures in (CHEAP_END, DEAR_END))
        cells = [case.name]
        for way, estimate in (("colocation", case.colocation), ("own building", case.building)):
            cells += [_estimate(estimate), _cell(cheap[way]), _cell(plain[way])]
        say(f"| {' | '.join(cells)} |\n")
    case = CASES[1]
    found = measured(scenario_of(case, CHEAP_END, discount=0.25), catalog)
    estimates = (
        _estimate(case.colocation),
        _cell(found["colocation"]),
        _estimate(case.building),
        _cell(found["own building"]),
    )
    say(f"\n{case.name}, hardware 25% below list: {', '.join(estimates)}\n")
    say("\n| H100, one-year commitment, own building | estimate | cheap end |\n|---|---|---|\n")
    for name, estimate, change in MOVES:
        found = measured(scenario_of(ONE_YEAR, CHEAP_END, **change), catalog)["own building"]
        say(f"| {name} | {_estimate(estimate)} | {_cell(found)} |\n")


if __name__ == "__main__":
    main()
