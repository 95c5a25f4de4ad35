"""Accelerators and models with the published figures that the sizing tests reason about."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel

DATASHEETS: dict[str, tuple[float, float, float, float | None, float | None, float]] = {
    # memory GB, GB/s, 16-bit TFLOPS, 8-bit, 4-bit (all dense), one-way link GB/s
    "a100_40": (40, 1555, 312, None, None, 300),
    "a100_80": (80, 2039, 312, None, None, 300),
    "h100": (80, 3350, 989, 1979, None, 450),
    "h200": (141, 4800, 989, 1979, None, 450),
    "gh200": (96, 4000, 989, 1979, None, 450),
    "b200": (180, 7700, 2250, 4500, 9000, 900),
    "l4": (24, 300, 121, 242, None, 32),
    "l40s": (48, 864, 362, 733, None, 32),
}


def make_accelerator(id: str = "round", **figures: object) -> Accelerator:  # noqa: A002
    """An accelerator of round numbers: 100 GB, 1,000 GB/s, 1,000 TFLOPS, 100 GB/s link."""
    defaults: dict[str, object] = {
        "vendor": "v",
        "name": id,
        "memory_gb": 100,
        "memory_bandwidth_gb_per_s": 1000,
        "bf16_tflops": 1000,
        "link_gb_per_s": 100,
        "source": "test",
        "checked_on": "2026-11-22",
    }
    return Accelerator.model_validate(defaults | {"id": id} | figures)


def make_model(id: str = "round", **figures: object) -> LanguageModel:  # noqa: A002
    """A dense 10B model of round numbers: 10 layers, hidden 1,000, 10 heads of 100."""
    defaults: dict[str, object] = {
        "parameters_b": 10,
        "active_parameters_b": figures.get("parameters_b", 10),
        "layers": 10,
        "hidden": 1000,
        "heads": 8,
        "kv_heads": 8,
        "head_dim": 125,
    }
    return LanguageModel.model_validate(defaults | {"id": id} | figures)


def _models() -> dict[str, LanguageModel]:
    return {
        "llama2_7b": make_model(
            "llama-2-7b", parameters_b=6.74, layers=32, hidden=4096, heads=32, kv_heads=32, head_dim=128
        ),
        "llama2_70b": make_model("llama-2-70b", parameters_b=68.98, layers=80, hidden=8192, heads=64, head_dim=128),
        "llama3_8b": make_model("llama-3-8b", parameters_b=8.03, layers=32, hidden=4096, heads=32, head_dim=128),
        "llama3_70b": make_model(
            "llama-3-70b", parameters_b=70.55, layers=80, hidden=8192, heads=64, head_dim=128, vocabulary=128256
        ),
        "llama3_405b": make_model(
            "llama-3.1-405b",
            parameters_b=405.85,
            layers=126,
            hidden=16384,
            heads=128,
            head_dim=128,
            vocabulary=128256,
        ),
        "deepseek_v3": make_model(
            "deepseek-v3",
            parameters_b=671,
            active_parameters_b=37,
            layers=61,
            hidden=7168,
            heads=128,
            kv_heads=128,
            head_dim=192,
            attention="mla",
            mla_latent_dim=576,
            experts=256,
            experts_per_token=8,
            native_precision="fp8",
        ),
        "qwen3_235b": make_model(
            "qwen3-235b-a22b",
            parameters_b=235,
            active_parameters_b=22,
            layers=94,
            hidden=4096,
            heads=64,
            kv_heads=4,
            head_dim=128,
            experts=128,
            experts_per_token=8,
        ),
    }


@pytest.fixture(scope="session")
def real() -> SimpleNamespace:
    """Published accelerators and models, by short name."""
    accelerators = {
        name: make_accelerator(
            name,
            memory_gb=memory,
            memory_bandwidth_gb_per_s=bandwidth,
            bf16_tflops=f16,
            fp8_tflops=f8,
            fp4_tflops=f4,
            link_gb_per_s=link,
        )
        for name, (memory, bandwidth, f16, f8, f4, link) in DATASHEETS.items()
    }
    return SimpleNamespace(**accelerators, **_models())


@pytest.fixture(scope="session")
def an_accelerator() -> Callable[..., Accelerator]:
    return make_accelerator


@pytest.fixture(scope="session")
def a_model() -> Callable[..., LanguageModel]:
    return make_model
