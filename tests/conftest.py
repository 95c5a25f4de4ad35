"""What every test shares: which of them run by default, and which are quick.

Proofs by drawn programs are parametrized over seeds: `pytest` runs the first draw of each, and one planted or malformed scenario of
two or three, and every other case; `make test-all` runs all of them, and the longest files.
`pytest -m quick` is what a change is tried with: a minute on two cores.
"""

from collections import Counter
from pathlib import Path

import pytest

DRAWN_FOLDERS = ("oracle", "property", "cases")
"""Drawn programs against enumerations and second formulations, monotonicity over drawn scenarios."""
SLOW_FOLDERS = (*DRAWN_FOLDERS, "integration", "planted", "malformed", "browser")
"""Whole questions, solved; in other folders what takes seconds is marked `slow` by itself."""
BROWSER_FOLDER = "browser"
"""Pages in a real browser; `.ci/run` runs them in a step of their own."""
DRAWS = {"seed", "first", "group"}
"""Parameters by which a drawn test counts its draws."""
SAMPLED = {"planted": 3, "malformed": 2, "cases": 2, "test_audit_owned.py": 3}
"""Of the cases of these folders and files one in so many runs by default."""
EXHAUSTIVE = {"test_wide_monotone.py", "test_owning_monotone.py", "test_compare_property.py", "test_cluster.py"}
"""Files of which nothing runs by default: they take longest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here, seen = Path(__file__).parent, Counter[str]()
    for item in items:
        folder = Path(item.path).relative_to(here).parts[0] if here in Path(item.path).parents else ""
        test = item.nodeid.partition("[")[0]
        places = item.callspec.indices if hasattr(item, "callspec") else {}
        drawn = any(places.get(name, 0) for name in DRAWS)
        name = Path(item.path).name
        passed_over = name in EXHAUSTIVE or seen[test] % SAMPLED.get(name, SAMPLED.get(folder, 1))
        if folder == BROWSER_FOLDER or drawn or passed_over:
            item.add_marker(pytest.mark.exhaustive)
        seen[test] += 1
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
        if not {"slow", "exhaustive"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.quick)
