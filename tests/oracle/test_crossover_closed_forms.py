"""From which size it pays to own, against arithmetic on paper and against programs that know nothing of thresholds."""

from math import sqrt

import pytest
from planning import (
    EMPTY,
    a_colocation,
    a_datacenter,
    a_scenario,
    a_server,
    an_offer,
    commitment,
    flexible,
    months,
    on_demand,
    online,
    owning,
    solution,
)

from planner.analysis.crossover.bisection import AnswerChange, changes, grid
from planner.analysis.crossover.crossover import crossover
from planner.analysis.crossover.sizes import Sizes, ways_of
from planner.analysis.crossover.terms import fleet
from planner.pipeline import prepare
from planner.report.answers.crossover.document import crossover_report
from planner.report.document import render
from planner.solver.watch import Watch

RENT = 2.0
SERVER = 20_000.0
"""Loses a quarter of its price in the year of the horizon: 5,000."""
TEAM = 1e6


def a_world(**fields):
    """100 nodes all year; an owned one costs 5,000 and next to nothing, a rented one 2 x 8,760; a team of a million."""
    team = fields.pop("team", TEAM)
    sites = fields.pop("sites", [a_colocation("colo", team_usd_per_year=team)])
    world = {
        "periods": months(12),
        "workloads": [online("w", 100.0)],
        "offers": [an_offer("cloud", {"w": 1}, on_demand(RENT))],
        "own": owning(sites, [a_server("box", {"w": 1}, SERVER)]),
    }
    return a_scenario(**(world | fields))


def asked(scenario, *, smallest=0.05, largest=50.0, precision=0.001, **more):
    answer = crossover(
        scenario,
        EMPTY,
        smallest=smallest,
        largest=largest,
        precision=precision,
        sensitivities=more.pop("sensitivities", False),
        **more,
    )
    assert answer is not None
    return answer


def the_way(answer, name):
    return next(way for way in answer.ways if way.way == name)


# --- the closed form: F / (c_r − c_o) ---------------------------------------------------------------------------------


def test_build_exactly_beyond_fixed_cost_over_the_difference_of_unit_costs():
    unit = 8760 * RENT - (5_000 + 8760 * 1e-5 + 8760 * 1e-6)  # rent of 1 kW, electricity of 1 kWh an hour
    multiple = TEAM / unit / 100
    way = the_way(asked(a_world()), "colocation")
    (threshold,) = way.thresholds
    assert threshold.change == "owning begins"
    assert threshold.between.low_multiple < multiple < threshold.between.high_multiple
    assert threshold.between.high_multiple <= threshold.between.low_multiple * 1.001
    assert not way.owns_at_smallest
    assert way.owns_at_largest
    assert way.never is None


def test_the_threshold_is_f_over_one_minus_r():
    (threshold,) = the_way(asked(a_world()), "colocation").thresholds
    terms = threshold.breakeven
    assert terms.fixed_usd_per_year == pytest.approx(TEAM, rel=1e-6)
    assert [item.kind for item in terms.fixed] == ["team"]
    assert terms.variable_ratio == pytest.approx(5_000 / 17_520, rel=1e-4)
    kinds = {item.kind: item.ratio for item in terms.variable}
    assert kinds["servers"] == pytest.approx(20_000 / 17_520, rel=1e-6)
    assert kinds["sale"] == pytest.approx(-15_000 / 17_520, rel=1e-6)
    assert terms.replaced_fraction == pytest.approx(1.0)
    assert terms.threshold_usd_per_year == pytest.approx(TEAM / (1 - 5_000 / 17_520), rel=1e-4)
    low, high = threshold.between.low_usd_per_year, threshold.between.high_usd_per_year
    assert low < terms.threshold_usd_per_year < high
    owned = threshold.owned
    assert owned.servers == pytest.approx(threshold.between.high_multiple * 100, abs=1e-3)
    assert owned.power_mw == pytest.approx(owned.servers / 1000, rel=1e-4)


def test_a_hybrid_threshold_counts_only_the_rent_that_owning_replaces():
    """A quarter of the year passes before the first power: three quarters of the rent are replaced, and of the team paid."""
    sites = [a_colocation("colo", team_usd_per_year=TEAM, lead_months=3)]
    (threshold,) = the_way(asked(a_world(sites=sites)), "colocation").thresholds
    terms = threshold.breakeven
    assert threshold.owned.decided == "p0"
    assert threshold.owned.first_power == "p3"
    assert terms.replaced_fraction == pytest.approx(0.75, rel=1e-6)
    assert terms.fixed_usd_per_year == pytest.approx(0.75 * TEAM, rel=1e-6)
    loss = 20_000 * 9 / 48  # delivered at once, when the power is there
    assert terms.variable_ratio == pytest.approx(loss / (0.75 * 17_520), rel=1e-3)
    assert terms.threshold_usd_per_year == pytest.approx(0.75 * TEAM / (1 - loss / 13_140) / 0.75, rel=1e-3)
    between = threshold.between
    assert between.low_usd_per_year < terms.threshold_usd_per_year < between.high_usd_per_year * 1.0001


def test_without_fixed_cost_there_is_no_threshold():
    way = the_way(asked(a_world(team=0)), "colocation")
    assert way.thresholds == ()
    assert way.owns_at_smallest
    assert way.owns_at_largest


# --- never ------------------------------------------------------------------------------------------------------------


def test_never_where_an_owned_hour_is_dearer_and_by_how_much():
    """Owned for 5,000.1 a year, rented for 4,380: rents would have to be 14.2% higher, and the team earned on top."""
    scenario = a_world(offers=[an_offer("cloud", {"w": 1}, on_demand(0.5))])
    way = the_way(asked(scenario), "colocation")
    assert way.thresholds == ()
    assert way.never is not None
    # at the largest size 5,000 nodes earn the team: (5,000.1 + 1e6 / 5,000) / 4,380 = 1.187
    assert "19% dearer" in way.never
    assert "r above 1" in way.never


def test_never_if_the_power_comes_after_the_horizon():
    sites = [a_datacenter("campus", lead_months=12)]
    assert "after the end of the horizon" in (the_way(asked(a_world(sites=sites)), "own building").never or "")


def test_a_site_that_is_required_may_stay_closed():
    sites = [a_colocation("colo", team_usd_per_year=TEAM, required=True)]
    answer = asked(a_world(sites=sites))
    assert answer.ways == asked(a_world()).ways
    assert any("required" in said for said in answer.conventions)


def test_sizes_that_nothing_serves_are_told():
    """200 nodes to rent, 300 servers to own: from 500 nodes on there is no plan."""
    offers = [an_offer("cloud", {"w": 1}, on_demand(RENT, max_nodes=200))]
    own = owning([a_colocation("colo", team_usd_per_year=TEAM)], [a_server("box", {"w": 1}, SERVER, max_servers=300)])
    answer = asked(a_world(offers=offers, own=own))
    undecided = the_way(answer, "colocation").undecided
    assert undecided == tuple(point.multiple for point in answer.curve if point.multiple > 5)
    assert "there is no answer" in render(crossover_report(answer), "table")


# --- several thresholds -------------------------------------------------------------------------------------------------


def test_owning_may_end_where_a_large_contract_begins():
    """From 500 nodes on a year can be rented at 0.60 an hour: 5,256, dearer than owning by 256 a node, but without the team."""
    offers = [
        an_offer("cloud", {"w": 1}, on_demand(RENT)),
        an_offer("volume", {"w": 1}, commitment(0.6, 12, min_nodes=500)),
    ]
    way = the_way(asked(a_world(offers=offers), precision=0.005), "colocation")
    assert [t.change for t in way.thresholds] == ["owning begins", "owning ends", "owning begins"]
    first, second, third = (sqrt(t.between.low_multiple * t.between.high_multiple) * 100 for t in way.thresholds)
    assert first == pytest.approx(1e6 / (17_520 - 5_000.1), rel=0.005)  # 79.9 nodes
    assert second == pytest.approx(
        (500 * 5_256 - 1e6) / 5_000.1, rel=0.005
    )  # 500 are paid, fewer are needed: 325.6 nodes
    assert third == pytest.approx(1e6 / (5_256 - 5_000.1), rel=0.005)  # 3,907.8 nodes
    for threshold in way.thresholds:
        assert threshold.between.high_multiple <= threshold.between.low_multiple * 1.005


# --- proof --------------------------------------------------------------------------------------------------------------


def npv(scenario):
    found = solution(scenario, gap=1e-7)
    assert found.outcome.status == "optimal"
    return found.outcome.objective, found.outcome.bound


@pytest.mark.parametrize("kind", ["colocation", "own building"])
def test_just_below_forcing_to_own_costs_more_just_above_forbidding_does(kind):
    """The ends of the range in the tool's own search, with whole nodes and servers, which knows nothing of thresholds."""
    site = a_colocation if kind == "colocation" else a_datacenter
    scenario = a_world(sites=[site("mine", team_usd_per_year=TEAM * 10)], workloads=[flexible("w", 100.0)])
    (threshold,) = the_way(asked(scenario, precision=0.004), kind).thresholds

    def at(multiple, **site_fields):
        own = scenario.own
        sites = tuple(one.model_copy(update=site_fields) for one in own.sites)
        changes = {"demand_scale": multiple, "own": own.model_copy(update={"sites": sites})}
        return scenario.model_copy(update=changes)

    below, above = threshold.between.low_multiple, threshold.between.high_multiple
    best, _ = npv(at(below))
    _, forced = npv(at(below, required=True))
    assert forced > best * (1 + 1e-5)
    best, _ = npv(at(above))
    _, forbidden = npv(at(above).model_copy(update={"own": None}))
    assert forbidden > best * (1 + 1e-5)


def test_every_size_is_solved_as_if_its_program_had_been_built_for_it():
    sites = [
        a_colocation("colo", team_usd_per_year=TEAM, max_mw=0.2, setup_usd=5_000),
        a_datacenter("campus", team_usd_per_year=2 * TEAM, capex_usd_per_mw=3e6),
    ]
    scenario = a_world(
        sites=sites,
        discount_rate=0.1,
        workloads=[online("w", 100.0, unserved={"usd_per_unit": 5, "max_fraction": 0.3}), flexible("v", 40.0)],
        offers=[
            an_offer("cloud", {"w": 1, "v": 2}, on_demand(RENT), max_nodes=90),
            an_offer("year", {"w": 1.3}, commitment(1.1, 6)),
        ],
    )
    question = prepare(scenario, EMPTY)
    sizes = Sizes(question, Watch())
    assert sizes.program is not None
    for multiple in (0.03, 0.6, 1.0, 1.7, 6.0):
        resized, rebuilt = sizes.at(multiple), Sizes(question, Watch())
        rebuilt.program = None
        fresh = rebuilt.at(multiple)
        for way in ways_of(question):
            for mine, theirs in (
                (resized.without(way), fresh.without(way)),
                (resized.owning(way), fresh.owning(way)),
            ):
                assert mine.objective == pytest.approx(theirs.objective, rel=1e-7)


# --- the search ----------------------------------------------------------------------------------------------------------


def test_sizes_are_scanned_at_equal_ratios():
    assert grid(1, 1000, 1) == (1, 10, 100, 1000)
    assert grid(2, 3, 8) == (2, 3)
    assert grid(2, 32, 5) == (2, 3.174802, 5.039684, 8, 12.699208, 20.158737, 32)


def test_a_change_that_is_not_proven_between_its_ends_stays_as_wide_as_it_is():
    class Silent:
        """Proves something at the ends only."""

        class watch:  # noqa: N801
            over = False

        def at(self, multiple):
            return Answering({1.0: "rents", 10.0: "owns"}.get(multiple, "open"))

    class Answering:
        def __init__(self, verdict):
            self.answer = verdict

        def verdict(self, _way):
            return self.answer

        def saving(self, _way):
            return None

    found = changes(Silent(), None, (1.0, 3.0, 10.0), 0.01)
    assert found == (AnswerChange("rents", 1.0, 10.0),)


# --- published cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rent", "hours"), [(98.32, 8_556), (77.43, 10_890), (53.95, 15_710)])
def test_a_server_at_list_price_against_hourly_rents(rent, hours):
    """833,806 USD / (98.32 − 0.87) = 8,556 hours of use; 10,890 at 77.43, 15,710 at 53.95 (buy-against-rent framework, 2025-05)."""
    exact = 833_806 / (rent - 0.87)
    assert exact == pytest.approx(hours, abs=2)

    def owns(used):
        """One server for so many hours of use, worthless afterwards; electricity and the like at 0.87 an hour."""
        scenario = a_scenario(
            periods=[{"hours": used}],
            workloads=[online("w", 1.0)],
            offers=[an_offer("cloud", {"w": 1}, on_demand(rent))],
            own=owning(
                [a_colocation("room", usd_per_kwh=0.87, term_months=used / 730)],
                [a_server("list", {"w": 1}, 833_806, life_months=used / 730, residual_curve=[[0, 0], [1, 0]])],
                value_at_end="none",
            ),
        )
        sizes = Sizes(prepare(scenario, EMPTY), Watch())
        (way,) = ways_of(sizes.question)
        return sizes.at(1.0).verdict(way) == "owns"

    assert not owns(exact * 0.999)
    assert owns(exact * 1.001)


def test_sixteen_thousand_accelerators_for_960_million_on_22_megawatts():
    """30,000 USD each and as much again for land and everything else; 2 x 700 W each."""
    scenario = a_scenario(
        periods=months(1),
        workloads=[online("train", 2_000.0)],
        offers=[an_offer("cloud", {"train": 1}, on_demand(1e6))],
        own=owning(
            [a_datacenter("campus", land_and_development_usd=480e6, module_mw=22.4)],
            [a_server("8x", {"train": 1}, 240_000, accelerators_per_server=8, nameplate_kw=11.2)],
        ),
    )
    sizes = Sizes(prepare(scenario, EMPTY), Watch())
    (way,) = ways_of(sizes.question)
    size = sizes.at(1.0)
    found = size.solution(size.owning(way))
    kinds = {"servers": 0.0, "site": 0.0}
    for flow in (*found.paid, *found.beside.charges):
        if flow.kind in kinds:
            kinds[flow.kind] += float(flow.usd)
    assert kinds["servers"] + kinds["site"] == pytest.approx(960e6)
    owned = fleet(size, found)
    assert owned.accelerators == pytest.approx(16_000)
    assert owned.power_mw == pytest.approx(22.4)
