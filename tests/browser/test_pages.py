"""Pages in a real browser: charts drawn, nothing complained of, nothing fetched, nothing of a user's run.

Skipped where Chromium, playwright or a file of the checkout is missing.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from owned_worlds import a_campus, a_hall, a_server, owned_plan, owning

from planner.cli import run
from planner.domain.records.plan import Plan, plan_from_json_value
from planner.report.page import plan_page

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

COOKBOOK = Path(__file__).parents[2] / "examples" / "cookbook"
GOLDEN = Path(__file__).parents[1] / "golden"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""axe-core 4.14.1 as its makers publish it, MPL 2.0 (`vendor/axe-LICENSE.txt`)."""
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
OVERLAPS = """[...document.querySelectorAll('.chart')].flatMap(chart => {
    const texts = [...chart.querySelectorAll('.xtick text, .legendtext')];
    const boxes = texts.map(one => [one.textContent, one.getBoundingClientRect()]);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) =>
        p.left + 1 < q.right && q.left + 1 < p.right && p.top + 1 < q.bottom && q.top + 1 < p.bottom
    ).map(([b]) => [chart.id, a, b]));
})"""
"""Texts of axes and legends that stand on one another."""
SERIOUS = ("serious", "critical")
OPEN = "document.title = 'taken'; window.taken = 1; alert(7777)"
HOSTILE = (
    f"</script><script>{OPEN}</script>",
    f"<script>{OPEN}</script>",
    f'<img src=x onerror="{OPEN}">',
    f'<svg onload="{OPEN}"></svg>',
    f'"><input autofocus onfocus="{OPEN}">',
    f'\'><details open ontoggle="{OPEN}">',
    f'<a href="javascript:{OPEN}">7777</a>',
    '<iframe srcdoc="<script>parent.taken = 1</script>"></iframe>',
    f"</style><script>{OPEN}</script>",
    f"</title><script>{OPEN}</script>",
    f"--><script>{OPEN}</script><!--",
    f"]]><script>{OPEN}</script>",
    "<img src=https://example.invalid/7777.png>",
    "<link rel=stylesheet href=https://example.invalid/7777.css>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid/7777'>",
    "<base href=https://example.invalid/>",
    "{{ 7777 * 7777 }}",
    "{% include '/etc/passwd' %}",
    "\u2028window.taken = 1\u2029",
    "\\u003cscript\\u003ewindow.taken = 1\\u003c/script\\u003e",
)


class Seen:
    """A page that is open, and all that it did."""

    def __init__(self, browser: Any, text: str, folder: Path, size: str) -> None:
        width, height = SIZES[size]
        file = folder / f"{size}.html"
        file.write_text(text, encoding="utf-8")
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.address = file.as_uri()
        self.page.goto(self.address)
        self.page.wait_for_function(
            "[...document.querySelectorAll('.chart')].every(chart => chart.querySelector('svg.main-svg'))"
        )

    def is_quiet(self) -> None:
        assert self.said == []
        assert [url for url in self.asked if not url.startswith(("data:", "blob:"))] == [self.address]

    def value(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def tiny() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((GOLDEN / "tiny.json").read_text(encoding="utf-8"))
    return value


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    rented = plan_from_json_value(tiny())
    owned = owned_plan(owning([a_hall(max_mw=0.05, pue=None), a_campus(max_mw=0.05)], [a_server(spare_fraction=None)]))
    long = tiny()
    long["scenario"]["name"] = "Very" * 60
    for line in long["lines"]:
        line |= {"node_type": "n" * 90, "price_source": "https://example.invalid/" + "x" * 300, "region": "r" * 60}
    return {"rented": rented, "owned": owned, "long": plan_from_json_value(long)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["rented", "owned", "long"])
def test_a_plan_is_drawn_in_quiet(browser: Any, plans: dict[str, Plan], name: str, size: str, tmp_path: Path) -> None:
    seen = Seen(browser, plan_page(plans[name]), tmp_path, size)
    marks = seen.value(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('.bars path, .js-line, .points path').length)"
    )
    assert len(marks) >= 4
    assert all(marks), "every chart shows something"
    assert seen.value("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert seen.value(OVERLAPS) == []
    seen.is_quiet()


@pytest.mark.parametrize("name", ["rented", "owned", "long"])
def test_a_printed_plan_keeps_its_charts_apart(browser: Any, plans: dict[str, Plan], name: str, tmp_path: Path) -> None:
    """On A4: no chart reaches beyond its figure, and none beyond the paper."""
    seen = Seen(browser, plan_page(plans[name]), tmp_path, "desktop")
    seen.page.set_viewport_size({"width": 703, "height": 1000})
    seen.page.emulate_media(media="print")
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    beyond = seen.value(
        "[...document.querySelectorAll('figure')].map(f => [f.getBoundingClientRect(), f.querySelector('svg.main-svg')"
        ".getBoundingClientRect()]).filter(([f, s]) => s.bottom > f.bottom + 1 || s.right > innerWidth + 1).length"
    )
    assert beyond == 0
    seen.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    seen.is_quiet()


def test_dates_and_legends_keep_apart(browser: Any, tmp_path: Path) -> None:
    """Twenty-four periods with as many kinds as there are: labels are left out where they would not fit."""
    value = tiny()
    value["horizon"]["periods"] = [
        {
            **value["horizon"]["periods"][0],
            "index": i,
            "start": f"20{27 + i // 12}-{i % 12 + 1:02}",
            "plan_year": i // 12,
        }
        for i in range(24)
    ]
    value["cost"]["by_period"] = [
        {
            "period": period["start"],
            "index": i,
            "cash_usd": 12.0,
            "by_kind": {f"a kind of cost {k}": 1.0 for k in range(12)},
        }
        for i, period in enumerate(value["horizon"]["periods"])
    ]
    for size in SIZES:
        seen = Seen(browser, plan_page(plan_from_json_value(value)), tmp_path, size)
        assert seen.value("document.querySelectorAll('.xtick text').length") > 10
        assert seen.value(OVERLAPS) == []
        seen.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["rented", "owned"])
def test_nobody_is_kept_out(browser: Any, plans: dict[str, Plan], name: str, scheme: str, tmp_path: Path) -> None:
    library = AXE.read_bytes()
    assert hashlib.sha256(library).hexdigest() == AXE_SHA256
    seen = Seen(browser, plan_page(plans[name]), tmp_path, "desktop")
    seen.page.emulate_media(color_scheme=scheme)
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    seen.page.evaluate(library.decode("utf-8"))
    found = seen.value("axe.run().then(r => ({bad: r.violations, passed: r.passes.length}))")
    assert found["passed"] > 10, "it looked"
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["bad"] if one["impact"] in SERIOUS] == []


def hostile_everywhere(value: Any, text: str, key: str = "") -> Any:
    """Every free text of a plan replaced; what the records allow only a few words for stays."""
    free = {"name", "why", "price_source", "node_type", "region", "workload", "work_unit", "unit", "provider", "offer"}
    if isinstance(value, dict):
        return {k: hostile_everywhere(v, text, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile_everywhere(item, text, key) for item in value]
    return text if isinstance(value, str) and key in free else value


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 5))
def test_nothing_of_a_user_runs(browser: Any, start: int, tmp_path: Path) -> None:
    for text in HOSTILE[start : start + 5]:
        bad = tiny()
        for part in ("scenario", "lines", "serving", "unit_costs", "baselines", "alternatives", "rejected"):
            if part in bad and part != "scenario":
                bad[part] = hostile_everywhere(bad[part], text)
        bad["scenario"]["name"] = text
        seen = Seen(browser, plan_page(plan_from_json_value(bad)), tmp_path, "desktop")
        assert seen.value("window.taken === undefined")
        assert seen.value("document.title") != "taken"
        assert seen.value("document.querySelectorAll('img, iframe, input, base, link').length") == 0
        seen.is_quiet()
        seen.page.close()


@pytest.mark.parametrize("size", SIZES)
def test_other_answers_are_quiet_too(browser: Any, size: str, tmp_path: Path) -> None:
    target = tmp_path / "answer.html"
    plan = str(GOLDEN / "tiny.json")
    base = str(COOKBOOK / "01-reserve-the-base.yaml")
    for arguments in (
        ["compare", plan, plan],
        ["simulate", plan, "--samples", "2"],
        ["audit", plan],
        ["whatif", base, "--commitments"],
        ["estimate", "llama-3.1-8b", "--serve"],
        ["estimate", "llama-3.1-8b", "--train", "--tokens", "20B", "--deadline-days", "14"],
    ):
        assert run([*arguments, "-o", str(target)]) == 0
        seen = Seen(browser, target.read_text(encoding="utf-8"), tmp_path, size)
        assert seen.value("document.documentElement.scrollWidth <= innerWidth")
        seen.is_quiet()
        assert seen.value("[...document.querySelectorAll('nav')].every(one => one.querySelector('a'))")
        seen.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert seen.value("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))") == []
        seen.page.close()


@pytest.mark.parametrize("size", SIZES)
def test_grids_are_drawn_in_quiet(browser: Any, size: str, tmp_path: Path) -> None:
    target = tmp_path / "answer.html"
    base, one = str(COOKBOOK / "01-reserve-the-base.yaml"), ["--set", "demand_scale=1,2"]
    for arguments in (
        [base, *one],
        [base, *one, "--set", "discount_rate=5%,10%"],
        [str(COOKBOOK / "20-what-a-rebate-is-worth.yaml")],
    ):
        assert run(["whatif", *arguments, "-o", str(target)]) == 0
        seen = Seen(browser, target.read_text(encoding="utf-8"), tmp_path, size)
        assert seen.value(
            "[...document.querySelectorAll('.chart')].every(c => c.querySelector('.bars path, .js-line'))"
        )
        assert seen.value("document.querySelectorAll('.chart').length") == 3
        assert seen.value("document.documentElement.scrollWidth <= innerWidth")
        assert seen.value(OVERLAPS) == []
        seen.is_quiet()
        seen.page.close()


@pytest.mark.exhaustive
def test_the_crossover_is_drawn_in_quiet(browser: Any, tmp_path: Path) -> None:
    target = tmp_path / "answer.html"
    assert run(["crossover", str(COOKBOOK / "18-rent-or-own.yaml"), "-o", str(target)]) == 0
    seen = Seen(browser, target.read_text(encoding="utf-8"), tmp_path, "phone")
    assert seen.value("[...document.querySelectorAll('.chart')].map(c => c.id)") == ["curve", "tornado"]
    assert seen.value("document.querySelectorAll('#curve .js-line').length") >= 1
    assert seen.value("document.querySelectorAll('#tornado .bars path').length") >= 3
    assert seen.value(OVERLAPS) == []
    seen.is_quiet()


def test_the_library_would_complain(browser: Any, tmp_path: Path) -> None:
    """The checks above can fail: a page with each fault is caught."""
    bad = "<!doctype html><html><title>t</title><img src=x onerror='window.taken = 1'><div style='width:5000px'>x</div>"
    seen = Seen(browser, bad, tmp_path, "phone")
    seen.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = seen.value("axe.run().then(r => r.violations.filter(v => v.impact == 'critical').length)")
    assert found
    assert seen.value("window.taken === 1")
    assert seen.value("document.documentElement.scrollWidth > innerWidth")
    with pytest.raises(AssertionError):
        seen.is_quiet()
