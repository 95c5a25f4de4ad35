"""The commands as people and programs use them: exit codes, what goes where, help, files, pipes."""

import io
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from planner.cli.app import app, run
from planner.cli.commands.catalog.command import Rows
from planner.cli.commands.starting import templates
from planner.errors import Exit
from planner.inputs.catalog.load import load_catalog
from planner.report.catalog.facts import TABLES

ROOT = Path(__file__).resolve().parents[2]
TINY = """\
name: Tiny
start: 2027-01
months: 3
catalog: none
workloads:
  - name: render
    kind: batch
    demand_per_hour: 10
    unit: images
offers:
  - name: box
    throughput: {render: 5}
    contracts:
      - {kind: on_demand, usd_per_hour: 2}
"""
COMMANDS = (
    (),
    ("solve",),
    ("validate",),
    ("init",),
    ("schema",),
    ("explain",),
    ("negotiate",),
    ("open",),
    ("whatif",),
    ("crossover",),
    ("compare",),
    ("estimate",),
    ("audit",),
    ("show",),
    ("simulate",),
    ("serve",),
    ("completion",),
    ("catalog",),
    ("catalog", "list"),
    ("catalog", "show"),
    ("catalog", "check"),
    ("catalog", "import"),
    ("catalog", "diff"),
    ("catalog", "history"),
    ("catalog", "refresh"),
)


@pytest.fixture(autouse=True)
def _read_the_catalog_once(monkeypatch):
    monkeypatch.setattr("planner.inputs.catalog.load_catalog", cache(load_catalog))


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def shell(*arguments, stdin="", **environment):
    """`planner` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "planner", *map(str, arguments)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def called(capsys, *arguments):
    """Exit code, standard output and standard error of a command run here."""
    code = run([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def from_stdin(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


# ── help ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(("planner", *c)))
def test_every_help_begins_with_examples_of_its_own_command(command):
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    first, *examples = result.output.split("\n\n")[0].splitlines()
    assert first == "Examples:"
    assert examples
    assert any(f"planner {' '.join(command)}".strip() in example for example in examples)


def test_help_offers_no_command_that_does_not_exist_and_every_one_that_does():
    listed = CliRunner().invoke(app, ["--help"]).output.split("Commands:\n")[1]
    names = [line.split()[0] for line in listed.splitlines() if line[:3].strip()]
    assert sorted(names) == sorted(command[0] for command in COMMANDS if len(command) == 1)


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"], ["catalog", "list", "--help"], ["--version"]])
def test_help_and_version_load_neither_tables_nor_solver(arguments):
    heavy = ("pandas", "numpy", "pulp", "highspy", "rich", "ruamel", "planner.domain")
    code = f"""
import sys
from planner.cli import run
run({arguments!r})
print([name for name in {heavy!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_a_command_the_help_is_told_on_stderr(capsys):
    code, out, err = called(capsys)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert err.startswith("Examples:")


def test_version(capsys):
    code, out, err = called(capsys, "--version")
    assert (code, err) == (0, "")
    assert out.startswith("planner ")


# ── mistakes of usage ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sovle"], "no such command"),
        (["solve"], "missing argument"),
        (["solve", "x.yaml", "--formt", "json"], "no such option"),
        (["solve", "x.yaml", "--format", "xml"], "xml"),
        (["solve", "x.yaml", "--threads", "0"], "threads"),
        (["solve", "x.yaml", "--gap", "-1%"], "between 0% and 100%"),
        (["solve", "x.yaml", "--gap", "5"], "ambiguous"),
        (["solve", "x.yaml", "--gap", "nan"], "expected a number"),
        (["solve", "x.yaml", "--time-limit", "0"], "above 0"),
        (["solve", "x.yaml", "--time-limit", "nan"], "above 0"),
        (["solve", "x.yaml", "-o", "plan.docx"], "no format goes with the suffix `.docx`"),
        (["solve", "no-such-file.yaml"], "cannot read `no-such-file.yaml`"),
        (["validate", "no-such-file.yaml"], "cannot read `no-such-file.yaml`"),
        (["validate", str(ROOT)], "cannot read"),
        (["validate", "x.yaml", "--datasets", "no-such-folder"], "no catalog directory"),
        (["audit", "no-such-file.json"], "cannot read `no-such-file.json`"),
        (["init", "--template", "starup"], "unknown template `starup`"),
        (["catalog", "list", "--accelerator", "h100-sxm-80g"], "did you mean `h100-sxm-80gb`?"),
        (["catalog", "list", "--provider", "awss"], "did you mean `aws`?"),
        (["catalog", "list", "--country", "XX"], "unknown country `XX`"),
        (["catalog", "show", "no-such-thing"], "nothing in the catalog is called `no-such-thing`"),
        (["catalog", "list", "--as-of", "yesterday"], "no day"),
        (["catalog", "list", "paths", "--provider", "aws"], "filters and `--sort` do not apply"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else None,
)
def test_a_mistake_of_usage_is_told_on_stderr_with_exit_code_2(capsys, arguments, words):
    code, out, err = called(capsys, *arguments)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert err.startswith("error: ")
    assert words in err
    assert "Traceback" not in err


def test_a_bug_is_told_in_one_line_and_debug_shows_where(capsys, tiny, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("planner.inputs.load_scenario", broken)
    code, out, err = called(capsys, "validate", tiny)
    assert (code, out) == (Exit.BUG, "")
    assert err == "error: internal error: ZeroDivisionError: division by zero; run again with --debug\n"
    code, out, err = called(capsys, "validate", tiny, "--debug")
    assert code == Exit.BUG
    assert "Traceback" in err


def test_nothing_in_a_message_can_move_the_cursor(capsys):
    _, _, err = called(capsys, "validate", "evil\x1b[2J.yaml")
    assert "\x1b" not in err
    _, _, err = called(capsys, "audit", "evil\x1b[2J.json")
    assert "\x1b" not in err


# ── validate ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_validate_says_yes(capsys, tiny):
    code, out, err = called(capsys, "validate", tiny)
    assert (code, err) == (0, "")
    assert "no mistakes" in out
    assert called(capsys, "validate", tiny, "--format", "json") == (0, "[]\n", "")


def test_validate_tells_all_mistakes_with_their_places_on_stderr(capsys, tiny):
    tiny.write_text(TINY.replace("months: 3", "monhts: 3").replace("demand_per_hour: 10", "demand_per_hour: ten"))
    code, out, err = called(capsys, "validate", tiny)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert f"--> {tiny}:3:1" in err
    assert f"--> {tiny}:8:22" in err
    assert "did you mean `months`?" in err


@pytest.mark.parametrize("command", ["validate", "solve"])
def test_a_broken_scenario_never_answers(capsys, tiny, command):
    tiny.write_text("workloads: [")
    code, out, err = called(capsys, command, tiny)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert err.startswith("error: ")


def test_validate_gives_programs_the_list_of_mistakes_on_stdout(capsys, tiny):
    code, out, err = called(capsys, "validate", tiny, "--set", "monhts=3", "--format", "json")
    assert (code, err) == (Exit.BAD_INPUT, "")
    (mistake,) = json.loads(out)
    assert set(mistake) == {"file", "line", "col", "path", "code", "message", "suggestion"}
    assert mistake["path"] == "monhts"


def test_validate_writes_mistakes_as_csv(capsys, tiny):
    code, out, _ = called(capsys, "validate", tiny, "--set", "monhts=3", "--format", "csv")
    assert code == Exit.BAD_INPUT
    assert out.splitlines()[0] == "file,line,col,path,code,message,suggestion"


def test_resolved_says_where_every_value_came_from(capsys, tiny):
    code, out, _ = called(capsys, "validate", tiny, "--resolved", "--set", "discount_rate=8%", "--format", "json")
    assert code == 0
    origins = {row["path"]: (row["value"], row["origin"]) for row in json.loads(out)}
    assert origins["months"] == (3, f"{tiny}:3")
    assert origins["discount_rate"] == (0.08, "--set")
    assert origins["derating"] == (0.8, "default")


@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_resolved_in_every_dress(capsys, tiny, form):
    code, out, err = called(capsys, "validate", tiny, "--resolved", "--format", form)
    assert (code, err) == (0, "")
    assert "workloads.render.demand_per_hour" in out.replace("\\_", "_")


def test_a_scenario_may_come_by_standard_input(capsys, monkeypatch):
    from_stdin(monkeypatch, TINY)
    assert called(capsys, "validate", "-")[0] == 0
    from_stdin(monkeypatch, TINY + "yeras: 2\n")
    code, _, err = called(capsys, "validate", "-")
    assert code == Exit.BAD_INPUT
    assert "--> <stdin>:15:1" in err


# ── init and schema ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("template", sorted(templates()))
def test_what_init_writes_is_valid_as_it_stands(capsys, tmp_path, template):
    path = tmp_path / "scenario.yaml"
    assert called(capsys, "init", "--template", template, "-o", path) == (0, "", "")
    assert path.read_text().startswith("# yaml-language-server: $schema=planner.schema.json\n")
    code, _, err = called(capsys, "validate", path)
    assert (code, err) == (0, "")


def test_init_prints_a_template_and_never_replaces_a_file_unasked(capsys, tmp_path, monkeypatch):
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "startup.yaml").write_text(f"# yaml-language-server: $schema=old.json\n{TINY}")
    (tmp_path / "examples" / "infeasible.yaml").write_text(TINY)
    monkeypatch.setattr("planner.cli.commands.starting.templates_directory", lambda: tmp_path / "examples")
    assert sorted(templates()) == ["startup"]
    code, out, err = called(capsys, "init")
    assert (code, err) == (0, "")
    assert out.count("yaml-language-server") == 1
    assert out.endswith(TINY)
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    code, _, err = called(capsys, "init", "-o", path)
    assert code == Exit.BAD_INPUT
    assert "--force" in err
    assert path.read_text() == "mine"
    assert called(capsys, "init", "-o", path, "--force")[0] == 0
    assert path.read_text() == out


def test_schema_is_json_on_stdout_or_in_a_file(capsys, tmp_path):
    code, out, err = called(capsys, "schema")
    assert (code, err) == (0, "")
    assert "workloads" in json.loads(out)["properties"]
    assert called(capsys, "schema", "-o", tmp_path / "s.json") == (0, "", "")
    assert (tmp_path / "s.json").read_text() == out


# ── catalog ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rows_of(capsys, *arguments):
    code, out, err = called(capsys, "catalog", "list", *arguments, "--format", "json")
    assert (code, err) == (0, "")
    return json.loads(out)["rows"]


def test_catalog_list_marks_what_no_plan_takes_by_default(capsys):
    rates = ("--accelerator", "h100-sxm-80gb", "--contract", "commitment")
    code, out, err = called(capsys, "catalog", "list", *rates, "--provider", "coreweave", "--provider", "azure")
    assert (code, err) == (0, "")
    assert "estimated: a" in out
    assert "no seller asks it" in " ".join(out.split())
    listed = called(capsys, "catalog", "list", *rates, "--provider", "together")[1]
    assert "estimated" not in listed
    assert "sold out: in no plan" in called(capsys, "catalog", "list", "--provider", "latitude")[1]


def test_a_catalog_list_that_nobody_narrowed_is_a_first_look(capsys):
    out = " ".join(called(capsys, "catalog", "list")[1].split())
    assert "Catalog: 40 of 10," in out
    assert "more rows: name an `--accelerator`" in out
    assert "more rows" not in called(capsys, "catalog", "list", "--provider", "qubrid")[1]
    assert "Feynman" in called(capsys, "catalog", "list", "successors")[1]


def test_catalog_list_filters(capsys):
    some = ("--accelerator", "h100-sxm-80gb", "--contract", "on_demand", "--provider", "aws", "--provider", "gcp")
    rows = rows_of(capsys, *some, "--max-price", "20")
    assert rows
    for row in rows:
        assert (row["kind"], row["accelerator"], row["contract"]) == ("instance", "h100-sxm-80gb", "on_demand")
        assert row["provider"] in ("aws", "gcp")
        assert row["price_usd_per_accelerator_hour"] <= 20
    country = rows[0]["country"]
    assert {row["country"] for row in rows_of(capsys, *some, "--country", country.lower())} == {country}
    region = rows[0]["region"]
    assert {row["region"] for row in rows_of(capsys, *some, "--region", region)} == {region}


def test_catalog_list_takes_other_names_of_a_thing(capsys):
    by_alias = rows_of(capsys, "--accelerator", "H100", "--limit", "5")
    assert {row["accelerator"] for row in by_alias} == {"h100-sxm-80gb"}


def test_catalog_list_of_hosted_models(capsys):
    rows = rows_of(capsys, "--model", "llama-3.1-70b", "--sort", "price")
    assert {(row["kind"], row["language_model"]) for row in rows} == {("hosted_api", "llama-3.1-70b")}
    prices = [row["usd_per_mtok_output"] for row in rows]
    assert prices == sorted(prices)
    assert {row["kind"] for row in rows_of(capsys, "--kind", "hosted", "--limit", "9")} == {"hosted_api"}
    assert {row["kind"] for row in rows_of(capsys, "--contract", "hosted_api")} == {"hosted_api"}
    assert rows_of(capsys, "--kind", "instance", "--model", "llama-3.1-70b") == []


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("price", lambda row: row["price_usd_per_accelerator_hour"]),
        ("accelerator", lambda row: row["accelerator"]),
        ("provider", lambda row: row["provider"]),
        ("age", lambda row: row["age_months"]),
    ],
)
def test_catalog_list_sorts(capsys, order, key):
    rows = rows_of(capsys, "--kind", "instance", "--contract", "spot", "--sort", order, "--as-of", "2027-01-01")
    keys = [key(row) for row in rows]
    assert len(set(keys)) > 1
    assert keys == sorted(keys)


def test_catalog_list_limits_and_ages_at_the_day_asked_for(capsys):
    (row,) = rows_of(capsys, "--limit", "1", "--as-of", "2099-01-01")
    assert row["age_months"] > 12 * 70


@pytest.mark.parametrize("name", ["h100-sxm-80gb", "H100", "llama-3.1-70b", "aws"])
def test_catalog_show_finds_a_thing_by_any_name(capsys, name):
    code, out, err = called(capsys, "catalog", "show", name, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["offers"]


def test_catalog_show_finds_a_price_row(capsys):
    for kind in ("instance", "hosted"):
        (row,) = rows_of(capsys, "--kind", kind, "--limit", "1")
        code, out, _ = called(capsys, "catalog", "show", row["id"], "--format", "json")
        assert code == 0
        assert json.loads(out)["id"] == row["id"]


@pytest.mark.parametrize("table", [rows for rows in get_args(Rows) if rows != "prices"])
def test_catalog_list_of_other_tables(capsys, table):
    rows = rows_of(capsys, table, "--limit", "2")
    assert [row["table"] for row in rows] == [table] * 2
    assert set(TABLES) == set(get_args(Rows)) - {"prices"}


@pytest.mark.parametrize(("name", "tables"), [("falling", {"paths"}), ("US", {"carbon", "electricity"})])
def test_catalog_show_finds_facts(capsys, name, tables):
    code, out, err = called(capsys, "catalog", "show", name, "--format", "json")
    assert (code, err) == (0, "")
    assert {row["table"] for row in json.loads(out)["rows"]} == tables


def test_catalog_check_of_the_bundled_catalog_finds_nothing_wrong(capsys):
    code, out, err = called(capsys, "catalog", "check", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["problems"] == []


@pytest.mark.parametrize("today", ["2026-11-30", "2031-01-01"])
def test_a_catalog_does_not_become_wrong_by_lying_there(capsys, monkeypatch, today):
    """Some hosted models are withdrawn after the newest price that ships. Asked as of a later day, they are mistakes."""
    monkeypatch.setattr("planner.cli.commands.catalog.command._day", lambda as_of: as_of or today)
    code, out, err = called(capsys, "catalog", "check", "--format", "json")
    answer = json.loads(out)
    assert (code, err, answer["problems"], answer["as_of"]) == (0, "", [], today)
    (aged,) = [hole for hole in answer["holes"] if "since the newest price, of 2026-11-29" in hole["what"]]
    assert "anthropic:claude-sonnet-4-5" in aged["names"]
    code, out, _ = called(capsys, "catalog", "check", "--as-of", today, "--format", "json")
    assert code == Exit.BAD_INPUT
    assert "ended: `anthropic:claude-sonnet-4-5` withdrawn on 2026-11-30" in json.loads(out)["problems"]


def test_catalog_check_tells_what_is_wrong(capsys, tmp_path):
    code, out, _ = called(capsys, "catalog", "check", "--datasets", tmp_path, "--format", "json")
    assert code == Exit.BAD_INPUT
    assert any("accelerators.csv:1: the file is missing" in problem for problem in json.loads(out)["problems"])
    code, out, _ = called(capsys, "catalog", "check", "--datasets", tmp_path / "none")
    assert code == Exit.BAD_INPUT
    assert "no catalog directory" in out


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_answer_goes_to_stdout_and_messages_to_stderr_in_a_real_process(tiny):
    done = shell("validate", tiny, "--format", "json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    done = shell("validate", "-", stdin=TINY.replace("months", "monhts"))
    assert (done.returncode, done.stdout) == (Exit.BAD_INPUT, "")
    assert "did you mean `months`?" in done.stderr


def test_a_reader_who_leaves_early_is_no_mistake():
    done = subprocess.run(
        f"{sys.executable} -m planner schema | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "{\n0\n"
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "planner", "schema"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == Exit.BAD_INPUT
    assert done.stderr.startswith("error: cannot write to standard output: no space left")


def test_a_narrow_encoding_does_not_break_the_answer(tiny):
    tiny.write_text(TINY.replace("name: Tiny", "name: Zürich 東京"))
    assert shell("validate", tiny, "--resolved", PYTHONIOENCODING="ascii").returncode == 0
    done = shell("validate", tiny, "--resolved", "--set", "monhts=東", PYTHONIOENCODING="ascii")
    assert done.returncode == Exit.BAD_INPUT
