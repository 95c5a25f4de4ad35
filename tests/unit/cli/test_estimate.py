"""`planner estimate`: what it takes, what it returns, what it refuses."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner.cli import run
from planner.domain.records.findings import Fit
from planner.domain.workloads.training_run import (
    CHECKPOINT_WRITE_MINUTES,
    FAILURES_PER_ACCELERATOR_YEAR,
    RESTART_HOURS,
)
from planner.domain.workloads.workload import Inference
from planner.inputs.catalog.load import load_catalog
from planner.sizing.admission import size, size_all
from planner.sizing.constants import constants_from

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _read_the_catalog_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.inputs.catalog.load_catalog", cache(load_catalog))


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["estimate", *arguments, "--format", "json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def one(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    (result,) = ask(capsys, *arguments)["results"]
    found: dict[str, Any] = result
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["estimate", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


# --- serving ---------------------------------------------------------------------------------------


def test_a_measured_layout_is_answered_close_to_the_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    """argonne-lcf/LLM-Inference-Bench, 2024: Llama-3 8B on one A100 40GB, 16 x 512 + 512 tokens, 909 tokens/s."""
    arguments = ("llama-3-8b", "--accelerator", "a100-sxm-40gb", "--tensor", "1", "--precision", "fp16")
    found = one(capsys, *arguments, "--input", "512", "--output", "512", "--concurrency", "16")
    assert found["output_tokens_per_s"] == pytest.approx(909, rel=0.15)
    assert found["output_tokens_per_s_low"] < 909 < found["output_tokens_per_s_high"]
    assert found["fits"] is True
    assert (found["tensor"], found["accelerators"], found["running"], found["precision"]) == (1, 1, 16, "bf16")
    assert 16 < found["memory_needed_gb"] < 22
    assert found["tpot_ms"] == pytest.approx(16 / found["output_tokens_per_s"] * 1000)
    assert found["ttft_ms"] > found["prefill_ms"]


def test_the_table_is_sorted_by_cost_and_meets_the_tier(capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(capsys, "llama-3.1-70b", "--serve", "--input", "1024", "--output", "256", "--latency", "interactive")
    assert answer["schema"] == "planner/estimate/1"
    able = [line for line in answer["results"] if not line["why"]]
    assert len(able) > 10
    costs = [min(line["usd_per_mtok"], line["usd_per_mtok_committed"] or 1e9) for line in able if line["usd_per_mtok"]]
    assert costs == sorted(costs)
    for line in able:
        assert line["ttft_ms"] <= 500
        assert line["tpot_ms"] <= 40
    assert len(answer["results"]) == len(load_catalog().accelerators)  # all of the catalog, with a reason where not
    assert all(line["why"] for line in answer["results"][len(able) :])


def test_money_is_price_over_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "llama-3.1-8b", "--accelerator", "h100", "--tp", "1", "--concurrency", "32", "--price", "3.6")
    assert found["usd_per_mtok"] == pytest.approx(3.6 / 3600 / found["total_tokens_per_s"] * 1e6)
    assert found["total_tokens_per_s"] == pytest.approx(found["output_tokens_per_s"] * 1280 / 256)
    assert found["usd_per_mtok_output"] == pytest.approx(found["usd_per_mtok"] * 5)
    half = one(
        capsys, "llama-3.1-8b", "--accelerator", "h100", "--tp", "1", "--concurrency", "32", "--price", "3.6",
        "--utilisation", "0.5",
    )  # fmt: skip
    assert half["usd_per_mtok"] == pytest.approx(2 * found["usd_per_mtok"])


def test_a_count_without_layout_is_used_as_well_as_possible(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("llama-3.1-8b", "--accelerator", "h100", "--concurrency", "64")
    chosen = one(capsys, *where, "--count", "8")
    assert chosen["accelerators"] == 8
    for tensor in ("1", "2", "4", "8"):
        stated = one(capsys, *where, "--count", "8", "--tensor", tensor)
        assert stated["output_tokens_per_s"] <= chosen["output_tokens_per_s"] * (1 + 1e-9)


def test_what_does_not_fit_says_so_with_figures(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "llama-3.1-405b", "--accelerator", "h100", "--count", "8", "--tp", "8", "--precision", "bf16")
    assert found["fits"] is False
    assert found["why"].startswith("needs 103.")
    assert found["output_tokens_per_s"] > 0  # as if it did


def test_too_slow_says_by_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    alone = one(capsys, "llama-3.1-8b", "--accelerator", "l4", "--tp", "1", "--latency", "realtime")
    assert alone["fits"] is True
    assert alone["tpot_ms"] == pytest.approx(59, abs=2)  # 16 GB at 300 GB/s are 53.5 ms
    assert "ms with one request, above" in alone["why"]
    crowded = one(
        capsys, "llama-3.1-8b", "--accelerator", "h100", "--latency", "realtime", "--concurrency", "2000", "--tp", "1"
    )
    assert "with 2000 requests, above 300 ms" in crowded["why"]


def test_the_stack_may_be_stated(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("llama-3.1-70b", "--accelerator", "h100", "--tp", "4", "--concurrency", "32")
    plain = one(capsys, *where)["output_tokens_per_s"]
    assert one(capsys, *where, "--derating", "0.7")["output_tokens_per_s"] == pytest.approx(0.7 * plain)
    assert one(capsys, *where, "--speculative-speedup", "2")["output_tokens_per_s"] > 1.3 * plain
    assert one(capsys, *where, "--prefix-cache-hit", "0.9")["output_tokens_per_s"] > plain
    assert one(capsys, *where, "--disaggregation-speedup", "1.2")["output_tokens_per_s"] == pytest.approx(1.2 * plain)
    assert one(capsys, *where, "--engine", "vllm-2024")["output_tokens_per_s"] < plain
    assert one(capsys, *where, "--kv-precision", "fp8")["memory_needed_gb"] < one(capsys, *where)["memory_needed_gb"]


def test_immature_software_is_said_and_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("llama-3.1-70b", "--accelerator", "mi300x", "--tp", "8", "--concurrency", "64")
    young = one(capsys, *where)
    assert any("--mature-software" in remark for remark in young["remarks"])
    assert one(capsys, *where, "--mature-software")["output_tokens_per_s"] > young["output_tokens_per_s"]
    old = one(capsys, *where, "--engine", "vllm-2024")  # software of 2024 only where it is stated
    assert old["output_tokens_per_s"] < young["output_tokens_per_s"] / 2


def test_any_architecture_by_flags(capsys: pytest.CaptureFixture[str]) -> None:
    shape = ("--layers", "80", "--hidden", "8192", "--heads", "64", "--kv-heads", "8", "--head-dim", "128")
    shape += ("--vocabulary", "128256")
    flags = one(capsys, "--params", "70.55B", *shape, "--accelerator", "h100", "--tp", "4", "--concurrency", "8")
    named = one(capsys, "llama-3.1-70b", "--accelerator", "h100", "--tp", "4", "--concurrency", "8")
    assert flags["output_tokens_per_s"] == pytest.approx(named["output_tokens_per_s"])
    guessed = ask(capsys, "--params", "70B", "--accelerator", "h100")
    assert "taken as usual" in guessed["remarks"][0]


# --- training --------------------------------------------------------------------------------------


def test_llama_3_405b_from_flags(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "--params",
        "405e9",
        "--train",
        "--tokens",
        "15e12",
        "--accelerator",
        "h100-sxm-80gb",
        "--count",
        "16000",
    )
    answer = ask(capsys, *arguments)
    (found,) = answer["results"]
    assert answer["total_flop"] == pytest.approx(3.645e25, rel=0.06)  # 6ND and attention
    assert 54 <= found["days"] <= 73
    assert found["usd"] == pytest.approx(found["days"] * 24 * 16_000 * found["on_demand"]["usd_per_accelerator_hour"])
    assert found["energy_mwh"] == pytest.approx(22.4e3 * 24 * found["days"] / 1000, rel=0.25)
    assert found["accelerators"] == 16_000 == found["tensor"] * found["pipeline"] * found["data"]


def test_a_deadline_sets_the_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("llama-3.1-70b", "--train", "--tokens", "2T", "--accelerator", "h100")
    slow, fast = (one(capsys, *where, "--deadline-days", days) for days in ("90", "30"))
    assert slow["days"] <= 90
    assert fast["days"] <= 30
    assert fast["accelerators"] > 2 * slow["accelerators"]
    fewer = one(capsys, *where, "--count", str(slow["accelerators"] - 64))
    assert fewer["days"] > 88


def test_failures_and_checkpoints_cost_time(capsys: pytest.CaptureFixture[str]) -> None:
    where = ("llama-3.1-405b", "--train", "--tokens", "15T", "--accelerator", "h100", "--count", "16384")
    never = one(capsys, *where, "--failures", "0")
    often = one(capsys, *where, "--failures", "0.3", "--checkpoint-minutes", "5", "--restart-hours", "0.5")
    assert never["goodput"] == 1.0
    assert 0.2 < often["goodput"] < 0.6
    stuck = one(capsys, *where, "--failures", "2", "--checkpoint-minutes", "5", "--restart-hours", "0.5")
    assert stuck["why"] == "16,384 accelerators fail before they get anywhere"
    assert often["days"] == pytest.approx(never["days"] / often["goodput"])


def test_stated_utilisation_replaces_the_formula(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "llama-3.1-8b", "--train", "--accelerator", "h100", "--count", "8", "--mfu", "0.4")
    assert found["mfu"] == 0.4
    assert found["tokens_per_s_per_accelerator"] == pytest.approx(0.4 * 989e12 / (6 * 8.03e9 + 6 * 32 * 4096 * 4096))
    assert found["tokens_per_s_low"] == found["tokens_per_s"] == found["tokens_per_s_high"]


# --- other work, rules of thumb, dresses -----------------------------------------------------------


def test_images_by_flop_per_unit(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "stable-diffusion-1.5", "--accelerator", "h100")
    c = constants_from(load_catalog().constants)
    assert found["units_per_s"] == pytest.approx(989e12 * c.e_pf / 8.65e13)
    stated = one(capsys, "stable-diffusion-1.5", "--accelerator", "h100", "--flop-per-unit", "1.73e14")
    assert stated["units_per_s"] == pytest.approx(found["units_per_s"] / 2)


def test_the_rule_of_thumb_says_that_it_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            [
                "estimate",
                "gpt-3-175b",
                "--rule-of-thumb",
                "--train",
                "--tokens",
                "300B",
                "--accelerator",
                "a100",
                "--price",
                "2",
            ]
        )
        == 0
    )
    told = capsys.readouterr().out
    assert "Rules of thumb" in told
    assert "Not an estimate" in told
    assert "560,897" in told
    answer = ask(capsys, "gpt-3-175b", "--rule-of-thumb")
    assert {rule["what"]: rule["value"] for rule in answer["rules"]}["weights in fp32"] == 700.0


def test_every_dress(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    where = ["estimate", "llama-3.1-8b", "--accelerator", "h100", "--accelerator", "l4"]
    assert run([*where, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["accelerator"] for row in rows} == {"h100-sxm-80gb", "l4"}
    assert float(rows[0]["on_demand_usd_per_accelerator_hour"]) > 0
    assert run([*where, "--format", "markdown"]) == 0
    assert "| Accelerator | Group |" in capsys.readouterr().out
    file = tmp_path / "estimate.json"
    assert run([*where, "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert len(json.loads(file.read_text(encoding="utf-8"))["results"]) == 2


def test_questions_from_a_file_are_those_of_an_answer(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answer = ask(capsys, "llama-3.1-8b", "--accelerator", "h100", "--tp", "2", "--concurrency", "8")
    file = tmp_path / "questions.json"
    file.write_text(
        json.dumps([answer, {"model": "llama-3.1-8b", "mode": "train", "request": {"count": 8, "accelerator": "h100"}}])
    )
    again = ask(capsys, "--request", str(file))["estimates"]
    assert again[0]["results"] == answer["results"]
    assert again[1]["mode"] == "train"


def questions(tmp_path: Path, *asked: dict[str, Any]) -> str:
    file = tmp_path / "questions.json"
    file.write_text(json.dumps(asked))
    return str(file)


def test_questions_are_asked_in_the_words_of_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Names of accelerators, models and formats as benchmarks write them, and `auto` for what is to be chosen."""
    plain = {"accelerators": ["h100-sxm-80gb"], "count": 8, "precisions": ["bf16"], "kv_precision": "bf16"}
    words = {"accelerator": "H100-SXM", "count": 8, "precision": "fp16", "kv_precision": "float16", "tensor": "auto"}
    file = questions(
        tmp_path, {"model": "llama-3.1-70b", "request": plain}, {"model": "Llama-3.1-70B", "request": words}
    )
    found = ask(capsys, "--request", file)["estimates"]
    assert found[0]["results"] == found[1]["results"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"model": "llama-3.1-8b", "request": {"gpus": 8}}, "[1]`: gpus: no such field"),
        ({"model": "llama-3.1-8b", "mode": "guess"}, "[1]`: `mode` is `guess`"),
        ({"model": "llama-9"}, "[1]`: unknown language model `llama-9`"),
        ({"model": "llama-3.1-8b", "request": {"tensor": 4, "count": 2}}, "[1]`: tensor x pipeline x data is 4"),
        ({"request": {}}, "[1]` is no question"),
    ],
)
def test_a_wrong_question_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, question: dict[str, Any], said: str
) -> None:
    assert said in refused(capsys, "--request", questions(tmp_path, {"model": "llama-3.1-8b"}, question))


def test_auto_is_what_is_chosen_anyway(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ask(capsys, "llama-3.1-70b", "--accelerator", "h100", "--count", "8")
    assert ask(capsys, "llama-3.1-70b", "--accelerator", "h100", "--count", "8", "--tp", "auto") == chosen


def test_a_training_layout_makes_its_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "llama-3.1-8b", "--train", "--accelerator", "h100", "--tp", "2", "--pp", "2", "--dp", "4")
    assert [found[name] for name in ("accelerators", "tensor", "pipeline", "data")] == [16, 2, 2, 4]


def test_the_rule_of_thumb_counts_active_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    rules = {rule["what"]: rule for rule in ask(capsys, "deepseek-v3", "--rule-of-thumb")["rules"]}
    assert rules["FLOP of one request"]["value"] == pytest.approx(2 * 37e9 * 1280)
    assert rules["weights in 16 bit"]["value"] == pytest.approx(1342)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("llama-9",), "unknown language model `llama-9`"),
        (("llama-3.1-8b", "--accelerator", "h1000"), "unknown accelerator `h1000`"),
        ((), "no model"),
        (("--params", "many"), "`--params` is `many`"),
        (("llama-3.1-8b", "--layers", "3"), "`llama-3.1-8b` and `--layers`"),
        (("llama-3.1-8b", "--precision", "fp7"), "precisions"),
        (("llama-3.1-8b", "--derating", "2"), "derating"),
        (("llama-3.1-8b", "--serve", "--train"), "at once"),
        (("llama-3.1-8b", "--engine", "quik", "--accelerator", "h100"), "unknown serving engine `quik`"),
        (("bert-large",), "does not generate text"),
        (("stable-diffusion-xl", "--train", "--tokens", "1B"), "states no layers"),
        (("llama-3.1-8b", "--tp", "0"), "neither a whole number above 0 nor `auto`"),
        (("llama-3.1-8b", "--tp", "4", "--count", "2"), "tensor x pipeline x data is 4, more than the count of 2"),
        (("llama-3.1-8b", "--train", "--tp", "3", "--count", "8"), "8 does not divide into tensor x pipeline = 3"),
        (("llama-3.1-8b", "--train", "--tp", "2", "--dp", "8", "--count", "32"), "is 16, count 32"),
        (("llama-3.1-8b", "--deadline-days", "3"), "`--deadline-days` goes with `--train`"),
        (("llama-3.1-8b", "--method", "qlora"), "`--method` goes with `--train`"),
        (("llama-3.1-8b", "--tokens", "1B", "--latency", "interactive"), "`--latency` goes with `--serve`"),
    ],
)
def test_what_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(capsys, *arguments)


def test_the_whole_catalog_is_sized_for_ten_workloads_at_once() -> None:
    """What that costs is measured by `tests/bench/sizing.py`."""
    catalog = load_catalog()
    names = (
        "llama-3.1-70b", "llama-3.1-8b", "deepseek-v3", "qwen3-235b-a22b", "gpt-oss-120b", "mixtral-8x7b",
        "qwen2.5-72b", "llama-3.1-405b", "gemma-3-27b", "mistral-7b-v0.3",
    )  # fmt: skip
    workloads = [
        Inference.model_validate({"name": name, "kind": "inference", "model": name, "tokens_per_day": 1e9})
        for name in names
    ]
    nodes = sorted({(price.accelerator, price.count) for price in catalog.prices})
    constants = constants_from(catalog.constants)
    found = size_all(
        workloads, nodes, accelerators=catalog.accelerators, models=catalog.language_models, constants=constants
    )
    assert len(found) == 10 * len(nodes) > 1500
    assert any(isinstance(verdict, Fit) for verdict in found.values())
    one = ("llama-3.1-8b", "h100-sxm-80gb", 8)
    alone = size(
        workloads[1],
        catalog.accelerators[one[1]],
        one[2],
        model=catalog.language_models[one[0]],
        constants=constants,
    )
    assert found[one] == alone


def test_help_tells_the_losses_that_are_meant_where_none_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estimate", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for number in (FAILURES_PER_ACCELERATOR_YEAR, CHECKPOINT_WRITE_MINUTES, RESTART_HOURS):
        assert f"[default: {number:g}]" in said
