"""Training runs: rates of a node, goodput by hand, memory of the smallest cluster, grids of cluster sizes."""

from collections.abc import Callable
from itertools import pairwise
from math import ceil, floor, inf, sqrt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.answers.estimate import TrainingRequest
from planner.domain.inputs.accelerator import Accelerator
from planner.domain.inputs.language_model import LanguageModel
from planner.domain.records.findings import Fit, Rejection
from planner.domain.workloads.training_run import TrainingRun
from planner.domain.workloads.workload import Training
from planner.sizing.constants import SizingConstants
from planner.sizing.training.admission import size_training_tokens
from planner.sizing.training.failures import (
    checkpoint_interval_hours,
    goodput,
    mean_hours_between_failures,
    run_hours,
)
from planner.sizing.training.run import cluster_grid, run_verdict, smallest_cluster_nodes
from planner.sizing.training.throughput import reached_utilisation, training_memory

C = SizingConstants(
    mfu_bf16=0.48,
    mfu_fp8=0.35,
    mfu_moe_factor=0.47,
    train_bf16=0.8,
    train_moe=0.35,
    train_attention=0.25,
    train_layer=0.7,
    train_scale=0.05,
    train_slope=0.0,
    train_low=0.7,
    train_high=1.2,
)
"""Round figures to compute with by hand, whatever the fitted ones are."""


def a_run(**more: object) -> TrainingRun:
    amounts = {"tokens", "accelerator_hours", "work"}
    amount = {} if amounts & more.keys() else {"flop": 1e24}
    return TrainingRun.model_validate({"name": "run", "kind": "training_run"} | amount | more)


def steady(**more: object) -> TrainingRun:
    """A run that never fails and writes no checkpoints: goodput 1."""
    return a_run(**{"failures_per_accelerator_year": 0, "checkpoint_write_minutes": 0, **more})


def verdict(
    run: TrainingRun,
    accelerator: Accelerator,
    count: int = 8,
    model: LanguageModel | None = None,
    reference: Accelerator | None = None,
) -> Fit | Rejection:
    return run_verdict(run, accelerator, count, model=model, reference=reference, constants=C)


def fit(*args: Any, **named: Any) -> Fit:
    found = verdict(*args, **named)
    assert isinstance(found, Fit), found
    assert found.replica_nodes == 0.0
    assert found.derivation[-1][:2] == ("rate per node", found.rate_per_node_hour)
    return found


def refusal(*args: Any, **named: Any) -> tuple[str, str, str]:
    found = verdict(*args, **named)
    assert isinstance(found, Rejection), found
    return found[2:]


def told(found: Fit) -> dict[str, float]:
    return {what: value for what, value, _ in found.derivation}


# --- rates -----------------------------------------------------------------------------------------


def test_floating_point_operations_are_counted_in_zettaflop(real: SimpleNamespace) -> None:
    # 8 · 0.48 · 989e12 · 3600 / 1e21 = 0.01367 ZFLOP an hour
    found = fit(a_run(), real.h100)
    assert found.rate_per_node_hour == pytest.approx(8 * 0.48 * 989e12 * 3600 / 1e21)
    assert told(found)["smallest cluster"] == 1  # no model, nothing known of its memory
    assert fit(a_run(precision="fp8"), real.h100).rate_per_node_hour == pytest.approx(8 * 0.35 * 1979e12 * 3.6e-18)
    assert fit(a_run(mfu=0.24), real.h100).rate_per_node_hour == pytest.approx(found.rate_per_node_hour / 2)
    assert (found.rate_low, found.rate_high) == pytest.approx((0.7 * found[3], 1.2 * found[3]))
    stated = fit(a_run(mfu=0.24), real.h100)
    assert stated.rate_low == stated.rate_high == stated.rate_per_node_hour  # nothing is estimated


def test_a_known_model_is_as_fast_as_its_formula_says(real: SimpleNamespace) -> None:
    """Llama 3 8B on 512 H100: 6·8.03e9/(989e12·0.8) + 6·32·4096²/(989e12·0.25) + 700·32·4096/3.35e12."""
    products, attention = 6 * 8.03e9 / (989e12 * 0.8), 6 * 32 * 4096 * 4096 / (989e12 * 0.25)
    traffic = 1000 * 0.7 * 32 * 4096 / 3350e9
    seconds = (products + attention + traffic) * (512 / 8) ** 0.05
    held = {"model": "m", "min_accelerators": 512, "max_accelerators": 512}
    by_tokens = fit(a_run(tokens=1e12, **held), real.h100, model=real.llama3_8b)
    assert by_tokens.rate_per_node_hour == pytest.approx(8 * 3600 / seconds / 1e6)
    assert told(by_tokens)["cluster in which it is reached"] == 512
    # the same work counted in operations: 6·8.03e9 + 6·32·4096² a token
    flop = 6 * 8.03e9 + 6 * 32 * 4096 * 4096
    by_flop = fit(a_run(flop=1e12 * flop, **held), real.h100, model=real.llama3_8b)
    assert by_flop.rate_per_node_hour == pytest.approx(8 * 3600 / seconds * flop / 1e21)
    # without its layers a mixture of experts reaches 0.35 · 0.47 of the peak in 8 bit
    bare = LanguageModel(id="moe", parameters_b=20, active_parameters_b=2, experts=64)
    moe = fit(a_run(model="moe", precision="fp8"), real.b200, model=bare)
    assert moe.rate_per_node_hour == pytest.approx(8 * 0.35 * 0.47 * 4500e12 * 3.6e-18)


def test_the_utilisation_is_that_of_a_cluster_which_takes_a_quarter(real: SimpleNamespace) -> None:
    def cluster(**more: object) -> float:
        run = a_run(tokens=1e12, model="m", **more)
        return told(fit(run, real.h100, model=real.llama3_8b))["cluster in which it is reached"]

    # in a small cluster tokens/s of one accelerator are t; 1e12 / (t · 2,190 · 3,600) of them take a quarter
    small = fit(a_run(tokens=1e12, model="m", max_accelerators=8), real.h100, model=real.llama3_8b)
    quarter = 1e12 / (told(small)["tokens per accelerator"] * 2190 * 3600)
    assert 8 < quarter < 50
    assert cluster() == pytest.approx(quarter)
    assert cluster(min_accelerators=64) == 64
    assert cluster(cluster_sizes=(64, 128)) == 64
    assert cluster(cluster_sizes=(8,)) == 8
    assert cluster(min_accelerators=8, max_accelerators=8) == 8
    large = a_run(tokens=1e9, model="m")  # soon done, but no fewer than 20 nodes hold it
    assert told(fit(large, real.h100, model=real.llama3_405b))["cluster in which it is reached"] == 160


def test_llama_3_405b_took_as_long_as_published(real: SimpleNamespace) -> None:
    """15.6e12 tokens on 16,384 H100 at 41% of the peak (The Llama 3 Herd of Models, 2024, table 4): 69 days of work.

    More than 90% of the time was effective (3.3.4), so the run took at most 77 days; the model card's 30.84 million hours
    make 78, long contexts and annealing included. The paper's 54 days are the window in which it counted failures, not the run.
    """
    run = a_run(
        tokens=15.6e12,
        model="m",
        mfu=0.41,
        min_accelerators=16_384,
        max_accelerators=16_384,
        checkpoint_write_minutes=0.1,
        restart_hours=0.15,
    )
    found = run_verdict(run, real.h100, 8, model=real.llama3_405b, reference=None, constants=SizingConstants())
    assert isinstance(found, Fit)
    work = run.total_work / found.rate_per_node_hour / 2048 / 24
    assert work == pytest.approx(68.9, rel=0.03)  # sequences of 4,096, not of 8,192
    hours = run_hours(run.total_work, found.rate_per_node_hour, 2048, goodput(run, 16_384))
    assert work < hours / 24 <= work / 0.9


def test_llama_3_405b_reaches_the_published_utilisation(real: SimpleNamespace) -> None:
    """Table 4 of the same paper: 43% on 8,192 H100, 41% on 16,384, in sequences of 8,192."""
    c = SizingConstants()
    for count, published in ((8192, 0.43), (16_384, 0.41)):
        found = reached_utilisation(real.llama3_405b, real.h100, "bf16", c, count=count, sequence_tokens=8192)
        assert found == pytest.approx(published, rel=0.05)


def test_gpt_3_took_as_long_as_published(real: SimpleNamespace) -> None:
    """Megatron-LM (Narayanan et al. 2021, 5.5): 300e9 tokens of GPT-3 on 1,024 A100 in 34 days, 140 TFLOPS each."""
    run = steady(flop=8 * 300e9 * 175e9, mfu=140 / 312)  # 8 FLOP per parameter and token with recomputation
    rate = fit(run, real.a100_80).rate_per_node_hour
    assert run_hours(run.total_work, rate, 128, 1.0) / 24 == pytest.approx(34, rel=0.01)


def test_tokens_take_what_continuous_training_takes(real: SimpleNamespace) -> None:
    # 0.48·989e12/(6·8.03e9 + 6·32·4,096·4,096) = 9,235 tok/s; · 8 · 3,600/1e6 = 266 Mtok/h
    found = fit(a_run(tokens=15e12, model="m", mfu=0.48), real.h100, model=real.llama3_8b)
    assert found.rate_per_node_hour == pytest.approx(0.48 * 989e12 / (6 * 8.03e9 + 6 * 32 * 4096**2) * 8 * 3600 / 1e6)
    assert told(found)["smallest cluster"] == 1
    assert [what for what, _, _ in found.derivation][:4] == [
        "work per token",
        "peak bf16 throughput",
        "model FLOP utilisation",
        "tokens per accelerator",
    ]
    monthly = Training.model_validate({"name": "t", "kind": "training", "model": "m", "tokens_per_month": 1e9})
    usual = size_training_tokens(monthly, real.h100, 8, real.llama3_8b, C)
    assert isinstance(usual, Fit)
    small = fit(a_run(tokens=1e9, model="m"), real.h100, model=real.llama3_8b)
    assert small.rate_per_node_hour == pytest.approx(usual.rate_per_node_hour)  # 8 accelerators are enough


def test_reference_hours_are_counted_in_sixteen_bit_throughput(real: SimpleNamespace) -> None:
    hours = {"accelerator_hours": 1e5, "reference_accelerator": "h100"}
    assert fit(a_run(**hours), real.h100, reference=real.h100).rate_per_node_hour == pytest.approx(8.0)
    assert fit(a_run(**hours), real.a100_80, reference=real.h100).rate_per_node_hour == pytest.approx(8 * 312 / 989)
    in_fp8 = fit(a_run(**hours, precision="fp8"), real.h100, reference=real.h100)
    assert in_fp8.rate_per_node_hour == pytest.approx(8 * (1979 * 0.35) / (989 * 0.48))
    assert refusal(a_run(**hours), real.a100_40, reference=real.h100)[0] == "memory"
    small = a_run(**hours, min_accelerator_memory_gb=40)
    assert fit(small, real.a100_40, reference=real.h100).memory_needed_gb == 40
    assert refusal(a_run(**hours), real.h100)[0] == "throughput"  # an unknown reference


# --- refusals --------------------------------------------------------------------------------------


def test_what_is_not_known_is_not_guessed(real: SimpleNamespace, an_accelerator: Callable) -> None:
    bare = LanguageModel(id="image", parameters_b=1, active_parameters_b=1, attention="none")
    tokens = a_run(tokens=1e12, model="m")
    assert refusal(a_run(work=10, unit="step"), real.h100) == ("throughput", "measured throughput", "none stated")
    assert refusal(tokens, real.h100)[0] == "throughput"
    assert refusal(tokens, real.h100, model=bare)[0] == "specification"
    assert refusal(a_run(), an_accelerator(memory_gb=None))[0] == "specification"
    assert refusal(a_run(), an_accelerator(bf16_tflops=None))[0] == "specification"
    assert refusal(a_run(precision="fp8"), real.a100_80) == ("precision", "fp8", "no hardware for it on `a100_80`")
    assert refusal(a_run(min_accelerator_memory_gb=96), real.h100) == ("memory", "96 GB per accelerator", "80 GB")


def test_a_run_may_ask_for_a_fast_fabric(real: SimpleNamespace) -> None:
    assert refusal(a_run(interconnect="nvlink"), real.l40s)[0] == "interconnect"
    assert refusal(a_run(interconnect="nvlink"), real.l40s)[2] == "32 GB/s"
    fit(a_run(interconnect="nvlink"), real.h100)
    fit(a_run(), real.l40s)


def test_nodes_larger_than_the_largest_cluster_are_refused(real: SimpleNamespace) -> None:
    assert refusal(a_run(max_accelerators=4), real.h100)[0] == "specification"
    fit(a_run(max_accelerators=4), real.h100, 4)
    # 12 to 14 accelerators: two nodes of 8 are too many, one is too few
    between = a_run(min_accelerators=12, max_accelerators=14)
    assert refusal(between, real.h100) == (
        "specification",
        "a cluster of 12 to 14 accelerators",
        "whole nodes of 8",
    )
    fit(between, real.h100, 2)


def test_the_smallest_cluster_holds_weights_gradients_and_optimizer(real: SimpleNamespace) -> None:
    """Llama 3 405B on H100: 16·405.85 = 6,494 GB of state; what is left of 72 GB after activations holds 1/N of it."""
    run = a_run(tokens=15.6e12, model="m", max_accelerators=16_384)
    # activations 1.25·[(2·125 + 34)·4,096·16,384 + 6·4,096·128,256]/1e9 = 27.76 GB, overhead 3.5: 40.74 GB of room
    # 6,493.6/8 = 811.7 GB a node; 811.7/40.74 = 19.9 -> 20 nodes
    found = fit(run, real.h100, model=real.llama3_405b)
    assert told(found)["smallest cluster"] == 20
    assert told(found)["weights, gradients and optimizer per accelerator"] == pytest.approx(6493.6 / 160)
    assert found.memory_needed_gb < 72 < training_memory(real.llama3_405b, 8, 19, C).total_gb
    assert smallest_cluster_nodes(run, real.h100, 8, model=real.llama3_405b, constants=C) == 20
    assert told(fit(run, real.h200, model=real.llama3_405b))["smallest cluster"] == 9  # 126.9 - 31.26 = 95.6 GB of room


def test_a_cluster_that_may_not_be_large_enough_is_refused(real: SimpleNamespace) -> None:
    for run in (a_run(max_accelerators=159, model="m"), a_run(cluster_sizes=(64, 152), model="m")):
        bottleneck, needed, offered = refusal(run, real.h100, model=real.llama3_405b)
        assert bottleneck == "memory"
        assert needed == "74.0 GB per accelerator with ZeRO-3 over 19 nodes"  # 811.7/19 + 31.26
        assert offered == "72.0 GB usable of 80 GB"
    fit(a_run(max_accelerators=160, model="m"), real.h100, model=real.llama3_405b)
    fit(a_run(cluster_sizes=(64, 153), model="m"), real.h100, model=real.llama3_405b)  # rounds up to 20 nodes
    # 24 GB: 21.6 usable, but 31.3 GB are not spread at all
    assert refusal(a_run(model="m"), real.l4, model=real.llama3_405b)[1] == (
        "more than 31.3 GB per accelerator on any number of nodes"
    )


@given(
    parameters=st.floats(0.1, 3000),
    count=st.sampled_from([1, 2, 4, 8, 16]),
    memory=st.floats(16, 300),
    most=st.none() | st.integers(1, 5000),
)
def test_the_smallest_cluster_is_the_smallest(
    an_accelerator: Callable, a_model: Callable, parameters: float, count: int, memory: float, most: int | None
) -> None:
    model, accelerator = a_model(parameters_b=parameters), an_accelerator(memory_gb=memory)
    nodes = smallest_cluster_nodes(a_run(max_accelerators=most), accelerator, count, model=model, constants=C)
    usable = 0.9 * memory * (1 + 1e-12)
    if nodes is None:
        largest = 10**9 if most is None else floor(most / count)
        assert largest == 0 or training_memory(model, count, largest, C).total_gb > usable
    else:
        assert training_memory(model, count, nodes, C).total_gb <= usable
        assert nodes == 1 or training_memory(model, count, nodes - 1, C).total_gb > 0.9 * memory * (1 - 1e-12)
        assert most is None or nodes * count <= most


# --- goodput ---------------------------------------------------------------------------------------


def test_goodput_by_hand() -> None:
    # 0.1752 · 1,000 = 175.2 failures a year: M = 50 h; δ = 0.1 h: τ = √(2·0.1·50) = √10 h
    run = a_run(failures_per_accelerator_year=0.1752, checkpoint_write_minutes=6, restart_hours=0.5)
    assert mean_hours_between_failures(run, 1000) == pytest.approx(50)
    assert checkpoint_interval_hours(run, 1000) == pytest.approx(sqrt(10))
    assert goodput(run, 1000) == pytest.approx(1 - 0.1 / sqrt(10) - (sqrt(10) / 2 + 0.5) / 50)
    stated = run.model_copy(update={"checkpoint_interval_hours": 2.0})
    assert goodput(stated, 1000) == pytest.approx(1 - 0.05 - 1.5 / 50)  # 0.92


def test_the_llama_3_cluster_fails_every_three_hours() -> None:
    """419 unexpected interruptions in 54 days on 16,384 accelerators (The Llama 3 Herd of Models, 2024, 3.3.4)."""
    assert mean_hours_between_failures(a_run(), 16_384) == pytest.approx(54 * 24 / 419, rel=0.002)  # 3.09 h
    # "higher than 90% effective training time" of its 466 interruptions: with checkpoints of seconds and quick restarts
    quick = a_run(checkpoint_write_minutes=0.1, restart_hours=0.15)
    assert goodput(quick, 16_384) == pytest.approx(0.92, abs=0.01)


def test_goodput_without_failures_or_without_checkpoints() -> None:
    assert goodput(steady(), 10_000) == 1.0
    assert goodput(steady(checkpoint_write_minutes=6), 10_000) == 1.0  # nothing fails: no checkpoints
    assert goodput(steady(checkpoint_write_minutes=6, checkpoint_interval_hours=2), 8) == pytest.approx(0.95)
    free = a_run(checkpoint_write_minutes=0, failures_per_accelerator_year=0.1752, restart_hours=0.5)
    assert goodput(free, 1000) == pytest.approx(1 - 0.5 / 50)  # checkpoints cost nothing: taken all the time
    stated = free.model_copy(update={"checkpoint_interval_hours": 2.0})
    assert goodput(stated, 1000) == pytest.approx(1 - 1.5 / 50)
    assert goodput(a_run(failures_per_accelerator_year=50), 10**6) == 0.0
    assert run_hours(1.0, 1.0, 1, 0.0) == inf


@given(
    accelerators=st.integers(1, 10**6),
    failures=st.floats(0, 100),
    minutes=st.floats(0, 600),
    restart=st.floats(0, 100),
    interval=st.none() | st.floats(0.01, 1000),
)
def test_goodput_is_a_share_and_young_wastes_least(
    accelerators: int, failures: float, minutes: float, restart: float, interval: float | None
) -> None:
    figures = {
        "failures_per_accelerator_year": failures,
        "checkpoint_write_minutes": minutes,
        "restart_hours": restart,
    }
    best = goodput(a_run(**figures), accelerators)
    stated = goodput(a_run(**figures, checkpoint_interval_hours=interval), accelerators)
    assert 0 <= stated <= best + 1e-12 <= 1 + 1e-12
    assert goodput(a_run(**figures), accelerators + 1) <= best + 1e-12


# --- grids -----------------------------------------------------------------------------------------


def test_a_grid_by_hand() -> None:
    """14,600 node-hours of work: 20 nodes in one month of 730 h, 10 in two, 7 in three (6.7), 5 in four."""
    run = steady(flop=14_600e21)
    assert cluster_grid(run, 8, 1.0, 730, 4, 1) == (5, 7, 10, 20)
    assert cluster_grid(run, 8, 1.0, 730, 5, 1) == (4, 5, 7, 10, 20)
    assert cluster_grid(run, 8, 1.0, 730, 3, 1) == (7, 10, 20)
    assert cluster_grid(run, 8, 2.0, 730, 3, 1) == (4, 5, 10)  # twice the rate: 3.3, 5, 10
    # the smallest is 6 for memory; 7 for the 50 accelerators wanted at least
    assert cluster_grid(run, 8, 1.0, 730, 5, 6) == (6, 7, 10, 20)
    assert cluster_grid(steady(flop=14_600e21, min_accelerators=50), 8, 1.0, 730, 5, 6) == (7, 10, 20)
    # at most 100 accelerators are 12 nodes, at most 300 are 37
    assert cluster_grid(steady(flop=14_600e21, max_accelerators=100), 8, 1.0, 730, 4, 1) == (5, 7, 10, 12)
    assert cluster_grid(steady(flop=14_600e21, max_accelerators=300), 8, 1.0, 730, 4, 1) == (5, 7, 10, 20, 37)
    assert cluster_grid(steady(flop=14_600e21, max_accelerators=39), 8, 1.0, 730, 4, 1) == ()  # 4 nodes: 5 months
    assert cluster_grid(steady(flop=14_600e21, max_accelerators=39), 8, 1.0, 730, 5, 1) == (4,)


def test_a_grid_counts_failures() -> None:
    # 8 accelerators a node, 0.1752 failures each: M = 6,250/n h; δ = 0.1 h, R = 0.5 h.
    run = a_run(flop=14_600e21, failures_per_accelerator_year=0.1752, checkpoint_write_minutes=6, restart_hours=0.5)
    # 20 nodes: M = 312.5, goodput = 1 - √(0.2/312.5) - 0.5/312.5 = 0.9731: 750 h, too long; 21: 714.5 h
    assert run_hours(run.total_work, 1.0, 20, goodput(run, 160)) == pytest.approx(730 / 0.97310, rel=1e-4)
    # 10: 0.9813·10·1,460 < 14,600, so 11; 7: 0.9844·7·2,190 = 15,091; 5: 0.987·5·2,920 < 14,600, so 6
    assert cluster_grid(run, 8, 1.0, 730, 4, 1) == (6, 7, 11, 21)


def test_failures_limit_how_fast_a_run_can_be() -> None:
    """No checkpoint cost, a day to restart: n·(1 - 24·n·8·0.5/8760) is largest at 45.6 nodes, 22.8 nodes' worth."""
    run = a_run(flop=7300e21, failures_per_accelerator_year=0.5, checkpoint_write_minutes=0, restart_hours=24)
    speed = {n: n * goodput(run, 8 * n) for n in range(1, 200)}
    assert max(speed, key=lambda n: speed[n]) == 46
    grid = cluster_grid(run, 8, 1.0, 100, 10, 1)
    # 22.8 nodes' worth are ready in 320 h: never in 300 h; in 400 h at 18.25 = n(1 - n/91.25) -> 25.3
    assert grid[-1] == 26
    assert cluster_grid(run, 8, 1.0, 100, 3, 1) == ()


def test_stated_sizes_are_rounded_up_to_nodes() -> None:
    run = steady(flop=14_600e21, cluster_sizes=(160, 40, 81, 88, 24))
    assert cluster_grid(run, 8, 1.0, 730, 4, 1) == (5, 11, 20)  # 3 nodes are not ready in time
    assert cluster_grid(run, 8, 1.0, 730, 4, 6) == (11, 20)  # 5 do not hold it
    assert cluster_grid(run, 1, 0.125, 730, 4, 1) == (40, 81, 88, 160)


def test_a_long_window_is_thinned_with_both_ends_kept() -> None:
    run = steady(flop=1000e21)
    grid = cluster_grid(run, 8, 1.0, 1.0, 60, 1)
    assert len(grid) == 12
    assert (grid[0], grid[-1]) == (ceil(1000 / 60), 1000)
    ratios = [b / a for a, b in pairwise(grid)]
    assert max(ratios) <= 2.01  # 1,000 and 500 are the sizes for one period and two
    assert cluster_grid(run, 8, 1.0, 1.0, 60, 1, most=3)[::2] == (17, 1000)


@settings(deadline=None, max_examples=200)
@given(
    work=st.floats(0.1, 1e6),
    rate=st.floats(0.01, 100),
    count=st.sampled_from([1, 2, 8]),
    window=st.integers(1, 48),
    smallest=st.integers(1, 50),
    minimum=st.integers(1, 200),
    spread=st.none() | st.integers(0, 5000),
    failures=st.sampled_from([0.0, 0.173, 5.0, 200.0]),
    sizes=st.none() | st.lists(st.integers(1, 4000), min_size=1, max_size=6),
)
def test_every_size_is_allowed_and_ready_in_time(
    work: float,
    rate: float,
    count: int,
    window: int,
    smallest: int,
    minimum: int,
    spread: int | None,
    failures: float,
    sizes: list[int] | None,
) -> None:
    most = None if spread is None else minimum + spread
    run = a_run(
        flop=work * 1e21,
        failures_per_accelerator_year=failures,
        min_accelerators=minimum,
        max_accelerators=most,
        cluster_sizes=sizes,
    )
    grid = cluster_grid(run, count, rate, 730, window, smallest)
    low, high = max(ceil(minimum / count), smallest), inf if most is None else floor(most / count)

    def hours(n: int) -> float:
        return run_hours(run.total_work, rate, n, goodput(run, n * count))

    assert list(grid) == sorted(set(grid))
    assert all(low <= n <= high and hours(n) <= window * 730 for n in grid)
    if sizes is not None:
        assert set(grid) <= {ceil(size / count) for size in sizes}
        return
    assert len(grid) <= 12
    ready = [n for n in range(low, min(int(high) if high < inf else 3000, 3000) + 1) if hours(n) <= window * 730]
    if ready:
        assert grid
        assert grid[0] == ready[0]  # the cheapest to hold is always among them
    if spread is not None and high >= low and hours(int(high)) <= window * 730:
        assert grid[-1] == high
    later = cluster_grid(run, count, rate, 730, window + 1, smallest)
    assert not grid or (later and later[0] <= grid[0])


def test_the_defaults_reach_the_effective_time_that_their_sources_report() -> None:
    """Llama 3: more than 90% of the time on 16,384, ByteDance 97% on 9,600; and the same defaults for `planner estimate`."""
    run, asked = a_run(), TrainingRequest(tokens=1e12)
    assert goodput(run, 16_384) == pytest.approx(0.934, abs=0.001)
    assert goodput(run.model_copy(update={"restart_hours": 0.205}), 16_384) == pytest.approx(0.90, abs=0.001)
    assert goodput(run.model_copy(update={"restart_hours": 0.022}), 9_600) == pytest.approx(0.97, abs=0.001)
    assert goodput(run, 24_000) > 0.90
    assert (run.failures_per_accelerator_year, run.checkpoint_write_minutes, run.restart_hours) == (
        asked.failures_per_accelerator_year,
        asked.checkpoint_write_minutes,
        asked.restart_hours,
    )
