"""At which hosts a refresh arrives, seen at the socket: `tests/helpers/watched_refresh.py` says how."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from price_faults import FAULTS, source_of
from price_sources import small_catalog

from planner.inputs.refresh import SOURCES

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[2] / "helpers" / "watched_refresh.py"
ALL = ""
"""Where nothing is broken and every source is read."""


ASTRAY = {
    "to another host": "evil.example",
    "to a user's name": "evil.example",
    "next page elsewhere": "evil.example",
    "to an open line": "prices.azure.com:80",
    "to a port": "prices.azure.com:8443",
}
"""Where a refresh would arrive if it went wherever it is sent."""


def reached(folder: Path, *words: str) -> dict[str, set[str]]:
    """By fault: hosts at which a socket arrived; `host:port` where the port is another than that of HTTPS."""
    base = small_catalog(folder / "catalog")
    command = [sys.executable, SCRIPT, base, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=240)
    return {fault: set(hosts) for fault, hosts in json.loads(done.stdout).items()}


@pytest.mark.parametrize(
    "faults", [pytest.param(tuple(FAULTS), marks=pytest.mark.exhaustive), tuple(ASTRAY)], ids=["all", "astray"]
)
def test_no_socket_arrives_at_a_host_that_is_not_listed(faults: tuple[str, ...], tmp_path: Path) -> None:
    seen = reached(tmp_path, *faults)
    assert seen.pop(ALL) == set().union(*(source.hosts for source in SOURCES.values())), "the watch sees what there is"
    assert list(seen) == list(faults)
    for fault, hosts in seen.items():
        assert hosts, fault
        assert hosts <= source_of(fault).hosts, fault


def test_thirty_faults_are_played() -> None:
    assert len(FAULTS) >= 30


def test_the_watch_at_the_socket_sees_a_redirect_that_is_followed(tmp_path: Path) -> None:
    """Without the list of hosts each of these arrives where it should not."""
    seen = reached(tmp_path, "--unguarded", *ASTRAY)
    assert {fault: where in seen[fault] for fault, where in ASTRAY.items()} == dict.fromkeys(ASTRAY, True)
