"""S23-S37: training runs, clusters, hardware."""

from planner.domain.answers.estimate import ServingRequest, TrainingRequest
from planner.domain.workloads.workload import Inference
from planner.sizing.estimates.serving import serving_lines
from planner.sizing.estimates.training import training_lines
from planner.sizing.training.throughput import reached_utilisation, tokens_per_s, training_figures
from planner.units import HOURS_PER_DAY, SECONDS_PER_HOUR
from seed_answers.world import A100, H100, Answer, World, prices


def ideal_days(flop: float, accelerators: int, tflops: float) -> float:
    """Days at the whole of a peak: FLOP/(n·F).

    >>> round(ideal_days(3.8e25, 16_000, 1979), 1)
    13.9
    """
    return flop / (accelerators * tflops * 1e12) / SECONDS_PER_HOUR / HOURS_PER_DAY


def s23(w: World) -> Answer:
    peak = w.peak(H100)
    fast, slow = ideal_days(3.645e25, 16_000, peak) / 0.43, ideal_days(3.8e25, 16_000, peak) / 0.38
    request = TrainingRequest(tokens=15e12, accelerators=(H100,), count=16_000, sequence_tokens=8192)
    line = training_lines(w.catalog.language_models["llama-3.1-405b"], request, w.catalog, w.market, w.c)[0]
    implied = ideal_days(3.645e25, 16_000, peak) / 54, ideal_days(3.8e25, 16_000, peak) / 54
    return Answer(
        line.days,
        (
            f"the stated MFU of 38-43% gives {fast:.0f}-{slow:.0f} days, not 54; 54 days need {implied[0]:.0%}-{implied[1]:.0%}. "
            f"The planner: {line.days:.0f} days (MFU {line.mfu:.0%}, of which failures and checkpoints leave {line.goodput:.0%})"
        ),
    )


def s24(w: World) -> Answer:
    quoted, dense = ideal_days(3.8e25, 16_000, 1979), ideal_days(3.8e25, 16_000, w.peak(H100))
    return Answer(
        quoted,
        f"{quoted:.1f} days at the quoted 1,979 TFLOPS, a figure with sparsity; {dense:.1f} at the dense {w.peak(H100):.0f}",
    )


def s25(w: World) -> Answer:
    usd = 16_000 * 30_000 * 2.0
    return Answer(usd, f"{usd:,.0f} USD")


def s26(w: World) -> Answer:
    megawatts = 2 * 700 * 16_000 / 1e6
    ours = 700 * 16_000 / 1e6 * w.catalog.node_power_ratio * w.catalog.pue
    return Answer(
        megawatts,
        f"{megawatts:.1f} MW; the planner reckons {ours:.1f} MW: "
        f"TDP x {w.catalog.node_power_ratio:g} for the node x PUE {w.catalog.pue:g}",
    )


def s27(w: World) -> Answer:
    usd = 22.4 * 1000 * 54 * 24 * 0.083
    return Answer(usd, f"{usd:,.0f} USD")


def s28(w: World) -> Answer:
    share = 22.4 * 1000 * 54 * 24 * 0.083 / 960e6 * 100
    return Answer(
        share,
        f"{share:.2f}% of the capex: 54 days of energy against hardware that lasts years. "
        f"Over 5 years it is {share * 5 * 365 / 54:.0f}%",
    )


def s29(w: World) -> Answer:
    usd = 350_000 * 30_000.0
    return Answer(usd, f"{usd:,.0f} USD")


def s30(w: World) -> Answer:
    model = w.catalog.language_models["llama-3.1-8b"]
    h, a = (tokens_per_s(training_figures(model, w.catalog.accelerators[x], "bf16"), w.c) for x in (H100, A100))
    return Answer(h / a, f"{h / a:.1f}x in 16 bit by the fitted formula; 1.6x was measured on the first software")


def s31(w: World) -> Answer:
    peak = w.peak(H100) / w.peak(A100)
    cost = min(prices(w, H100)) / min(prices(w, A100))
    return Answer(peak, f"peak {peak:.2f}x, cheapest hour {cost:.1f}x")


def s32(w: World) -> Answer:
    figure = w.catalog.ownership.figure("server_cost_per_accelerator_cost")
    share = 100 / figure.value if figure is not None else 0.0
    return Answer(share, f"{share:.0f}%: a server costs {100 / share:.2f}x its chips")


def s33(w: World) -> Answer:
    low, high = (25_000 * 24 * days * 1.0 for days in (90, 100))
    mfu = ideal_days(2.15e25, 25_000, w.peak(A100)) / 95
    return Answer(
        high,
        f"{low / 1e6:.0f}-{high / 1e6:.0f} million USD by its own inputs, below the published 63; they imply an MFU of {mfu:.0%}",
    )


def s34(w: World) -> Answer:
    model = w.catalog.language_models["gpt-3-175b"]
    mfu = reached_utilisation(model, w.catalog.accelerators[A100], "bf16", w.c, count=1024, sequence_tokens=2048)
    return Answer(
        mfu * 100,
        f"tuned training of GPT-3 on 1,024 A100 {mfu:.0%} before failures; `--mfu 0.2` says the inexperienced case; "
        "serving follows from the roofline",
    )


def s35(w: World) -> Answer:
    training = Inference.model_validate(
        {"name": "x", "kind": "inference", "model": "m", "tokens_per_day": 1e9, "growth_per_year": "900%"}
    )
    slow, fast = (2 ** (12 / months) - 1 for months in (24, 18))
    return Answer(
        training.growth_factor(1),
        f"demand by `growth_per_year: 900%`, {training.growth_factor(1):.0f}x after a year; chips that double in 18-24 months "
        f"gain {slow:.0%}-{fast:.0%} a year: price paths and release dates of the scenario, not constants",
    )


def s36(w: World) -> Answer:
    return Answer(None, "`lead_times`, and those of contracts and purchases")


def s37(w: World) -> Answer:
    model = w.catalog.language_models["llama-3.1-8b"]
    usd = {
        name: serving_lines(model, ServingRequest(latency="relaxed", accelerators=(name,)), w.catalog, w.market, w.c)[
            0
        ].usd_per_mtok
        for name in ("tpu-v5e", A100, H100)
    }
    told = ", ".join(f"{name} {price:.3f}" for name, price in usd.items() if price is not None)
    return Answer(
        None,
        f"USD per million tokens of an 8B model, cheapest on demand: {told}; no measured rows of TPUs, so judge with care",
    )
