"""Throughput: the additive roofline by hand, and against published measurements."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from planner.domain.inputs.language_model import Precision
from planner.errors import CatalogError
from planner.sizing.constants import ServingEngine, SizingConstants, Software
from planner.sizing.figures import group_link
from planner.sizing.formats import format_on
from planner.sizing.memory import LayerGroup, ModelShape
from planner.sizing.serving import estimate
from planner.sizing.throughput import Stated, speed_of

IDEAL = SizingConstants(
    read_8=1, read_4=1, peak_slope=0, c_moe_prefill=1, moe_width=0, t_mla_us=0, t_index_us=0, t_prompt_ms=0, b_half=1e9,
    hop_growth=1, e_bw=1, e_kv=1, e_f=1, e_pf=1, q8=1, q4=1, c_moe=1, e_we=1, t_moe_us=0, t_l_us=0, t_0_ms=0, t_b_us=0, a_ar_us=0,
    e_ln=1, pcie=0, q_wo=1, t_first_ms=0, n_wait=1, w_queue=0, f_engine=1,
)  # fmt: skip
C = SizingConstants()


def test_one_accelerator_by_hand(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    speed = speed_of(model, accelerator, form, LayerGroup(), ModelShape(900, 200), IDEAL)
    assert speed.memory.fixed == pytest.approx(0.020)  # 20 GB at 1,000 GB/s
    assert speed.memory.per_sequence == pytest.approx(40e-6)  # 20,000 elements · 2 bytes · 1,000 tokens = 40 MB
    # 2·10e9 + 4·10 layers·1,000 wide·1,000 tokens = 20.04 GFLOP at 1,000 TFLOPS
    assert speed.compute.per_sequence == pytest.approx(20.04e-6)
    assert (speed.communication.fixed, speed.communication.per_sequence) == (0.0, 0.0)  # a group of one
    assert speed.step(10.0) == pytest.approx(0.020 + 10 * 60.04e-6)
    # 2·10e9·900 + 2·10·1,000·900² = 18.0162 TFLOP
    assert speed.prefill == pytest.approx(18.0162e-3)
    assert speed.tpot(10.0) == pytest.approx(0.0206004 + 10 * 18.0162e-3 / 200)
    assert speed.output_tokens_per_s(10.0) == pytest.approx(10 / speed.tpot(10.0))
    assert speed.ttft(10.0) == pytest.approx(speed.step(10.0) + 18.0162e-3)
    waiting = replace(IDEAL, t_first_ms=50, n_wait=3, w_queue=0.1)  # three steps, and a tenth of nine other prompts
    busy = speed_of(model, accelerator, form, LayerGroup(), ModelShape(900, 200), waiting)
    assert busy.ttft(10.0) == pytest.approx(0.050 + 3 * speed.step(10.0) + 18.0162e-3 * 1.9)


def test_overheads_add_per_layer_step_and_sequence(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    slow = replace(IDEAL, t_l_us=37, t_0_ms=0.57, t_b_us=16, t_moe_us=25)
    speed = speed_of(model, accelerator, form, LayerGroup(), ModelShape(900, 200), slow)
    assert speed.overhead.fixed == pytest.approx(10 * 37e-6 + 0.57e-3)
    assert speed.overhead.per_sequence == pytest.approx(16e-6)
    levelling = speed_of(
        model, accelerator, form, LayerGroup(), ModelShape(900, 200), replace(slow, b_half=100.0)
    ).overhead
    assert levelling.at(100.0) - levelling.fixed == pytest.approx(100 * 16e-6 / 2)  # half of it at b_half
    assert speed_of(model, accelerator, form, LayerGroup(data=4), ModelShape(900, 200), slow).overhead.at(
        4.0
    ) == pytest.approx(speed.overhead.at(1.0))  # each rank has its own sequences
    experts = a_model(parameters_b=90, active_parameters_b=20, experts=8, experts_per_token=1)
    routed = speed_of(experts, accelerator, form, LayerGroup(), ModelShape(900, 200), slow)
    assert routed.overhead.fixed == pytest.approx(10 * 62e-6 + 0.57e-3)


def test_all_reduces_cost_latency_and_volume(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    c = replace(IDEAL, a_ar_us=9.4, e_ln=0.97, pcie=2.3)
    speed = speed_of(model, accelerator, form, LayerGroup(4), ModelShape(900, 200), c)
    assert speed.communication.fixed == pytest.approx(20 * 9.4e-6 * 2)  # two per layer, log2(4) hops
    assert speed.communication.per_sequence == pytest.approx(20 * 2 * (3 / 4) * 1000 * 2 / (100e9 * 0.97))
    slow = an_accelerator(link_gb_per_s=32)  # PCIe: (1 + 2.3) times the latency
    assert speed_of(model, slow, form, LayerGroup(4), ModelShape(900, 200), c).communication.fixed == pytest.approx(
        3.3 * speed.communication.fixed
    )


def test_experts_are_read_as_far_as_they_are_touched(an_accelerator: Callable, a_model: Callable) -> None:
    model = a_model(parameters_b=90, active_parameters_b=20, experts=8, experts_per_token=1)  # X = 80, D = 10
    accelerator = an_accelerator()
    form = format_on(accelerator, "bf16", model)
    speed = speed_of(model, accelerator, form, LayerGroup(), ModelShape(900, 200), IDEAL)
    affine = speed.memory.per_sequence + speed.compute.per_sequence
    assert speed.step(1.0) == pytest.approx(0.020 + 0.160 / 8 + affine)  # one sequence touches one of eight
    assert speed.step(2.0) == pytest.approx(0.020 + 0.160 * (1 - (7 / 8) ** 2) + 2 * affine)


def test_an_array_of_batches_is_as_good_as_one(real: SimpleNamespace) -> None:
    form = format_on(real.h200, "fp8", real.deepseek_v3)
    speed = speed_of(real.deepseek_v3, real.h200, form, LayerGroup(8), ModelShape(1024, 256), C)
    batches = np.arange(1.0, 1025.0)
    assert speed.tpot(batches)[63] == pytest.approx(speed.tpot(64.0))
    assert np.all(np.diff(speed.tpot(batches)) > 0)
    assert np.all(np.diff(speed.ttft(batches)) > 0)
    assert np.all(np.diff(speed.output_tokens_per_s(batches)) > 0)


ARGONNE = "argonne-lcf/LLM-Inference-Bench Plots/All_results.csv, 2024, TensorRT-LLM, end-to-end batch latency"
NVIDIA = "NVIDIA/TensorRT-LLM docs/source/performance/perf-overview.md v0.9.0, 2024"
AIC = "ai-dynamo/aiconfigurator@095f58a systems/silicon_sample.csv, 2026"


@pytest.mark.parametrize(
    ("model", "accelerator", "precision", "tensor", "batch", "i", "o", "measured_tok_s", "source"),
    [
        ("llama3_8b", "a100_40", "bf16", 1, 16, 512, 512, 909.18, ARGONNE),
        ("llama3_8b", "a100_40", "bf16", 4, 16, 512, 512, 1868.724, ARGONNE),
        ("llama3_8b", "gh200", "bf16", 1, 32, 128, 128, 4175.239, ARGONNE),
        ("llama2_7b", "h100", "bf16", 1, 32, 512, 512, 2757.719, ARGONNE),
        ("llama2_7b", "h100", "bf16", 4, 32, 512, 512, 5564.571, ARGONNE),
        ("llama3_70b", "h100", "bf16", 4, 64, 1024, 1024, 2019.261, ARGONNE),
        ("llama2_70b", "h100", "fp8", 2, 96, 2048, 128, 692.0, NVIDIA),
        ("llama3_70b", "h100", "fp8", 4, 16, 1024, 1024, 1203.20, AIC),
        ("llama3_70b", "h100", "fp8", 8, 4, 8192, 1024, 380.9, AIC),
        ("qwen3_235b", "h100", "fp8", 4, 4, 512, 128, 274.12, AIC),
    ],
)
def test_within_a_third_of_published_measurements(
    real: SimpleNamespace,
    model: str,
    accelerator: str,
    precision: Precision,
    tensor: int,
    batch: int,
    i: int,
    o: int,
    measured_tok_s: float,
    source: str,
) -> None:
    found = estimate(
        getattr(real, model),
        getattr(real, accelerator),
        precision,
        LayerGroup(tensor),
        ModelShape(i, o),
        float(batch),
        C,
    )
    assert found is not None
    assert found.output_tokens_per_s == pytest.approx(measured_tok_s, rel=0.35), source


def test_a_format_without_hardware_is_not_estimated(real: SimpleNamespace) -> None:
    assert estimate(real.llama3_8b, real.a100_80, "fp8", LayerGroup(), ModelShape(512, 512), 1.0, C) is None
    for precision in ("nvfp4", "mxfp4"):
        unpacked, native = (format_on(a, precision, real.llama3_8b) for a in (real.h100, real.b200))
        assert (unpacked.tflops, unpacked.unpacked) == (989, True)  # weight-only: computes in 16 bit
        assert (native.tflops, native.unpacked) == (9000, False)
    assert format_on(real.b200, "int4", real.llama3_8b).tflops == 2250


def test_bridges_join_pairs_only(an_accelerator: Callable, a_model: Callable) -> None:
    card = an_accelerator(link_gb_per_s=300, link_domain=2)
    assert group_link(card, LayerGroup(2), C) == (300, True)
    assert group_link(card, LayerGroup(4), C) == (32, False)
    assert group_link(an_accelerator(link_gb_per_s=300), LayerGroup(8), C) == (300, True)


def test_stages_in_different_nodes_talk_over_the_network(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    c = replace(IDEAL, net_gb_per_s=12.5, net_hop_us=30)
    apart = speed_of(model, accelerator, form, LayerGroup(8, 2, spans_nodes=True), ModelShape(900, 200), c)
    beside = speed_of(model, accelerator, form, LayerGroup(8, 2), ModelShape(900, 200), c)
    assert apart.step(10.0) - beside.step(10.0) == pytest.approx(2 * 30e-6 + 10 * 2000 / 12.5e9)
    assert apart.ttft(1.0) - beside.ttft(1.0) == pytest.approx(2 * 30e-6 + 2000 / 12.5e9 + 900 * 2000 / 12.5e9)


def test_immature_software_computes_less_and_waits_more(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    young = replace(IDEAL, t_l_us=10, software={"round": Software(compute=0.1, prefill=0.5, overhead=4)})
    mature = young.matured()
    better = replace(IDEAL, software={"round": Software(overhead=0.5)})
    assert better.matured() == better  # what is better than the reference stays
    slow, fast = (speed_of(model, accelerator, form, LayerGroup(), ModelShape(900, 200), c) for c in (young, mature))
    assert slow.compute.per_sequence == pytest.approx(10 * fast.compute.per_sequence)
    assert slow.prefill == pytest.approx(2 * fast.prefill)
    assert slow.overhead.fixed == pytest.approx(4 * fast.overhead.fixed)


def test_what_is_stated_of_the_stack_multiplies_in(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator()
    form = format_on(accelerator, "bf16", model)
    where = (model, accelerator, form, LayerGroup(), ModelShape(900, 200), IDEAL)
    plain = speed_of(*where)
    assert speed_of(*where, Stated(prefix_cache_hit_fraction=0.75)).prefill == pytest.approx(plain.prefill / 4)
    assert speed_of(*where, Stated(speculative_speedup=2)).step(8.0) == pytest.approx(plain.step(8.0) / 2)
    apart = speed_of(*where, Stated(disaggregation_speedup=1.3))
    assert apart.output_tokens_per_s(8.0) == pytest.approx(1.3 * plain.output_tokens_per_s(8.0))


def test_requests_beyond_memory_wait(an_accelerator: Callable, a_model: Callable) -> None:
    model, accelerator = a_model(), an_accelerator(memory_gb=30)  # 20 GB of weights leave room for 100-odd sequences
    where = (model, accelerator, "bf16", LayerGroup(), ModelShape(900, 200))
    all_in, crowded = (estimate(*where, batch, IDEAL) for batch in (10.0, 1000.0))
    assert all_in is not None
    assert crowded is not None
    assert all_in.running == 10
    assert crowded.running == pytest.approx(
        (27 - 20 - 0.5 - 3.5) / 0.044
    )  # 1,100 tokens of 40 kB reserved a sequence: 68
    assert crowded.fits
    rounds = (1000 - crowded.running) / crowded.running * 200 * crowded.tpot_ms
    assert crowded.ttft_ms == pytest.approx(crowded.prefill_ms + crowded.step_ms + rounds)


def test_a_stated_engine_replaces_the_usual_factor() -> None:
    c = replace(C, engines={"quick": ServingEngine(time=0.9, reserved=0.5)})
    assert c.with_engine("quick").engine_in_use().time == 0.9
    assert c.with_engine("quick").reserved_fraction == 0.5
    assert c.engine_in_use().time == c.f_engine
    assert c.with_engine(None) == c
    with pytest.raises(CatalogError, match="unknown serving engine `quik`"):
        c.with_engine("quik")
