"""Accelerators out of the facts: the first collection, corrected and completed by the newer one, and its new chips."""

from collections.abc import Iterator
from pathlib import Path

from curate_cells import Row, first_date, joined, number, read

FIGURES = (
    "memory_gb", "memory_bandwidth_gb_per_s", "bf16_tflops", "fp8_tflops", "int8_tops", "fp4_tflops", "fp32_tflops",
    "tdp_watts", "link_gb_per_s",
)  # fmt: skip
TAKEN = ("correct", "complete", "driver memory")
"""What a newer row says of itself when its figures stand instead of the older ones; other rows found no error."""


def accelerator_rows(facts: Path) -> Iterator[Row]:
    """Both collections, one row a chip."""
    newer = {row["id"]: row for row in read(facts / "market" / "accelerators_new.csv")}
    older = [_older(gpu) for gpu in read(facts / "market" / "gpus.csv")]
    yield from (_mended(row, newer[row["id"]]) if row["id"] in newer else row for row in older)
    yield from (_as_published(row, older[0]) for row in newer.values() if row["action"] == "new")


def _older(gpu: Row) -> Row:
    both_ways = gpu["interconnect_bidir_gb_s_per_gpu"]
    return {
        "id": gpu["gpu_id"],
        "vendor": gpu["vendor"],
        "name": gpu["marketing_name"],
        "memory_gb": gpu["memory_gb"],
        "memory_bandwidth_gb_per_s": gpu["memory_bandwidth_gb_s"],
        "bf16_tflops": gpu["bf16_fp16_dense_tflops"],
        "fp8_tflops": gpu["fp8_dense_tflops"],
        "int8_tops": gpu["int8_dense_tops"],
        "fp4_tflops": gpu["fp4_dense_tflops"],
        "fp32_tflops": gpu["fp32_tflops"],
        "tdp_watts": gpu["tdp_w"],
        "link_gb_per_s": number(float(both_ways) / 2) if both_ways else "",
        "interconnect": gpu["interconnect"],
        "launched": gpu["launch_date"],
        "spec_check": gpu["spec_check"],
        "source": gpu["source"],
        "checked_on": first_date(gpu["as_of"]),
        "note": gpu["notes"],
    }


def _mended(row: Row, fact: Row) -> Row:
    """The older row with the figures that the newer one states; names stay, because aliases go by them."""
    changed = {name: fact[name] for name in FIGURES if fact[name] and fact[name] != row[name]}
    if fact["action"] not in TAKEN or not changed:
        return row
    said = "; ".join(f"{name} {value} (was {row[name] or 'not stated'})" for name, value in changed.items())
    return row | changed | {
        "spec_check": fact["spec_check"],
        "source": joined(row["source"], f"corrected: {fact['source']}"),
        "checked_on": fact["checked_on"],
        "note": joined(row["note"], said, fact["note"]),
    }  # fmt: skip


def _as_published(fact: Row, like: Row) -> Row:
    second = f"also {fact['second_source']}" if fact["second_source"] else ""
    return {name: fact[name] for name in like} | {"source": joined(fact["source"], second)}
