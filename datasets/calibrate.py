"""Refit the sizing constants from the measured rows and say how close the formulas come.

    python datasets/calibrate.py            refit, hold out, print the tables
    python datasets/calibrate.py --check    the same, and fail if an accuracy that docs/sizing.md promises is missed
    python datasets/calibrate.py --write    also write sizing_constants.csv and the tables of docs/sizing.md

`make calibrate` runs the first. Needs nothing but what stands in `datasets/`.
"""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from planner.domain.inputs.catalog import Catalog
from planner.inputs.catalog.load import load_catalog
from planner.inputs.catalog.measurements import load_measurements
from planner.sizing import calibration as cal
from planner.sizing.constants import SizingConstants
from planner.sizing.estimates import accuracy as acc

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "sizing.md"
CHECKED_ON = "2026-11-22"
YOUNG = ("mi300x",)
"""Accelerators whose software is fitted of its own: their rows lie far off for no reason of hardware."""
SAME_SOFTWARE = {"mi300x": ("mi210", "mi250x", "mi325x")}
"""Accelerators that run the same software; not measured."""
PROMISED = {"serving median": 0.15, "serving p90": 0.50, "training median": 0.17, "training p90": 0.50, "rank": 0.85}

UNITS = {
    "e_bw": "fraction of memory bandwidth", "e_kv": "fraction of memory bandwidth", "e_f": "fraction of peak",
    "e_pf": "fraction of peak", "q8": "factor", "q4": "factor", "q_wo": "factor", "c_moe": "factor", "e_we": "factor",
    "t_moe_us": "us per layer", "t_l_us": "us per layer", "t_0_ms": "ms per step", "t_b_us": "us per sequence",
    "a_ar_us": "us per hop", "e_ln": "fraction of link bandwidth", "pcie": "factor", "t_first_ms": "ms",
    "n_wait": "steps", "w_queue": "fraction of prefills", "net_gb_per_s": "GB/s", "net_hop_us": "us per hop",
    "pcie_gb_per_s": "GB/s", "f_engine": "factor", "serve_low": "factor", "serve_high": "factor",
    "mfu_bf16": "fraction of peak", "mfu_fp8": "fraction of peak", "mfu_fp4": "fraction of peak",
    "mfu_moe_factor": "factor", "train_bf16": "fraction of peak", "train_fp8": "fraction of peak",
    "train_fp4": "fraction of peak", "train_moe": "factor", "train_attention": "fraction of 16-bit peak",
    "train_layer": "kB per token, layer and hidden unit", "train_scale": "exponent", "train_recompute": "factor",
    "train_low": "factor", "train_high": "factor", "memory_use_fraction": "fraction of memory",
    "reserved_fraction": "fraction of the answer", "overhead_gb": "GB per accelerator", "activation_gb_at_8k": "GB per accelerator",
    "interruptions_per_gpu_year": "interruptions per accelerator-year",
}  # fmt: skip
NOT_FITTED = {
    "e_we": (0.94, 1.2, "not separable from e_bw in the measured rows; kept at 1"),
    "net_gb_per_s": (12.5, 400.0, "assumed: 100 Gb/s, the least network of eight-accelerator nodes on sale"),
    "net_hop_us": (10.0, 50.0, "assumed"),
    "pcie_gb_per_s": (32.0, 64.0, "PCIe 4 x16, one way"),
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


def main(arguments: Sequence[str]) -> int:
    catalog = load_catalog()
    measured = load_measurements(catalog)
    rows = cal.serving_rows(measured.serving, cheapest_usd(catalog))
    runs = cal.training_rows(measured.training)
    held, held_runs = acc.held_out_serving(rows, YOUNG), acc.held_out_training(runs)
    serving, training = serving_table(rows, held), training_table(runs, held_runs)
    fitted = cal.fit_training(runs, cal.fit_all_serving(rows, YOUNG))
    constants = list(constant_rows(fitted, held, held_runs, serving[1], training[0]))
    text = page_tables(serving, training, constants)
    print(text)
    if "--write" in arguments:
        write_constants(constants)
        write_page(text)
    missed = list(broken_promises(serving[1], training[0]))
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


def serving_table(rows: cal.ServingRows, held: acc.HeldOut) -> list[acc.Accuracy]:
    timed = ~np.isnan(rows.ttft_s)
    pairs = [pair for pair, is_timed in zip(rows.pair, timed, strict=True) if is_timed]
    roofline = acc.plain_roofline(rows.figures, rows.running)
    young = np.array([a in YOUNG for a in rows.accelerator])

    def part(what: str, mask: cal.Mask) -> acc.Accuracy:
        chosen = cal.some(rows, mask)
        return acc.accuracy(what, held.unknown[mask], chosen.measured, chosen.pair, chosen.usd_per_hour)

    return [
        acc.accuracy("output tokens/s, engine stated", held.known, rows.measured, rows.pair, rows.usd_per_hour),
        acc.accuracy("output tokens/s, engine not stated", held.unknown, rows.measured, rows.pair, rows.usd_per_hour),
        part("  of it: accelerators with immature software", young),
        part("  of it: all others", ~young),
        acc.accuracy("  naive rule: 2p FLOP, one utilisation", held.naive, rows.measured, rows.pair, rows.usd_per_hour),
        acc.accuracy("  plain roofline: max(read, compute)", roofline, rows.measured, rows.pair, rows.usd_per_hour),
        acc.accuracy("time to first token under load", held.ttft_s[timed], rows.ttft_s[timed], pairs),
    ]


def training_table(runs: cal.TrainingRows, held: acc.HeldOutTraining) -> list[acc.Accuracy]:
    return [
        acc.accuracy("training tokens/s", held.formula, runs.measured, runs.pair),
        acc.accuracy("  naive rule: 6p FLOP, one utilisation", held.naive, runs.measured, runs.pair),
    ]


def constant_rows(
    fitted: SizingConstants,
    held: acc.HeldOut,
    held_runs: acc.HeldOutTraining,
    serving: acc.Accuracy,
    training: acc.Accuracy,
) -> Iterator[dict[str, str]]:
    """Rows of sizing_constants.csv: value, and the range over the fits that left some pairs out."""
    spread = {
        "serve_low": serving.low,
        "serve_high": serving.high,
        "train_low": training.low,
        "train_high": training.high,
    }
    for field in sorted(fields(SizingConstants), key=lambda field: field.name):
        name = field.name
        if name in ("software", "engines"):
            continue
        if name in NOT_FITTED:
            low, high, why = NOT_FITTED[name]
            yield constant(name, float(getattr(SizingConstants(), name)), [low, high], UNITS[name], why)
        elif name in spread:
            tried = "held-out serving rows, engine not stated" if name.startswith("serve") else "held-out runs"
            why = f"measured over expected, {'10th' if name.endswith('low') else '90th'} percentile of {tried}"
            yield constant(name, spread[name], [spread[name]], UNITS[name], f"make calibrate: {why}")
        else:
            folds = held_runs.fitted if name in cal.TRAINING_BOUNDS else held.fitted
            source = TRAINING_SOURCE if name in cal.TRAINING_BOUNDS else SERVING_SOURCE
            yield constant(name, getattr(fitted, name), [getattr(c, name) for c in folds], UNITS[name], source)
    for engine, value in sorted(fitted.engines.items()):
        seen = [c.engines[engine] for c in held.fitted if engine in c.engines]
        yield constant(f"engine.{engine}", value, seen, "factor", SERVING_SOURCE)
    for a in YOUNG:
        seen_all = [c.software[a] for c in held.fitted if a in c.software]
        for part in cal.SOFTWARE_BOUNDS:
            value, seen = getattr(fitted.software[a], part), [getattr(one, part) for one in seen_all]
            yield constant(f"software_{part}.{a}", value, seen, "factor", f"{SERVING_SOURCE}; vLLM of 2024")
            for other in SAME_SOFTWARE[a]:
                why = f"not measured: taken to run the same software as {a} of 2024"
                yield constant(f"software_{part}.{other}", value, [value, 1.0], "factor", why)


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
        writer.writerows(sorted(rows, key=lambda row: row["name"]))


# --- the page --------------------------------------------------------------------------------------


def page_tables(
    serving: Sequence[acc.Accuracy], training: Sequence[acc.Accuracy], constants: Sequence[dict[str, str]]
) -> str:
    """The tables, as Markdown that reads well on a terminal too."""
    lines = [
        "| held out | rows | pairs | median error | p90 error | measured / formula, p10-p90 | rank of tokens per USD |"
    ]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    for one in (*serving, *training):
        rank = "" if one.rank_correlation is None else f"{one.rank_correlation:.3f}"
        lines.append(
            f"| {one.what.strip()} | {one.rows:,} | {one.pairs} | {one.median:.1%} | {one.p90:.1%} "
            f"| {one.low:.2f}-{one.high:.2f} | {rank} |"
        )
    lines += ["", "| constant | value | range | unit | from |", "|---|---:|---:|---|---|"]
    for row in sorted(constants, key=lambda row: row["name"]):
        lines.append(
            f"| `{row['name']}` | {row['value']} | {row['low']}-{row['high']} | {row['unit']} | {row['source']} |"
        )
    return "\n".join(lines)


def write_page(text: str) -> None:
    """Put the tables between the marks of docs/sizing.md."""
    page = PAGE.read_text(encoding="utf-8")
    marked = re.compile(r"(<!-- calibration -->\n).*?(\n<!-- /calibration -->)", re.S)
    PAGE.write_text(marked.sub(lambda found: f"{found[1]}\n{text}\n{found[2]}", page), encoding="utf-8")


def broken_promises(serving: acc.Accuracy, training: acc.Accuracy) -> Iterator[str]:
    found = {
        "serving median": serving.median, "serving p90": serving.p90,
        "training median": training.median, "training p90": training.p90,
    }  # fmt: skip
    for what, value in found.items():
        if value > PROMISED[what]:
            yield f"{what} is {value:.1%}, promised {PROMISED[what]:.0%}"
    if (serving.rank_correlation or 0.0) < PROMISED["rank"]:
        yield f"rank correlation is {serving.rank_correlation}, promised {PROMISED['rank']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
