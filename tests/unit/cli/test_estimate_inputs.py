"""What `planner estimate` is told: configurations of checkpoints, chips of one's own, shares, sweeps, names misspelt."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from planner.cli import run
from planner.cli.commands.estimate.checkpoint import model_from_config
from planner.cli.suggesting import like
from planner.inputs.catalog import load_catalog


@pytest.fixture(autouse=True)
def _read_the_catalog_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.inputs.catalog.load_catalog", CATALOG)


CATALOG = cache(load_catalog)
DENSE = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
}  # fmt: skip
CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": DENSE,
    "qwen3-30b-a3b": {
        "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32, "num_key_value_heads": 4,
        "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128,
        "num_experts_per_tok": 8, "decoder_sparse_step": 1, "vocab_size": 151936, "max_position_embeddings": 40960,
    },
    "deepseek-v3": {
        "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128,
        "intermediate_size": 18432, "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
        "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "q_lora_rank": 1536,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "vocab_size": 129280, "max_position_embeddings": 163840, "quantization_config": {"quant_method": "fp8"},
    },
    "gemma-3-27b": {
        "tie_word_embeddings": True,
        "text_config": {
            "hidden_size": 5376, "num_hidden_layers": 62, "num_attention_heads": 32, "num_key_value_heads": 16,
            "head_dim": 128, "intermediate_size": 21504, "vocab_size": 262208, "sliding_window": 1024,
            "sliding_window_pattern": 6,
        },
    },
    "qwen3-next-80b-a3b": {
        "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 2,
        "head_dim": 256, "moe_intermediate_size": 512, "shared_expert_intermediate_size": 512, "num_experts": 512,
        "num_experts_per_tok": 10, "full_attention_interval": 4, "linear_num_value_heads": 32,
        "linear_num_key_heads": 16, "linear_key_head_dim": 128, "linear_value_head_dim": 128,
        "linear_conv_kernel_dim": 4, "attn_output_gate": True, "vocab_size": 151936, "decoder_sparse_step": 1,
        "intermediate_size": 5120, "max_position_embeddings": 262144,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_a_published_configuration_gives_the_architecture_of_the_catalog(name: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(CONFIGS[name]), encoding="utf-8")
    read, known = model_from_config(file), CATALOG().language_models[name]
    assert read.parameters_b == pytest.approx(known.parameters_b, rel=0.03)
    rounded = 0.3 if name == "qwen3-next-80b-a3b" else 0.1  # published as 3 of what counts 3.9 with embeddings
    assert read.active_parameters_b == pytest.approx(known.active_parameters_b, rel=rounded)
    assert read.kv_elements_per_token == pytest.approx(known.kv_elements_per_token, rel=0.001)
    assert (read.state_bytes_per_sequence or 0.0) == pytest.approx(known.state_bytes_per_sequence or 0.0, rel=0.01)
    for field in ("layers", "hidden", "heads", "attention", "experts", "experts_per_token", "mla_latent_dim",
                  "sliding_window", "native_precision"):  # fmt: skip
        if field != "attention" or known.attention != "gqa":
            assert getattr(read, field) == getattr(known, field), field


def test_a_configuration_that_says_too_little_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.json"
    for text, said in (('{"hidden_size": 8}', "num_hidden_layers"), ("[]", "no configuration"), ("{", "cannot read")):
        file.write_text(text, encoding="utf-8")
        assert run(["estimate", "--model-config", str(file)]) == 2
        assert said in capsys.readouterr().err


def test_a_chip_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    h100 = CATALOG().accelerators["h100-sxm-80gb"]
    names = ("memory_gb", "driver_memory_gb", "memory_bandwidth_gb_per_s", "bf16_tflops", "fp8_tflops", "link_gb_per_s",
             "generation", "link_domain")  # fmt: skip
    same = {"id": "twin"} | {name: getattr(h100, name) for name in names}
    as_json, as_csv = tmp_path / "chips.json", tmp_path / "chips.csv"
    as_json.write_text(json.dumps([same]), encoding="utf-8")
    as_csv.write_text(f"{','.join(same)}\n{','.join(str(v) for v in same.values())}\n", encoding="utf-8")
    asked = ["estimate", "llama-3.1-8b", "--tp", "1", "--concurrency", "8", "--format", "json"]
    rates = []
    for more in (["--accelerator-file", str(as_json)], ["--accelerator-file", str(as_csv)], ["--accelerator", "h100"]):
        assert run([*asked, *more]) == 0
        rates.append(json.loads(capsys.readouterr().out)["results"][0]["output_tokens_per_s"])
    assert rates[0] == rates[1] == rates[2]
    as_json.write_text('{"id": "x", "memory_gb": 24}', encoding="utf-8")
    assert run([*asked, "--accelerator-file", str(as_json)]) == 2
    assert "does not state memory_bandwidth_gb_per_s, bf16_tflops" in capsys.readouterr().err


def test_several_concurrencies_are_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["estimate", "llama-3.1-8b", "--accelerator", "h100", "--accelerator", "l4"]
    assert run([*asked, "--concurrency", "1,8,64", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["accelerator"], float(row["asked"])) for row in rows] == [
        (chip, n) for chip in dict.fromkeys(row["accelerator"] for row in rows) for n in (1, 8, 64)
    ]
    assert run([*asked, "--concurrency", "8", "--format", "csv"]) == 0
    alone = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    by_chip = {row["accelerator"]: row["output_tokens_per_s"] for row in rows if float(row["asked"]) == 8}
    assert by_chip == {row["accelerator"]: row["output_tokens_per_s"] for row in alone}


def test_shares_may_be_per_cent(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["estimate", "llama-3.1-8b", "--accelerator", "h100", "--concurrency", "8", "--format", "json"]
    assert run([*asked, "--utilisation", "70%"]) == 0
    per_cent = capsys.readouterr().out
    assert run([*asked, "--utilisation", "0.7"]) == 0
    assert capsys.readouterr().out == per_cent
    assert run([*asked, "--utilisation", "70"]) == 2
    assert "write 0.7 or 70%" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--params", "7"), "write 7B, or 7M"),
        (("gpt-4o",), "a scenario takes it as `hosted`"),
        (("llama-3.5-70b",), "did you mean `llama-3.3-70b`?"),
        (("llama-3.1-8b", "--accelerator", "b100"), "`b200-sxm-180gb`"),
        (("llama-3.1-8b", "--concurrency", "1,500"), "write 1500, or '1, 500'"),
    ],
)
def test_what_is_meant_is_asked_for(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["estimate", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_no_suggestion_is_of_another_family() -> None:
    """Every model and chip, its name cut and changed: what is suggested begins with the same letters, or nothing is."""
    catalog = CATALOG()
    for known in (set(catalog.language_models), set(catalog.accelerators)):
        for name in sorted(known):
            for asked in (name[:-2], f"{name}-x", name.replace("3", "9")):
                hint = like(asked, known - {asked}) or ""
                letters = "".join(c for c in asked[: next((k for k, c in enumerate(asked) if not c.isalpha()), None)])
                meant = hint.split("`")[1::2]
                close = hint.startswith("did you mean")
                assert all(one.startswith(letters) or close for one in meant), (asked, hint)


def test_the_market_cap_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["estimate", "llama-3.1-8b", "--train", "--tokens", "1T", "--accelerator", "h100", "--format", "json"]
    assert run([*asked, "--count", "2048"]) == 0
    assert (
        "on demand; `caps` in a scenario say otherwise"
        in json.loads(capsys.readouterr().out)["results"][0]["remarks"][-1]
    )
    assert run([*asked, "--count", "8"]) == 0
    assert not any("caps" in remark for remark in json.loads(capsys.readouterr().out)["results"][0]["remarks"])
