"""Every malformed scenario is refused at the right place, in the right words, and never by a traceback.

A file of `scenarios/` opens with what is expected, one line per mistake and nothing else:
`# expect: line:column | what | help` (or `file.csv:line:column`); *what* and *help* may be parts of the message.
"""

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from owning_facts import some_facts

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog, InstancePrice, LoadProfile, PricePath, Provider, TokenPrice
from planner.domain.inputs.language_model import LanguageModel
from planner.errors import InputErrors, Mistake
from planner.inputs.scenario_file import load_scenario, load_text, parse_scenario
from planner.inputs.source.text import decode
from planner.inputs.source.yaml.reading import read_yaml
from planner.report.answers.mistakes import mistakes_json, render_mistakes

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE / "scenarios").glob("*.yaml"))
EXPECT = re.compile(r"^(?:\ufeff)?# expect: (?:(.+):)?(\d+):(\d+) \| (.*?)(?: \| (.*))?$")


def a_catalog() -> Catalog:
    """Three accelerators, two sellers of nodes, one of tokens, one price path."""
    accelerators = {
        id_: Accelerator(id=id_, vendor=vendor, name=id_, source="test", checked_on="2026-10")
        for id_, vendor in (("h100-sxm-80gb", "NVIDIA"), ("l4", "NVIDIA"), ("mi300x", "AMD"))
    }
    model = LanguageModel(id="llama-3.1-70b", parameters_b=70, active_parameters_b=70)
    provider = Provider("aws", "AWS", "hyperscaler", False, 1, 64, 64, 64, 1.0, "estimated", "test", "2026-10")
    price = InstancePrice(
        "1",
        "aws",
        "us-east-1",
        "US",
        "p5",
        "h100-sxm-80gb",
        8,
        "on_demand",
        "",
        0,
        0,
        1,
        24.0,
        0,
        "listed",
        "t",
        "2026-10-02",
        "",
    )
    tokens = TokenPrice("2", "together", "llama", "llama-3.1-70b", 0.5, 0.5, 0, 0, "", "test", "2026-11-01")
    hours = LoadProfile("business_hours", (1.0,) * 24, "test", "2026-10")
    return Catalog(
        accelerators=accelerators,
        language_models={model.id: model},
        providers={"aws": provider, "gcp": provider._replace(id="gcp")},
        prices=(price,),
        token_prices=(tokens,),
        profiles={hours.id: hours},
        price_paths={"falling": PricePath("falling", ((0.0, 1.0), (12.0, 0.75)), "test", "2026-10")},
        aliases={"h100": "h100-sxm-80gb", "llama 70b": "llama-3.1-70b"},
        ownership=some_facts(),
    )


CATALOG = a_catalog()


def expectations(path: Path) -> list[tuple[str, int, int, str, str]]:
    """What the head of a file promises."""
    found = []
    for line in path.read_bytes().decode("utf-8", errors="replace").splitlines():
        if match := EXPECT.match(line):
            found.append((match[1] or path.name, int(match[2]), int(match[3]), match[4], match[5] or ""))
    return found


def mistakes_in(path: Path) -> InputErrors:
    with pytest.raises(InputErrors) as caught:
        load_scenario(path, catalog=CATALOG)
    return caught.value


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_malformed_scenario_is_refused_in_plain_words(path: Path) -> None:
    error = mistakes_in(path)
    expected = expectations(path)
    assert expected, "a file of the corpus says what is expected of it"
    unmatched = list(error.mistakes)
    for expectation in expected:
        unmatched.remove(next(m for m in unmatched if _is(m, expectation)))
    assert unmatched == []


def _is(mistake: Mistake, expectation: tuple[str, int, int, str, str]) -> bool:
    file, line, column, what, remedy = expectation
    place = mistake.place
    return (
        place is not None
        and Path(place.file).name == file
        and (place.line, place.column) == (line, column)
        and what in mistake.what
        and remedy in (mistake.help or "")
    )


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_messages_keep_the_house_style(path: Path) -> None:
    error = mistakes_in(path)
    for mistake in error.mistakes:
        assert not mistake.what.endswith(".")
        assert not mistake.what[0].isupper()
        assert "Value error" not in mistake.what
        assert not re.search(r"pydantic|tuple\[|function-|NoneType|ruamel", mistake.what + (mistake.help or ""))
    rendered = render_mistakes(error)
    assert rendered.count("error: ") == len(error.mistakes)
    assert all(char == "\n" or char.isprintable() for char in rendered)
    keys = {"file", "line", "col", "path", "code", "message", "suggestion"}
    assert all(set(row) == keys for row in mistakes_json(error))


def test_the_corpus_is_not_small() -> None:
    assert len(SCENARIOS) >= 200


HOSTILE = {
    "open brackets": "[" * 1_000_000,
    "open braces": "{" * 1_000_000,
    "dashes": "- " * 900_000,
    "exclamation marks": "!" * 1_900_000,
    "many nodes": "workloads: [" + "a," * 900_000 + "]",
    "many keys": "".join(f"k{i}: 1\n" for i in range(60_000)),
    "one long line": "name: " + "9" * 1_900_000,
    "question marks": "? " * 900_000,
    "wrong names": "workloads: []\nclouds: [" + ",".join(f"cloud{i}" for i in range(40_000)) + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_soon(text: str) -> None:
    began = time.process_time()
    with pytest.raises(InputErrors) as caught:
        parse_scenario(text, "hostile.yaml", catalog=CATALOG)
    assert time.process_time() - began < 20
    assert len(render_mistakes(caught.value)) < 1_000_000


def test_a_file_of_more_than_two_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"#" * 2_000_001)
    with pytest.raises(InputErrors, match="larger than 2 MB"):
        load_scenario(path)


@pytest.mark.parametrize("name", ["nowhere.yaml", ".", "a\x00b"])
def test_what_is_not_a_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputErrors, match="cannot read"):
        load_scenario(str(tmp_path / name))


# -- fuzzing --------------------------------------------------------------------------------------------

VALID = """\
name: Acme AI
start: 2027-01
years: 1
budget_per_year_usd: [6M]
clouds: [aws, gcp]
caps: {aws: {h100: 64}, gcp: 8}
workloads:
  - name: chat
    kind: inference
    model: llama-3.1-70b
    tokens_per_day: 2.5B
    growth_per_year: 80%
    latency: interactive
    profile: business_hours
    spike: {name: launch, multiplier: 5, hours_per_year: 24}
    fallback: {share: 50%, hosted_apis: [together]}
    surges: [{start: 2027-03, weeks: 4, growth_per_week: 20%}]
    residency: [{share: 80%, regions: [us-east-1], countries: [DE]}]
    round_trip_ms: {us-east-1: 20, DE: 90, default: 100}
    egress_gb_per_unit: 0.01
  - {name: base, kind: training_run, model: llama 70b, tokens: 2T, earliest: 2027-02, deadline: 2027-09}
  - &tune
    name: tune
    kind: training
    accelerator_hours_per_month: 12k
    reference_accelerator: h100
  - <<: *tune
    name: tune-2
    demand_per_hour: null
offers:
  - name: box
    accelerator: h100
    throughput: {chat: 5}
    groups: [g]
    contracts:
      - {kind: on_demand, usd_per_hour: 20}
      - kind: commitment
        usd_per_hour: 10
        term_periods: horizon
cap_groups: [{name: g, max_nodes: 4}]
held: [{name: old, accelerator: l4, nodes: 2, until: 2027-06, usd_per_hour: 1}]
availability: {failure: region, survive: 60%}
price_changes: [{path: falling, accelerator: h100}]
releases: [{accelerator: mi300x, month: 2027-06, price_drops: [{accelerator: h100, by: -20%}]}]
lead_times: [{months: 3, provider: aws, accelerator: h100}]
egress_usd_per_gb: {aws: 0.09, default: 0.1}
maturity: {AMD: 80%}
credits: [{provider: aws, usd: 100k, expires: 2027-09}]
cash: {at_hand_usd: 20M, income_per_month_usd: [1M], raises: [{month: 2027-06, usd: 5M}]}
carbon: {usd_per_tonne: 90, intensity_g_per_kwh: {us-east-1: 350, default: 400}}
own:
  sites:
    - {name: hall, kind: colocation, country: US, place: US-TX, term_months: 24, min_kw: 50, max_mw: 2}
    - {name: campus, kind: datacenter, country: DE, lead_months: 6, module_mw: 1, land_and_development_usd: 5M, reuse_fraction: 50%}
  servers:
    - {accelerator: h100, sites: [hall], throughput: {chat: 5}, keep_months: [24], residual_curve: anchor}
    - {accelerator: mi300x, price_usd: 200k, accelerators_per_server: 8, nameplate_kw: 9, residual_curve: [[0, 100%], [48, 20%]]}
"""
FRAGMENTS = [
    "\t", ": ", "- ", "[", "]", "{", "}", '"', "'", "&a ", "*a", "*tune", "!!x ", "<<: ", "? ", "| ", "> ", "#",
    "---\n", "...\n", "%YAML 1.1\n", "\x00", "\x85", "\u2028", "\ud800", "\ufeff",
    "null", "true", ".nan", ".inf", "1e999", "-1",
    "0x1F", "0o17", "9" * 400, "35", "120%", "$5M", "[[1], [2]]", "{a: 1}", "[]", "{}", "''", "kind", "name",
    "\\U99999999",
]  # fmt: skip
EXAMPLES = int(os.environ.get("PLANNER_FUZZ_EXAMPLES", "300"))
FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def must_not_crash(text: str, overrides: tuple[str, ...] = ()) -> None:
    try:
        load_text(text, "fuzz.yaml", folder=HERE, overrides=overrides, catalog=CATALOG)
    except InputErrors as error:
        render_mistakes(error).encode("utf-8")
        mistakes_json(error)


def test_the_fuzzed_scenario_is_valid() -> None:
    assert len(load_text(VALID, "valid.yaml", catalog=CATALOG).scenario.workloads) == 4


@FUZZ
@given(st.data())
def test_changed_characters_never_crash(data: st.DataObject) -> None:
    text = VALID
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        new = data.draw(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)))
        text = text[:start] + new + text[end:]
    must_not_crash(text)


@FUZZ
@given(st.binary(max_size=8), st.integers(0, len(VALID)), st.integers(0, 8))
@example(b"\xff\xfe", 0, 0)
def test_changed_bytes_never_crash(new: bytes, at: int, dropped: int) -> None:
    data = VALID.encode()
    try:
        text = decode(data[:at] + new + data[at + dropped :], "fuzz.yaml")
    except InputErrors:
        return
    must_not_crash(text)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(FRAGMENTS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["name", "kind", "hours", "aws", "csv"]), inner)
    ),
    max_leaves=5,
)
LINES = [number for number, line in enumerate(VALID.splitlines()) if ": " in line]


@FUZZ
@given(st.sampled_from(LINES), VALUES)
def test_changed_values_never_crash(number: int, value: object) -> None:
    lines = VALID.splitlines()
    lines[number] = lines[number].partition(": ")[0] + ": " + _flow(value)
    must_not_crash("\n".join(lines))


def _flow(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value)


PATHS = [
    "name", "years", "clouds", "clouds.0", "clouds.9", "caps.aws", "caps.aws.h100", "workloads", "workloads.chat",
    "workloads.chat.model", "workloads.0.model.id", "workloads.tune-2.kind", "offers.box.contracts.0.kind",
    "offers.box", "held.old.until", "quotes", "quotes.0", "periods", "a.b.c", "workloads.chat.profile",
    "workloads.chat.profile.csv", "workloads.base.deadline", "workloads.chat.spike", "workloads.chat.surges.0.start",
    "workloads.chat.round_trip_ms.DE", "availability", "cash.raises.0.month", "carbon.intensity_g_per_kwh", "start",
    "egress_usd_per_gb.aws", "price_changes.0.path", "releases.0.price_drops.0", "periods.0.slices",
    "workloads.chat.demand_per_hour", "offers.box.throughput.chat", "own", "own.sites.hall.country", "own.sites.0",
    "own.sites.hall.kind",
    "own.servers.0.residual_curve", "own.servers.1.keep_months", "own.sites.campus.lead_months", "..", "", "workloads.-1",
]  # fmt: skip


@FUZZ
@given(st.sampled_from(PATHS), st.one_of(VALUES.map(_flow), st.text(max_size=10)))
def test_overrides_never_crash(path: str, value: str) -> None:
    must_not_crash(VALID, (f"{path}={value}",))


@FUZZ
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_yaml(text, "any.yaml")
    except InputErrors as error:
        render_mistakes(error)
