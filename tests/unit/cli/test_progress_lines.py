"""Lines of JSON: one for every first, one for the last, few between; and the line of a terminal."""

import io
import json

from planner.cli.progress import JsonLines, Stopwatch, told
from planner.solver import Progress


class Stopped(Stopwatch):
    """A clock that is set by hand."""

    now = 0.0

    @property
    def elapsed(self):
        return self.now


def lines_of(*events):
    """The lines that (seconds, event) give."""
    stream, clock = io.StringIO(), Stopped()
    lines = JsonLines("solving X", stream, clock)
    for at, event in events:
        clock.now = at
        lines.hear(event)
    lines.flush()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_of_many_events_the_firsts_and_the_last_are_told():
    bounds = [(0.01 * i, Progress("search", None, 1.0 + i)) for i in range(1, 10)]
    found = lines_of(
        (0.0, Progress("search")), *bounds, (0.1, Progress("search", 20.0, 10.0)), (0.11, Progress("next"))
    )
    assert [(line["phase"], line["plan_usd"], line["bound_usd"]) for line in found] == [
        ("search", None, None),
        ("search", None, 2.0),
        ("search", 20.0, 10.0),
        ("next", None, None),
    ]
    assert found[2]["gap"] == 0.5


def test_a_phase_ends_with_its_last_event():
    found = lines_of((0.0, Progress("search", 9.0, 1.0)), (0.1, Progress("search", 9.0, 8.0)), (0.15, Progress("next")))
    assert [line["bound_usd"] for line in found] == [1.0, 8.0, None]


def test_a_reader_who_has_gone_away_ends_nothing():
    class Gone(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    JsonLines("solving X", Gone(), Stopwatch()).hear(Progress("search"))


def test_words_of_an_event():
    assert told(Progress("search", 13_845_000.0, 13_800_000.0)) == "search: plan $13.85M, bound $13.80M, gap 0.33%"
    assert told(Progress("reading")) == "reading"
