"""The fit: constants that bring the formulas closest to what was measured.

Distance is a Huber loss of ln(formula/measured), so that a few strange rows do not pull; constants that the rows do not
decide stay near where they started. Steps are those of Levenberg and Marquardt on logarithms, derivatives by difference,
within bounds: no share of a datasheet's figure exceeds it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from calibration_rows import EVICTING, RESERVED, ServingRows, TrainingRows, some

from planner.sizing.constants import REFERENCE_ENGINE, ServingEngine, SizingConstants, Software, TrainingSoftware
from planner.sizing.figures import Column, SizingFigures
from planner.sizing.throughput import Speed, speed_from
from planner.sizing.training.throughput import tokens_per_s

Values = dict[str, float]
Bounds = Mapping[str, tuple[float, float]]

HUBER = 0.15
"""ln(formula/measured) up to which deviations count squared."""
PULL = 0.05
"""Weight of staying near the start."""
WEIGHT = -0.15
"""A row of a pair with n rows weighs n to this power."""
STEPS = 28
DIFFERENCE = 1e-4

SERVING: dict[str, tuple[float, float, float]] = {
    "e_bw": (0.88, 0.5, 1.0), "read_8": (0.9, 0.5, 1.0), "read_4": (0.9, 0.4, 1.0), "e_kv": (0.8, 0.3, 1.0),
    "e_f": (0.5, 0.1, 0.8), "e_pf": (0.55, 0.1, 0.72), "peak_slope": (0.1, 0.001, 0.6), "q8": (0.9, 0.5, 1.0),
    "q4": (0.8, 0.3, 1.0), "q_wo": (0.6, 0.2, 1.0), "c_moe": (0.7, 0.1, 1.0), "c_moe_prefill": (0.7, 0.1, 1.0),
    "moe_width": (0.3, 0.01, 1.5), "t_moe_us": (12, 0.5, 150), "t_mla_us": (10, 0.1, 150), "t_l_us": (25, 1, 150),
    "t_0_ms": (0.5, 0.01, 3), "t_b_us": (5, 0.1, 60), "b_half": (600, 50, 20_000), "t_index_us": (0.5, 0.01, 5),
    "t_prompt_ms": (3, 0.1, 60), "a_ar_us": (5, 0.5, 40), "hop_growth": (0.7, 0.05, 1.5), "e_ln": (0.8, 0.2, 1.0),
    "pcie": (2, 0.1, 10),
}  # fmt: skip
"""Where the search begins, and within which limits."""
GENERATIONS = (
    "ampere",
    "ada",
    "blackwell",
    "blackwell-ultra",
    "blackwell-rtx",
    "cdna3",
    "cdna4",
)
"""Those with measured rows, beside the reference."""
SOFTWARE = {"compute": (1.0, 0.5, 1.5), "prefill": (1.0, 0.5, 1.5), "overhead": (1.0, 0.3, 3.0), "hop": (1.0, 0.2, 3.0)}
REPORTED = {"software_overhead.blackwell@": 0.5, "software_hop.blackwell@": 0.65}
"""Latencies of a generation where no engine is stated: by one report that states none, not fitted."""
YOUNG = "cdna3@vllm-2024"
"""Software so far from all other that it has constants of its own."""
YOUNG_SOFTWARE = {"compute": (0.1, 0.01, 1.0), "prefill": (0.5, 0.1, 1.0), "overhead": (2.0, 1.0, 6.0)}
ENGINES = ("vllm", "sglang", "vllm-2024", "tensorrt-llm-2024")
ENGINE = {
    "time": (1.0, 0.6, 1.8), "overhead": (1.0, 0.4, 4.0), "sequence": (1.0, 0.1, 10.0), "prefill": (1.0, 0.85, 3.0),
}  # fmt: skip
FP8_ENGINES = ("vllm", "sglang")
TUNED_ENGINE = "mlperf"
"""Submissions to a benchmark: only their time differs."""
WAITING = {"t_first_ms": (60.0, 5.0, 300.0), "n_wait": (1.0, 0.5, 6.0), "w_queue": (0.15, 0.01, 1.0)}
UNKNOWN = {"f_engine": (1.0, 0.7, 1.6)}
TRAINING: dict[str, tuple[float, float, float]] = {
    "train_bf16": (0.85, 0.3, 1.0), "train_fp8": (0.65, 0.2, 1.0), "train_fp4": (0.5, 0.1, 1.0),
    "train_moe": (0.5, 0.1, 1.0), "train_moe_fp8": (0.8, 0.2, 1.5), "train_moe_fp4": (0.6, 0.1, 1.5),
    "train_width": (0.3, 0.001, 1.5), "train_attention": (0.3, 0.05, 1.0),
    "train_layer": (0.7, 0.01, 10), "train_layer_moe": (0.3, 0.01, 5), "train_scale": (0.02, 0.001, 0.08),
    "train_exposed": (0.5, 0.05, 1.0), "train_lora": (1.0, 0.5, 2.0), "train_slope": (0.1, 0.001, 0.6),
}  # fmt: skip
TRAINED = ("ampere", "blackwell", "blackwell-ultra", "cdna3", "cdna4", "tpu")
"""Generations with measured training, beside the reference."""


def serving_parameters() -> dict[str, tuple[float, float, float]]:
    """Every fitted constant of serving: start, least, most."""
    found = dict(SERVING)
    for generation in GENERATIONS:
        found |= {f"software_{part}.{generation}": limits for part, limits in SOFTWARE.items()}
    found |= {f"software_{part}.{YOUNG}": limits for part, limits in YOUNG_SOFTWARE.items()}
    for engine in ENGINES:
        found |= {("engine" if part == "time" else f"engine_{part}") + f".{engine}": at for part, at in ENGINE.items()}
    found |= {f"engine_fp8.{engine}": (1.0, 0.6, 1.7) for engine in FP8_ENGINES}
    found[f"engine_mxfp4.{REFERENCE_ENGINE}"] = (0.8, 0.3, 1.1)
    found[f"engine.{TUNED_ENGINE}"] = (1.0, 0.5, 1.5)
    return found


def training_parameters() -> dict[str, tuple[float, float, float]]:
    """Every fitted constant of training: start, least, most."""
    found = dict(TRAINING)
    found |= {f"train_speed.{generation}": (1.0, 0.4, 2.0) for generation in TRAINED}
    found |= {f"train_experts.{generation}": (1.0, 0.5, 3.0) for generation in TRAINED if "blackwell" in generation}
    return found


def with_values(c: SizingConstants, values: Mapping[str, float]) -> SizingConstants:
    """The constants with some replaced, names as in sizing_constants.csv."""
    software, engines, training, plain = dict(c.software), dict(c.engines), dict(c.training), {}
    for name, value in values.items():
        kind, _, subject = name.partition(".")
        if not subject:
            plain[name] = value
        elif kind.startswith("software_"):
            part = kind.removeprefix("software_")
            usual = software.get(subject.partition("@")[0], Software())
            software[subject] = software.get(subject, usual)._replace(**{part: value})
        elif kind.startswith("train_"):
            part = kind.removeprefix("train_")
            training[subject] = training.get(subject, TrainingSoftware())._replace(**{part: value})
        else:
            part = kind.removeprefix("engine").removeprefix("_") or "time"
            engines[subject] = engines.get(subject, ServingEngine())._replace(**{part: value})
    return replace(replace(c, software=software, engines=engines, training=training), **plain)  # type: ignore[arg-type]


def known_engines() -> dict[str, ServingEngine]:
    names = (*ENGINES, REFERENCE_ENGINE, TUNED_ENGINE)
    return {name: ServingEngine(reserved=RESERVED.get(name, EVICTING)) for name in names}


# --- what the formulas say of rows -----------------------------------------------------------------


def _under(rows: ServingRows, c: SizingConstants, *, engine_known: bool) -> SizingFigures[Column]:
    """Figures with the software and the engine of each row."""
    names = [(a, engine if engine_known else "") for a, engine in zip(rows.accelerator, rows.engine, strict=True)]
    settings: dict[tuple[str, str], int] = {}
    table: list[tuple[float, ...]] = []
    which = np.empty(len(names), dtype=np.int64)
    for i, (a, engine) in enumerate(names):
        key = (a.id, engine)
        if key not in settings:
            settings[key] = len(table)
            stated = replace(c, engine=engine)
            table.append((*stated.software_of(a), *stated.engine_in_use()))
        which[i] = settings[key]
    columns = np.array(table)[which].T
    compute, prefill, overhead, hop, time, own, sequence, prompt, fp8, mxfp4, _ = columns
    young = np.array([a.generation + "@" + e == YOUNG for a, e in names])
    time, own, sequence, prompt = (np.where(young, 1.0, column) for column in (time, own, sequence, prompt))
    eight = np.array([precision == "fp8" for precision in rows.precision])
    return rows.figures._replace(
        software_compute=compute,
        software_prefill=prefill,
        software_overhead=overhead,
        software_hop=hop,
        engine_time=time * np.where(eight, fp8, 1.0),
        engine_overhead=own,
        engine_sequence=sequence,
        engine_prefill=prompt,
        engine_mxfp4=mxfp4,
    )


def _speed(rows: ServingRows, c: SizingConstants, *, engine_known: bool) -> Speed[Column]:
    return speed_from(_under(rows, c, engine_known=engine_known), c)


def predicted(rows: ServingRows, c: SizingConstants, *, engine_known: bool) -> Column:
    """Output tokens/s by the formulas."""
    return _speed(rows, c, engine_known=engine_known).output_tokens_per_s(rows.running)


def predicted_ttft(rows: ServingRows, c: SizingConstants) -> Column:
    """Seconds to the first token, engines known, waiting for memory included."""
    speed = _speed(rows, c, engine_known=True)
    return speed.ttft(rows.running) + rows.waiting * rows.figures.output_tokens * speed.tpot(rows.running)


def predicted_training(rows: TrainingRows, c: SizingConstants) -> Column:
    """Tokens/s of one accelerator by the formula."""
    known = [c.training_of(a) for a in rows.accelerator]
    speed, experts = (np.array(column) for column in zip(*known, strict=True))
    return tokens_per_s(rows.figures._replace(speed=speed, experts_speed=experts), c)


# --- searching -------------------------------------------------------------------------------------


def weights_of_pairs(pairs: Sequence[str]) -> Column:
    """A row of a pair with many rows weighs a little less."""
    count = Counter(pairs)
    return np.array([count[pair] ** WEIGHT for pair in pairs])


def huber(deviation: Column, weights: Column) -> float:
    """Weighted mean of the Huber loss of ln(formula/measured)."""
    size = np.abs(deviation)
    loss = np.where(size < HUBER, deviation**2 / (2 * HUBER), size - HUBER / 2)
    return float((weights * loss).sum() / weights.sum())


def search(
    limits: Mapping[str, tuple[float, float, float]],
    deviation: Callable[[Values], Column],
    weights: Column,
    first: Mapping[str, float] | None = None,
) -> Values:
    """The values of least loss, pulled a little to where they started; `deviation` is ln(formula/measured) of each row.

    >>> rows = np.log(np.array([3.0, 3.0, 30.0]))
    >>> found = search({"x": (1.0, 0.1, 10.0)}, lambda v: np.log(v["x"]) - rows, np.ones(3))
    >>> round(found["x"], 1)
    3.2
    """
    names = list(limits)
    start, low, high = (np.log([limits[name][i] for name in names]) for i in range(3))
    at = start.copy() if first is None else np.log([first[name] for name in names])
    share, pull = weights / weights.sum(), PULL * HUBER / 100

    def tried(point: Column) -> Column:
        return deviation(dict(zip(names, np.exp(point).tolist(), strict=True)))

    def loss(off: Column, point: Column) -> float:
        return huber(off, weights) + pull * float(((point - start) ** 2).sum())

    off = tried(at)
    least, damping = loss(off, at), 1e-2
    for _ in range(STEPS):
        slopes = np.empty((len(off), len(names)))
        for k in range(len(names)):
            moved = at.copy()
            moved[k] += DIFFERENCE if at[k] + DIFFERENCE <= high[k] else -DIFFERENCE
            slopes[:, k] = (tried(moved) - off) / (moved[k] - at[k])
        near = share / np.maximum(np.abs(off), HUBER)
        curvature = slopes.T @ (near[:, None] * slopes) + np.eye(len(names)) * 2 * pull
        gradient = slopes.T @ (near * off) + 2 * pull * (at - start)
        for _ in range(8):
            step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), -gradient)
            there = np.clip(at + np.clip(step, -0.5, 0.5), low, high)
            off_there = tried(there)
            found = loss(off_there, there)
            if found < least - 1e-12:
                break
            damping *= 4
        else:
            break
        gained, damping = least - found, max(damping / 4, 1e-6)
        at, off, least = there, off_there, found
        if gained < 1e-7:
            break
    return dict(zip(names, np.exp(at).tolist(), strict=True))


def fit_serving(rows: ServingRows, first: Mapping[str, float] | None = None) -> tuple[SizingConstants, Values]:
    """Throughput with engines known, then the engine that is not stated, then waiting."""
    base, weights = SizingConstants(engines=known_engines()), weights_of_pairs(rows.pair)
    logs = np.log(rows.measured)

    def off(values: Values) -> Column:
        return np.log(predicted(rows, with_values(base, values | REPORTED), engine_known=True)) - logs

    values = search(serving_parameters(), off, weights, first)
    return _fit_waiting(rows, _fit_unknown(rows, with_values(base, values | REPORTED))), values


def current(rows: ServingRows) -> ServingRows:
    """Rows of engines that are not of a former year, in layouts that are published."""
    return some(rows, ~rows.tuned & np.array(["-20" not in engine for engine in rows.engine]))


def _fit_unknown(rows: ServingRows, c: SizingConstants) -> SizingConstants:
    """f_engine: the factor that errs least where the engine is not stated."""
    now = current(rows)
    logs = np.log(now.measured)

    def off(values: Values) -> Column:
        return np.log(predicted(now, with_values(c, values), engine_known=False)) - logs

    return with_values(c, search(UNKNOWN, off, weights_of_pairs(now.pair)))


def _fit_waiting(rows: ServingRows, c: SizingConstants) -> SizingConstants:
    """t_first, n_wait and w_queue from the rows with a measured time to first token."""
    timed = some(rows, ~np.isnan(rows.ttft_s))
    if not len(timed.pair):
        return c

    def off(values: Values) -> Column:
        return np.log(predicted_ttft(timed, with_values(c, values)) / timed.ttft_s)

    return with_values(c, search(WAITING, off, weights_of_pairs(timed.pair)))


def fit_training(rows: TrainingRows, c: SizingConstants) -> SizingConstants:
    """Constants of training from measured runs."""
    logs = np.log(rows.measured)

    def off(values: Values) -> Column:
        return np.log(predicted_training(rows, with_values(c, values))) - logs

    return with_values(c, search(training_parameters(), off, weights_of_pairs(rows.pair)))
