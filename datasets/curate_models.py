"""Models out of the facts: the first collection, the architectures that came since, work per unit beyond text, other names.

A newer row without what memory and throughput depend on is left out, and counted with the reason. Where its cache follows the
usual formula the column of the cache stays empty; what was derived by hand stands in `DERIVED` with its arithmetic.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import curate_tables as tables
from curate_cells import Row, entries, first_date, joined, number, read
from curate_hosted import other_weights
from curate_sizing import MODEL_COLUMNS, with_cache_columns

NEWER = "language_models_new.csv"
RENAMED = {
    "indexer_values_per_token": "index_values_per_token",
    "sparse_attention_topk": "sparse_attention_tokens",
}
ATTENTION = {"gqa+linear": "gqa", "mla+linear": "mla", "mqa_compressed": "mqa"}
PRECISION = {"fp4+fp8": "mxfp4", "fp4": "mxfp4"}
"""Formats of checkpoints whose experts are in 4 bit and all else in 8."""
TEXT = "text"
UNIT_COLUMNS = ("model", "unit", "flop_per_unit", "basis", "source", "checked_on", "note")

DERIVED = """
deepseek-v4.1-flash | kv_values_per_token=890 prefill_active_parameters_b=8
gemma-3n-e4b        | kv_values_per_token=4096 kv_values_fixed=8388608
gemma-4-e4b         | kv_values_per_token=8192 kv_values_fixed=10485760
laguna-xs-33b-a3b   | sliding_window=
"""
"""Cells of newer rows that follow from what they say in words."""
WHY_DERIVED = """
deepseek-v4.1-flash | cache: about 890 bytes a token as stored, counted as values of one byte; 8B active while reading
gemma-3n-e4b        | cache by arithmetic: 4 of 20 layers with a cache are global (4 x 1,024 values), windows of 512 x 16 x 1,024
gemma-4-e4b         | cache by arithmetic: 4 of 24 layers with a cache are global (4 x 2,048 values), windows of 512 x 20 x 1,024
laguna-xs-33b-a3b   | share of sliding layers not published: all counted as global, the most cache it can need
"""

UNIT_WORK = """
stable-diffusion-1.5 | 512x512 image of 50 steps   | 8.65e13 | listed
stable-diffusion-xl  | 1024x1024 image of 50 steps | 6.0e14  | estimated
whisper-large-v3     | minute of speech            | 5.6e12  | estimated
"""
WHY_WORK = """
stable-diffusion-1.5 | https://www.sgpjbg.com/bgdown/155314.html (TensorRT talk: 50 x U-Net of 1.67952e12, VAE 2.53933e12)
stable-diffusion-xl  | U-Net of about 3e12 multiply-adds a pass, from memory of the model paper, unverified; guidance and 50 steps
whisper-large-v3     | arithmetic on language_models.csv: 2 x 0.64e9 x 1,500 frames x 2, and 2 x 0.9e9 x about 200 tokens x 5 beams
"""
UNIT_WORK_READ_ON = "2026-11-22"


def language_models(facts: Path, left_out: Counter[tuple[str, str]]) -> list[Row]:
    """Rows of `language_models.csv`."""
    older = list(with_cache_columns(list(_older_rows(facts))))
    columns = list(older[0])
    return [*older, *_newer_rows(facts, columns, left_out)]


# ── the newer collection ─────────────────────────────────────────────────────────────────────────────────────────


def _newer_rows(facts: Path, columns: list[str], left_out: Counter[tuple[str, str]]) -> Iterator[Row]:
    why_derived = dict(entries(WHY_DERIVED))
    derived = {
        name: (dict(cell.split("=") for cell in cells.split()), why_derived[name]) for name, cells in entries(DERIVED)
    }
    for fact in read(facts / "market" / NEWER):
        cells, why = derived.get(fact["id"], ({}, ""))
        told = fact | cells | {"note": joined(fact["note"], why)}
        reason = why_not(told)
        if reason:
            left_out[NEWER, reason] += 1
        else:
            yield as_a_row(told, columns)


def why_not(fact: Row) -> str:
    """What a row lacks to be sized; empty if nothing."""
    if not fact["parameters_b"]:
        return "its number of parameters is not known"
    if not fact["kind"].startswith(TEXT):
        return ""
    if not all(fact[name] for name in ("layers", "hidden", "heads")):
        return "its shape is not published"
    if fact["linear_attention_layers"] not in ("", "0") and not fact["state_bytes_per_sequence"]:
        return "the state of its linear attention is not published"
    windows = fact["sliding_window"] and not (fact["kv_values_fixed"] or fact["sliding_layer_fraction"])
    return "which of its layers see a window only is not published" if windows else ""


def as_a_row(fact: Row, columns: Iterable[str]) -> Row:
    """A newer row in the columns of the table."""
    named = {RENAMED.get(name, name): value for name, value in fact.items()}
    row = {name: named.get(name, "") for name in columns}
    text = fact["kind"].startswith(TEXT)
    row["attention"] = ATTENTION.get(fact["attention"], fact["attention"]) if text else "none"
    row["native_precision"] = PRECISION.get(fact["native_precision"], fact["native_precision"])
    row["dense_precision"] = "fp8" if fact["native_precision"] in PRECISION else ""
    if not text:
        row |= dict.fromkeys((name for name in MODEL_COLUMNS if name != "tied_embeddings"), "")
    elif (
        row["attention"] == fact["attention"]
        and not fact["sliding_window"]
        and _usual(row) == row["kv_values_per_token"]
    ):
        row["kv_values_per_token"] = ""
    second = f"also {fact['second_source']}" if fact["second_source"] else ""
    row["source"] = joined(fact["source"], second)
    beyond = fact["kind"].removeprefix(TEXT).replace("+", " ").strip()
    kind = f"reads {beyond} too, whose tower is not counted" if text and beyond else "" if text else fact["kind"]
    row["note"] = joined(fact["note"], kind)
    return row


def _usual(row: Row) -> str:
    """Values per token of the usual formula."""
    if row["attention"] == "mla":
        return number(int(row["layers"]) * int(row["mla_latent_dim"] or 0))
    key, value = (int(row[name] or row["head_dim"] or 0) for name in ("qk_head_dim", "value_head_dim"))
    return number(int(row["layers"]) * int(row["kv_heads"] or 0) * (key + value))


# ── work per unit ────────────────────────────────────────────────────────────────────────────────────────────────


def unit_rows(facts: Path) -> Iterator[Row]:
    """Rows of `performance/unit_flop.csv`: work of models that do not generate text token by token."""
    why = dict(entries(WHY_WORK))
    for model, unit, flop, basis in entries(UNIT_WORK):
        note = "replace by a measurement" if basis == "estimated" else "guidance runs the U-Net twice a step"
        cells = (model, unit, flop, basis, why[model], UNIT_WORK_READ_ON, note)
        yield dict(zip(UNIT_COLUMNS, cells, strict=True))
    for fact in read(facts / "market" / NEWER):
        if fact["flop_per_unit"] and not why_not(fact):
            basis = "listed" if fact["note"].startswith("listed") else "estimated"
            cells = (fact["id"], fact["unit"], fact["flop_per_unit"], basis)
            yield dict(zip(UNIT_COLUMNS, (*cells, fact["source"], fact["checked_on"], fact["note"]), strict=True))


# ── other names ──────────────────────────────────────────────────────────────────────────────────────────────────


def other_names(facts: Path, models: set[str]) -> dict[str, str]:
    """Name → id, lower case: names by hand; repositories of published weights that a row's sources name, and the canonical
    names of hosted models, as far as they stand for one model."""
    found: dict[str, set[str]] = {}
    for fact in read(facts / "market" / NEWER):
        for repository in published_as(fact):
            found.setdefault(repository.lower(), set()).add(fact["id"])
    for row in read(facts / "market" / "hosted_map.csv"):
        strict = row["maps_strictly"] == "yes" and not row["remark"]
        if strict and not other_weights(row["canonical_name"], row["language_model"]):
            found.setdefault(row["canonical_name"].lower(), set()).add(row["language_model"])
    taken = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
    for model_id, name, aliases in named_models():
        taken |= {alias.lower(): model_id for alias in (name, *aliases)}
    for name, target in list(taken.items()):
        taken.setdefault(name.rsplit("/", 1)[-1], target)  # the name without its owner
    return {name: target for name, target in taken.items() if target in models and name not in models}


def published_as(fact: Row) -> Iterator[str]:
    """Repositories of a model's own weights among those its sources name: `owner/name`, the name beginning like the id.

    >>> fact = {"id": "glm-5", "source": "models/zai-org/GLM-5.yaml", "second_source": "checkpoint Qwen/Qwen3-8B"}
    >>> list(published_as(fact))
    ['zai-org/GLM-5']
    """
    said = f"{fact['source']} ; {fact['second_source']}"
    pairs = [
        *re.findall(r"models/([\w.-]+)/([\w.-]+?)\.yaml", said),
        *re.findall(r"model_configs/([\w.-]+?)--([\w.-]+?)_config\.json", said),
        *re.findall(r"checkpoint ([\w-]+)/([\w.-]+)", said),
    ]
    for owner, name in dict.fromkeys(pairs):
        if _bare(name).removeprefix("nvidia").startswith(_bare(fact["id"])):
            yield f"{owner}/{name}"


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# ── the first collection ─────────────────────────────────────────────────────────────────────────────────────────


def _older_rows(facts: Path) -> Iterator[Row]:
    ids = {name: model_id for model_id, name, _ in named_models()}
    read_elsewhere = {line[0]: line[1:] for line in entries(tables.EXPERTS)}
    for model in read(facts / "market" / "models.csv"):
        model_id = ids[model["name"]]
        attention = attention_kind(model["attention"])
        window, share = sliding_window(model["attention"])
        experts, per_token = experts_of(model["notes"])
        also = ""
        if model_id in read_elsewhere:
            all_experts, chosen, where = read_elsewhere[model_id]
            experts, per_token = experts or all_experts, per_token or chosen
            also = f"experts: {tables.EXPERTS_FROM} {where}"
        latent = re.search(r"= (\d+) values", model["notes"]) if attention == "mla" else None
        same = model["architecture_source"] == model["params_source"]
        yield {
            "id": model_id,
            "name": model["name"],
            "parameters_b": model["params_total_b"],
            "active_parameters_b": model["params_active_b"],
            "layers": model["layers"],
            "hidden": model["hidden"],
            "heads": model["heads"],
            "kv_heads": model["kv_heads"],
            "head_dim": model["head_dim"],
            "vocabulary": model["vocab"],
            "max_context": model["max_context"],
            "attention": attention,
            "mla_latent_dim": latent[1] if latent else "",
            "sliding_window": window,
            "sliding_layer_fraction": share,
            "experts": experts,
            "experts_per_token": per_token,
            "native_precision": native_precision(model["native_dtype"]),
            "source": joined(
                model["architecture_source"] if same else f"architecture: {model['architecture_source']}",
                "" if same else f"parameters: {model['params_source']}",
                also,
            ),
            "checked_on": first_date(model["as_of"]),
            "note": model["notes"],
        }


def attention_kind(text: str) -> str:
    """mha, gqa, mla, or none for everything that does not generate token by token.

    >>> [attention_kind(t) for t in ("GQA, sliding window 4096", "MHA", "MHA encoder-decoder", "diffusion UNet")]
    ['gqa', 'mha', 'none', 'none']
    """
    word = text.split(",")[0].lower()
    return word if word in ("mha", "gqa", "mla") else "none"


def sliding_window(text: str) -> tuple[str, str]:
    """Window in tokens and share of the layers that use it.

    >>> sliding_window("GQA, 5:1 sliding window 512"), sliding_window("GQA, chunked local 8192 on 3 of 4 layers")
    (('512', '0.833333'), ('8192', '0.75'))
    """
    if found := re.search(r"chunked local (\d+) on (\d) of (\d) layers", text):
        return found[1], number(int(found[2]) / int(found[3]))
    if found := re.search(r"(alternating|(\d):1)? ?sliding window (\d+)", text):
        local = int(found[2]) if found[2] else 1
        return found[3], number(local / (local + 1)) if found[1] else "1"
    return "", ""


def experts_of(note: str) -> tuple[str, str]:
    """
    >>> experts_of("128 experts, top-8; 2507 releases 262144 context"), experts_of("128 experts, MoE every other layer")
    (('128', '8'), ('128', ''))
    """
    found = re.search(r"(\d+) experts(?:, top-(\d+))?", note)
    return (found[1], found[2] or "") if found else ("", "")


def native_precision(text: str) -> str:
    word = text.split(" ")[0]
    return "bf16" if word == "fp16" else word


def named_models() -> Iterator[tuple[str, str, list[str]]]:
    """Our id of a language model, its name in the facts, and its other names."""
    for model, aliases in entries(tables.LANGUAGE_MODELS):
        model_id, name = model.split(" = ")
        yield model_id, name, [alias.strip() for alias in aliases.split(",")]
