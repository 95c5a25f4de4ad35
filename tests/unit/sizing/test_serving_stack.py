"""What the user states of the serving stack, and work counted in units of the user's own."""

from types import SimpleNamespace
from typing import Any

import pytest

from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.records.findings import Fit, Rejection
from planner.domain.workloads.workload import Batch, Inference, fallback_of
from planner.inputs.catalog.load import load_catalog
from planner.sizing.admission import size
from planner.sizing.constants import SizingConstants

C = SizingConstants()
CHAT = {"name": "chat", "kind": "inference", "model": "m", "tokens_per_day": 1e9}
PICTURES = {"name": "pictures", "kind": "inference", "unit": "image", "requests_per_day": 2.4e6}


def fit(accelerator: Accelerator, architecture: LanguageModel | None, count: int, fields: dict[str, Any]) -> Fit:
    found = size(Inference.model_validate(fields), accelerator, count, model=architecture, constants=C)
    assert isinstance(found, Fit), found
    return found


def chat(real: SimpleNamespace, **fields: Any) -> Fit:
    return fit(real.h100, real.llama3_70b, 8, CHAT | fields)


def steps(found: Fit) -> dict[str, float]:
    return {what: value for what, value, _ in found.derivation}


# --- the serving stack -----------------------------------------------------------------------------


def test_nothing_stated_changes_nothing(real: SimpleNamespace) -> None:
    stated = {
        "kv_precision": "bf16",
        "prefix_cache_hit_fraction": 0.0,
        "speculative_speedup": 1.0,
        "disaggregation_speedup": 1.0,
        "min_accelerator_memory_gb": 80.0,
    }
    assert chat(real, **stated) == chat(real)


def test_what_the_cache_holds_needs_no_prefill(real: SimpleNamespace) -> None:
    plain, half = (
        fit(real.h100, real.llama3_8b, 1, CHAT | {"prefix_cache_hit_fraction": hit}) for hit in ("0%", "50%")
    )
    assert steps(half)["prefill per prompt"] == pytest.approx(steps(plain)["prefill per prompt"] / 2)
    assert half.rate_per_node_hour > plain.rate_per_node_hour
    assert steps(half)["share of input tokens already in the cache"] == 0.5


def test_speculative_decoding_saves_steps(real: SimpleNamespace) -> None:
    """At one batch a step of 1.6 output tokens takes 1/1.6 of the time; TPOT adds prefill, which is not saved."""
    one = {"tpot_ms": 1e6, "ttft_ms": 1e6}  # memory alone limits the batch
    plain, faster = chat(real, **one), chat(real, **one, speculative_speedup=1.6)
    assert faster.batch == plain.batch
    prefill = plain.batch * steps(plain)["prefill per prompt"] / 256
    assert faster.tpot_ms == pytest.approx(steps(plain)["step"] / 1.6 + prefill)


def test_disaggregation_multiplies_the_rate_at_one_batch(real: SimpleNamespace) -> None:
    one = {"tpot_ms": 1e6, "ttft_ms": 1e6}
    plain, apart = chat(real, **one), chat(real, **one, disaggregation_speedup=1.25)
    assert apart.rate_per_node_hour == pytest.approx(plain.rate_per_node_hour * 1.25)


def test_an_eight_bit_cache_takes_half_the_memory(real: SimpleNamespace) -> None:
    plain, small = chat(real), chat(real, kv_precision="fp8")
    each = "KV cache per sequence and accelerator"
    groups = plain.tensor_parallel / small.tensor_parallel
    assert steps(small)[each] == pytest.approx(steps(plain)[each] / 2 * groups)
    assert steps(small)["bytes per element of the KV cache"] == 1.0


def test_a_floor_of_memory_refuses_smaller_accelerators(real: SimpleNamespace) -> None:
    asked = Inference.model_validate(CHAT | {"min_accelerator_memory_gb": 100})
    found = size(asked, real.h100, 8, model=real.llama3_70b, constants=C)
    assert isinstance(found, Rejection)
    assert (found.bottleneck, found.needed, found.offered) == ("memory", "100 GB per accelerator", "80 GB")


def test_a_fallback_has_the_stack_but_not_what_was_measured_on_another_model() -> None:
    stated = {"speculative_speedup": 1.6, "prefix_cache_hit_fraction": 0.3, "kv_precision": "fp8"}
    same = fallback_of(Inference.model_validate(CHAT | stated | {"fallback": {"share": 0.5}}))
    other = fallback_of(Inference.model_validate(CHAT | stated | {"fallback": {"share": 0.5, "model": "small"}}))
    assert same is not None
    assert other is not None
    assert (same.speculative_speedup, other.speculative_speedup) == (1.6, 1.0)
    assert same.prefix_cache_hit_fraction == other.prefix_cache_hit_fraction == 0.3
    assert other.kv_precision == "fp8"


# --- units of one's own ----------------------------------------------------------------------------


def test_the_rate_of_pictures_is_flop_over_flop(real: SimpleNamespace) -> None:
    """8 × 989e12 × e_pf FLOP/s over 6e14 FLOP are 8 pictures a second; 70% of it and 0.8 are planned."""
    asked = Inference.model_validate(PICTURES | {"flop_per_unit": 6e14})
    found = size(asked, real.h100, 8, constants=C, derating=0.8)
    assert isinstance(found, Fit)
    assert found.rate_per_node_hour == pytest.approx(8 * 989e12 * C.e_pf / 6e14 * 3600 * 0.7 * 0.8)
    assert found.replica_nodes == 1 / 8
    assert found.rate_low == pytest.approx(found.rate_per_node_hour * C.serve_low)


def test_the_workloads_own_derating_comes_first(real: SimpleNamespace) -> None:
    own = Inference.model_validate(PICTURES | {"flop_per_unit": 6e14, "derating": 0.5})
    found, plain = (size(own, real.h100, 8, constants=C, derating=d) for d in (0.9, 0.5))
    assert found == plain


def test_a_model_of_the_catalog_brings_its_flop_and_its_weights(real: SimpleNamespace) -> None:
    painter = load_catalog().language_models["stable-diffusion-xl"]
    found = fit(real.h100, painter, 1, PICTURES)
    assert steps(found)["work per unit"] == 600.0
    assert found.memory_needed_gb == pytest.approx(3.5 * 2 + C.activation_gb_at_8k + C.overhead_gb)
    own = fit(real.h100, painter, 1, PICTURES | {"flop_per_unit": 3e14})
    assert own.rate_per_node_hour == pytest.approx(2 * found.rate_per_node_hour)  # the workload's figure comes first


def test_weights_that_do_not_fit_are_refused(real: SimpleNamespace) -> None:
    huge = LanguageModel(id="huge", parameters_b=20, active_parameters_b=20, attention="none", flop_per_unit=1e15)
    found = size(Batch.model_validate(PICTURES | {"kind": "batch"}), real.l4, 1, model=huge, constants=C)
    assert isinstance(found, Rejection)
    assert (found.bottleneck, found.needed) == ("memory", "45.5 GB per accelerator")  # 40 + 2 + 3.5


def test_without_flop_a_measured_throughput_is_needed(real: SimpleNamespace) -> None:
    found = size(Inference.model_validate(PICTURES), real.h100, 8, constants=C)
    assert isinstance(found, Rejection)
    assert (found.bottleneck, found.needed) == ("throughput", "measured throughput or `flop_per_unit`")


def test_requests_are_of_one_unit() -> None:
    assert Inference.model_validate(PICTURES).base_demand_per_hour == pytest.approx(100_000)  # 2.4M / 24
    tokens = PICTURES | {"unit": "Mtok", "model": "m"}
    assert Inference.model_validate(tokens).base_demand_per_hour == pytest.approx(2.4e6 * 1280 / 1e6 / 24)
