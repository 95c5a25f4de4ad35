"""The page of a plan: complete in itself, the same bytes for the same plan, and no text of a user is markup."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from planner.domain.records.plan import Baseline, Plan, plan_from_json_value
from planner.report.document.html import html
from planner.report.document.table import Bullets, Document, Paragraph, Section, columns_of, table_of
from planner.report.page import plan_page
from planner.report.page.charts import charts_of

TINY = Path(__file__).parents[2] / "golden" / "tiny.json"
MOST_BYTES = 1_600_000
HOSTILE = (
    "</script><script>alert(7777)</script>",
    "<img src=x onerror=alert(7777)>",
    "\"><svg onload='alert(7777)'>",
    "javascript:alert(7777)",
    "{{ 7777 * 7777 }}",
    "{% raw %}7777",
    "</style><b>7777",
    "<!-- 7777",
    "]]>7777",
    "\u2028</title>7777",
)


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._script: dict[str, str | None] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._script = dict(attrs) if tag == "script" else None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.scripts.append((self._script, data))
            self._script = None


def value() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TINY.read_text(encoding="utf-8"))
    return loaded


def tiny() -> Plan:
    return plan_from_json_value(value())


def test_nothing_is_fetched() -> None:
    page = Elements(plan_page(tiny()))
    links = [attrs[name] for _, attrs in page.found for name in ("href", "src", "action", "data") if name in attrs]
    assert links
    assert all(link is not None and link.startswith("#") for link in links)
    assert not {"link", "iframe", "object", "embed", "form"} & {tag for tag, _ in page.found}


def test_only_scripts_of_ours_run() -> None:
    page = Elements(plan_page(tiny()))
    (policy,) = (
        a["content"] for tag, a in page.found if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    run = [text for attrs, text in page.scripts if attrs.get("type") is None]
    assert len(run) == 2
    assert policy is not None
    for text in run:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src[^;]*unsafe-inline", policy) is None


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_user_is_text(hostile: str) -> None:
    bad = value()
    bad["scenario"]["name"] = hostile
    for line in bad["lines"]:
        line |= {"why": hostile, "price_source": hostile, "node_type": hostile, "region": hostile}
    for serving in bad["serving"]:
        serving["work_unit"] = hostile
    mild = Elements(plan_page(tiny()))
    page = Elements(plan_page(plan_from_json_value(bad)))
    found, expected = ([tag for tag, _ in one.found if tag != "wbr"] for one in (page, mild))
    assert found == expected, "where a long word may break is all that differs"
    assert not any(name.startswith("on") for _, attrs in page.found for name in attrs)


def test_charts_have_tables_behind_them() -> None:
    page = Elements(plan_page(tiny()))
    charts = [attrs["id"] for _, attrs in page.found if attrs.get("class") == "chart"]
    (data,) = (text for attrs, text in page.scripts if attrs.get("type") == "application/json")
    assert [chart["name"] for chart in json.loads(data)] == charts
    assert len(charts) >= 4
    assert sum(tag == "details" for tag, _ in page.found) == len(charts)


def test_size_and_bytes() -> None:
    page = plan_page(tiny())
    assert page == plan_page(tiny())
    assert len(page.encode()) < MOST_BYTES


def test_any_document_is_a_page_without_scripts() -> None:
    table = table_of(columns_of("a"), [("<b>",)])
    document = Document("t", (Section("", (Paragraph("lead"),)), Section("One", (table, Bullets(("x", "y"))))))
    page = html(document)
    assert "<script" not in page
    assert "&lt;b&gt;" in page
    assert "script-src &#39;none&#39;" in page


def test_signings_beyond_the_horizon_have_dates_too() -> None:
    plan = tiny()
    count, line = len(plan.horizon.periods), next(line for line in plan.lines if line.action == "commit")
    longer = line.model_copy(update={"end_index": count + 24})
    chart = next(c for c in charts_of(plan.model_copy(update={"lines": (longer,)})) if c.name == "timeline")
    ticks = dict(zip(chart.layout["xaxis"]["tickvals"], chart.layout["xaxis"]["ticktext"], strict=True))
    assert max(ticks) >= count + 12
    assert len(set(ticks.values())) == len(ticks)
    assert list(ticks.values()) == sorted(ticks.values())


def test_the_first_screen_has_the_decision_and_its_proof_the_numbers_and_what_to_sign() -> None:
    """In this order; what else is to be known stands below."""
    dearer = Baseline(name="all on demand", npv_usd=20_000.0, saving_fraction=0.18)
    page = plan_page(tiny().model_copy(update={"baselines": (dearer,)}))
    marks = ("In short: sign", "Proven to be the cheapest", 'class="cards"', "<h2>What to sign</h2>", "Saves $", "<nav")
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "<h2>Over time</h2>" not in page, "the charts show it"


def test_code_in_a_heading_is_code() -> None:
    page = html(Document("t", (Section("All of it in `--format json`", (Paragraph("x"),)),)))
    assert "<h2>All of it in <code>--format json</code></h2>" in page
