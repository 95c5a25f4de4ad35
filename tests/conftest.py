"""What every test shares: which of them are slow.

`pytest` runs the short part; `make test-all` runs everything.
"""

from pathlib import Path

import pytest

SLOW_FOLDERS = ("oracle", "property", "browser")
"""Drawn programs against enumerations and second formulations, monotonicity over drawn scenarios, pages in a real browser."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder = Path(item.path).relative_to(here).parts[0] if here in Path(item.path).parents else ""
        if folder in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
