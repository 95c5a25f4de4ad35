"""Columns that sizing needs beside the datasheet: memory as drivers report it, generations, fabrics, tied embeddings.

Nothing here is a price. What the facts hold of a chip (`market/accelerators_new.csv`) is taken from them; the tables
below fill in what they leave out, each with its source.
"""

from collections.abc import Iterator
from pathlib import Path

from curate_cells import entries, number, read

Row = dict[str, str]

GENERATIONS = """
ampere          | a10 a10g a16 a30 a40 a100-pcie-40gb a100-pcie-80gb a100-sxm-40gb a100-sxm-80gb rtx-3090 rtx-a4000
ampere          | rtx-a4500 rtx-a5000 rtx-a6000 a800-sxm-80gb a800-pcie-80gb rtx-3060-12gb
ada             | l4 l40 l40s l20 rtx-4090 rtx-4080 rtx-4000-ada rtx-6000-ada
hopper          | h100-nvl-94gb h100-pcie-80gb h100-sxm-80gb h200-nvl-141gb h200-sxm-141gb gh200-96gb gh200-144gb
hopper          | h20-96gb h20-141gb h800-sxm-80gb h800-pcie-80gb
rubin           | vr200-288gb rubin-cpx
volta           | v100-pcie-16gb v100-pcie-32gb v100-sxm-16gb v100-sxm-32gb
turing          | t4 t4g rtx-2080-ti
cdna2           | mi210 mi250x
cdna3           | mi300x mi308x mi325x
tpu             | tpu-v4 tpu-v5e tpu-v5p tpu-v6e tpu-v7
cdna4           | mi350x mi355x
blackwell       | b200-sxm-180gb gb200-186gb
blackwell-ultra | b300-sxm-270gb gb300-288gb
blackwell-rtx   | gb10-128gb rtx-5090 rtx-5080 rtx-5070-ti rtx-pro-4500-blackwell rtx-pro-5000-blackwell rtx-pro-6000-blackwell
"""
"""Generation of the chip: what sizing knows of latencies and of software goes by it."""

DRIVER_MIB = """
h100-nvl-94gb  | 95830  | nvidia-smi in public logs of H100 NVL (95830MiB, several files), read 2026-11-29
h100-pcie-80gb | 81559  | as h100-sxm-80gb: the same 80 GiB of HBM
h200-nvl-141gb | 143771 | as h200-sxm-141gb: the same 141 GB of HBM3e
a100-pcie-80gb | 81920  | as a100-sxm-80gb
a100-pcie-40gb | 40960  | as a100-sxm-40gb
a10g           | 23028  | nvidia-smi in public logs of A10G (23028MiB, several files), read 2026-11-29
a30            | 24576  | nvidia-smi in public logs of A30 (24576MiB), read 2026-11-29
a40            | 46068  | nvidia-smi in public logs of A40 with ECC (46068MiB, several files), read 2026-11-29
l40            | 46068  | as l40s: the same 48 GB with ECC
rtx-3090       | 24576  | nvidia-smi in public logs of RTX 3090 (24576MiB), read 2026-11-29
rtx-6000-ada   | 49140  | as rtx-a6000: the same 48 GB without ECC
rtx-a5000      | 24564  | as rtx-4090: the same 24 GB without ECC
v100-sxm-32gb  | 32510  | nvidia-smi in public logs of V100-SXM2-32GB (32510MiB, several files), read 2026-11-29
v100-pcie-32gb | 32510  | nvidia-smi in public logs of V100-PCIE-32GB (32510MiB), read 2026-11-29
v100-sxm-16gb  | 16160  | nvidia-smi in public logs of V100-SXM2-16GB (16160MiB, several files), read 2026-11-29
v100-pcie-16gb | 16160  | nvidia-smi in public logs of V100-PCIE-16GB (16160MiB, several files), read 2026-11-29
mi300x         | 196592 | 192 GiB less 16 MiB (facts market/accelerators_new.csv, row mi308x)
mi325x         | 262144 | 256 GiB: eight stacks of 32 GiB, as the 288 GiB of mi350x are eight of 36
"""
"""Total memory that the driver reports, MiB, of accelerators that the facts leave out."""

LINK_DOMAINS = """
8  | a100-sxm-40gb a100-sxm-80gb h100-sxm-80gb h200-sxm-141gb b200-sxm-180gb b300-sxm-270gb mi300x mi325x
8  | mi355x v100-sxm-16gb v100-sxm-32gb gaudi1 gaudi2 gaudi3
72 | gb200-186gb gb300-288gb
4  | h200-nvl-141gb
2  | a30 a40 a100-pcie-40gb a100-pcie-80gb h100-nvl-94gb h100-pcie-80gb mi210
"""
"""Accelerators that the fast link joins, where the facts leave it out: boards of eight, racks of 72, bridged pairs."""

WEIGHT_ONLY_FP8 = "ampere"
"""Generations without 8-bit floating point whose kernels unpack fp8 weights (vLLM documentation, fp8: W8A16 by Marlin)."""

TIED = """
gemma-2-2b gemma-2-9b gemma-2-27b gemma-3-1b gemma-3-4b gemma-3-12b gemma-3-27b llama-3.2-1b llama-3.2-3b phi-4-mini
qwen2.5-0.5b qwen2.5-1.5b qwen2.5-3b qwen3-0.6b qwen3-1.7b qwen3-4b
"""
"""Models whose output head is their embedding (published configurations: `tie_word_embeddings`)."""

KEPT = """
llama-3.1-405b | 81.2 | embeddings and head 4.2, attention 71.8, MLP of first and last layer 5.2 (fp8 of its model card)
"""
"""Parameters, 1e9, that the published 8-bit checkpoint keeps in 16 bit, where that is more than embeddings and head."""

ACCELERATOR_COLUMNS = (
    "driver_memory_gb", "driver_source", "generation", "link_domain", "network_gbit_per_s", "weight_only_formats",
)  # fmt: skip
MODEL_COLUMNS = (
    "qk_head_dim", "value_head_dim", "kv_values_per_token", "kv_values_fixed", "index_values_per_token",
    "sparse_attention_tokens", "state_bytes_per_sequence", "prefill_active_parameters_b", "kept_parameters_b",
    "dense_precision", "tied_embeddings",
)  # fmt: skip


def with_sizing_columns(accelerators: list[Row], facts: Path) -> Iterator[Row]:
    """The rows of accelerators.csv with what drivers, fabrics and generations add."""
    newer = {row["id"]: row for row in read(facts / "market" / "accelerators_new.csv")}
    generation = dict(_by_member(GENERATIONS))
    domain = dict(_by_member(LINK_DOMAINS))
    stated = {name: (mib, source) for name, mib, source in entries(DRIVER_MIB)}
    for row in accelerators:
        fact, name = newer.get(row["id"], {}), row["id"]
        mib, source = stated.get(name, ("", ""))
        gb = number(round(int(mib) * 1.048576e-3, 2)) if mib else fact.get("driver_total_bytes_e9", "")
        added = {
            "driver_memory_gb": gb,
            "driver_source": source or (fact.get("driver_source", "") if gb else ""),
            "generation": generation.get(name, ""),
            "link_domain": fact.get("link_domain", "") or domain.get(name, ""),
            "network_gbit_per_s": fact.get("scale_out_gbit_per_s", ""),
            "weight_only_formats": "fp8" if generation.get(name) == WEIGHT_ONLY_FP8 else "",
        }
        yield _before_source(row, added)


def with_cache_columns(models: list[Row]) -> Iterator[Row]:
    """The rows of language_models.csv with the columns of newer caches: empty where the usual formula holds."""
    kept = {name: (value, why) for name, value, why in entries(KEPT)}
    for row in models:
        value, why = kept.get(row["id"], ("", ""))
        added = dict.fromkeys(MODEL_COLUMNS, "") | {
            "kept_parameters_b": value,
            "tied_embeddings": "true" if row["id"] in TIED.split() else "false" if row["vocabulary"] else "",
        }
        noted = row | {
            "note": "; ".join(text for text in (row["note"], f"kept in 16 bit: {why}" if why else "") if text)
        }
        yield _before_source(noted, added)


def _by_member(table: str) -> Iterator[tuple[str, str]]:
    for value, members in entries(table):
        yield from ((member, value) for member in members.split())


def _before_source(row: Row, added: Row) -> Row:
    """New columns stand before the provenance."""
    tail = {name: row[name] for name in ("source", "checked_on", "note")}
    head = {name: value for name, value in row.items() if name not in tail}
    return {**head, **added, **tail}
