"""YAML with places: what the core schema says, and where everything stands."""

import pytest

from planner.errors import InputErrors, SourcePlace
from planner.inputs.source.document import SourceDocument
from planner.inputs.source.text import decode
from planner.inputs.source.yaml.reading import read_yaml

TEXT = """\
# a comment
name: Acme
list:
  - {a: 1, "b c": [x, 'yy']}
  -
  - k: |
      several
      lines
empty:
"""


def a_document(text: str = TEXT) -> SourceDocument:
    return read_yaml(text, "a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("010", 10),
        ("3.5", 3.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        # text in YAML 1.2, though something else in YAML 1.1
        ("yes", "yes"),
        ("NO", "NO"),
        ("2027-01", "2027-01"),
        ("2027-01-15", "2027-01-15"),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        # text anyway
        ('"3"', "3"),
        ("'true'", "true"),
        ("2.5B", "2.5B"),
        ("35%", "35%"),
        ("+", "+"),
        ("1e", "1e"),
        (r'"\ud83d\ude00"', "😀"),  # JSON's way to write it
        ("[1, [x], {a: b}]", [1, ["x"], {"a": "b"}]),
    ],
)
def test_values_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = a_document(f"k: {text}\n").value["k"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "key", "line", "column", "width"),
    [
        (("name",), True, 2, 1, 4),
        (("name",), False, 2, 7, 4),
        (("list",), False, 4, 3, 1),
        (("list", 0), False, 4, 5, 24),
        (("list", 0, "a"), True, 4, 6, 1),
        (("list", 0, "a"), False, 4, 9, 1),
        (("list", 0, "b c"), True, 4, 12, 5),
        (("list", 0, "b c", 1), False, 4, 23, 4),
        (("list", 1), False, 5, 3, 1),
        (("list", 2, "k"), False, 6, 8, 1),
        (("empty",), False, 9, 1, 5),  # nothing has no place of its own
        # what is not there: the nearest parent
        (("list", 0, "zzz"), False, 4, 5, 24),
        (("list", 9, "zzz"), False, 3, 1, 4),
        (("nothing", "at", "all"), True, 2, 1, 4),
    ],
)
def test_everything_has_a_place(path: tuple[str | int, ...], key: bool, line: int, column: int, width: int) -> None:
    assert a_document().place_of(path, key=key) == SourcePlace("a.yaml", line, column, width)


def test_places_count_lines_as_editors_do() -> None:
    document = a_document("a: 1\r\nb: 'x\r\n  y'\r\nc: 3\r\n")
    assert document.place_of(("c",)) == SourcePlace("a.yaml", 4, 4, 1)


def test_json_is_read_tabs_and_all() -> None:
    assert a_document('{\n\t"a": [1, 2.5, "x"],\n\t"b": null\n}').value == {"a": [1, 2.5, "x"], "b": None}


def test_aliases_and_merge_keys_repeat_what_they_name() -> None:
    document = a_document("base: &b {x: 1, y: 2}\nsame: *b\nmore:\n  <<: *b\n  y: 3\n")
    assert document.value["same"] == {"x": 1, "y": 2}
    assert document.value["more"] == {"x": 1, "y": 3}
    assert document.place_of(("more", "x")) == SourcePlace("a.yaml", 1, 14, 1)


def test_thirty_two_levels_are_allowed_and_no_more() -> None:
    assert a_document("a: " + "[" * 31 + "]" * 31).root.depth == 32
    with pytest.raises(InputErrors, match="deeper than 32"):
        a_document("a: " + "[" * 32 + "]" * 32)


@pytest.mark.exhaustive
def test_a_hundred_thousand_nodes_are_allowed_and_no_more() -> None:
    # 1 mapping + 1 key + 1 list + its items
    assert len(a_document("a: [" + "x," * 99_997 + "]").value["a"]) == 99_997
    with pytest.raises(InputErrors, match="more than 100,000 values"):
        a_document("a: [" + "x," * 99_998 + "]")


def test_aliases_count_as_often_as_they_are_used() -> None:
    with pytest.raises(InputErrors, match="aliases included"):
        a_document("a: &a [" + "x," * 999 + "]\nb: [" + "*a," * 100 + "]")


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(InputErrors) as caught:
        a_document("a: !x 1\na: 2\n3: .nan\n")
    assert [(m.code, str(m.place)) for m in caught.value.mistakes] == [
        ("tag", "a.yaml:1:4"),
        ("duplicate_key", "a.yaml:2:1"),
        ("key", "a.yaml:3:1"),
        ("not_finite", "a.yaml:3:4"),
    ]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1", "a.yaml") == "a: 1"
    assert read_yaml("\ufeffa: 1", "a.yaml").place_of(("a",), key=True) == SourcePlace("a.yaml", 1, 1, 1)
