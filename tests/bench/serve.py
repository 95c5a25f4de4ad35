"""How long `planner serve` takes to answer a moved slider, asked as a browser asks: over HTTP, on the live model.

    PYTHONPATH=. python tests/bench/serve.py examples/startup.yaml

Every slider is moved by two of its steps from the scenario as it is. Wall time from the request to the first page that shows a
plan of the try; `settled`: the question before had its last answer, `moving`: it was still refined. Beside it the CPU time that
the server took meanwhile.
"""

import html
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx

POLL = 0.05
"""Seconds between two looks, as the page takes them."""
LIMIT = 90.0
CONTROL = re.compile(r'<input[^>]*type="range"[^>]*>')


class Slider(NamedTuple):
    path: str
    moved: float


class Measured(NamedTuple):
    path: str
    wall: float
    cpu: float
    said: str


@contextmanager
def served(scenario: str) -> Iterator[tuple[httpx.Client, int]]:
    """A client of a page that is up, and the number of the process."""
    command = [sys.executable, "-c", "from planner.cli import main; main()", "serve", scenario, "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    at = urlsplit(process.stdout.readline().strip())
    headers = {"X-Planner-Token": parse_qs(at.query)["token"][0]}
    with httpx.Client(base_url=f"{at.scheme}://{at.netloc}", headers=headers, timeout=60) as client:
        yield client, process.pid
    process.send_signal(signal.SIGINT)
    process.wait(20)


def sliders(page: str) -> list[Slider]:
    """Each of them, and where it is moved to."""
    found = []
    for control in CONTROL.findall(page):
        given = {name: html.unescape(text) for name, text in re.findall(r'([a-z-]+)="([^"]*)"', control)}
        value, step, high = (float(given[name]) for name in ("value", "step", "max"))
        found.append(Slider(given["name"], value + 2 * step if value + 2 * step <= high else value - 2 * step))
    return found


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and of those it started."""
    ticks = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == pid or int(fields[1]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def first_answer(client: httpx.Client, slider: Slider, pid: int) -> Measured:
    began, cpu = time.monotonic(), cpu_of(pid)
    piece = client.post("/try", data={slider.path: f"{slider.moved:.10g}", "page": "bench"}).text
    while not (said := state(piece)) and time.monotonic() - began < LIMIT:
        time.sleep(POLL)
        piece = client.get(f"/answer/{number(piece)}").text
    return Measured(slider.path, time.monotonic() - began, cpu_of(pid) - cpu, said or "nothing in time")


def state(piece: str) -> str:
    """What is said of a plan that is there; nothing while there is none."""
    found = re.search(r'class="state"[^>]*>([^<]*)<', piece)
    said = "" if found is None else html.unescape(found[1]).strip()
    return said if "within" in said or "alert" in piece else ""


def number(piece: str) -> str:
    found = re.search(r'data-number="(\d+)"', piece)
    assert found is not None
    return found[1]


def settle(client: httpx.Client, piece: str) -> None:
    """Wait until nothing more is sought."""
    began = time.monotonic()
    while 'data-busy="yes"' in piece and time.monotonic() - began < LIMIT:
        time.sleep(POLL)
        piece = client.get(f"/answer/{number(piece)}").text


def main(scenario: str) -> None:
    for way in ("settled", "moving"):
        with served(scenario) as (client, pid):
            page = client.get("/").text
            settle(client, page)
            found = []
            for slider in sliders(page):
                one = first_answer(client, slider, pid)
                print(f"  {one.path:40} {one.wall:5.2f} s  {one.cpu:5.2f} s of CPU  {one.said}", flush=True)
                found.append(one)
                if way == "settled":
                    newest = client.get("/").text
                    settle(client, client.get(f"/answer/{len(found)}").text or newest)
        walls, cpus = [one.wall for one in found], [one.cpu for one in found]
        print(
            f"{way}: {len(found)} sliders, wall {median(walls):.2f} s median, {max(walls):.2f} s most; "
            f"CPU {median(cpus):.2f} s median"
        )


if __name__ == "__main__":
    main(sys.argv[1])
