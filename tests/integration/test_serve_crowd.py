"""`planner serve` under a crowd: sixteen clients, two thousand requests, and not one error of its own."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")
pytestmark = pytest.mark.exhaustive

CLIENTS, EACH = 16, 125
TEXT = """name: Crowd
catalog: none
periods: [{hours: 730}, {hours: 730}]
workloads: [{name: w, kind: inference, unit: image, demand_per_hour: 4}]
offers: [{name: n, provider: acme, throughput: {w: 2}, contracts: [{kind: on_demand, usd_per_hour: 3}]}]
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "s.yaml"
    file.write_text(TEXT)
    command = [sys.executable, "-c", "from planner.cli import main; main()", "serve", str(file), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130)


def asked(number: int, base: str, token: str) -> Counter[int]:
    r, codes = random.Random(number), Counter[int]()
    with httpx.Client(base_url=base, headers={"X-Planner-Token": token}, timeout=60) as client:
        for _ in range(EACH):
            n = r.randrange(60)
            answer = r.choice(
                [
                    lambda: client.post("/try", data={"demand_scale": f"{r.uniform(0.1, 3):.2f}", "page": str(number)}),
                    lambda: client.post(
                        "/try", data={"more": r.choice(["x", "gap=", "quotes=a.csv", "{{7*7}}=1", "="])}
                    ),
                    lambda: client.post("/try", content=r.randbytes(200)),
                    lambda n=n: client.get(f"/answer/{n}"),
                    lambda n=n: client.post(f"/go/{n}"),
                    lambda n=n: client.post(f"/back/{n}"),
                    lambda n=n: client.post(f"/name/{n}", data={"name": r.choice(["a", "<b>", ""])}),
                    lambda n=n: client.get(f"/download/{n}.{r.choice(['html', 'csv', 'json', 'yaml', 'xlsx', 'exe'])}"),
                    lambda: client.get(r.choice(["/", "/nothing", "/answer/x", "/answer/-1"])),
                ]
            )()
            codes[answer.status_code] += 1
    return codes


def test_a_crowd_is_answered_or_told_to_wait(address: str) -> None:
    at = urlsplit(address)
    base, token = f"{at.scheme}://{at.netloc}", parse_qs(at.query)["token"][0]
    with ThreadPoolExecutor(CLIENTS) as pool:
        codes = sum(pool.map(lambda number: asked(number, base, token), range(CLIENTS)), Counter[int]())
    assert codes.total() == CLIENTS * EACH
    assert set(codes) <= {200, 404, 422, 429}, codes
    assert codes[200] > CLIENTS * EACH / 4, codes
    assert codes[429] > 0, "more ask than can wait"
    assert httpx.get(base, headers={"X-Planner-Token": token}).status_code == 200, "still there"
