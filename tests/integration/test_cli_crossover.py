"""`planner crossover`: from a scenario file to thresholds in every dress, and what it refuses."""

import csv
import io
import json
from pathlib import Path

import pytest

from planner.analysis.crossover.assumptions import any_contract
from planner.analysis.crossover.crossover import crossover
from planner.cli import run
from planner.errors import Exit
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import read_scenario
from planner.pipeline import prepare

EXAMPLES = Path(__file__).parents[2] / "examples"
WORLD = """\
name: Own or rent
years: 1
period: quarter
start: 2027-01
catalog: none
workloads:
  - {name: chat, kind: inference, unit: answers, demand_per_hour: 100, profile: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
     1, 1, 1, 1, 1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]}
offers:
  - {name: hour, provider: aws, country: US, throughput: {chat: 1}, contracts: [{kind: on_demand, usd_per_hour: 3}]}
  - {name: year, provider: lambda, country: US, throughput: {chat: 1},
     contracts: [{kind: commitment, usd_per_hour: 2, term_months: 12}]}
own:
  sites:
    - {name: colo, kind: colocation, country: US, term_months: 12, rent_usd_per_kw_month: 150, team_usd_per_year: 1M,
       lead_months: 0}
    - {name: campus, kind: datacenter, country: US, land_and_development_usd: 0.2M, module_mw: 0.2,
       reuse_fraction: 90%, capex_usd_per_mw: 5M,
       team_usd_per_year: 3M, lead_months: 0}
  servers:
    - {name: box, price_usd: 20k, nameplate_kw: 1, draw_fraction: 75%, lead_months: 0, network_fraction: 0%, life_months: 48,
       throughput: {chat: 1}}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    path = tmp_path_factory.mktemp("crossover") / "world.yaml"
    path.write_text(WORLD)
    return path


@pytest.fixture(scope="module")
def answer(world):
    """The whole answer as JSON."""
    target = world.with_name("answer.json")
    assert run(["crossover", str(world), "--precision", "2%", "-o", str(target)]) == Exit.ANSWERED
    return json.loads(target.read_text())


@pytest.mark.exhaustive
def test_assumptions_are_the_same_on_a_cluster_and_are_kept(answer, world, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    kept, target = tmp_path / "kept.results", tmp_path / "again.json"
    arguments = ["crossover", str(world), "--precision", "2%", "-o", str(target), "--results", str(kept)]
    assert run([*arguments, "--cluster", "local:2"]) == Exit.ANSWERED
    assert json.loads(target.read_text()) == answer
    monkeypatch.setattr("planner.analysis.crossover.sensitivities.Sensitivities.swing", None)
    assert run(arguments) == Exit.ANSWERED
    assert json.loads(target.read_text()) == answer


def called(capsys, *arguments):
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_answer_as_json(answer):
    assert answer["schema"] == "planner/crossover/1"
    assert answer["scenario"]["name"] == "Own or rent"
    ways = {way["way"]: way for way in answer["ways"]}
    assert set(ways) == {"colocation", "own building", "own building beside colocation"}
    rented, built = (ways[name]["thresholds"][0] for name in ("colocation", "own building"))
    for threshold in (rented, built):
        between = threshold["between"]
        assert between["low_usd_per_year"] < between["high_usd_per_year"] <= between["low_usd_per_year"] * 1.0201
        assert threshold["owned"]["power_mw"] > 0
        terms = threshold["breakeven"]
        assert terms["variable_ratio"] == pytest.approx(sum(item["ratio"] for item in terms["variable"]))
        assert terms["fixed_usd_per_year"] == pytest.approx(sum(item["usd_per_year"] for item in terms["fixed"]), abs=1)
    assert rented["between"]["high_usd_per_year"] < built["between"]["low_usd_per_year"]
    # cost is linear in size here (colocation has no modules): the formula lies in the range
    formula = rented["breakeven"]["threshold_usd_per_year"]
    assert rented["between"]["low_usd_per_year"] * 0.995 < formula < rented["between"]["high_usd_per_year"] * 1.005


def test_allowing_more_is_never_dearer(answer):
    assert len(answer["curve"]) == 25
    for point in answer["curve"]:
        most = point["rent_only_usd"] * (1 + 1e-9)
        assert point["all_usd"] <= min(point["colocation_usd"], point["building_usd"]) * (1 + 1e-9)
        assert max(point["colocation_usd"], point["building_usd"]) <= most
        assert (point["owned"] is None) == (point["sites"] == [])
        assert (point["owned"] is None) == (abs(point["all_usd"] - point["rent_only_usd"]) < 1e-6 * most)


def test_every_assumption_moves_the_threshold_to_its_side(answer):
    swings = {swing["factor"]: swing for swing in answer["swings"]}
    assert set(swings) == {
        "rents",
        "yearly change of rents",
        "hardware price",
        "cost of capital",
        "electricity",
        "utilisation",
        "fixed team",
        "re-use of the building",
        "maintenance",
        "cost of carbon",
    }
    leverages = [swing["leverage"] for swing in answer["swings"]]
    assert leverages == sorted(leverages, key=lambda value: -(value or float("inf")))

    def middle(found):
        if found["between"] is None:
            return {"never": float("inf"), "at every size": 0.0}[found["state"]]
        return (found["between"]["low_usd_per_year"] * found["between"]["high_usd_per_year"]) ** 0.5

    cheaper_at_low = ("hardware price", "cost of capital", "electricity", "fixed team", "maintenance")
    for factor in cheaper_at_low:
        for low, high in zip(swings[factor]["at_low"], swings[factor]["at_high"], strict=True):
            assert middle(low) < middle(high), factor
    for low, high in zip(swings["rents"]["at_low"], swings["rents"]["at_high"], strict=True):
        assert middle(low) > middle(high)
    # What is rented is paid by the hour too: in multiples of the demand the use of the peak decides, in dollars hardly.
    for low, high in zip(swings["utilisation"]["at_low"], swings["utilisation"]["at_high"], strict=True):
        if low["between"] is not None and high["between"] is not None:
            assert low["between"]["low_multiple"] < high["between"]["high_multiple"]
            assert low["between"]["high_usd_per_year"] > high["between"]["low_usd_per_year"]
    reuse = swings["re-use of the building"]
    named = {found["way"]: found for found in reuse["at_low"]}, {found["way"]: found for found in reuse["at_high"]}
    assert middle(named[0]["own building"]) > middle(named[1]["own building"])
    assert middle(named[0]["colocation"]) == pytest.approx(middle(named[1]["colocation"]))


def test_each_way_of_renting_alone(answer):
    found = {alternative["name"]: alternative for alternative in answer["alternatives"]}
    assert found["neocloud, on demand"]["options"] == 0
    assert found["three-year commitment"]["found"] == []
    by_hour, by_year = (
        found[name]["found"][0]["between"] for name in ("hyperscaler, on demand", "one-year commitment")
    )
    # both serve the same hours, the year for less: owning pays sooner against what is dearer, in units of demand
    assert by_hour["high_multiple"] < by_year["low_multiple"]


def test_the_answer_as_table_csv_and_markdown(world, capsys):
    few = ("--no-sensitivities", "--from", "0.5", "--to", "20", "--precision", "5%")
    code, out, _ = called(capsys, "crossover", world, *few)
    assert code == Exit.ANSWERED
    assert "Colocation pays from $" in out
    assert "F / (1 − r)" in out
    assert "a month has 730 hours" in out
    code, out, _ = called(capsys, "crossover", world, *few, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["what"] for row in rows} == {"threshold", "curve"}
    assert float(rows[0]["high_usd_per_year"]) > 0
    code, out, _ = called(capsys, "crossover", world, *few, "--format", "markdown")
    assert out.startswith("## Own or rent: from which size does it pay to own?")
    again = called(capsys, "crossover", world, *few, "--format", "markdown")[1]
    assert out == again


def test_a_term_that_the_scenario_forbids_is_an_alternative_all_the_same():
    catalog = load_catalog()
    question = prepare(read_scenario(EXAMPLES / "build_vs_rent.yaml", catalog=catalog), catalog)
    terms = {option.term_hours / 730 for option in question.market.options if option.action == "commit"}
    assert terms == {12}
    free = any_contract(question).market.options
    assert {option.term_hours / 730 for option in free if option.action == "commit"} == {12, 36}


def test_never_is_an_answer_with_its_reason(world, capsys):
    few = ("--no-sensitivities", "--from", "0.1", "--to", "10", "--format", "json")
    code, out, _ = called(capsys, "crossover", world, *few, "--set", "own.servers.box.price_usd=90k")
    assert code == Exit.ANSWERED
    for way in json.loads(out)["ways"][:2]:
        assert way["thresholds"] == []
        assert "dearer" in way["never"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2", "--to", "1"), "`--from` and `--to`"),
        (("--from", "1e-9"), "at most 1e+06 times"),
        (("--precision", "0"), "`--precision`"),
        (("--precision", "many"), "`--precision`"),
        (("--time-limit", "-1"), "`--time-limit`"),
    ],
)
def test_what_it_refuses(world, capsys, arguments, said):
    code, out, err = called(capsys, "crossover", world, *arguments)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert said in err


def test_a_scenario_without_anything_to_own(tmp_path, capsys):
    path = tmp_path / "rent.yaml"
    path.write_text(WORLD[: WORLD.index("own:")])
    code, _, err = called(capsys, "crossover", path)
    assert code == Exit.BAD_INPUT
    assert "nothing that may be owned" in err


def test_a_demand_that_nothing_can_serve(tmp_path, capsys):
    path = tmp_path / "none.yaml"
    path.write_text(WORLD.replace("{chat: 1}", "{chat: 0}"))
    code, out, err = called(capsys, "crossover", path, "--no-sensitivities")
    assert (code, out) == (Exit.INFEASIBLE, "")
    assert "at no size" in err


def test_a_limit_of_time_prints_what_is_known(world, capsys):
    code, out, err = called(capsys, "crossover", world, "--time-limit", "0.000001")
    assert code == Exit.LIMIT
    assert "The time was up" in out
    assert "not everything" in err


def test_the_example_has_its_thresholds_on_both_sides_of_fifty_million():
    catalog = load_catalog()
    scenario = read_scenario(EXAMPLES / "build_vs_rent.yaml", catalog=catalog)
    found = crossover(scenario, catalog, smallest=0.3, largest=10, precision=0.01, sensitivities=False)
    assert found is not None
    rented, built, beside = found.ways
    (colocation,), (building,) = rented.thresholds, built.thresholds
    assert 15e6 < colocation.between.low_usd_per_year < colocation.between.high_usd_per_year < 25e6
    assert 50e6 < building.between.low_usd_per_year < building.between.high_usd_per_year < 75e6
    assert building.breakeven.threshold_usd_per_year == pytest.approx(building.between.high_usd_per_year, rel=0.01)
    assert beside.never is not None
    assert "rent of colocation" in beside.never


@pytest.mark.exhaustive
def test_the_answer_as_a_page(world, tmp_path):
    target = tmp_path / "answer.html"
    assert run(["crossover", str(world), "--precision", "20%", "-o", str(target)]) == Exit.ANSWERED
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Own or rent" in page
    assert "<script" not in page
