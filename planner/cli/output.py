"""The two edges on the way out: the answer on standard output or in a file, messages on standard error."""

import io
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from planner.cli.options import ANSWER_FORMATS, SUFFIXES, PlanFormat
from planner.errors import Exit, PlannerError

if TYPE_CHECKING:
    from planner.domain.records import Plan
    from planner.report.document import Report

WIDTH = 110
"""Cells a line where nobody's window is known."""


class UsageError(PlannerError):
    """An option or argument that makes no sense."""

    exit_code = Exit.BAD_INPUT


def unreadable(file: Path, error: OSError | ValueError, remedy: str) -> UsageError:
    """The complaint about a file that cannot be read, or is not what it should be."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)[:120]
    return UsageError(f"cannot read `{file}`: {reason[:1].lower()}{reason[1:]}", help=remedy)


class StdoutError(PlannerError):
    """The answer could not be written to standard output."""

    exit_code = Exit.BAD_INPUT


class Sink(NamedTuple):
    """Where the answer goes, and in which dress."""

    format: str
    file: Path | None
    width: int = WIDTH
    color: bool = False
    at_terminal: bool = False

    def for_text(self) -> "Sink":
        """Where an answer goes that has no form but text: on standard output, if a workbook was asked for."""
        return self if self.format in ANSWER_FORMATS else sink("table", None)

    def text_of(self, answer: "Report") -> str:
        """The answer in the format that was asked for."""
        from planner.report.document import render

        return render(answer, self.format, width=self.width, color=self.color)

    def show(self, answer: "Report") -> None:
        """Write an answer in the format that was asked for."""
        self.put(self.text_of(answer))

    def put(self, answer: str | bytes) -> None:
        """Write the answer; a reader who has gone away is no mistake."""
        if self.file is None:
            _print(answer, exact=self.format in ("json", "csv", "focus"))
            return
        from planner.report.document import write_whole

        write_whole(self.file, answer)
        note(f"wrote {self.file}")


def sink(wanted: PlanFormat | None, file: Path | None, formats: tuple[str, ...] = ANSWER_FORMATS) -> Sink:
    """Format by `--format`, else by the suffix of the file, else a table.

    Args:
        formats: those that the answer has.
    """
    if file is not None:
        return Sink(_format_of(wanted, file, formats), file)
    at_terminal = is_terminal(sys.stdout)
    width = shutil.get_terminal_size((WIDTH, 24)).columns if at_terminal else WIDTH
    return Sink(wanted or "table", None, width, at_terminal and _color_is_welcome(), at_terminal)


def _format_of(wanted: PlanFormat | None, file: Path, formats: tuple[str, ...]) -> str:
    if wanted is not None:
        return wanted
    guess = SUFFIXES.get(file.suffix.lower())
    if guess is not None and guess not in formats:
        raise UsageError(f"this answer has no format `{guess}`", help=f"it has {', '.join(formats)}")
    if guess is None and file.suffix:
        raise UsageError(f"no format goes with the suffix `{file.suffix}`", help="name one by `--format`")
    return guess or "table"


def is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _color_is_welcome() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _print(answer: str | bytes, *, exact: bool) -> None:
    stream = sys.stdout
    if stream is None:
        raise StdoutError("standard output is closed", help="write to a file with `-o`")
    if isinstance(answer, bytes) and is_terminal(stream):
        raise StdoutError("a workbook is not for a terminal", help="write it to a file with `-o plan.xlsx`")
    if isinstance(stream, io.TextIOWrapper):
        if exact:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
        else:
            stream.reconfigure(errors="backslashreplace")
    try:
        if isinstance(answer, bytes):
            stream.buffer.write(answer)
        else:
            stream.write(answer)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        reason = (error.strerror or str(error)).lower()
        raise StdoutError(f"cannot write to standard output: {reason}", help="write to a file with `-o`") from error


def _silence(stream: TextIO) -> None:
    """Let the flush at exit go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def complain(text: str) -> None:
    """A message on standard error, in which nothing can move the cursor."""
    from planner.report.answers import escaped

    stream = sys.stderr
    if stream is None:
        return
    lines = "".join(f"{escaped(line)}\n" for line in text.rstrip("\n").split("\n"))
    encoding = stream.encoding or "ascii"
    try:
        stream.write(lines.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError:
        _silence(stream)


def note(text: str) -> None:
    """A message that only a person at a terminal wants."""
    if is_terminal(sys.stderr):
        complain(text)


def warn(text: str) -> None:
    complain(f"warning: {text}")


BRIEF = ("table", "markdown", "html")
"""Formats that have a head."""


def dressed(plan: "Plan", where: Sink, *, brief: bool = False, full: bool = False) -> str | bytes:
    """Text, or the bytes of a workbook.

    Args:
        brief: only the head, in the formats of `BRIEF`.
        full: all of it as text, of which a terminal otherwise gets the first screen, and a pipe or file what a person reads.
    """
    if brief:
        from planner.report.plan import brief_report

        return where.text_of(brief_report(plan))
    if where.format == "table" and not full:
        from planner.report.plan import first_screen_report, summary_report

        return where.text_of(first_screen_report(plan) if where.at_terminal else summary_report(plan))
    if where.format == "xlsx":
        from planner.audit import statement
        from planner.report.workbook import plan_workbook

        return plan_workbook(plan, statement(plan))
    if where.format == "focus":
        from planner.audit import statement
        from planner.report.focus import focus_csv

        return focus_csv(plan, statement(plan))
    if where.format == "html":
        from planner.report.page import plan_page

        return plan_page(plan)
    from planner.report.plan import plan_report

    return where.text_of(plan_report(plan))


def only_where_there_is_a_head(brief: bool, where: Sink) -> None:
    """Refuse `--brief` for formats that have no head."""
    if brief and where.format not in BRIEF:
        raise UsageError(f"`--brief` is the head of a report, and {where.format} has none", help="drop one of the two")
