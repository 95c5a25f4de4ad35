"""The two sides of a comparison: plans are audited again, scenarios are solved."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from planner.cli.options import ProgressStyle
from planner.cli.output import UsageError, note
from planner.cli.progress import progress
from planner.domain.records import PlanFileError, json_value, plan_of
from planner.errors import Exit, PlannerError
from planner.inputs import read_bytes, shown_name

if TYPE_CHECKING:
    from planner.analysis.compare import Subject
    from planner.domain.inputs import Catalog
    from planner.domain.records import AuditRecord, Cause, Plan
    from planner.domain.scenario import Scenario

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_SCHEMA = re.compile(rb'"schema"\s*:\s*"planner/')
BEGINNING = 4096
"""Bytes in which a plan that is cut off still shows what it is."""


class AuditError(PlannerError):
    """A plan that must not be compared as if it were sound."""

    exit_code = Exit.POLICY


class NoPlanError(PlannerError):
    """A limit or an interruption came before any plan was found."""

    exit_code = Exit.LIMIT


class InfeasibleError(PlannerError):
    """A side that has no plan, with the causes."""

    exit_code = Exit.INFEASIBLE

    def __init__(self, what: str, name: str, causes: "tuple[Cause, ...]") -> None:
        super().__init__(what)
        self.name = name
        self.causes = causes


class OpenedScenario(NamedTuple):
    """A scenario that is read and waits to be solved."""

    source: str
    scenario: "Scenario"
    catalog: "Catalog"


class SearchLimits(NamedTuple):
    """How scenarios are solved."""

    gap: float
    time_limit: float | None
    threads: int
    progress: ProgressStyle | None = None


def read_sides(
    paths: tuple[str, str], settings: list[str], datasets: Path | None, search: SearchLimits
) -> "list[Subject]":
    """Both sides. Both are read, and plans audited, before anything is solved."""
    from planner.inputs.catalog import load_catalog

    catalog: Catalog | None = None
    opened: list[Subject | OpenedScenario] = []
    for path in paths:
        name, data = shown_name(path), read_bytes(path)
        plan = plan_in(data, name)
        if plan is not None:
            opened.append(_audited(plan, name))
            continue
        catalog = load_catalog(datasets) if catalog is None else catalog
        opened.append(_question(data, name, settings, catalog))
    if settings and not any(isinstance(side, OpenedScenario) for side in opened):
        raise UsageError("`--set` changes scenarios, and both sides are plans", help="drop `--set`, or name a scenario")
    return [_solved(side, search) if isinstance(side, OpenedScenario) else side for side in opened]


def plan_in(data: bytes, name: str) -> "Plan | None":
    """The plan in a file, or None if it is to be read as a scenario.

    A scenario may be JSON too: it has `workloads` and no `schema`. What is cut off is told by its beginning.
    """
    if _JSON.match(data) is None:
        if name.endswith(".json"):
            raise PlanFileError(f"`{name}` holds no JSON object")
        return None
    try:
        value = json_value(data, name)
    except PlanFileError:
        if _SCHEMA.search(data[:BEGINNING]) is None:
            return None
        raise
    if isinstance(value, dict) and "workloads" in value and "schema" not in value:
        return None
    if isinstance(value, dict) and value.get("status") == "infeasible":
        raise PlanFileError(f"`{name}` says that no plan exists", help="there is nothing to compare with")
    return plan_of(value, name)


def _audited(plan: "Plan", name: str) -> "Subject":
    from planner.analysis.compare import Subject
    from planner.audit import audit

    _must_agree(audit(plan), name, f"`planner audit {name}` lists every difference")
    return Subject(name, "plan", plan)


def _must_agree(record: "AuditRecord", name: str, remedy: str) -> None:
    if record.agrees:
        return
    rule, where, claimed, recomputed = (*record.discrepancies, ("unknown", "", "", ""))[0]
    more = len(record.discrepancies) - 1
    rest = f", and {more} more" if more > 0 else ""
    raise AuditError(
        f"the audit disagrees with `{name}`, so that it cannot be compared: "
        f"{rule}, {where}: claimed {claimed}, recomputed {recomputed}{rest}",
        help=remedy,
    )


def _question(data: bytes, name: str, settings: list[str], catalog: "Catalog") -> OpenedScenario:
    from planner.inputs import STDIN, load_text
    from planner.inputs.source import decode

    folder = Path() if name == STDIN else Path(name).parent
    loaded = load_text(decode(data, name), name, folder=folder, overrides=settings, catalog=catalog)
    for said in loaded.document.notes:
        note(f"note: {said}")
    return OpenedScenario(name, loaded.scenario, catalog)


def _solved(question: OpenedScenario, search: SearchLimits) -> "Subject":
    from planner.analysis import answer
    from planner.analysis.compare import Subject

    name, scenario, catalog = question
    with progress(f"solving {scenario.name}", search.progress):
        found = answer(
            scenario,
            catalog,
            gap=search.gap,
            time_limit=search.time_limit,
            threads=search.threads,
            baselines=False,
        )
    if found.stop == "interrupted":
        raise KeyboardInterrupt
    if found.stop == "infeasible":
        raise InfeasibleError(f"`{name}` has no plan, so that there is nothing to compare", scenario.name, found.causes)
    if found.plan is None:
        raise NoPlanError(
            f"a limit of the search was reached before any plan of `{name}` was found",
            help="allow more time by `--time-limit`, or a larger `--gap`",
        )
    _must_agree(found.plan.audit, name, "do not rely on this plan; `planner solve` shows it")
    return Subject(name, "scenario", found.plan)
