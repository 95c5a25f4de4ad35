"""Training and development: 6ND arithmetic, published runs, reference hours, memory."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.records.findings import Fit, Rejection
from planner.domain.workloads.workload import Development, Training
from planner.sizing.admission import size
from planner.sizing.constants import SizingConstants
from planner.sizing.training.plan import ParallelLayout, Setup, network_gb_per_s
from planner.sizing.training.throughput import (
    flop_per_token,
    reached_utilisation,
    tokens_per_s,
    training_figures,
    training_memory,
    training_tokens_per_s,
    utilisation,
)

C = SizingConstants()


def hours(**more: object) -> Training:
    return Training.model_validate(
        {"name": "tune", "kind": "training", "accelerator_hours_per_month": 1000, "reference_accelerator": "h100"}
        | more
    )


def tokens(**more: object) -> Training:
    return Training.model_validate({"name": "tune", "kind": "training", "tokens_per_month": 1e9, "model": "m"} | more)


def sized(
    workload: Training | Development,
    accelerator: Accelerator,
    count: int = 8,
    model: LanguageModel | None = None,
    reference: Accelerator | None = None,
) -> Fit | Rejection:
    return size(workload, accelerator, count, model=model, reference=reference, constants=C, derating=0.5)


def rate(*args: Any, **named: Any) -> float:
    found = sized(*args, **named)
    assert isinstance(found, Fit), found
    assert found.replica_nodes == 0.0  # splits freely
    return found.rate_per_node_hour


# --- tokens ----------------------------------------------------------------------------------------


def test_a_token_costs_six_flop_per_parameter_and_attention(real: SimpleNamespace) -> None:
    # 6·405.85e9 = 2.4351e12; 6·126·16,384·8,192 = 0.1015e12
    assert flop_per_token(real.llama3_405b, 8192) == pytest.approx(2.5366e12, rel=1e-4)


def test_llama_3_405b_trained_as_fast_as_published(real: SimpleNamespace) -> None:
    """400 TFLOPS of each of 16,384 accelerators (The Llama 3 Herd of Models, 2024, table 4): 158 tokens/s each."""
    published = 400e12 / flop_per_token(real.llama3_405b, 8192)
    ours = training_tokens_per_s(
        real.llama3_405b, 989, utilisation("bf16", real.llama3_405b, C), flop_per_token(real.llama3_405b, 8192)
    )
    assert ours == pytest.approx(187.1, abs=0.2)  # 0.48·989e12/2.5366e12: the rule in one number, of tuned runs
    assert ours == pytest.approx(published, rel=0.2)


def test_mixtures_of_experts_train_at_half_the_utilisation(real: SimpleNamespace) -> None:
    """DeepSeek-V3 on 256 B200 in 8 bit: 3,328 tokens/s each (Megatron-Bridge 26.04.01, performance summary)."""
    ours = training_tokens_per_s(real.deepseek_v3, 4500, utilisation("fp8", real.deepseek_v3, C))
    assert utilisation("fp8", real.deepseek_v3, C) == pytest.approx(0.35 * 0.47)
    assert ours == pytest.approx(3328, rel=0.25)


def test_the_rate_of_a_node_in_tokens(real: SimpleNamespace) -> None:
    # stated: 0.24·989e12/(6·8.03e9 + 6·32·4,096·4,096); · 8 · 3,600/1e6; derating is for serving
    per_accelerator = 0.24 * 989e12 / (6 * 8.03e9 + 6 * 32 * 4096 * 4096)
    assert rate(tokens(mfu=0.24), real.h100, model=real.llama3_8b) == pytest.approx(per_accelerator * 8 * 3600 / 1e6)
    # else products, attention and memory traffic, shares of a peak of 0.989 PFLOPS
    slope = 0.989**-C.train_slope
    products = 48.18e9 / (989e12 * C.train_bf16 * slope) + 3.221225e9 / (989e12 * C.train_attention * slope)
    seconds = products + 1000 * C.train_layer * 131072 / 3350e9
    assert rate(tokens(), real.h100, model=real.llama3_8b) == pytest.approx(8 * 3600 / 1e6 / seconds, rel=1e-4)


def test_larger_clusters_and_recomputation_are_slower(real: SimpleNamespace) -> None:
    eight, many, again = (
        reached_utilisation(real.llama3_70b, real.h100, "bf16", C, count=count, recompute=recompute)
        for count, recompute in ((8, False), (512, False), (8, True))
    )
    assert many == pytest.approx(eight * 64**-C.train_scale)
    assert again == pytest.approx(eight * 0.75, rel=1e-4)
    assert 0.38 < eight < 0.66


def test_lora_costs_four_flop_per_parameter(real: SimpleNamespace) -> None:
    full, lora = (
        tokens_per_s(training_figures(real.llama3_70b, real.h100, "bf16", lora=lora), C) for lora in (False, True)
    )
    assert lora / full == pytest.approx(1.5 / C.train_lora, rel=0.15)  # the memory traffic stays


def test_training_state_is_sixteen_bytes_per_parameter(real: SimpleNamespace) -> None:
    need = training_memory(real.llama3_70b, count=8, nodes=4, c=C)
    assert need.state_gb == pytest.approx(16 * 70.55 / 32)  # 35.3
    # 1.25·(2·79 + 34)·4,096·8,192 + 1.25·6·4,096·128,256 = 8.05 + 3.94 GB
    assert need.activation_gb == pytest.approx(12.0, abs=0.05)


def test_training_spreads_over_as_many_nodes_as_it_needs(real: SimpleNamespace) -> None:
    found = sized(tokens(), real.h100, model=real.llama3_70b)
    assert isinstance(found, Fit)
    told = {what: value for what, value, _ in found.derivation}
    nodes, tensor = told["nodes of the smallest cluster that holds it"], told["tensor parallelism"]
    assert nodes == 4  # 16 · 70.55 GB of state are 70.6 GB each on 2 nodes
    assert told["weights, gradients and optimizer per accelerator"] >= 16 * 70.55 / 32
    assert found.memory_needed_gb <= 72.0
    assert tensor in (1, 2, 4, 8)
    large = sized(tokens(), real.h100, model=real.llama3_405b)
    assert isinstance(large, Fit)
    assert {what: value for what, value, _ in large.derivation}["nodes of the smallest cluster that holds it"] == 16


def test_training_that_no_cluster_holds_is_refused(real: SimpleNamespace) -> None:
    refused = sized(tokens(), real.l4, count=1, model=real.llama3_405b)
    assert isinstance(refused, Rejection)
    assert refused.bottleneck == "memory"
    assert refused.needed.endswith("GB per accelerator over 64 nodes")
    assert refused.offered == "21.6 GB usable of 24 GB"


def test_unknown_models_and_figures_are_not_guessed(real: SimpleNamespace, an_accelerator: Callable) -> None:
    image = LanguageModel(id="image", parameters_b=1, active_parameters_b=1, attention="none")
    for model, accelerator, bottleneck in (
        (None, real.h100, "throughput"),
        (image, real.h100, "specification"),
        (real.llama3_8b, an_accelerator(memory_gb=None), "specification"),
    ):
        found = sized(tokens(), accelerator, model=model)
        assert isinstance(found, Rejection)
        assert found.bottleneck == bottleneck
    found = sized(tokens(precision="fp8"), real.a100_80, model=real.llama3_8b)
    assert isinstance(found, Rejection)
    assert found[2:] == ("precision", "fp8", "no hardware for it on `a100_80`")


# --- hours of a reference --------------------------------------------------------------------------


def test_hours_are_counted_in_sixteen_bit_throughput(real: SimpleNamespace) -> None:
    assert rate(hours(), real.h100, reference=real.h100) == pytest.approx(8.0)
    assert rate(hours(), real.a100_80, reference=real.h100) == pytest.approx(8 * 312 / 989)  # 2.52
    assert rate(hours(), real.b200, 4, reference=real.h100) == pytest.approx(4 * 2250 / 989)


def test_eight_bit_training_counts_what_it_reaches(real: SimpleNamespace) -> None:
    # 1,979·0.35/(989·0.48) = 1.459 reference hours per hour
    assert rate(hours(precision="fp8"), real.h100, 1, reference=real.h100) == pytest.approx(1979 * 0.35 / (989 * 0.48))
    found = sized(hours(precision="fp8"), real.a100_80, reference=real.h100)
    assert isinstance(found, Rejection)
    assert found.bottleneck == "precision"


@pytest.mark.parametrize(
    ("memory_gb", "floor_gb", "fits"),
    [(80, None, True), (79.2, None, True), (79, None, False), (40, None, False), (40, 40, True), (40, 48, False)],
)
def test_memory_is_at_least_the_stated_or_the_reference_s(
    real: SimpleNamespace, an_accelerator: Callable, memory_gb: float, floor_gb: float | None, fits: bool
) -> None:
    found = sized(hours(min_accelerator_memory_gb=floor_gb), an_accelerator(memory_gb=memory_gb), reference=real.h100)
    assert isinstance(found, Fit) is fits
    if isinstance(found, Rejection):
        assert found[2:] == ("memory", f"{floor_gb or 80:g} GB per accelerator", f"{memory_gb:g} GB")


def test_development_counts_in_hours_too(real: SimpleNamespace) -> None:
    team = Development(
        name="team",
        kind="development",
        headcount=10,
        accelerator_hours_per_head_per_month=40,
        reference_accelerator="a100_80",
    )
    assert rate(team, real.h100, 1, reference=real.a100_80) == pytest.approx(989 / 312)


def test_own_units_need_a_measurement(real: SimpleNamespace) -> None:
    rendering = Training(name="render", kind="training", demand_per_hour=5.0, unit="frames")
    assert sized(rendering, real.h100) == Rejection(
        "render", "h100", "throughput", "measured throughput", "none stated"
    )


def test_a_stated_utilisation_has_no_range(real: SimpleNamespace) -> None:
    found = size(tokens(mfu=0.24), real.h100, 8, model=real.llama3_8b, constants=C)
    assert isinstance(found, Fit)
    assert found.rate_low == found.rate_high == found.rate_per_node_hour


def test_stages_of_a_pipeline_need_a_network_without_copies_too() -> None:
    """Activations and gradients of 4,096 elements of 2 bytes at 10,000 tokens/s of each of two stages: 0.33 GB/s."""
    model = LanguageModel(id="x", parameters_b=8, active_parameters_b=8, layers=32, hidden=4096)
    alone, staged = (network_gb_per_s(Setup(model), ParallelLayout(pipeline=p), 10_000) for p in (1, 2))
    assert (alone, staged) == (0.0, pytest.approx(4 * 4096 * 10_000 * 2 / 1e9))
