"""What the commands that solve have in common: they read a scenario, take limits, and say why there is no plan."""

from collections.abc import Callable
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import typer

from planner.cli.output import Sink, UsageError, complain, note
from planner.errors import Exit

if TYPE_CHECKING:
    from planner.domain.inputs import Catalog
    from planner.domain.records import Cause, Diagnosis
    from planner.domain.scenario import Scenario
    from planner.inputs import Loaded
    from planner.solver import Watch

NO_PLAN = "interrupted: no plan exists, and the reasons and ways out were not found in time"


class Opened(NamedTuple):
    """A scenario and the catalog it buys from."""

    scenario: "Scenario"
    catalog: "Catalog"

    @property
    def name(self) -> str:
        return self.scenario.name


def opened(path: str, settings: list[str] | None, datasets: Path | None, catalog_date: str | None = None) -> Opened:
    """Read catalog and scenario; notes on the scenario go to standard error."""
    from planner.inputs import load_scenario
    from planner.inputs.catalog import load_known_on

    catalog = load_known_on(datasets, catalog_date)
    loaded = load_scenario(path, overrides=settings or (), catalog=catalog)
    tell_notes(loaded)
    return Opened(loaded.scenario, catalog)


def tell_notes(loaded: "Loaded") -> None:
    for said in loaded.document.notes:
        note(f"note: {said}")


def fraction(flag: str, text: str, least: float, most: float, rule: str, example: str) -> float:
    """The share behind a flag, within [least, most]; `rule` says so in words."""
    from pydantic_core import PydanticCustomError

    from planner.domain.fields import parse_fraction

    remedy = f"write e.g. `{flag} {example}`"
    try:
        value = parse_fraction(text)
    except PydanticCustomError as error:
        raise UsageError(f"`{flag}`: {error.message()}", help=remedy) from None
    if not isinstance(value, float) or not least <= value <= most:
        raise UsageError(f"`{flag}` must {rule}, not {text}", help=remedy)
    return value


def share(text: str) -> float:
    """The gap, from `0.1%` or `0.001`.

    >>> share("0.1%"), share("0.02")
    (0.001, 0.02)
    """
    return fraction("--gap", text, 0.0, 1.0, "lie between 0% and 100%", "0.1%")


def gap_of(text: str | None) -> float | None:
    """The gap that was asked for; None is the scenario's own."""
    return None if text is None else share(text)


def seconds(limit: float | None) -> float | None:
    """A limit of time, checked."""
    if limit is not None and not (isfinite(limit) and limit > 0):
        raise UsageError(f"`--time-limit` must be above 0 seconds, not {limit:g}")
    return limit


def countdown(limit: float | None) -> Callable[[], float | None]:
    """A limit of time from now on, checked; called, it gives the seconds that are left: imports and reading count."""
    began, seconds_in_all = monotonic(), seconds(limit)
    return lambda: None if seconds_in_all is None else max(seconds_in_all - (monotonic() - began), 0.0)


def diagnosed(of: Opened, causes: "tuple[Cause, ...]", watch: "Watch") -> "Diagnosis":
    """Causes and ways out of a scenario that has no plan; an interruption from here on tells at least that it has none."""
    from planner.analysis.infeasible import diagnose
    from planner.cli.interruption import SignalGuard

    before, SignalGuard.known = SignalGuard.known, NO_PLAN
    try:
        return diagnose(*of, causes, watch)
    finally:
        SignalGuard.known = before


def tell_infeasible(of: Opened, diagnosis: "Diagnosis", where: Sink) -> NoReturn:
    """Print causes and ways out of a scenario that has no plan, and end."""
    from planner.pipeline import scenario_hash, scenario_value
    from planner.report.answers import infeasible_report

    where.for_text().show(
        infeasible_report(
            of.name,
            diagnosis.causes,
            diagnosis.repairs,
            conflict=diagnosis.conflict,
            complete=diagnosis.complete,
            sha256=scenario_hash(scenario_value(of.scenario)),
        )
    )
    raise typer.Exit(Exit.INFEASIBLE)


def tell_none_found() -> NoReturn:
    """Say that a limit came before any plan, and end."""
    complain("error: a limit of the search came before any plan was found\n  help: allow more time by `--time-limit`")
    raise typer.Exit(Exit.LIMIT)
