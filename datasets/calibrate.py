"""Refit the sizing constants from the measured rows and say how close the formulas come.

    python datasets/calibrate.py            refit, hold out, print the tables
    python datasets/calibrate.py --check    the same, and fail if an accuracy that docs/sizing.md promises is missed
    python datasets/calibrate.py --write    also write sizing_constants.csv and the tables of docs/sizing.md

`make calibrate` runs the first. Needs nothing but what stands in `datasets/`. Beside it stand `calibration_rows.py` (rows
as columns; those that break physics are refused), `calibration_fit.py` and `calibration_accuracy.py`.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import calibration_accuracy as acc
import calibration_fit as fit
import calibration_rows as measured_rows
import numpy as np
from measurements import load_measurements

from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import load_catalog
from planner.sizing.constants import SizingConstants

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "sizing.md"
CHECKED_ON = "2026-11-29"
PROMISED = {
    "serving median": 0.10, "serving p90": 0.40, "mixtures median": 0.15, "Blackwell median": 0.15,
    "training median": 0.12, "training p90": 0.40, "rank": 0.92,
}  # fmt: skip
COVERED = 0.8
"""Share of held-out rows that the band of low and high rates is to cover in each class."""
FEW = 10
"""Rows below which a class says nothing of its coverage."""

UNITS = {
    "e_bw": "fraction of memory bandwidth", "read_8": "factor", "read_4": "factor",
    "e_kv": "fraction of memory bandwidth", "e_f": "fraction of peak", "e_pf": "fraction of peak",
    "peak_slope": "exponent", "q8": "factor", "q4": "factor", "q_wo": "factor", "c_moe": "factor",
    "c_moe_prefill": "factor", "moe_width": "exponent", "e_we": "factor", "t_moe_us": "us per layer",
    "t_mla_us": "us per layer", "t_l_us": "us per layer", "t_0_ms": "ms per step", "t_b_us": "us per sequence",
    "b_half": "sequences", "t_index_us": "us per layer, sequence and 1,000 tokens", "t_prompt_ms": "ms per prompt",
    "a_ar_us": "us per exchange", "hop_growth": "factor per doubling", "e_ln": "fraction of link bandwidth",
    "pcie": "factor", "t_first_ms": "ms", "n_wait": "steps", "w_queue": "fraction of prefills", "net_gb_per_s": "GB/s",
    "net_hop_us": "us per exchange", "net_exposed": "fraction of the exchange",
    "pcie_gb_per_s": "GB/s", "f_engine": "factor", "serve_low": "factor",
    "serve_high": "factor", "mfu_bf16": "fraction of peak", "mfu_fp8": "fraction of peak",
    "mfu_fp4": "fraction of peak", "mfu_moe_factor": "factor", "train_bf16": "fraction of peak",
    "train_fp8": "fraction of peak", "train_fp4": "fraction of peak", "train_moe": "factor",
    "train_coarse": "factor",
    "train_moe_fp8": "factor", "train_moe_fp4": "factor", "train_width": "exponent",
    "train_attention": "fraction of 16-bit peak", "train_layer": "kB per token, layer and hidden unit",
    "train_layer_moe": "factor", "train_exposed": "fraction of the exchange", "train_lora": "factor",
    "train_slope": "exponent", "train_scale": "exponent", "train_recompute": "factor", "train_low": "factor",
    "train_high": "factor", "memory_use_fraction": "fraction of memory", "reserved_fraction": "fraction of the answer",
    "overhead_gb": "GB per accelerator", "activation_gb_at_8k": "GB per accelerator",
    "interruptions_per_gpu_year": "interruptions per accelerator-year",
}  # fmt: skip
NOT_FITTED = {
    "e_we": (0.94, 1.2, "not separable from e_bw in the measured rows; kept at 1"),
    "net_gb_per_s": (12.5, 400.0, "assumed where the accelerator states no network: 100 Gb/s, the least on sale"),
    "net_hop_us": (10.0, 60.0, "one report: DeepSeek-R1, tensor parallel 16 over two nodes, 23 ms per token"),
    "net_exposed": (
        0.3,
        1.0,
        "one report: DeepSeek-V3 on 72 H100, attention data parallel, 200,700 tokens/s in decode",
    ),
    "pcie_gb_per_s": (32.0, 64.0, "PCIe 4 x16, one way"),
    "train_coarse": (
        0.6,
        1.0,
        "one report: Mixtral on TPU v5p trains twice as fast as the factor of fine experts says",
    ),
    "mfu_bf16": (0.37, 0.62, "rule in one number; range of the measured runs"),
    "mfu_fp8": (0.17, 0.55, "rule in one number; range of the measured runs"),
    "mfu_fp4": (0.2, 0.4, "rule in one number; range of the measured runs"),
    "mfu_moe_factor": (0.3, 0.6, "rule in one number; range of the measured runs"),
    "train_recompute": (0.3333, 0.3333, "arithmetic: one more forward pass of three"),
    "memory_use_fraction": (0.90, 0.95, "0.90 to plan for, 0.95 to start at all"),
    "reserved_fraction": (0.5, 1.0, "1 where engines reserve the whole answer, 0.5 where they evict"),
    "overhead_gb": (1.5, 3.5, "1.5 to start at all, 3.5 in production"),
    "activation_gb_at_8k": (2.0, 2.0, "measured peaks of prefill at 8,192 batched tokens"),
    "interruptions_per_gpu_year": (0.173, 0.173, "Llama 3: 419 unexpected interruptions in 54 days on 16,384 GPUs"),
}
SERVING_SOURCE = "make calibrate on performance/measured_inference.csv"
TRAINING_SOURCE = "make calibrate on performance/measured_training.csv"
BANDS = ("serve_low", "serve_high", "train_low", "train_high")
TABLES = ("software", "engines", "training", "engine")


def main(arguments: Sequence[str]) -> int:
    catalog = load_catalog()
    measured = load_measurements(catalog)
    rows, refused = measured_rows.serving_rows(measured.serving, cheapest_usd(catalog))
    runs = measured_rows.training_rows(measured.training)
    held, held_runs = acc.held_out_serving(rows), acc.held_out_training(runs)
    serving, training = serving_tables(rows, held), training_tables(runs, held_runs)
    fitted = fit.fit_training(runs, fit.fit_serving(rows)[0])
    constants = sorted(constant_rows(fitted, held, held_runs, serving[0], training[0]), key=lambda row: row["name"])
    text = page_tables(serving, training, refused, constants)
    print(text)
    if "--write" in arguments:
        write_constants(constants)
        write_page(text)
    missed = list(broken_promises(serving, training[0]))
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed and "--check" in arguments else 0


def cheapest_usd(catalog: Catalog) -> dict[str, float]:
    """Cheapest on-demand price of each accelerator, USD per accelerator-hour."""
    found: dict[str, float] = {}
    for price in catalog.prices:
        if price.contract == "on_demand":
            each = price.price_usd_per_hour / price.count
            found[price.accelerator] = min(each, found.get(price.accelerator, each))
    return found


def serving_tables(rows: measured_rows.ServingRows, held: acc.HeldOut) -> list[acc.Accuracy]:
    """All rows first, then what they are compared with, then the classes."""
    everything = acc.accuracy("output tokens/s, engine stated", held.known, rows.measured, rows.pair, rows.usd_per_hour)
    band = (everything.low, everything.high)
    now = np.array(["-20" not in engine for engine in rows.engine]) & ~rows.tuned
    timed = ~np.isnan(rows.ttft_s)

    def part(what: str, found: acc.Column, mask: measured_rows.Mask) -> acc.Accuracy:
        chosen = measured_rows.some(rows, mask)
        return acc.accuracy(what, found[mask], chosen.measured, chosen.pair, chosen.usd_per_hour, band)

    everywhere = np.ones(len(rows.pair), dtype=np.bool_)
    roofline = acc.plain_roofline(rows.figures, rows.running)
    chosen = measured_rows.some(rows, timed)
    return [
        everything._replace(in_band=COVERED),
        part("engine not stated, engines of today", held.unknown, now),
        part("naive rule: 2p FLOP, one utilisation", held.naive, everywhere),
        part("plain roofline: max(read, compute)", roofline, everywhere),
        acc.accuracy("time to first token under load", held.ttft_s[timed], chosen.ttft_s, chosen.pair),
        *(part(what, held.known, mask) for what, mask in acc.serving_classes(rows) if mask.any()),
    ]


def training_tables(runs: measured_rows.TrainingRows, held: acc.HeldOutTraining) -> list[acc.Accuracy]:
    everything = acc.accuracy("training tokens/s", held.formula, runs.measured, runs.pair)
    band = (everything.low, everything.high)

    def part(what: str, mask: measured_rows.Mask) -> acc.Accuracy:
        chosen = measured_rows.some_runs(runs, mask)
        return acc.accuracy(f"training, {what}", held.formula[mask], chosen.measured, chosen.pair, band=band)

    return [
        everything._replace(in_band=COVERED),
        acc.accuracy("naive rule: 6p FLOP, one utilisation", held.naive, runs.measured, runs.pair),
        *(part(what, mask) for what, mask in acc.training_classes(runs) if mask.any()),
    ]


def constant_rows(
    fitted: SizingConstants,
    held: acc.HeldOut,
    held_runs: acc.HeldOutTraining,
    serving: acc.Accuracy,
    training: acc.Accuracy,
) -> Iterator[dict[str, str]]:
    """Rows of sizing_constants.csv: value, and the range over the fits that left some pairs out."""
    for name in (field.name for field in fields(SizingConstants)):
        if name in TABLES:
            continue
        if name in NOT_FITTED:
            low, high, why = NOT_FITTED[name]
            yield constant(name, float(getattr(SizingConstants(), name)), [low, high], UNITS[name], why)
        elif name in BANDS:
            one = serving if name.startswith("serve") else training
            value = one.low if name.endswith("low") else one.high
            tried = "held-out serving rows" if name.startswith("serve") else "held-out runs"
            why = f"measured over expected, {'10th' if name.endswith('low') else '90th'} percentile of {tried}"
            yield constant(name, value, [value], UNITS[name], f"make calibrate: {why}")
        else:
            folds = held_runs.fitted if name in fit.TRAINING else held.fitted
            source = TRAINING_SOURCE if name in fit.TRAINING else SERVING_SOURCE
            yield constant(name, getattr(fitted, name), [getattr(c, name) for c in folds], UNITS[name], source)
    yield from keyed_rows(fitted, held.fitted, fit.serving_parameters(), SERVING_SOURCE)
    yield from keyed_rows(fitted, held_runs.fitted, fit.training_parameters(), TRAINING_SOURCE)
    for name, value in fit.REPORTED.items():
        why = "one report: gpt-oss-120b on eight B200, four requests, 2.3 ms per token"
        yield constant(name, value, [value, 1.0], "factor", why)
    for engine, known in sorted(fit.known_engines().items()):
        why = "1 where the engine reserves the whole answer, 0.5 where it evicts"
        yield constant(f"engine_reserved.{engine}", known.reserved, [0.5, 1.0], "fraction of the answer", why)
    yield constant(f"engine.{fit.REFERENCE_ENGINE}", 1.0, [1.0], "factor", "the reference")


def keyed_rows(
    fitted: SizingConstants, folds: Sequence[SizingConstants], names: dict[str, tuple[float, float, float]], source: str
) -> Iterator[dict[str, str]]:
    for name in names:
        if "." in name:
            seen = [valued(c, name) for c in folds]
            yield constant(name, valued(fitted, name), seen, "factor", source)


def valued(c: SizingConstants, name: str) -> float:
    """The value of a constant whose name has a dot."""
    kind, _, subject = name.partition(".")
    if kind.startswith("software_"):
        return float(getattr(c.software[subject], kind.removeprefix("software_")))
    if kind.startswith("train_"):
        return float(getattr(c.training[subject], kind.removeprefix("train_")))
    return float(getattr(c.engines[subject], kind.removeprefix("engine").removeprefix("_") or "time"))


def constant(name: str, value: float, seen: Sequence[float], unit: str, source: str) -> dict[str, str]:
    def short(number: float) -> str:
        return f"{number:.4g}"

    low, high = min([value, *seen]), max([value, *seen])
    return {
        "name": name, "value": short(value), "low": short(low), "high": short(high), "unit": unit, "source": source,
        "checked_on": CHECKED_ON,
    }  # fmt: skip


def write_constants(rows: Sequence[dict[str, str]]) -> None:
    with (HERE / "sizing_constants.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# --- the page --------------------------------------------------------------------------------------


def page_tables(
    serving: Sequence[acc.Accuracy],
    training: Sequence[acc.Accuracy],
    refused: Sequence[tuple[str, str]],
    constants: Sequence[dict[str, str]],
) -> str:
    """The tables, as Markdown that reads well on a terminal too."""
    lines = [
        "| held out | rows | pairs | median error | p90 error | measured / formula, p10-p90 | in the band | rank by USD |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in (*serving, *training):
        rank = "" if one.rank_correlation is None else f"{one.rank_correlation:.3f}"
        lines.append(
            f"| {one.what} | {one.rows:,} | {one.pairs} | {one.median:.1%} | {one.p90:.1%} "
            f"| {one.low:.2f}-{one.high:.2f} | {_coverage(one)} | {rank} |"
        )
    lines += ["", "| refused | rows |", "|---|---:|"]
    lines += [f"| {why} | {count} |" for why, count in sorted(Counter(why for _, why in refused).items())]
    lines += ["", "| constant | value | range | unit | from |", "|---|---:|---:|---|---|"]
    lines += [
        f"| `{row['name']}` | {row['value']} | {row['low']}-{row['high']} | {row['unit']} | {row['source']} |"
        for row in constants
    ]
    return "\n".join(lines)


def _coverage(one: acc.Accuracy) -> str:
    """The share in the band; marked where it is less than it should be."""
    if one.in_band is None or one.rows < FEW:
        return ""
    return f"{one.in_band:.0%}{', too few' if one.in_band < COVERED - 0.005 else ''}"


def write_page(text: str) -> None:
    """Put the tables between the marks of docs/sizing.md."""
    page = PAGE.read_text(encoding="utf-8")
    marked = re.compile(r"(<!-- calibration -->\n).*?(\n<!-- /calibration -->)", re.S)
    PAGE.write_text(marked.sub(lambda found: f"{found[1]}\n{text}\n{found[2]}", page), encoding="utf-8")


def broken_promises(serving: Sequence[acc.Accuracy], training: acc.Accuracy) -> Iterator[str]:
    named = {one.what: one for one in serving}
    found = {
        "serving median": serving[0].median, "serving p90": serving[0].p90,
        "mixtures median": named["mixtures of experts"].median, "Blackwell median": named["all of Blackwell"].median,
        "training median": training.median, "training p90": training.p90,
    }  # fmt: skip
    for what, value in found.items():
        if round(value, 3) > PROMISED[what]:  # to a tenth of a per cent, as the page shows it
            yield f"{what} is {value:.1%}, promised {PROMISED[what]:.0%}"
    if (serving[0].rank_correlation or 0.0) < PROMISED["rank"]:
        yield f"rank correlation is {serving[0].rank_correlation}, promised {PROMISED['rank']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
