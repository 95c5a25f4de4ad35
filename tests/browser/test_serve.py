"""`planner serve` in a real browser: a slider moves, and the plan with it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("uvicorn")
CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
pytestmark = [pytest.mark.exhaustive, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TEXT = """name: <img src=x onerror=window.taken=1>
catalog: none
periods: [{hours: 730}, {hours: 730}]
workloads: [{name: w, kind: inference, unit: image, demand_per_hour: 4}]
offers: [{name: n, provider: acme, throughput: {w: 2}, contracts: [{kind: on_demand, usd_per_hour: 3}]}]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "s.yaml"
    file.write_text(TEXT)
    return file


@pytest.fixture
def address(scenario: Path) -> Iterator[str]:
    command = [sys.executable, "-c", "from planner.cli import main; main()", "serve", str(scenario), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130)


def test_a_slider_moves_the_plan(address: str, scenario: Path, tmp_path: Path) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address)
        settled(page, "as it is")
        assert "$8,760" in page.inner_text("#sums"), "2 nodes x 2 months x 730 h x $3"
        move(page, "demand_scale", "2")
        settled(page, "demand_scale = 2")
        assert "$17,5" in page.inner_text("#sums")
        assert "more in present value" in page.inner_text("#words")
        page.fill("#more", "quotes=/etc/passwd")
        page.dispatch_event("#more", "change")
        settled(page, "demand_scale = 2, quotes = /etc/passwd")
        assert "a file cannot be named here" in page.inner_text(".alert")
        page.click("text=Undo")
        settled(page, "demand_scale = 2")
        assert page.input_value("#more") == ""
        page.fill("#name", "twice <b>")
        page.click("text=Keep")
        page.wait_for_selector(".state:has-text('Kept')")
        page.click("text=Save named ones")
        page.wait_for_selector(".state:has-text('Saved')")
        assert "twice <b>" in scenario.read_text()
        for way in ("HTML", "XLSX", "CSV", "JSON", "YAML"):
            with page.expect_download() as wanted:
                page.click(f"a:text-is('{way}')")
            assert Path(wanted.value.path()).stat().st_size > 200
        assert page.evaluate("window.taken === undefined")
        accessible(page)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert said == []
        browser.close()


def settled(page: Any, title: str) -> None:
    page.wait_for_selector(f"#answer[data-busy=no] h2:text-is('{title}')", timeout=60_000)


def move(page: Any, path: str, value: str) -> None:
    page.evaluate(
        "([path, value]) => { const s = document.querySelector(`input[name='${path}']`); s.value = value;"
        " s.dispatchEvent(new Event('input', {bubbles: true})); s.dispatchEvent(new Event('change', {bubbles: true})); }",
        [path, value],
    )


def accessible(page: Any) -> None:
    cdp = page.context.new_cdp_session(page)  # past the page's own policy
    cdp.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.evaluate("axe.run().then(r => ({bad: r.violations, passed: r.passes.length}))")
    assert found["passed"] > 10
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found["bad"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert not re.search("<img", page.inner_html("h1"))
