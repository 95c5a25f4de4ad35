"""What fits where, against what is known: model cards, vendors' pages, papers, and runs that were measured.

Verdicts are of "starts at all": 95% of memory, 1.5 GB of overhead, one request of 1,024 + 256 tokens.
"""

import pytest
from measurements import load_measurements

from planner.domain.answers.estimate import ServingRequest, TrainingRequest
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.catalog import Catalog
from planner.domain.inputs.language_model import LanguageModel, Precision
from planner.inputs.catalog.load import load_catalog
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.estimates.market_price import MarketPrices, market_of
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import training_lines
from planner.sizing.training.plan import ParallelLayout, Setup, state_gb

CARD = "weights by the model card against memory by the datasheet"
META = "Llama 3.1 model page: 8-bit quantised so that it runs within one server node of 8 x 80 GB"
HUB = "Hugging Face, Llama 3.1 blog: 16-bit 140 / 810 GB, 8-bit 70 / 405 GB, 4-bit 35 / 203 GB for 70B / 405B"
FALCON = "Falcon 180B model card: 16-bit inference needs about 400 GB, 8 x A100 80GB"
MISTRAL = "Mistral documentation: least memory in 16 bit, 100 GB for 8x7B, 300 GB for 8x22B"
OPENAI = "gpt-oss model card: 120b on one 80 GB GPU, 20b within 16 GB"
GEMMA = "Gemma 2 and 3 announcements: 27B in 16 bit on one H100 or A100 80GB"
DEEPSEEK = "DeepSeek-V3 repository: fp8 on 8 x H200; 16 x H100"
MEASURED = "measured rows of datasets/performance"

SERVING: list[tuple[str, str, Precision, int, bool, str]] = [
    ("llama-2-70b", "a100-sxm-80gb", "bf16", 1, False, CARD),
    ("llama-2-70b", "a100-sxm-80gb", "bf16", 2, True, CARD),
    ("llama-2-70b", "a100-sxm-40gb", "bf16", 2, False, CARD),
    ("llama-2-70b", "h100-sxm-80gb", "fp8", 2, True, MEASURED),
    ("llama-3.1-405b", "h100-sxm-80gb", "bf16", 8, False, META),
    ("llama-3.1-405b", "h100-sxm-80gb", "fp8", 8, True, META),
    ("llama-3.1-405b", "h100-sxm-80gb", "fp8", 4, False, HUB),
    ("llama-3.1-405b", "h100-sxm-80gb", "int4", 4, True, HUB),
    ("llama-3.1-405b", "h100-sxm-80gb", "bf16", 16, True, HUB),
    ("llama-3.1-405b", "h200-sxm-141gb", "bf16", 8, True, CARD),
    ("llama-3.1-405b", "mi300x", "bf16", 8, True, CARD),
    ("llama-3.1-70b", "a100-sxm-80gb", "bf16", 1, False, HUB),
    ("llama-3.1-70b", "a100-sxm-80gb", "bf16", 4, True, HUB),
    ("llama-3.1-70b", "h200-sxm-141gb", "fp8", 1, True, HUB),
    ("llama-3.1-70b", "mi300x", "bf16", 1, True, HUB),
    ("llama-3.1-70b", "a100-sxm-80gb", "int4", 1, True, HUB),
    ("llama-3.1-70b", "rtx-4090", "int4", 1, False, HUB),
    ("llama-3.1-70b", "rtx-4090", "int4", 2, True, HUB),
    ("llama-3.1-70b", "l4", "bf16", 4, False, HUB),
    ("llama-3.1-8b", "l4", "bf16", 1, True, HUB),
    ("llama-3.1-8b", "a10g", "bf16", 1, True, HUB),
    ("llama-3.1-8b", "t4", "bf16", 1, False, HUB),
    ("llama-2-13b", "a10g", "bf16", 1, False, CARD),
    ("llama-2-13b", "a10g", "bf16", 2, True, CARD),
    ("llama-2-13b", "a100-sxm-40gb", "bf16", 1, True, CARD),
    ("deepseek-v3", "h200-sxm-141gb", "fp8", 8, True, DEEPSEEK),
    ("deepseek-v3", "h100-sxm-80gb", "fp8", 8, False, DEEPSEEK),
    ("deepseek-v3", "h100-sxm-80gb", "fp8", 16, True, DEEPSEEK),
    ("deepseek-v3", "mi300x", "fp8", 8, True, DEEPSEEK),
    ("deepseek-v3", "h200-sxm-141gb", "bf16", 8, False, DEEPSEEK),
    ("mixtral-8x7b", "a100-sxm-80gb", "bf16", 1, False, MISTRAL),
    ("mixtral-8x7b", "a100-sxm-80gb", "bf16", 2, True, MISTRAL),
    ("mixtral-8x22b", "a100-sxm-80gb", "bf16", 2, False, MISTRAL),
    ("mixtral-8x22b", "a100-sxm-80gb", "bf16", 4, True, MISTRAL),
    ("gpt-3-175b", "a100-sxm-40gb", "bf16", 8, False, CARD),
    ("gpt-3-175b", "a100-sxm-80gb", "bf16", 8, True, CARD),
    ("falcon-180b", "a100-sxm-80gb", "bf16", 4, False, FALCON),
    ("falcon-180b", "a100-sxm-80gb", "bf16", 8, True, FALCON),
    ("gpt-oss-120b", "h100-sxm-80gb", "mxfp4", 1, True, OPENAI),
    ("gpt-oss-120b", "rtx-6000-ada", "mxfp4", 1, False, OPENAI),
    ("gpt-oss-20b", "rtx-a4000", "mxfp4", 1, True, OPENAI),
    ("gemma-2-27b", "a100-sxm-80gb", "bf16", 1, True, GEMMA),
    ("gemma-2-27b", "a100-sxm-40gb", "bf16", 1, False, GEMMA),
    ("gemma-3-27b", "h100-sxm-80gb", "bf16", 1, True, GEMMA),
    ("qwen3-235b-a22b", "h100-sxm-80gb", "bf16", 4, False, CARD),
    ("qwen3-235b-a22b", "h100-sxm-80gb", "fp8", 4, True, MEASURED),
    ("kimi-k2", "h200-sxm-141gb", "int4", 8, True, MEASURED),
    ("kimi-k2", "b200-sxm-180gb", "nvfp4", 4, True, MEASURED),
    ("kimi-k2", "h100-sxm-80gb", "fp8", 8, False, CARD),
    ("llama-4-maverick", "h100-sxm-80gb", "fp8", 8, True, "Llama 4 announcement: Maverick in fp8 on one H100 host"),
    ("llama-4-maverick", "h100-sxm-80gb", "bf16", 8, False, "Llama 4 announcement: Maverick in fp8 on one H100 host"),
    ("mistral-large-2", "a100-sxm-80gb", "bf16", 2, False, CARD),
    ("mistral-large-2", "a100-sxm-80gb", "bf16", 4, True, CARD),
]

QLORA = "Dettmers et al. 2023: 65B on one 48 GB GPU, 7B in about 6 GB"
ZERO = "Rajbhandari et al. 2020: 16 bytes per parameter with Adam in mixed precision"
FOUNDRY = "mosaicml/llm-foundry benchmarks: ran with full sharding"
MLPERF = "MLPerf Training 5.0: ran"

TRAINING: list[tuple[str, str, int, dict[str, object], bool, str]] = [
    ("qwen3-4b", "card-12gb", 1, {}, False, ZERO),
    ("qwen3-4b", "card-12gb", 1, {"optimizer": "adam_8bit"}, False, ZERO),
    ("llama-2-7b", "card-12gb", 1, {"method": "qlora", "sequence_tokens": 1024}, True, QLORA),
    ("llama-2-7b", "card-12gb", 1, {"method": "lora", "sequence_tokens": 1024}, False, CARD),
    ("llama-2-7b", "rtx-4090", 1, {"method": "lora", "sequence_tokens": 1024}, True, CARD),
    ("llama-1-65b", "rtx-a6000", 1, {"method": "qlora", "lora_fraction": 0.0025, "sequence_tokens": 512}, True, QLORA),
    ("llama-1-65b", "rtx-4090", 1, {"method": "qlora", "lora_fraction": 0.0025, "sequence_tokens": 512}, False, QLORA),
    ("llama-2-70b", "h100-sxm-80gb", 1, {"method": "lora"}, False, CARD),
    ("llama-2-70b", "h200-sxm-141gb", 8, {"method": "lora", "sequence_tokens": 8192}, True, MLPERF),
    ("llama-2-7b", "a100-sxm-80gb", 1, {}, False, ZERO),
    ("llama-2-7b", "a100-sxm-80gb", 1, {"optimizer": "adam_8bit", "sequence_tokens": 2048}, True, ZERO),
    ("llama-2-7b", "a100-sxm-40gb", 8, {}, True, ZERO),
    ("llama-2-13b", "a100-sxm-80gb", 8, {}, True, ZERO),
    ("llama-3.1-70b", "h100-sxm-80gb", 8, {}, False, ZERO),
    ("llama-3.1-70b", "h100-sxm-80gb", 32, {}, True, ZERO),
    ("mpt-30b", "a100-sxm-80gb", 8, {"sequence_tokens": 2048}, True, FOUNDRY),
    ("mpt-70b", "h100-sxm-80gb", 32, {"sequence_tokens": 2048}, True, FOUNDRY),
    ("mpt-3b", "a100-sxm-40gb", 8, {"sequence_tokens": 2048}, True, FOUNDRY),
    ("gpt-3-175b", "a100-sxm-80gb", 8, {}, False, ZERO),
    ("gpt-3-175b", "h100-sxm-80gb", 512, {"sequence_tokens": 2048}, True, MLPERF),
    ("llama-3.1-405b", "h100-sxm-80gb", 512, {"sequence_tokens": 8192}, True, MLPERF),
    ("llama-3.1-405b", "h100-sxm-80gb", 64, {"sequence_tokens": 8192}, False, ZERO),
]


class World:
    """The catalog with the measured models and a small card."""

    def __init__(self) -> None:
        bundled = load_catalog()
        card = Accelerator(
            id="card-12gb", vendor="v", name="12 GB card", memory_gb=12, memory_bandwidth_gb_per_s=360,
            bf16_tflops=51, link_gb_per_s=16, source="test", checked_on="2026",
        )  # fmt: skip
        self.catalog = Catalog(accelerators=bundled.accelerators | {"card-12gb": card}, prices=bundled.prices)
        self.models: dict[str, LanguageModel] = load_measurements(bundled).models | bundled.language_models
        self.market: MarketPrices = market_of(bundled)
        self.c: SizingConstants = constants_from(bundled.constants)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.mark.parametrize(("model", "accelerator", "precision", "count", "fits", "source"), SERVING)
def test_what_serves(
    world: World, model: str, accelerator: str, precision: Precision, count: int, fits: bool, source: str
) -> None:
    layout = {"tensor": min(count, 8), "pipeline": max(1, count // 8)}
    request = ServingRequest(accelerators=(accelerator,), precisions=(precision,), concurrency=1, **layout)
    (line,) = serving_lines(world.models[model], request, world.catalog, world.market, world.c)
    assert line.fits is fits, f"{line.memory_needed_gb:.1f} of {line.memory_gb:g} GB; {source}"
    assert bool(line.why) is not fits


@pytest.mark.parametrize(("model", "accelerator", "count", "how", "fits", "source"), TRAINING)
def test_what_trains(
    world: World, model: str, accelerator: str, count: int, how: dict[str, object], fits: bool, source: str
) -> None:
    request = TrainingRequest.model_validate({"accelerators": (accelerator,), "count": count, **how})
    (line,) = training_lines(world.models[model], request, world.catalog, world.market, world.c)
    assert line.fits is fits, f"{line.memory_needed_gb:.1f} of {line.memory_gb:g} GB; {source}"


def test_there_are_enough_verdicts() -> None:
    assert len(SERVING) + len(TRAINING) >= 70
    assert all(source for *_, source in (*SERVING, *TRAINING))


@pytest.mark.parametrize(("stage", "published_gb"), [(0, 120.0), (1, 31.4), (2, 16.6), (3, 1.9)])
def test_zero_stages_are_those_of_the_paper(stage: int, published_gb: float) -> None:
    """Rajbhandari et al. 2020, figure 1: 7.5 billion parameters over 64 copies."""
    model = LanguageModel(id="x", parameters_b=7.5, active_parameters_b=7.5)
    assert state_gb(Setup(model), ParallelLayout(data=64, zero=stage)) == pytest.approx(published_gb, abs=0.06)
