"""Cases that practitioners reported, each with its figure; layouts that no engine runs; published sizes of models."""

import random
from collections import defaultdict
from dataclasses import replace

import pytest
from measurements import load_measurements

from planner.domain.answers.estimate import ServingLine, ServingRequest, TrainingLine, TrainingRequest
from planner.domain.inputs.catalog import Catalog
from planner.domain.inputs.language_model import LanguageModel, Precision
from planner.inputs.catalog.load import load_catalog
from planner.inputs.catalog.measurements import measured_models
from planner.sizing.constants import SizingConstants, constants_from
from planner.sizing.estimates.market_price import market_of
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import training_lines
from planner.sizing.formats import format_on
from planner.sizing.layouts import data_groups, groups_within, why_impossible
from planner.sizing.memory import LayerGroup, ModelShape, cache_gb, cached_elements, memory_need, weights_of
from planner.sizing.serving import estimate
from planner.sizing.training.state import lora_parameters_b
from planner.sizing.training.throughput import flop_per_token


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def models(catalog: Catalog) -> dict[str, LanguageModel]:
    return measured_models() | catalog.language_models


@pytest.fixture(scope="module")
def c(catalog: Catalog) -> SizingConstants:
    return constants_from(catalog.constants)


def served(catalog: Catalog, model: LanguageModel, accelerator: str, **asked: object) -> ServingLine:
    request = ServingRequest.model_validate({"accelerators": (accelerator,), **asked})
    return serving_lines(model, request, catalog, market_of(catalog), constants_from(catalog.constants))[0]


def trained(catalog: Catalog, model: LanguageModel, accelerator: str, **asked: object) -> TrainingLine:
    request = TrainingRequest.model_validate({"accelerators": (accelerator,), **asked})
    return training_lines(model, request, catalog, market_of(catalog), constants_from(catalog.constants))[0]


# --- parallelism -----------------------------------------------------------------------------------


def test_data_parallelism_repeats_the_weights_of_a_dense_model(
    catalog: Catalog, models: dict[str, LanguageModel]
) -> None:
    line = served(catalog, models["llama-3.1-70b"], "h100-sxm-80gb", data=8, precisions=("bf16",), concurrency=64)
    assert not line.fits
    assert line.memory_needed_gb > 141  # 70.55 billion parameters of two bytes on each card


def test_data_parallelism_of_a_mixture_spreads_the_experts_only(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    model, chip = models["deepseek-v3"], catalog.accelerators["h200-sxm-141gb"]
    form = format_on(chip, "fp8", model)
    assert form is not None
    weights = weights_of(model, form)
    need = memory_need(model, chip, form, LayerGroup(1, 1, 8), ModelShape(1024, 1024), c)
    assert need.weights_gb == pytest.approx(weights.dense_gb + weights.expert_gb / 8)
    one = memory_need(model, chip, form, LayerGroup(1, 1, 1), ModelShape(1024, 1024), c)
    assert need.sequence_gb == one.sequence_gb  # a rank has its own sequences whole
    assert need.at(8.0) - need.fixed_gb == pytest.approx(need.sequence_gb)  # eight sequences, one a rank


def test_deepseek_v3_on_72_h100_with_attention_data_parallelism(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    """Decode of 256 sequences a rank: about 200,700 tokens/s were measured."""
    found = estimate(
        models["deepseek-v3"],
        catalog.accelerators["h100-sxm-80gb"],
        "fp8",
        LayerGroup(1, 1, 72),
        ModelShape(2000, 100),
        72 * 256.0,
        c.least(),
    )
    assert found is not None
    assert found.running * 1000 / found.step_ms == pytest.approx(200_700, rel=0.2)


def test_groups_wider_than_a_node_pay_the_network(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    """DeepSeek-R1 at tensor parallel 16 over two nodes: 23 ms per token."""
    where = (models["deepseek-r1"], catalog.accelerators["h100-sxm-80gb"], "fp8")
    two, one = (estimate(*where, LayerGroup(wide), ModelShape(1024, 1024), 1.0, c.least()) for wide in (16, 8))
    assert two is not None
    assert one is not None
    assert two.tpot_ms == pytest.approx(23, rel=0.2)
    assert two.tpot_ms > 1.5 * one.tpot_ms
    rack = catalog.accelerators["gb200-186gb"]  # 72 accelerators on one link
    near = estimate(models["deepseek-r1"], rack, "fp8", LayerGroup(16), ModelShape(1024, 1024), 1.0, c.least())
    assert near is not None
    assert near.tpot_ms < one.tpot_ms


def test_latency_floor_of_the_newest_generation(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    """gpt-oss-120b on eight B200 at four requests: 2.3 ms per token."""
    where = (
        models["gpt-oss-120b"],
        catalog.accelerators["b200-sxm-180gb"],
        "mxfp4",
        LayerGroup(8),
        ModelShape(1024, 1024),
        4.0,
    )
    found = estimate(*where, c.least())
    assert found is not None
    assert found.tpot_ms == pytest.approx(2.3, rel=0.25)


def test_odd_numbers_of_cards_are_used_or_said_to_be_idle(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    six = served(catalog, models["llama-3.1-70b"], "h100-sxm-80gb", count=6, precisions=("bf16",), concurrency=16)
    assert six.accelerators == 6  # paid for, whether or not a layout fills them
    filled = six.tensor * six.pipeline * six.data * six.replicas
    assert filled == 6 or any(f"{6 - filled} of 6 accelerators idle" in remark for remark in six.remarks)
    stages = served(catalog, models["llama-3.1-70b"], "l40s", count=6, precisions=("fp8",), concurrency=8)
    assert stages.fits
    assert LayerGroup(2, 3) in set(groups_within(models["llama-3.1-70b"], catalog.accelerators["h100-sxm-80gb"], 6))
    five = served(
        catalog, models["llama-3.1-70b"], "h100-sxm-80gb", count=5, tensor=4, precisions=("bf16",), concurrency=16
    )
    assert five.accelerators == 5  # all are paid for
    assert any("1 of 5 accelerators idle" in remark for remark in five.remarks)


def test_impossible_layouts_are_refused_with_the_reason(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    model = models["llama-3.1-70b"]
    for layout, why in (
        ({"tensor": 3}, "tensor parallel 3 does not divide 64 attention heads"),
        ({"pipeline": 81}, "a pipeline of 81 stages for 80 layers"),
    ):
        line = served(catalog, model, "h100-sxm-80gb", **layout)
        assert not line.fits
        assert line.why == why


def test_no_impossible_layout_is_accepted(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    """2,000 layouts drawn at random: what is accepted divides the heads, splits KV heads evenly, has a layer a stage."""
    draw = random.Random(2026)
    able = [model for model in models.values() if model.heads and model.layers and model.attention != "none"]
    chip = catalog.accelerators["b300-sxm-270gb"]
    accepted = 0
    for _ in range(2000):
        model = draw.choice(able)
        heads, layers, shared = model.heads or 1, model.layers or 1, model.kv_heads or 1
        group = LayerGroup(draw.randint(1, 72), draw.randint(1, 100), draw.choice((1, 1, 2, 4, 8)))
        latent = model.attention in ("mla", "mqa")
        even = heads % group.tensor == 0 and (latent or shared % group.tensor == 0 or group.tensor % shared == 0)
        possible = even and group.pipeline <= layers
        accepted += possible
        assert bool(why_impossible(model, group)) is not possible, (model.id, group)
        count = draw.randint(1, 72)
        for chosen in (*groups_within(model, chip, count), *data_groups(model, chip, count)):
            assert not why_impossible(model, chosen)
            assert chosen.size <= count
    assert 20 < accepted < 1900


def test_data_parallelism_is_tried_when_nothing_is_asked_for(
    models: dict[str, LanguageModel], catalog: Catalog
) -> None:
    chip = catalog.accelerators["h200-sxm-141gb"]
    assert LayerGroup(1, 1, 8) in set(data_groups(models["deepseek-v3"], chip, 8))
    assert not list(data_groups(models["llama-3.1-70b"], chip, 8))  # of a dense model it is as good as a copy


# --- memory ----------------------------------------------------------------------------------------


def test_memory_is_what_the_driver_reports(catalog: Catalog) -> None:
    published = {
        "h100-sxm-80gb": 85.52, "h200-sxm-141gb": 150.75, "b200-sxm-180gb": 192.27, "a100-sxm-80gb": 85.90,
        "rtx-4090": 25.76, "rtx-3090": 25.77, "mi300x": 206.14,
    }  # fmt: skip
    for name, gb in published.items():
        chip = catalog.accelerators[name]
        assert chip.total_memory_gb == pytest.approx(gb, rel=0.001)
        assert chip.driver_source


@pytest.mark.parametrize(
    ("model", "accelerator", "precision", "i", "o"),
    [
        ("qwen3-32b", "a100-sxm-80gb", "bf16", 32_000, 768),
        ("llama-4-scout", "h100-sxm-80gb", "int4", 1024, 256),
    ],
)
def test_fits_that_hung_on_seven_per_cent(
    catalog: Catalog,
    models: dict[str, LanguageModel],
    model: str,
    accelerator: str,
    precision: Precision,
    i: int,
    o: int,
) -> None:
    line = served(
        catalog,
        models[model],
        accelerator,
        tensor=1,
        precisions=(precision,),
        concurrency=1,
        input_tokens=i,
        output_tokens=o,
    )
    assert line.fits


@pytest.mark.parametrize(
    ("model", "precision", "ways", "measured_gb"),
    [("llama-3.1-405b", "fp8", 8, 62.0), ("qwen2.5-14b", "int4", 1, 10.3)],
)
def test_quantised_weights_keep_some_in_16_bit(
    catalog: Catalog, models: dict[str, LanguageModel], model: str, precision: Precision, ways: int, measured_gb: float
) -> None:
    form = format_on(catalog.accelerators["h100-sxm-80gb"], precision, models[model])
    assert form is not None
    assert weights_of(models[model], form).total_gb / ways == pytest.approx(measured_gb, rel=0.03)


def test_the_cache_follows_the_weights_and_is_said(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    model, hopper, ampere = (
        models["llama-3.1-70b"],
        *(catalog.accelerators[name] for name in ("h100-sxm-80gb", "a100-sxm-80gb")),
    )
    bytes_of = {
        (chip.id, precision): form.kv_bytes
        for chip in (hopper, ampere)
        for precision in ("bf16", "fp8", "int4", "nvfp4")
        if (form := format_on(chip, precision, model)) is not None  # type: ignore[arg-type]
    }
    assert bytes_of["h100-sxm-80gb", "fp8"] == bytes_of["h100-sxm-80gb", "nvfp4"] == 1
    assert bytes_of["h100-sxm-80gb", "bf16"] == bytes_of["h100-sxm-80gb", "int4"] == 2
    assert bytes_of["a100-sxm-80gb", "fp8"] == 2  # weights only: the chip computes in 16 bit


def test_the_whole_answer_is_reserved_where_engines_do_not_evict(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    model, chip = models["llama-3.1-8b"], catalog.accelerators["h100-sxm-80gb"]
    form = format_on(chip, "bf16", model)
    assert form is not None
    long = ModelShape(1024, 32_768)
    whole = memory_need(model, chip, form, LayerGroup(), long, c)
    assert whole.sequence_gb == pytest.approx(cache_gb(model, form, 33_792))
    evicting = memory_need(model, chip, form, LayerGroup(), long, c.with_engine("vllm"))
    assert evicting.sequence_gb == pytest.approx(cache_gb(model, form, 1024 + 16_384))


def test_caches_of_new_attention(models: dict[str, LanguageModel]) -> None:
    """Values per token, windows, state: the published sizes."""
    hybrid = models["qwen3.5-397b-a17b"]
    assert cached_elements(hybrid, 1000) == 15_360 * 1000  # 15 of 60 layers
    assert hybrid.state_bytes_per_sequence == 192_061_440
    compressed = models["deepseek-v4-flash"]
    assert compressed.attention == "mqa"
    assert cached_elements(compressed, 10_000) == 2768 * 10_000 + 2_818_048  # a window of 128 in 43 layers, full
    assert cached_elements(compressed, 64) == 2768 * 64 + 2_818_048 / 2


INDEX_BYTES = {
    # `total_size` of model.safetensors.index.json in the publisher's repository, bytes
    ("llama-3.1-8b", "bf16"): 16_060_522_496, ("llama-3.1-70b", "bf16"): 141_107_412_992,
    ("llama-2-7b", "bf16"): 13_476_839_424, ("llama-2-70b", "bf16"): 137_953_316_864,
    ("mistral-7b-v0.3", "bf16"): 14_496_047_104, ("mixtral-8x7b", "bf16"): 93_405_585_408,
    ("qwen2.5-7b", "bf16"): 15_231_233_024, ("qwen2.5-32b", "bf16"): 65_527_752_704,
    ("qwen3-8b", "bf16"): 16_381_470_720, ("qwen3-14b", "bf16"): 29_536_614_400,
    ("qwen3-30b-a3b", "bf16"): 61_064_245_248, ("qwen3-235b-a22b", "bf16"): 470_187_269_120,
    ("phi-4", "bf16"): 29_319_014_400, ("gpt-oss-120b", "mxfp4"): 65_248_815_744,
    ("deepseek-v3", "fp8"): 688_586_727_753,  # all files of the repository, the MTP layer among them
}  # fmt: skip
PARAMETERS = {
    # parameters as the publisher's repository counts them; two bytes each
    "llama-3.1-405b": 405_853_388_800, "llama-2-13b": 13_015_864_320, "mixtral-8x22b": 140_620_634_112,
    "mistral-large-2": 122_610_069_504, "qwen2.5-3b": 3_085_938_688, "qwen2.5-14b": 14_770_033_664,
    "qwen2.5-72b": 72_706_203_648, "qwen3-32b": 32_762_123_264, "gemma-2-9b": 9_241_705_984,
    "gemma-2-27b": 27_227_128_320, "llama-3.2-3b": 3_212_749_824, "llama-3.2-1b": 1_235_814_400,
}  # fmt: skip
KV_BYTES_PER_TOKEN = {
    # in 16 bit, from the published configurations: 2 · layers · KV heads · width · 2, or layers · latent · 2
    "llama-3.1-8b": 131_072, "llama-3.1-70b": 327_680, "llama-3.1-405b": 516_096, "llama-2-7b": 524_288,
    "llama-2-13b": 819_200, "llama-2-70b": 327_680, "mistral-7b-v0.3": 131_072, "mixtral-8x7b": 131_072,
    "mixtral-8x22b": 229_376, "mistral-large-2": 360_448, "qwen2.5-7b": 57_344, "qwen2.5-14b": 196_608,
    "qwen2.5-32b": 262_144, "qwen2.5-72b": 327_680, "qwen3-8b": 147_456, "qwen3-14b": 163_840, "qwen3-32b": 262_144,
    "qwen3-30b-a3b": 98_304, "qwen3-235b-a22b": 192_512, "gemma-2-9b": 344_064, "gemma-2-27b": 376_832,
    "phi-4": 204_800, "llama-3.2-3b": 114_688, "llama-3.2-1b": 32_768, "gpt-oss-120b": 73_728, "deepseek-v3": 70_272,
    "gpt-3-175b": 4_718_592,
}  # fmt: skip


def test_weights_are_as_large_as_published(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    """Sizes quoted by public repositories that read those of the publishers (looked up 2026-11-29)."""
    chip = catalog.accelerators["b200-sxm-180gb"]
    published = INDEX_BYTES | {(name, "bf16"): 2 * count for name, count in PARAMETERS.items()}
    for (name, precision), size in published.items():
        form = format_on(chip, precision, models[name])  # type: ignore[arg-type]
        assert form is not None
        assert weights_of(models[name], form).total_gb == pytest.approx(size / 1e9, rel=0.03), name
    assert len(published) >= 25


def test_the_cache_of_a_token_is_as_large_as_published(models: dict[str, LanguageModel]) -> None:
    for name, published in KV_BYTES_PER_TOKEN.items():
        assert 2 * models[name].kv_elements_per_token == pytest.approx(published, rel=0.03), name
    assert len(KV_BYTES_PER_TOKEN) >= 25


def test_every_layout_that_was_measured_fits(catalog: Catalog) -> None:
    """Each published row of a model on a chip in a format and layout ran: more than a hundred verdicts."""
    limits, seen = SizingConstants().least(), defaultdict(list)
    for row in load_measurements(catalog).serving:
        form = format_on(row.accelerator, row.precision, row.model, row.kv_bytes)
        if row.tensor is None or row.accelerators == 12 or form is None:  # twelve: a sum of two pools
            continue
        group, shape = LayerGroup(row.tensor, row.pipeline, row.data), ModelShape(row.input_tokens, row.output_tokens)
        need = memory_need(row.model, row.accelerator, form, group, shape, limits)
        seen[row.model.id, row.accelerator.id, row.precision, group].append(need.smallest_gb <= need.usable_gb)
    assert len(seen) >= 100
    assert not [key for key, fits in seen.items() if not all(fits)]


# --- formats ---------------------------------------------------------------------------------------


def test_weight_only_fp8_runs_on_ampere(catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants) -> None:
    model, ampere = models["llama-3.1-70b"], catalog.accelerators["a100-sxm-80gb"]
    form = format_on(ampere, "fp8", model)
    assert form is not None
    assert (form.tflops, form.unpacked) == (312, True)  # computes in 16 bit
    assert format_on(catalog.accelerators["v100-sxm-32gb"], "fp8", model) is None
    half, whole = (
        estimate(model, ampere, precision, LayerGroup(4), ModelShape(1024, 256), 1.0, c.least())
        for precision in ("fp8", "bf16")
    )
    assert half is not None
    assert whole is not None
    assert half.tpot_ms < 0.8 * whole.tpot_ms  # half the bytes


def test_amd_is_served_at_what_current_stacks_measure(
    catalog: Catalog, models: dict[str, LanguageModel], c: SizingConstants
) -> None:
    """MLPerf Inference 5.1: eight MI325X serve 34,500 tokens/s of Llama 2 70B in fp8, offline."""
    where = (models["llama-2-70b"], catalog.accelerators["mi325x"], "fp8", LayerGroup(), ModelShape(294, 301), 1024.0)
    tuned, usual = (estimate(*where, c.least().with_engine(engine)) for engine in ("mlperf", None))
    assert tuned is not None
    assert usual is not None
    assert 8 * tuned.output_tokens_per_s == pytest.approx(34_500, rel=0.25)
    assert 8 * usual.output_tokens_per_s > 0.6 * 34_500
    old = estimate(*where, replace(c.least(), engine="vllm-2024"))
    assert old is not None
    assert old.output_tokens_per_s < usual.output_tokens_per_s / 3


# --- training --------------------------------------------------------------------------------------


def test_attention_of_training_goes_by_heads_and_windows(models: dict[str, LanguageModel]) -> None:
    dense = models["llama-3.1-8b"]  # 32 heads of 128 = hidden
    assert flop_per_token(dense, 8192) == pytest.approx(6 * 8.03e9 + 6 * 32 * 4096 * 8192, rel=0.001)
    wide = models["deepseek-v3"]  # 128 heads of 160 on average, hidden 7,168
    assert flop_per_token(wide, 4096) == pytest.approx(6 * 37e9 + 6 * 61 * 128 * 160 * 4096, rel=0.001)
    windowed = dense.model_copy(update={"sliding_window": 1024, "sliding_layer_fraction": 1.0})
    assert flop_per_token(windowed, 8192) - 6 * 8.03e9 < 0.3 * (flop_per_token(dense, 8192) - 6 * 8.03e9)


@pytest.mark.parametrize(
    ("optimizer", "bytes_each"),
    [
        ("adam", 16), ("adam_amp", 18), ("adam_8bit", 10), ("adam_8bit_bf16", 6), ("adam_bf16", 8), ("muon", 12),
        ("adafactor", 8), ("adam_8bit_paged", 4), ("adam_offloaded", 4),
    ],
)  # fmt: skip
def test_optimizers_keep_so_many_bytes(optimizer: str, bytes_each: float, catalog: Catalog) -> None:
    model = LanguageModel(id="x", parameters_b=1, active_parameters_b=1)
    line = trained(catalog, model, "h100-sxm-80gb", count=1, optimizer=optimizer, zero=0, sequence_tokens=1)
    assert line.memory_needed_gb == pytest.approx(bytes_each + 1.5, abs=0.01)


@pytest.mark.parametrize(
    ("model", "accelerator", "how"),
    [
        ("llama-1-65b", "rtx-a6000", {"sequence_tokens": 512}),
        ("llama-1-33b", "rtx-3090", {"sequence_tokens": 512}),
        ("llama-1-33b", "rtx-4090", {"sequence_tokens": 512, "lora_rank": 64}),
        ("llama-2-7b", "rtx-3060-12gb", {"sequence_tokens": 1024}),
    ],
)
def test_qlora_fits_where_it_is_known_to(
    catalog: Catalog, models: dict[str, LanguageModel], model: str, accelerator: str, how: dict[str, object]
) -> None:
    """Dettmers et al. 2023: 65B on 48 GB, 33B on 24 GB."""
    if accelerator not in catalog.accelerators:
        pytest.skip("not in the catalog")
    assert trained(catalog, models[model], accelerator, count=1, method="qlora", **how).fits


def test_lora_trains_what_rank_and_targets_say(models: dict[str, LanguageModel]) -> None:
    """Llama 2 7B at rank 16: 40 million parameters on all matrices, 0.6% of it; 16.8 million on attention."""
    assert lora_parameters_b(models["llama-2-7b"], 16, "all") == pytest.approx(0.040, rel=0.02)
    assert lora_parameters_b(models["llama-2-7b"], 16, "attention") == pytest.approx(0.0168, rel=0.02)
    for name in ("llama-1-65b", "llama-3.1-70b"):
        share = lora_parameters_b(models[name], 16, "all") / models[name].parameters_b
        assert 0.0025 < share < 0.005


def test_training_of_mixtures(catalog: Catalog, models: dict[str, LanguageModel]) -> None:
    """Qwen3-235B on 256 H100 in fp8: 1,575 to 1,712 tokens/s of each (Megatron-Bridge); coarse experts are no slower."""
    line = trained(catalog, models["qwen3-235b-a22b"], "h100-sxm-80gb", count=256, precision="fp8", tokens=1e12)
    assert line.tokens_per_s_per_accelerator == pytest.approx(1640, rel=0.4)
    coarse = trained(catalog, models["mixtral-8x7b"], "tpu-v5p", count=256, precision="bf16", tokens=1e12)
    assert coarse.mfu > 0.25
