"""Measured rows for calibration: `python datasets/curate_performance.py FACTS_DIR` rewrites `performance/measured_*.csv`.

The rows that stand there stay; newer ones of the facts are added, layouts that contradict the run's own name are mended,
and what cannot be compared is left out and counted. Rows that break physics are refused by `calibrate.py`, with the reason.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from curate_cells import entries, read

Row = dict[str, str]
HERE = Path(__file__).parent / "performance"
SAME_MODEL = {"kimi-k2.5": "kimi-k2", "kimi-k2-instruct": "kimi-k2"}
"""One architecture under two names."""
VENDOR_FP4 = {"mi355x": "mxfp4", "mi350x": "mxfp4"}
SAME_RUN = 0.001
"""Two rows of one setting that differ by less are the same run read twice."""
SETTING = (
    "accelerator", "model", "precision", "kv_precision", "tensor", "pipeline", "data", "input_tokens", "output_tokens",
    "concurrency", "engine",
)  # fmt: skip
WRONG_CHIP = """
AMD_MI350X_ Cisco_1xC885A_M8-8xMI350X | mi350x | the logs are of MI350X (facts market/NOTES_models_owning.md, 7)
"""


def main(facts: Path) -> None:
    left_out: Counter[str] = Counter()
    known = {row["id"] for row in read(HERE.parent / "accelerators.csv")}
    catalog = {row["id"] for row in read(HERE.parent / "language_models.csv")}
    models = [row for row in read(HERE / "measured_models.csv") if row["id"] not in catalog]
    serving = list(unlike(serving_rows(facts, known, left_out), left_out))
    training = list(training_rows(facts, known, left_out))
    write(HERE / "measured_models.csv", models)
    write(HERE / "measured_inference.csv", serving)
    write(HERE / "measured_training.csv", training)
    for what, count in sorted(left_out.items()):
        print(f"left out: {count:4} {what}")


def serving_rows(facts: Path, known: set[str], left_out: Counter[str]) -> Iterator[Row]:
    folder = facts / "performance"
    for row in read(HERE / "measured_inference.csv"):
        yield with_named_layout(row)
    for row in read(folder / "measured_new.csv"):
        if row["precision"]:
            yield with_named_layout(row | {"model": SAME_MODEL.get(row["model"], row["model"]), "accelerators": ""})
        else:
            left_out["serving: precision not stated"] += 1
    for row in read(folder / "measured_new_mlperf.csv"):
        why = why_not(row, known)
        if why:
            left_out[f"MLPerf Inference: {why}"] += 1
            continue
        precision = row["precision"].lower()
        fp4 = VENDOR_FP4.get(row["accelerator"], "nvfp4")
        yield row | {
            "precision": fp4 if precision == "fp4" else precision,
            "accelerators": row["accelerators_total"],
            "engine": "mlperf",
        }


def why_not(row: Row, known: set[str]) -> str:
    """Why a row of MLPerf cannot be compared; empty if it can."""
    if row["scenario"] != "Offline":
        return "Server and Interactive: tokens within latency limits, whose batch is not published"
    if row["accelerator"] not in known:
        return "accelerator not in accelerators.csv"
    if not row["input_tokens"] or row["units"] != "Tokens/s":
        return "length of input, or tokens of output, not known"
    if row["precision"].lower() not in ("fp4", "fp8"):
        return "format of the weights not told apart"
    if int(row["accelerators_total"]) > 8 and int(row["accelerators_total"]) % 8:
        return "not a whole number of servers"
    return ""


def with_named_layout(row: Row) -> Row:
    """`tp4_ep4` in the name of a run is tensor parallelism of 4 with experts divided, whatever the columns say."""
    found = re.search(r"_tp(\d+)_ep(\d+)_\d+$", row["id"])
    row = {"accelerators": ""} | row
    if row["engine"] == "tensorrt-llm" and row["checked_on"].startswith("2024"):
        row |= {"engine": "tensorrt-llm-2024"}
    if found and row["data"] not in ("", "1") and int(found[1]) == int(row["data"]) * int(row["tensor"]):
        return row | {"tensor": found[1], "data": "1"}
    if re.search(r"_cfg635$", row["id"]) and row["data"] == "4":  # the same runs under another name
        return row | {"tensor": "4", "data": "1"}
    return row


def unlike(rows: Iterable[Row], left_out: Counter[str]) -> Iterator[Row]:
    """Each run once; in the columns of the first row."""
    seen: dict[tuple[str, ...], list[float]] = {}
    columns: list[str] = []
    for row in rows:
        columns = columns or [name for name in row if name != "accelerators"]
        rate, setting = float(row["output_tokens_per_s"]), tuple(row[name] for name in SETTING)
        before = seen.setdefault((*setting, row["accelerators"]), [])
        if any(abs(rate / other - 1) < SAME_RUN for other in before):
            left_out["serving: the same run read twice"] += 1
            continue
        before.append(rate)
        place = columns.index("input_tokens")
        yield {name: row[name] for name in (*columns[:place], "accelerators", *columns[place:])}


def training_rows(facts: Path, known: set[str], left_out: Counter[str]) -> Iterator[Row]:
    folder = facts / "performance"
    wrong = [(marks.split(), chip, why) for marks, chip, why in entries(WRONG_CHIP)]
    rows = read(HERE / "measured_training.csv")
    columns = list(rows[0])
    rows += [
        row | {"model": SAME_MODEL.get(row["model"], row["model"])}
        for name in ("measured_new_training.csv", "measured_new_mlperf_training.csv")
        for row in read(folder / name)
    ]
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        chip = next((chip for marks, chip, _ in wrong if any(mark in row["id"] for mark in marks)), row["accelerator"])
        setting = tuple(row[name] for name in ("accelerator", "count", "model", "precision", "sequence_tokens"))
        run = (*setting, f"{float(row['tokens_per_s_per_accelerator']):.3g}")
        if chip not in known:
            left_out["training: accelerator not in accelerators.csv"] += 1
        elif not row["precision"]:
            left_out["training: precision not stated"] += 1
        elif run in seen:
            left_out["training: the same run read twice"] += 1
        else:
            seen.add(run)
            yield {name: row.get(name, "") for name in columns} | {"accelerator": chip}


def write(path: Path, rows: list[Row]) -> None:
    columns = dict.fromkeys(name for row in rows for name in row)
    tail = [name for name in ("source", "checked_on", "note") if name in columns]
    order = [name for name in columns if name not in tail] + tail
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=order, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{path.name:28} {len(rows):6,} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
