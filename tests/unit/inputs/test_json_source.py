"""Scenarios as JSON: the same values and places as the YAML reader gives, and what is refused."""

import json
import random
import string
from typing import Any

import pytest

from planner.errors import InputErrors
from planner.inputs.source import json_source
from planner.inputs.source.document import KeyPath, Mapping, Sequence, SourceDocument
from planner.inputs.source.json_source import faults, read_json
from planner.inputs.source.yaml.reading import compose, compose_node


def a_value(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(8 if depth else 6)
    if kind == 6:
        return [a_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 7:
        return a_mapping(rng, depth - 1)
    words = "".join(rng.choices(string.ascii_letters + ' ,:{}[]"\\äß\n', k=rng.randrange(8)))
    return (None, True, rng.randrange(-9, 10**6), rng.uniform(-1e9, 1e9), rng.random() * 1e-9, words)[kind]


def a_mapping(rng: random.Random, depth: int) -> dict[str, Any]:
    return {f"k{i}{rng.choice(['', ' a', 'ö', '.'])}": a_value(rng, depth) for i in range(rng.randrange(5))}


def every_path(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in below for found in every_path(item, (*path, key)))]


@pytest.mark.parametrize("seed", range(60))
def test_values_and_places_are_those_of_the_yaml_reader(seed: int) -> None:
    rng = random.Random(seed)
    value = a_mapping(rng, 4)
    text = json.dumps(value, indent=rng.choice([None, 0, 2]), ensure_ascii=rng.random() < 0.5)
    text = rng.choice(["", "\n ", "\r\n"]) + text.replace("\n", rng.choice(["\n", "\r\n"]))
    fast = read_json(text, "f")
    slow, mistakes = compose_node(text, "f")
    assert fast is not None
    assert not mistakes
    assert isinstance(slow, Mapping)
    read, told = SourceDocument(fast, text, "f"), SourceDocument(slow, text, "f")
    assert read.value == told.value == value
    for path in every_path(value):
        assert read.place_of(path) == told.place_of(path), path
        assert read.place_of(path, key=True) == told.place_of(path, key=True), path


FAULTY = {
    "duplicate": ('{"a": 1,\n "b": [{"c": 1, "c": 2}]}', "duplicate key `c`", 2, 17),
    "nan": ('{"a": [1,\n NaN]}', "`NaN` is not a number", 2, 2),
    "too large": ('{"a":\n 1e999}', "the number is too large", 2, 2),
    "digits": ('{"a": ' + "9" * 5000 + "}", "more than 400 digits", 1, 7),
    "control": ('{"a": "x\\u0007"}', "control character U+0007", 1, 7),
    "surrogate": ('{"a": "x\\ud800"}', "control character U+D800", 1, 7),
    "deep": ('{"a": ' + "[" * 32 + "]" * 32 + "}", "deeper than 32", 1, 38),
    "very deep": ('{"a": ' + "[" * 99_999, "deeper than 32", 1, 38),
    "open": ('{"a": [1, 2', "not valid JSON", 1, 12),
    "tail": ('{"a": 1} x', "not valid JSON: extra data", 1, 10),
    "comma": ('{"a": 1,\n}', "not valid JSON", 2, 1),
}


@pytest.mark.parametrize(("text", "what", "line", "column"), FAULTY.values(), ids=FAULTY.keys())
def test_faults_are_told_where_they_are(text: str, what: str, line: int, column: int) -> None:
    assert read_json(text, "f") is None
    first = faults(text, "f")[0]
    assert what in first.what
    assert first.place is not None
    assert (first.place.line, first.place.column) == (line, column)


def test_thirty_two_levels_are_read() -> None:
    assert read_json('{"a": ' + "[" * 31 + "]" * 31 + "}", "f") is not None


def test_large_json_is_read_and_its_faults_are_found() -> None:
    numbers = ", ".join(["1.5"] * 600_000)
    root, mistakes = compose('{"a": [' + numbers + '], "b":\n {"c": 1}}', "f")
    assert not mistakes
    assert root is not None
    document = SourceDocument(root, "", "f")
    assert len(document.value["a"]) == 600_000
    place = document.place_of(("b", "c"))
    assert place is not None
    assert (place.line, place.column) == (2, 8)
    root, mistakes = compose('{"a": [' + numbers + '],\n "b": 1, "b": 2}', "f")
    assert root is None
    assert [(m.what, m.place and m.place.line) for m in mistakes] == [("duplicate key `b`", 2)]


def test_yaml_of_that_size_is_told_to_become_json() -> None:
    root, mistakes = compose("a: [" + "1, " * 700_000 + "]", "f")
    assert root is None
    assert mistakes[0].help is not None
    assert "JSON" in mistakes[0].help


def test_what_would_not_fit_is_refused_with_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"a": [' + "[]," * 1000 + "[]]}"
    assert compose(text, "f")[0] is not None
    monkeypatch.setattr(json_source, "BYTES_PER_CONTAINER", 3_000_000)
    with pytest.raises(InputErrors) as caught:
        compose(text, "f")
    assert caught.value.mistakes[0].what == "reading `f` would take about 3.4 GB of memory, at most 2 GB are allowed"


def test_only_levels_that_are_asked_for_get_places() -> None:
    root = read_json('{"a": [{"b": [1, 2]}]}', "f")
    assert root is not None
    node = root.entries["a"].node
    assert isinstance(node, Sequence)
    assert node.items[0] is node.items[0]
