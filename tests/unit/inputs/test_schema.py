"""The JSON Schema and the reference page say what the planner does."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter, ValidationError

from planner.cli.commands.starting import template_text, templates, templates_directory
from planner.domain.fields import quantity
from planner.domain.scenario.scenario import Scenario
from planner.inputs.json_schema import scenario_schema
from planner.inputs.source.yaml.reading import read_yaml

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = scenario_schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = sorted(templates_directory().glob("*.yaml"))
LEAST = {"workloads": [{"name": "a", "kind": "batch", "unit": "images", "demand_per_hour": 1}]}
FIELDS = {
    "Magnitude": quantity.Magnitude,
    "PositiveMagnitude": quantity.PositiveMagnitude,
    "Nodes": quantity.Nodes,
    "PositiveWhole": quantity.PositiveWhole,
    "Share": quantity.Share,
    "PositiveShare": quantity.PositiveShare,
    "ProperShare": quantity.ProperShare,
    "Change": quantity.Change,
}
WRITTEN = [
    *(0, 1, -1, 0.5, -0.5, 7.0, 35, 100, 1e300, True, False, None, [], {}),
    *("0", "1", "-1", "0.5", ".5", "5.", "7.0", "2.5M", "2.5 M", "$50M", "$ 50M", "12k", "1K", "3B", "1T", "1G"),
    *("1,500", "1,500.5k", "12,34", "1,5M", "1_000", "1__0", "_1", "5m", "5mm", "1e3", "1e3k", "1E-2", "+5", "+5%"),
    *(
        "35%",
        "35 %",
        "120%",
        "-15%",
        "-150%",
        "0.35",
        "1.5",
        "%",
        "",
        " ",
        "M",
        "abc",
        "nan",
        "inf",
        "٣",
        " 5 ",
        "$",
        "$5%",
    ),
]


def pydantic_accepts(kind, value):
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_passes_the_schema(path):
    document = read_yaml(path.read_text(encoding="utf-8"), path.name)
    assert [error.message for error in CHECK.iter_errors(document.value)] == []


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_template_passes_the_schema(name):
    assert list(CHECK.iter_errors(read_yaml(template_text(name), name).value)) == []


@pytest.mark.parametrize("name", FIELDS)
def test_a_number_the_schema_refuses_is_refused_by_the_planner(name):
    check = jsonschema.Draft202012Validator(TypeAdapter(FIELDS[name]).json_schema())
    for value in WRITTEN:
        if pydantic_accepts(FIELDS[name], value):
            assert check.is_valid(value), f"{name} accepts {value!r}, its schema does not"


@pytest.mark.parametrize("name", FIELDS)
def test_a_number_the_planner_refuses_for_its_form_is_refused_by_the_schema(name):
    """Ranges of numbers in text are beyond a pattern; their form is not."""
    check = jsonschema.Draft202012Validator(TypeAdapter(FIELDS[name]).json_schema())
    for value in ["abc", "1,5M", "5m", "12,34", "1__0", "", "%", "nan", "inf", "٣", "$", True, None, [], {}, -1]:
        assert not pydantic_accepts(FIELDS[name], value)
        assert not check.is_valid(value), f"the schema of {name} accepts {value!r}"


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"discount_rate": "8%"}, True),
        ({"discount_rate": 8}, False),
        ({"budget_per_year_usd": "$6M"}, True),
        ({"budget_per_year_usd": ["6M", 7e6]}, True),
        ({"quotes": "quotes.csv"}, True),
        ({"quotes": ["quotes.csv"]}, True),
        ({"quotes": 5}, False),
        ({"clouds": "aws"}, False),
        ({"start": "2027-13"}, False),
        ({"latncy": 1}, False),
        ({"workloads": []}, False),
        ({"caps": {"aws": 64, "gcp": {"h100-sxm-80gb": "1k"}}}, True),
        ({"assumed_discounts": [{"provider": "aws", "term_months": 12, "discount": "35%"}]}, True),
    ],
    ids=str,
)
def test_the_schema_of_whole_scenarios(change, good):
    assert CHECK.is_valid({**LEAST, **change}) is good


def test_a_profile_may_be_a_file():
    workload = {"name": "a", "kind": "inference", "model": "m", "tokens_per_day": "1B", "profile": {"csv": "p.csv"}}
    assert CHECK.is_valid({"workloads": [workload]})


def test_attribute_docstrings_are_descriptions():
    assert SCHEMA["properties"]["discount_rate"]["description"] == "Cost of capital a year."


def test_assumed_discounts_and_upfront_shares_are_read_as_percents():
    assumed = {"provider": "aws", "term_months": 12, "discount": "35%", "upfront_fraction": "50%"}
    quote = {
        "provider": "x", "instance": "y", "accelerator": "z", "count": 8, "contract": "commitment",
        "term_months": 12, "upfront_fraction": "25%", "price_usd_per_hour": "20", "checked_on": "2026-11",
    }  # fmt: skip
    scenario = Scenario.model_validate({**LEAST, "assumed_discounts": [assumed], "quotes": [quote]})
    assert (scenario.assumed_discounts[0].discount, scenario.assumed_discounts[0].upfront_fraction) == (0.35, 0.5)
    assert scenario.quotes[0].upfront_fraction == 0.25
    with pytest.raises(ValidationError):
        Scenario.model_validate({**LEAST, "assumed_discounts": [{**assumed, "discount": "100%"}]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5m", "write `M` for million"),
        ("1,5M", "write `1.5M`"),
        ("12,34,567", "expected a number"),
        ("9" * 400, "finite"),
    ],
)
def test_what_may_be_meant_in_two_ways_is_refused_with_the_remedy(text, words):
    with pytest.raises(ValidationError, match=words.replace("`", "`")):
        TypeAdapter(quantity.Magnitude).validate_python(text)


@pytest.mark.parametrize("text", ["1" * 300_000 + "x", "1,111" * 60_000, "1_1" * 100_000 + "x", "$" + " " * 300_000])
def test_long_texts_are_refused_in_linear_time(text):
    for kind in (quantity.Magnitude, quantity.Share):
        assert not pydantic_accepts(kind, text)


def test_the_reference_page_is_up_to_date():
    script = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TARGET.read_text(encoding="utf-8") == module.reference(), "run `make docs`"


def test_the_schema_survives_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
