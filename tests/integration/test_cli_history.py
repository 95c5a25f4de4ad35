"""`planner catalog history` and `--catalog-date` from the outside."""

import csv
import io
import json
from pathlib import Path

import pytest

from planner.cli.app import run

VERDA = "verda/FIN-02/1H100.80S.32V/on-demand"


def answer(capsys: pytest.CaptureFixture[str], *asked: str, code: int = 0) -> tuple[str, str]:
    assert run(["catalog", *asked]) == code
    return capsys.readouterr()


def test_the_history_of_an_accelerator_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = answer(capsys, "history", "h100", "--contract", "spot")
    assert "Prices of h100-sxm-80gb" in out
    assert any(
        set(line.split(" ")[2]) <= set("▁▂▃▄▅▆▇█") for line in out.splitlines() if line.startswith("  ▁") or "█" in line
    )
    rows = list(csv.DictReader(io.StringIO(answer(capsys, "history", "h100", "--format", "csv")[0], newline="")))
    mine = [row for row in rows if (row["provider"], row["instance"]) == ("verda", "1H100.80S.32V")]
    assert [(row["usd_per_node_hour"], row["until"]) for row in mine if row["contract"] == "on_demand"] == [
        ("2.29", "2026-10-10"),
        ("3.928", ""),
    ]
    found = json.loads(answer(capsys, "history", "verda", "--format", "json")[0])
    assert {row["provider"] for row in found["observations"]} == {"verda"}
    assert all(month["lowest_usd"] <= month["median_usd"] for month in found["months"])


def test_prices_of_a_day_are_shown_with_their_age_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(
        answer(capsys, "list", "--provider", "verda", "--catalog-date", "2026-06", "--format", "json")[0]
    )
    assert value["as_of"] == "2026-06-30"
    assert {row["id"]: row["price_usd_per_hour"] for row in value["rows"]}[VERDA] == 2.29


def test_what_has_no_history_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no history of its own" in answer(capsys, "history", "llama-3.1-70b", code=2)[1]
    assert "unknown provider" in answer(capsys, "history", "h100", "--provider", "nobody", code=2)[1]
    assert "no price of 2019" in answer(capsys, "list", "--catalog-date", "2019", code=2)[1]
    assert "no date" in answer(capsys, "list", "--catalog-date", "soon", code=2)[1]


def test_a_plan_of_a_day_rests_on_the_prices_of_that_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "then.yaml"
    scenario.write_text(
        "start: 2026-07\nyears: 1\nclouds: [verda]\nworkloads:\n  - name: dev\n    kind: development\n    headcount: 1\n"
        "    accelerator_hours_per_head_per_month: 60\n    reference_accelerator: h100-sxm-80gb\n"
        "    min_accelerator_memory_gb: 80\n"
    )
    asked = [str(scenario), "--no-baselines", "--format", "json", "--catalog-date", "2026-06-30"]
    assert run(["solve", *asked]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert all(line["price_as_of"] <= "2026-06-30" for line in plan["lines"])
    assert any("known on 2026-06-30" in said for said in plan["facts"]["assumptions"])
