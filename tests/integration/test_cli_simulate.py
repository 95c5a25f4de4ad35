"""`planner simulate`: from a plan file to its availability, in every dress, and what it refuses."""

import csv
import io
import json
from math import exp

import pytest

from planner.audit.availability.simulation import simulate
from planner.cli import run
from planner.domain.records.plan import plan_from_json_value
from planner.errors import Exit
from planner.report.document.figures import share

SCENARIO = """\
name: One region
months: 12
start: 2027-01
catalog: none
integers: relaxed
workloads:
  - {name: chat, kind: inference, unit: answers, demand_per_hour: 10}
  - {name: render, kind: batch, demand_per_hour: 5, unit: images}
offers:
  - {name: here, region: east, throughput: {chat: 5, render: 1}, contracts: [{kind: on_demand, usd_per_hour: 2}]}
"""


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """A plan in one region, without protection: the availability is that of the region."""
    folder = tmp_path_factory.mktemp("simulate")
    scenario = folder / "scenario.yaml"
    scenario.write_text(SCENARIO)
    path = folder / "plan.json"
    assert run(["solve", str(scenario), "--format", "json", "-o", str(path)]) == 0
    value = json.loads(path.read_text())
    # the plan is asked what it does under failures it was not planned for
    value["scenario"]["resolved"]["availability"] = {
        "failure": "region",
        "survive": 1.0,
        "standby": [],
        "slices": 1,
        "outages_per_year": 6.0,
        "hours_per_outage": 20.0,
    }
    value["availability"] = None
    path.write_text(json.dumps(value))
    return path


def called(capsys, *arguments):
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def record_of(path, **more):
    return simulate(plan_from_json_value(json.loads(path.read_text())), **more)


def test_the_answer_as_json(solved, capsys):
    code, out, err = called(capsys, "simulate", solved, "--format", "json")
    assert (code, err) == (Exit.ANSWERED, "")
    answer = json.loads(out)
    assert (answer["schema"], answer["agrees"]) == ("planner/simulation/1", None)
    assert (answer["failure"], answer["samples"], answer["seed"], answer["assumed"]) == ("region", 200, 7, False)
    (chat,) = answer["workloads"]  # batch work is not protected
    assert chat["workload"] == "chat"
    down = 1 - exp(-6 * 20 / 8760)
    assert chat["availability"] == pytest.approx(1 - down, abs=0.003)
    assert chat["worst"] < chat["availability"]
    assert chat == record_of(solved).workloads[0].model_dump()


def test_the_answer_as_table_csv_and_markdown(solved, capsys):
    found = record_of(solved, samples=20, seed=3).workloads[0]
    code, out, _ = called(capsys, "simulate", solved, "--samples", "20", "--seed", "3")
    assert code == 0
    assert "Availability of One region" in out
    said = " ".join(out.split())
    assert "Every region that the plan rests on fails on its own, 6 times a year, for 20 h on average." in said
    assert share(found.availability) in out
    assert share(found.worst) in out
    assert "20 samples of the whole horizon, seed 3." in out
    _, out, _ = called(capsys, "simulate", solved, "--samples", "20", "--seed", "3", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (float(row["availability"]), row["failure"], row["samples"]) == (found.availability, "region", "20")
    _, out, _ = called(capsys, "simulate", solved, "--samples", "20", "--seed", "3", "--format", "markdown")
    assert f"| {share(found.availability)} |" in out


def test_another_kind_of_failure(solved, capsys):
    code, out, _ = called(capsys, "simulate", solved, "--failure", "provider", "--format", "json")
    assert code == 0
    assert json.loads(out)["failure"] == "provider"


def test_figures_that_the_plan_states_are_checked(solved, tmp_path, capsys):
    value = json.loads(solved.read_text())
    value["availability"] = record_of(solved, samples=30, seed=5).model_dump(mode="json")
    path = tmp_path / "stated.json"
    path.write_text(json.dumps(value))
    code, out, err = called(capsys, "simulate", path)  # with the samples and the seed of the plan
    assert (code, err) == (Exit.ANSWERED, "")
    assert "30 samples of the whole horizon, seed 5." in out
    assert "The plan file states the same figures." in out
    code, out, _ = called(capsys, "simulate", path, "--seed", "6", "--format", "json")
    assert (code, json.loads(out)["agrees"]) == (Exit.ANSWERED, None)  # not comparable

    value["availability"]["workloads"][0]["availability"] = 0.99999
    path.write_text(json.dumps(value))
    code, out, err = called(capsys, "simulate", path)
    assert code == Exit.POLICY
    assert "THE PLAN FILE STATES OTHER FIGURES" in out
    assert "99.999%" in out
    assert err.startswith("error: ")
    assert json.loads(called(capsys, "simulate", path, "--format", "json")[1])["agrees"] is False


def test_what_is_assumed_is_said(solved, tmp_path, capsys):
    value = json.loads(solved.read_text())
    value["scenario"]["resolved"]["availability"] = None
    path = tmp_path / "silent.json"
    path.write_text(json.dumps(value))
    code, out, _ = called(capsys, "simulate", path)
    assert code == 0
    assert "once a year (assumed: the scenario states no `outages_per_year`), for 4 h" in " ".join(out.split())


def test_a_plan_without_protected_work_says_so(solved, tmp_path, capsys):
    value = json.loads(solved.read_text())
    for workload in value["scenario"]["resolved"]["workloads"]:
        if workload["kind"] == "inference":
            workload["survive"] = 0.0
    path = tmp_path / "nobody.json"
    path.write_text(json.dumps(value))
    code, out, _ = called(capsys, "simulate", path)
    assert code == 0
    assert "No workload of the plan is protected" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--samples", "0"], "'--samples'"),
        (["--seed", "-1"], "'--seed'"),
        (["--failure", "planet"], "planet"),
    ],
)
def test_options_that_make_no_sense(solved, capsys, arguments, message):
    code, out, err = called(capsys, "simulate", solved, *arguments)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert message in err


def test_a_plan_whose_scenario_cannot_be_read_is_refused(solved, tmp_path, capsys):
    value = json.loads(solved.read_text())
    value["scenario"]["resolved"] = {"workloads": 3}
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(value))
    code, out, err = called(capsys, "simulate", path)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert "cannot be read" in err
