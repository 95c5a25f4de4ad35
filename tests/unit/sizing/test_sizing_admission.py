"""Admission of inference: the chosen group, the planned rate, and every reason to refuse."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.records.findings import Fit, Rejection
from planner.domain.workloads.workload import Batch, Inference
from planner.sizing.admission import size, size_all
from planner.sizing.constants import SizingConstants
from planner.sizing.formats import format_on
from planner.sizing.memory import LayerGroup, ModelShape
from planner.sizing.serving import groups_of, replica_nodes
from planner.sizing.throughput import speed_of

C = SizingConstants()


def online(**more: object) -> Inference:
    return Inference.model_validate({"name": "chat", "kind": "inference", "model": "m", "tokens_per_day": 1e9} | more)


def verdict(
    model: LanguageModel | None, accelerator: Accelerator, count: int, derating: float = 1.0, **more: Any
) -> Fit | Rejection:
    return size(online(**more), accelerator, count, model=model, constants=C, derating=derating)


def fit(model: LanguageModel, accelerator: Accelerator, count: int, derating: float = 1.0, **more: Any) -> Fit:
    found = verdict(model, accelerator, count, derating, **more)
    assert isinstance(found, Fit), found
    return found


def reason(model: LanguageModel | None, accelerator: Accelerator, count: int, **more: Any) -> tuple[str, str, str]:
    found = verdict(model, accelerator, count, **more)
    assert isinstance(found, Rejection), found
    assert (found.workload, found.subject) == ("chat", accelerator.id)
    return found.bottleneck, found.needed, found.offered


# --- groups and replicas ---------------------------------------------------------------------------


def test_groups_divide_the_heads_and_use_odd_numbers(an_accelerator: Callable, a_model: Callable) -> None:
    one = an_accelerator()
    six = [LayerGroup(1), LayerGroup(2), LayerGroup(4), LayerGroup(1, 6), LayerGroup(2, 3)]
    assert list(groups_of(6, a_model(heads=8), one)) == six  # 8 heads do not divide by 3 or 6
    assert list(groups_of(4, a_model(heads=10), one)) == [LayerGroup(1), LayerGroup(2)]  # 10 heads do not divide by 4
    pipelines = [LayerGroup(8, 2, spans_nodes=True), LayerGroup(8, 4, spans_nodes=True)]
    assert list(groups_of(8, a_model(heads=8), one))[-2:] == pipelines  # of full nodes
    assert list(groups_of(8, a_model(heads=8), an_accelerator(link_gb_per_s=0))) == [LayerGroup(1)]


def test_a_replica_is_a_share_of_a_node_or_several_nodes() -> None:
    assert replica_nodes(LayerGroup(2), 8) == 0.25
    assert replica_nodes(LayerGroup(4), 6) == 1.0  # two of six stay idle
    assert replica_nodes(LayerGroup(8, 4), 8) == 4.0


# --- the planned rate ------------------------------------------------------------------------------


def test_the_rate_is_the_chain_that_the_derivation_tells(real: SimpleNamespace) -> None:
    found = fit(real.llama3_70b, real.h100, 8, derating=0.8)
    told = {what: value for what, value, _ in found.derivation}
    assert told["weights of the model"] == pytest.approx(141.1)  # 70.55e9 · 2 bytes
    assert told["output tokens per replica"] == pytest.approx(found.batch / found.tpot_ms * 1000)
    assert told["input and output tokens per replica"] == pytest.approx(told["output tokens per replica"] * 1280 / 256)
    per_replica = told["input and output tokens per replica"] * 3600 / 1e6 * 0.7 * 0.8
    assert told["planned rate per replica"] == pytest.approx(per_replica)
    assert found.rate_per_node_hour == pytest.approx(per_replica / found.replica_nodes)
    step = sum(told[f"step: {t}"] for t in ("reading weights and cache", "computing", "communicating", "overhead"))
    assert told["step"] == pytest.approx(step)
    assert found.tpot_ms == pytest.approx(told["step"] + found.batch * told["prefill per prompt"] / 256)


def test_the_batch_is_the_largest_within_the_tier(real: SimpleNamespace) -> None:
    found = fit(real.llama3_70b, real.h100, 8)
    form = format_on(real.h100, "bf16", real.llama3_70b)
    speed = speed_of(real.llama3_70b, real.h100, form, LayerGroup(found.tensor_parallel), ModelShape(1024, 256), C)
    batches = np.arange(1.0, 1025.0)
    within = (speed.tpot(batches) <= 0.040) & (speed.ttft(batches) <= 0.500)
    assert found.batch == int(batches[within][-1])


def test_no_other_group_would_serve_more(real: SimpleNamespace) -> None:
    whole = fit(real.llama3_70b, real.h200, 8)
    smaller = [fit(real.llama3_70b, real.h200, n).rate_per_node_hour * 8 / n for n in (2, 4)]
    assert whole.rate_per_node_hour >= max(smaller)


def test_derating_and_utilisation_scale_the_rate(real: SimpleNamespace) -> None:
    plain = fit(real.llama3_8b, real.h100, 1).rate_per_node_hour
    assert fit(real.llama3_8b, real.h100, 1, derating=0.5).rate_per_node_hour == pytest.approx(plain / 2)
    own = online(derating=0.25, target_utilisation=0.35)
    found = size(own, real.h100, 1, model=real.llama3_8b, constants=C, derating=0.9)
    assert isinstance(found, Fit)
    assert found.rate_per_node_hour == pytest.approx(plain / 8)  # the workload's 0.25 replaces 0.9; 0.35 is half of 0.7


def test_batch_work_knows_no_latency(real: SimpleNamespace) -> None:
    nightly = Batch(name="nightly", kind="batch", model="m", tokens_per_day=1e9)
    found = size(nightly, real.l40s, 4, model=real.llama3_70b, constants=C)
    assert isinstance(found, Fit)
    assert found.tpot_ms > 40
    assert reason(real.llama3_70b, real.l40s, 4)[0] == "latency"


def test_eight_bit_beats_sixteen_where_allowed(real: SimpleNamespace) -> None:
    wide = fit(real.llama3_70b, real.h100, 8, precisions=("bf16", "fp8"))
    assert wide.precision == "fp8"
    assert wide.rate_per_node_hour > fit(real.llama3_70b, real.h100, 8).rate_per_node_hour


def test_known_deployments(real: SimpleNamespace) -> None:
    assert fit(real.deepseek_v3, real.h200, 8).precision == "fp8"  # native; 671 GB on 1,128
    assert fit(real.deepseek_v3, real.h200, 8, precisions=("bf16",)).pipeline_parallel > 1  # 1,342 GB spans nodes
    native = fit(real.deepseek_v3, real.a100_80, 8, latency="batch")
    assert native.precision == "bf16"  # no 8-bit hardware
    assert native.replica_nodes == native.pipeline_parallel == 4
    giant = fit(real.llama3_405b, real.h100, 8, latency="relaxed", precisions=("bf16",))
    assert giant.pipeline_parallel > 1  # 812 GB do not fit 640
    assert fit(real.llama3_405b, real.h100, 8, latency="relaxed", precisions=("fp8",)).pipeline_parallel == 1


# --- reasons to refuse -----------------------------------------------------------------------------


def test_memory_misfit_names_the_need_and_what_is_usable(real: SimpleNamespace) -> None:
    bottleneck, needed, offered = reason(real.llama3_70b, real.h100, 1)
    assert bottleneck == "memory"
    # 141.1 weights + 0.5 activations + 3.5 overhead + 1,280 tokens · 327,680 bytes = 0.42 → 145.5
    assert needed == "145.5 GB per accelerator at tensor parallel 1 in bf16"
    assert offered == "72.0 GB usable of 80 GB"


def test_unknown_links_keep_replicas_on_one_accelerator(an_accelerator: Callable, real: SimpleNamespace) -> None:
    lonely = an_accelerator(link_gb_per_s=0)
    assert reason(real.llama3_70b, lonely, 8)[2] == "90.0 GB usable of 100 GB, link bandwidth not stated"


def test_latency_misfit_names_the_limit_and_the_best_there_is(real: SimpleNamespace) -> None:
    bottleneck, needed, offered = reason(real.llama3_8b, real.l4, 1)
    # 16 GB at 300 GB/s = 53.5 ms for the weights alone
    assert (bottleneck, needed) == ("latency", "TPOT <= 40 ms")
    assert offered.endswith("ms at batch 1")
    assert 53 < float(offered.split()[0]) < 60
    assert reason(real.llama3_70b, real.h100, 8, ttft_ms=10)[1] == "TTFT <= 10 ms"


@pytest.mark.parametrize(
    ("figure", "named"),
    [
        ("memory_gb", "memory"),
        ("memory_bandwidth_gb_per_s", "memory bandwidth"),
        ("bf16_tflops", "16-bit throughput"),
    ],
)
def test_unknown_figures_are_not_guessed(an_accelerator: Callable, a_model: Callable, figure: str, named: str) -> None:
    assert reason(a_model(), an_accelerator(**{figure: None}), 1) == (
        "specification",
        f"{named} of `round`",
        "not stated",
    )


def test_models_without_layers_need_a_measurement(an_accelerator: Callable) -> None:
    image = LanguageModel(id="image", parameters_b=3.5, active_parameters_b=3.5, attention="none")
    assert reason(image, an_accelerator(), 1)[:2] == ("specification", "measured throughput")
    half = LanguageModel(id="half", parameters_b=3.5, active_parameters_b=3.5, layers=10, hidden=10)
    assert reason(half, an_accelerator(), 1)[1] == "heads, kv_heads, head_dim of `half`"


def test_a_format_needs_its_hardware(real: SimpleNamespace) -> None:
    assert reason(real.llama3_8b, real.a100_80, 1, precisions=("fp8", "int8")) == (
        "precision",
        "fp8 or int8",
        "no hardware for it on `a100_80`",
    )
    assert fit(real.llama3_8b, real.a100_80, 1, precisions=("int4",)).precision == "int4"  # weight-only


def test_requests_longer_than_the_context_are_refused(an_accelerator: Callable, a_model: Callable) -> None:
    assert reason(a_model(max_context=1279), an_accelerator(), 1)[:2] == ("context", "1280 tokens")
    fit(a_model(max_context=1280), an_accelerator(), 1)


def test_own_units_need_a_measurement(an_accelerator: Callable, a_model: Callable) -> None:
    images = {"unit": "images", "tokens_per_day": None, "requests_per_day": 1e6}
    wanted = "measured throughput or `flop_per_unit`"
    assert reason(a_model(), an_accelerator(), 1, **images) == ("throughput", wanted, "none stated")
    assert reason(None, an_accelerator(), 1)[0] == "throughput"


# --- properties ------------------------------------------------------------------------------------

MODELS = ("llama3_8b", "llama3_70b", "deepseek_v3", "qwen3_235b")
ACCELERATORS = ("a100_80", "h100", "h200", "b200", "l40s")
CASES = {
    "model": st.sampled_from(MODELS),
    "accelerator": st.sampled_from(ACCELERATORS),
    "count": st.sampled_from((1, 2, 4, 8)),
}


def rate(found: Fit | Rejection) -> float:
    return found.rate_per_node_hour if isinstance(found, Fit) else 0.0


@settings(max_examples=60, deadline=None)
@given(**CASES, i=st.integers(16, 20_000), o=st.integers(1, 8_000), more=st.integers(0, 8_000))
def test_longer_outputs_never_raise_the_requests_served(
    real: SimpleNamespace, model: str, accelerator: str, count: int, i: int, o: int, more: int
) -> None:
    def requests_per_hour(output: int) -> float:
        found = verdict(
            getattr(real, model),
            getattr(real, accelerator),
            count,
            latency="batch",
            input_tokens=i,
            output_tokens=output,
        )
        return rate(found) * 1e6 / (i + output)

    assert requests_per_hour(o + more) <= requests_per_hour(o) * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(**CASES, tpot=st.floats(5, 300), ttft=st.floats(50, 3000), tighter=st.floats(0.1, 1))
def test_tighter_latency_never_raises_the_rate(
    real: SimpleNamespace, model: str, accelerator: str, count: int, tpot: float, ttft: float, tighter: float
) -> None:
    m, a = getattr(real, model), getattr(real, accelerator)
    loose = rate(verdict(m, a, count, tpot_ms=tpot, ttft_ms=ttft))
    assert rate(verdict(m, a, count, tpot_ms=tpot * tighter, ttft_ms=ttft)) <= loose
    assert rate(verdict(m, a, count, tpot_ms=tpot, ttft_ms=ttft * tighter)) <= loose


@settings(max_examples=60, deadline=None)
@given(
    **CASES,
    figure=st.sampled_from(("memory_bandwidth_gb_per_s", "memory_gb", "bf16_tflops", "link_gb_per_s")),
    factor=st.floats(1, 4),
    latency=st.sampled_from(("interactive", "relaxed", "batch")),
)
def test_a_better_accelerator_never_serves_less(
    real: SimpleNamespace, model: str, accelerator: str, count: int, figure: str, factor: float, latency: str
) -> None:
    m, a = getattr(real, model), getattr(real, accelerator)
    better = a.model_copy(update={figure: getattr(a, figure) * factor})
    assert rate(verdict(m, better, count, latency=latency)) >= rate(verdict(m, a, count, latency=latency)) * (1 - 1e-9)


@settings(max_examples=40, deadline=None)
@given(**CASES)
def test_what_fits_needs_no_more_than_is_usable(
    real: SimpleNamespace, model: str, accelerator: str, count: int
) -> None:
    a = getattr(real, accelerator)
    found = verdict(getattr(real, model), a, count, latency="relaxed")
    if isinstance(found, Fit):
        assert 1 <= found.batch <= 1024
        assert found.memory_needed_gb <= 0.9 * a.memory_gb
        assert found.tpot_ms <= 200
        assert found.ttft_ms <= 2000


# --- many at once ----------------------------------------------------------------------------------


def test_sizing_all_equals_sizing_each(real: SimpleNamespace) -> None:
    accelerators = {name: getattr(real, name) for name in ACCELERATORS}
    models = {name: getattr(real, name) for name in MODELS}
    workloads = [online(name=name, model=name) for name in MODELS]
    nodes = [(name, count) for name in ACCELERATORS for count in (1, 3, 8)]
    together = size_all(workloads, nodes, accelerators=accelerators, models=models, constants=C, derating=0.8)
    assert len(together) == len(workloads) * len(nodes)
    for (workload, accelerator, count), found in together.items():
        own = online(name=workload, model=workload)
        assert found == size(own, accelerators[accelerator], count, model=models[workload], constants=C, derating=0.8)
