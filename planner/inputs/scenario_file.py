"""scenario.yaml → Scenario; all mistakes at once, each with place and remedy.

text → YAML with places → `--set` → referenced files → types and rules → names against the catalog.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.errors import InputErrors, Mistake
from planner.inputs.catalog import load_catalog
from planner.inputs.cross_check import cross_check
from planner.inputs.resolved import ResolvedScenario, resolved
from planner.inputs.source import (
    FILES_BELOW,
    SourceDocument,
    compose,
    decode,
    mistakes_of,
    override,
    read_bytes,
    read_text,
    refused_references,
    resolve_references,
)

__all__ = [
    "Loaded",
    "ResolvedScenario",
    "ScenarioErrors",
    "load_scenario",
    "load_text",
    "parse_scenario",
    "read_scenario",
    "reload",
    "resolved",
]

STDIN = "<stdin>"


class ScenarioErrors(InputErrors):
    """Mistakes in a scenario and in the files it refers to, with the text of all of them."""

    def __init__(self, mistakes: list[Mistake], source: str, sources: dict[str, str]) -> None:
        super().__init__(mistakes, source)
        self.sources = sources
        """Text by file name, for showing the offending lines."""


class Loaded(NamedTuple):
    """A scenario, and the document it was read from."""

    scenario: Scenario
    document: SourceDocument


def read_scenario(
    path_or_dash: str | Path, *, overrides: Sequence[str] = (), catalog: Catalog | None = None
) -> Scenario:
    """The scenario in a file, or on standard input if the path is `-`."""
    return load_scenario(path_or_dash, overrides=overrides, catalog=catalog).scenario


def read_for_market(
    path_or_dash: str | Path, *, overrides: Sequence[str] = (), catalog: Catalog | None = None
) -> Scenario:
    """The scenario in a file (`-`: standard input), its names looked up in a catalog; default: the bundled one."""
    return read_scenario(path_or_dash, overrides=overrides, catalog=catalog or load_catalog())


def parse_scenario(
    text: str,
    file: str,
    *,
    folder: Path | None = None,
    overrides: Sequence[str] = (),
    catalog: Catalog | None = None,
) -> Scenario:
    """The scenario in a text; `file` is only named, files it refers to are sought in `folder`."""
    return load_text(text, file, folder=folder, overrides=overrides, catalog=catalog).scenario


def load_scenario(path_or_dash: str | Path, *, overrides: Sequence[str] = (), catalog: Catalog | None = None) -> Loaded:
    """Like `read_scenario`, with the document for places and origins."""
    if str(path_or_dash) == "-":
        text, file, folder = decode(read_bytes(sys.stdin.buffer), STDIN), STDIN, Path()
    else:
        path = Path(path_or_dash)
        text, file, folder = read_text(path), str(path_or_dash), path.parent
    return load_text(text, file, folder=folder, overrides=overrides, catalog=catalog)


def load_text(
    text: str,
    file: str,
    *,
    folder: Path | None = None,
    overrides: Sequence[str] = (),
    catalog: Catalog | None = None,
) -> Loaded:
    """Like `parse_scenario`, with the document for places and origins."""
    root, mistakes = compose(text, file)
    if root is None:
        raise ScenarioErrors(mistakes, text, {file: text})
    document = SourceDocument(root, text, file, {file: text})
    document, unset = override(document, overrides)
    allowed = os.environ.get(FILES_BELOW)
    folder = Path(file).parent if folder is None else folder
    document, unread = resolve_references(document, folder, Path(allowed) if allowed else None)
    return _checked(document, [*mistakes, *unset, *unread], catalog)


def reload(document: SourceDocument, overrides: Sequence[str], catalog: Catalog | None) -> Loaded:
    """A document as `load_text` left it, with more fields set; for settings of somebody who may not read files.

    No file is looked for: what the document named is in it already, and what is set must be values.

    Raises:
        ScenarioErrors: a field that cannot be set, a wrong value, or the name of a file.
    """
    changed, unset = override(document, overrides)
    return _checked(changed, [*unset, *refused_references(changed)], catalog)


def _checked(document: SourceDocument, broken: list[Mistake], catalog: Catalog | None) -> Loaded:
    """The scenario of a document whose files are read, or all that is wrong with it."""
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(document.value)
        checked = cross_check(scenario, document, catalog)
        scenario, found = checked.scenario, checked.mistakes
        document = replace(document, notes=(*document.notes, *checked.notes))
    except ValidationError as error:
        found = mistakes_of(Scenario, error, document)
    known = {(m.place.file, m.place.line, m.place.column) for m in broken if m.place is not None}
    broken += [m for m in found if m.place is None or (m.place.file, m.place.line, m.place.column) not in known]
    if broken or scenario is None:
        raise ScenarioErrors(broken, document.text, document.sources)
    return Loaded(scenario, document)
