"""The examples' plans as people look at them: pages, workbooks and text, with every free text turned against the reader as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asked_work import asked_rates
from example_plans import NAMES, against_the_reader, example_plan
from hostile_plans import CHUNKS
from office import OFFICE, checks, recalculated, sheets
from test_pages import AXE, CHROMIUM, OVERLAPS, SERIOUS, SIZES, Seen, sync_api

from planner.analysis.compare import Subject, compare
from planner.audit import statement
from planner.domain.inputs import months_between
from planner.domain.options import OWNED
from planner.domain.records import Plan
from planner.report.page import plan_page
from planner.report.workbook import plan_workbook
from planner.serve.desk import Desk, Try
from planner.serve.live import Reply
from planner.serve.page import whole
from planner.serve.question import Control

pytestmark = pytest.mark.exhaustive
LARGEST_PAGE = 1_600_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("name", NAMES)
def test_nine_tenths_of_the_money_rest_on_prices_of_six_months(name: str) -> None:
    """What is paid for rent and use; what is owned has figures of its own."""
    plan = example_plan(name)
    used = [line for line in plan.lines if line.action not in OWNED and line.price_basis != "scenario"]
    lines = [line for line in used if line.price_as_of]
    young = [line for line in lines if months_between(line.price_as_of, plan.facts.newest_price_as_of) <= 6]
    assert sum(line.total_usd for line in young) >= 0.9 * sum(line.total_usd for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_drawn_in_quiet_and_open_to_all(browser: Any, name: str, tmp_path: Path) -> None:
    text = plan_page(example_plan(name))
    assert len(text.encode()) < LARGEST_PAGE
    for size in SIZES:
        seen = Seen(browser, text, tmp_path, size)
        marks = seen.value(
            "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('.bars path, .js-line, .points path').length)"
        )
        assert len(marks) >= 5
        assert all(marks), "every chart shows something"
        assert seen.value("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
        assert seen.value(OVERLAPS) == []
        broken = "[...document.querySelectorAll('p code')].filter(c => c.getClientRects().length > 1).map(c => c.textContent)"
        assert seen.value(broken) == [], "what is typed stays in one piece"
        seen.is_quiet()
        seen.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        seen.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = seen.value("axe.run().then(r => r.violations.map(v => [v.id, v.impact, v.nodes[0].html]))")
        assert [one for one in found if one[1] in SERIOUS] == []
        seen.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_drawn_is_the_demand_of_the_plan(browser: Any, name: str, tmp_path: Path) -> None:
    """The line of every workload, as the chart library has it, in the busiest hours and in each slice that is chosen."""
    plan = example_plan(name)
    seen = Seen(browser, plan_page(plan), tmp_path, "desktop")
    titles = seen.value("[...document.querySelectorAll('.chart[id^=work-]')].map(c => [c.id, c.parentNode.innerText])")
    asked = {w["name"]: w for w in plan.scenario.resolved["workloads"]}
    compared = 0
    for chart, text in titles:
        workload = next(one for one in asked if f"demand: {one}\n" in text)
        choice = seen.page.query_selector(f"select[data-chart='{chart}']")
        rates = asked_rates(plan, workload, by_slice=choice is not None)
        if asked[workload]["kind"] == "training_run":
            continue
        assert drawn(seen, chart) == pytest.approx(busiest(plan, rates), rel=1e-6)
        for s in range(len(plan.horizon.periods[0].slices)) if choice is not None else ():
            choice.select_option(str(s + 1))
            assert drawn(seen, chart) == pytest.approx([rates[t.index, s] for t in plan.horizon.periods], rel=1e-6)
            compared += 1
    assert compared, "some work cannot wait"
    seen.is_quiet()


def drawn(seen: Seen, chart: str) -> list[float]:
    found: list[float] = seen.value(f"document.getElementById('{chart}').data.at(-1).y")
    return found


def busiest(plan: Plan, rates: dict[tuple[int, int], float]) -> list[float]:
    return [max(rate for (t, _), rate in rates.items() if t == period.index) for period in plan.horizon.periods]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_text_runs_in_a_page(browser: Any, name: str, tmp_path: Path) -> None:
    """All strings in every free text, sixteen of them at a time."""
    for text in CHUNKS:
        page = plan_page(against_the_reader(name, (text,), 0))
        seen = Seen(browser, page, tmp_path, "desktop")
        assert seen.value("window.taken === undefined")
        assert seen.value("document.title") != "taken"
        assert (
            seen.value("document.querySelectorAll('img, iframe, object, embed, input, base, link, form').length") == 0
        )
        assert "60379 29" not in page, "7777 * 7777 stays a text"
        seen.is_quiet()
        seen.page.close()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_text_runs_in_the_page_of_serve(browser: Any, name: str, tmp_path: Path) -> None:
    """All strings in every free text of both plans, and in what is typed, named and complained about."""
    for text in CHUNKS:
        before, after = against_the_reader(name, (text,), 0), against_the_reader(name, (text,), 1)
        comparison = compare(Subject(text, "scenario", before), Subject(text, "scenario", after))
        settings = ((text, text),)
        desk = Desk({0: Try(0, (), text, Reply(0, before.status, before), state="done")})
        desk.tries[1] = Try(1, settings, text, Reply(1, after.status, after, comparison), text, "done")
        desk.tries[2] = Try(2, (*settings, ("a", text)), text, Reply(2, "wrong", said=(text,)), text, "done")
        control = Control(text, text, 0, 9, 1, 1, text, "{}")
        for shown in (desk.tries[1], desk.tries[2]):
            page = whole(desk, shown, (control,), text, "t" * 40, "page")
            seen = Seen(browser, page, tmp_path, "desktop")
            assert seen.value("window.taken === undefined")
            assert seen.value("document.title") != "taken"
            assert seen.value("document.querySelectorAll('img, iframe, object, embed, base, link').length") == 0
            assert seen.value("document.querySelectorAll('script').length") == 2
            assert "60379" not in page.replace(text, ""), "7777 * 7777 stays a text"
            seen.is_quiet()
            seen.page.close()


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_libreoffice_reckons_as_the_planner_does(name: str, tmp_path: Path) -> None:
    """Total and NPV to the cent; at another rate the NPV of the same payments: Σ amount · counts · (1 + r)^−years."""
    plan = example_plan(name)
    said = statement(plan)
    book = sheets(plan_workbook(plan, said))
    found = checks(recalculated(book, tmp_path / "as it is"))
    assert found["Net present value USD"][0] == pytest.approx(plan.npv_usd, abs=0.005, rel=0)
    assert found["Cash in the horizon USD"][0] == pytest.approx(plan.total_usd, abs=0.005, rel=0)
    assert {equal for _, _, equal in found.values()} == {"yes"}
    book["Summary"]["B4"] = 0.2
    found = checks(recalculated(book, tmp_path / "dearer"))
    npv = sum(entry.usd * entry.counts * 1.2**-entry.years for entry in said.entries)
    assert abs(npv - plan.npv_usd) > 1
    assert found["Net present value USD"][0] == pytest.approx(npv, abs=0.005, rel=0)
