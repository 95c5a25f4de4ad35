"""What every test shares: which of them run by default, and which are quick.

Proofs by drawn programs are parametrized over seeds: `pytest` runs the first draw of each, `make test-all` all of them.
`pytest -m quick` is what a change is tried with: a minute on two cores.
"""

from pathlib import Path

import pytest

DRAWN_FOLDERS = ("oracle", "property", "cases")
"""Drawn programs against enumerations and second formulations, monotonicity over drawn scenarios."""
SLOW_FOLDERS = (*DRAWN_FOLDERS, "integration", "planted", "malformed", "browser")
"""Whole questions, solved; in other folders what takes seconds is marked `slow` by itself."""
BROWSER_FOLDER = "browser"
"""Pages in a real browser; `.ci/run` runs them in a step of their own."""
DRAWS = {"seed", "first"}
"""Parameters by which a drawn test counts its draws."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here, seen = Path(__file__).parent, set[str]()
    for item in items:
        folder = Path(item.path).relative_to(here).parts[0] if here in Path(item.path).parents else ""
        test = item.nodeid.partition("[")[0]
        parameters = item.callspec.params if hasattr(item, "callspec") else ()
        if folder == BROWSER_FOLDER or (folder in DRAWN_FOLDERS and test in seen and not DRAWS.isdisjoint(parameters)):
            item.add_marker(pytest.mark.exhaustive)
        seen.add(test)
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
        if not {"slow", "exhaustive"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.quick)
