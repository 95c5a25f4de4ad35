"""Golden files: `PLANNER_GOLDEN=rewrite pytest tests/golden` writes them anew; read the diff before you commit it."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "golden"


def matches(name: str, text: str) -> None:
    """The text is that of the golden file, or becomes it on request."""
    path = GOLDEN / name
    if os.environ.get("PLANNER_GOLDEN") == "rewrite":
        path.write_bytes(text.encode())
    assert path.exists(), f"no golden {name}: PLANNER_GOLDEN=rewrite writes it"
    assert text == path.read_bytes().decode(), f"{name} differs; PLANNER_GOLDEN=rewrite, then read the diff"
