"""Mistakes look exactly as interface.md draws them, whatever is in the file."""

from planner.errors import InputErrors, Mistake, SourcePlace
from planner.report.answers.mistakes import mistakes_json, render_mistakes

TEXT = "\n" * 13 + "    latncy: interactive\n"


def rendered(text: str, *mistakes: Mistake) -> str:
    return render_mistakes(InputErrors(list(mistakes), text))


def test_the_form_is_the_one_of_the_interface() -> None:
    mistake = Mistake(
        "unknown key `latncy`",
        SourcePlace("examples/startup.yaml", 14, 5, 6),
        "workloads.0.latncy",
        "did you mean `latency`?",
    )
    assert rendered(TEXT, mistake) == (
        "error: unknown key `latncy`\n"
        "  --> examples/startup.yaml:14:5\n"
        "   |\n"
        "14 |     latncy: interactive\n"
        "   |     ^^^^^^\n"
        "  help: did you mean `latency`?"
    )


def test_line_numbers_are_aligned_over_all_mistakes() -> None:
    text = "\n".join(f"k{i}: x" for i in range(1, 121))
    lines = rendered(
        text, Mistake("a", SourcePlace("f", 7, 1, 2)), Mistake("b", SourcePlace("f", 120, 1, 4))
    ).splitlines()
    assert lines == [
        "error: a", "   --> f:7:1", "    |", "  7 | k7: x", "    | ^^", "",
        "error: b", "   --> f:120:1", "    |", "120 | k120: x", "    | ^^^^",
    ]  # fmt: skip


def test_what_came_by_set_shows_its_path() -> None:
    assert rendered("", Mistake("must be above 0", None, "years", "h")) == (
        "error: must be above 0\n  --> --set years\n  help: h"
    )


def test_control_characters_are_escaped_and_the_caret_still_fits() -> None:
    lines = rendered("\ta\x1b[31m: b\u202e", Mistake("bad `\x1b[0m`", SourcePlace("f\x07", 1, 2, 6))).splitlines()
    assert lines == [
        r"error: bad `\x1b[0m`", r"  --> f\x07:1:2", "   |", r" 1 | \ta\x1b[31m: b\u202e", "   |   ^^^^^^^^^",
    ]  # fmt: skip


def test_wide_characters_take_two_columns() -> None:
    lines = rendered("日本: x", Mistake("bad", SourcePlace("f", 1, 5, 1))).splitlines()
    assert lines[-1] == "   | " + " " * 6 + "^"


def test_long_lines_are_shown_around_the_caret() -> None:
    lines = rendered("a" * 500 + "BAD" + "c" * 500, Mistake("bad", SourcePlace("f", 1, 501, 3))).splitlines()
    shown, caret = lines[-2], lines[-1]
    assert len(shown) < 120
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "BAD"
    assert shown.startswith(" 1 | …")
    assert shown.endswith("…")


def test_a_mistake_in_another_file_shows_no_line_of_this_one() -> None:
    out = rendered("one\ntwo", Mistake("a", SourcePlace("x.yaml", 1, 1)), Mistake("b", SourcePlace("q.csv", 2, 1)))
    assert "two" not in out
    assert "q.csv:2:1" in out


def test_a_place_behind_the_end_is_no_trouble() -> None:
    assert "f:99:99" in rendered("x", Mistake("a", SourcePlace("f", 99, 99, 5)))
    assert rendered("x", Mistake("a", SourcePlace("f", 1, 99, 5))).endswith("^")


def test_programs_get_every_key() -> None:
    error = InputErrors([Mistake("w", SourcePlace("f", 2, 3), "a.b", "h", "c"), Mistake("no place", None, "years")])
    assert mistakes_json(error) == [
        {
            "file": None, "line": None, "col": None, "path": "years",
            "code": "invalid", "message": "no place", "suggestion": None,
        },
        {"file": "f", "line": 2, "col": 3, "path": "a.b", "code": "c", "message": "w", "suggestion": "h"},
    ]  # fmt: skip
