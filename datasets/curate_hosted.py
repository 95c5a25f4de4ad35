"""Hosted models out of the facts: the newest price of each, without what ended, with batch and cached prices where published."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import curate_tables as tables
from curate_cells import Row, first_date, joined, number, read

OTHER_WEIGHTS = re.compile(r"hermes|euryale|distill|nemotron|turbo|int8|awq|guard|latest")
"""Words of names that stand for fine-tunes, hosts' own quantisations and moving pointers."""
OPEN_WEIGHTS = re.compile(
    r"llama|qwen|qwq|gemma|phi-|deepseek|glm|kimi|minimax|gpt-oss|nemotron|mi[sx]tral|devstral|magistral|codestral|jamba"
    r"|command-[ar]|granite|olmo|falcon|hermes|ernie|hunyuan|mimo|yi-|dbrx|starcoder|flan|mpt-|vicuna"
)
"""Families whose weights, or some of them, are published."""
DOUBTED = {"hyperbolic": "the seller's other prices were off by 3 to 30 times on its own page"}
"""Sellers of which only corrected rows are taken."""
TWINS = {
    "cerebras:cerebras/llama-3.1-8b": "2026-05-27",
    "cerebras:cerebras/llama-3.1-70b": "2025-01-17",
    "deepseek:deepseek/deepseek-r1": "2026-07-24",
    "deepseek:deepseek/deepseek-v3": "2026-07-24",
    "deepseek:deepseek/deepseek-coder": "2026-07-24",
}
"""Second names of models whose end the facts give under the first."""
FACTS_OF = "2026-11-29"
"""Day on which the facts say what is withdrawn."""


def hosted_tables(
    facts: Path, models: set[str], names: Mapping[str, str], left_out: Counter[tuple[str, str]]
) -> tuple[list[Row], list[Row]]:
    """Rows of `hosted_apis.csv`, and what became of the others. `names`: other names of models → id."""
    held, out = merged(facts, left_out)
    weights = mapped(facts, models) | named(held, facts, {name: name for name in models} | dict(names))
    kept = []
    for row in held:
        reason, by = why_gone(row, facts_of_end(facts))
        if reason:
            out.append({**row, "until": first_date(by[:10]), "reason": reason, "by": by})
            left_out[row.pop("file"), reason] += 1
        else:
            kept.append(row)
    batch = {row["provider"]: row for row in read(facts / "market" / "hosted_batch.csv")}
    return [finished(row, weights, batch.get(row["provider"])) for row in kept], out


def mapped(facts: Path, models: set[str]) -> dict[str, str]:
    """Hosted `provider:model` → id of its weights: by hand, and strict rows of the facts' map for models of the catalog."""
    found = dict(by_hand())
    for row in read(facts / "market" / "hosted_map.csv"):
        if not why_unmapped(row, models):
            found.setdefault(row["id"], row["language_model"])
    return found


def named(held: list[Row], facts: Path, names: Mapping[str, str]) -> dict[str, str]:
    """Hosted `provider:model` → id, of models called exactly like one of the catalog, which the facts' map leaves out."""
    told = {row["id"] for row in read(facts / "market" / "hosted_map.csv")} | {name for name, _ in by_hand()}
    found = {row["id"]: names.get(plain_name(row["model"]), "") for row in held if row["id"] not in told}
    return {row: target for row, target in found.items() if target}


def plain_name(model: str) -> str:
    """The model's own name in a hosted one: without the paths before it and the mark of the instructed version.

    >>> plain_name("gmi/Qwen/Qwen3-8B"), plain_name("google/gemma-4-31B-it"), plain_name("bedrock/deepseek.v3-v1:0")
    ('qwen3-8b', 'gemma-4-31b', 'deepseek.v3-v1:0')
    """
    return re.sub(r"-(instruct|it)$", "", model.lower().rsplit("/", 1)[-1])


def why_unmapped(row: Row, models: set[str]) -> str:
    """Why a row of the facts' map does not say whose weights a hosted model is; empty if it does."""
    if row["language_model"] not in models:
        return f"`{row['language_model']}` is not in language_models.csv"
    if other := other_weights(row["id"], row["language_model"]):
        return f"`{other}`: other weights or another format than the publisher's"
    if row["remark"]:
        return f"other weights, or served otherwise: {row['remark']}"
    return "" if row["maps_strictly"] == "yes" else "not the publisher's weights in the publisher's format"


def other_weights(name: str, model: str) -> str:
    """A word of a name that says it is not a model's own weights; empty if there is none.

    >>> other_weights("nvidia/nemotron-3-ultra", "nemotron-3-ultra-550b-a55b"), other_weights("Llama-Guard", "llama-3-8b")
    ('', 'guard')
    """
    return next((word for word in OTHER_WEIGHTS.findall(name.lower()) if word not in model), "")


def unmapped_rows(facts: Path, hosted: list[Row], models: set[str]) -> Iterator[Row]:
    """Hosted names of open weights that stand for no model of the catalog, with the reason: `hosted_unmapped.csv`."""
    told = {row["id"]: why_unmapped(row, models) for row in read(facts / "market" / "hosted_map.csv")}
    for row in hosted:
        reason = told.get(row["id"], "its weights or its shape are not in the facts")
        if not row["language_model"] and (row["id"] in told or OPEN_WEIGHTS.search(row["model"].lower())):
            yield {name: row[name] for name in ("id", "provider", "model")} | {
                "reason": reason, "source": row["source"], "checked_on": row["checked_on"],
            }  # fmt: skip


def by_hand() -> Iterator[tuple[str, str]]:
    model_id = ""
    for line in tables.HOSTED_MODELS.strip().splitlines():
        if line.startswith("["):
            model_id = line.strip("[]")
        else:
            yield line, model_id


def merged(facts: Path, left_out: Counter[tuple[str, str]]) -> tuple[list[Row], list[Row]]:
    """One row a hosted model: the newest of the collections, corrections last; and the prices that were replaced."""
    market = facts / "market"
    found: dict[str, Row] = {}
    out: list[Row] = []
    for api in read(market / "hosted_api.csv"):
        row = {
            "id": f"{api['provider']}:{api['model']}",
            "provider": api["provider"],
            "model": api["model"],
            "usd_per_mtok_input": api["usd_per_m_input_tokens"],
            "usd_per_mtok_output": api["usd_per_m_output_tokens"],
            "usd_per_mtok_cached": api["usd_per_m_cached_input_tokens"],
            "max_context": api["context_window_tokens"],
            "withdrawn_on": api["deprecation_date"],
            "usd_per_mtok_input_batch": "",
            "usd_per_mtok_output_batch": "",
            "source": api["source"],
            "checked_on": first_date(api["as_of"]),
            "file": "hosted_api.csv",
        }
        if priced(row):
            found[row["id"]] = row
        else:
            left_out["hosted_api.csv", "no price above zero on both sides"] += 1
    for newer in read(market / "hosted_prices_new.csv"):
        row = {name: newer[name] for name in next(iter(found.values())) if name != "file"} | {
            "file": "hosted_prices_new.csv"
        }
        old = found.get(row["id"])
        if not priced(row) or (old and row["checked_on"] < old["checked_on"]):
            left_out[
                "hosted_prices_new.csv", "older than what is known" if old else "no price above zero on both sides"
            ] += 1
            continue
        row["max_context"] = row["max_context"] or (old["max_context"] if old else "")
        if old:
            replaced(out, old, row, "a newer price of the same model at the same seller", left_out)
        found[row["id"]] = row
    for fixed in read(market / "hosted_price_corrections.csv"):
        old = next(
            r for r in found.values() if r["provider"] == fixed["provider"] and r["model"].endswith(fixed["model"])
        )
        prices = {name: fixed[name] for name in ("usd_per_mtok_input", "usd_per_mtok_output")}
        row = (
            old
            | prices
            | {"source": fixed["source"], "checked_on": fixed["checked_on"], "file": "hosted_price_corrections.csv"}
        )
        replaced(out, old, row, "wrong by its seller's own page", left_out)
        found[old["id"]] = row | {"usd_per_mtok_cached": ""}
    return list(found.values()), out


def replaced(out: list[Row], old: Row, row: Row, reason: str, left_out: Counter[tuple[str, str]]) -> None:
    """Note the old price; the same price read again is no change worth a row."""
    left_out[old["file"], reason] += 1
    prices = ("usd_per_mtok_input", "usd_per_mtok_output")
    if any(float(old[name]) != float(row[name]) for name in prices):
        said = f"{row['usd_per_mtok_input']} / {row['usd_per_mtok_output']} USD on {row['checked_on']}"
        until = "" if reason.startswith("wrong") else row["checked_on"]
        out.append({**old, "until": until, "reason": reason, "by": said})


def priced(row: Row) -> bool:
    return all(row[name] and float(row[name]) > 0 for name in ("usd_per_mtok_input", "usd_per_mtok_output"))


def facts_of_end(facts: Path) -> dict[str, Row]:
    return {row["id"]: row for row in read(facts / "market" / "hosted_dead.csv") if row["kind"] == "model"} | {
        row["provider"]: row for row in read(facts / "market" / "hosted_dead.csv") if row["kind"] == "seller"
    }


def why_gone(row: Row, ends: dict[str, Row]) -> tuple[str, str]:
    """Why a hosted model cannot be had any more; an announced end is written into the row."""
    seller, model = ends.get(row["provider"]), ends.get(row["id"])
    if seller:
        return "the seller closed", f"{seller['withdrawn_on']} ({seller['source']})"
    if row["provider"] in DOUBTED and row["file"] != "hosted_price_corrections.csv":
        return "a price that cannot be trusted", DOUBTED[row["provider"]]
    if model and model["state_on_2026_11_29"] in ("withdrawn", "closed"):
        return "withdrawn by the seller", f"{model['withdrawn_on']} ({model['source']})"
    if model and model["state_on_2026_11_29"] == "removed from the price list" and row["file"] == "hosted_api.csv":
        return "no longer on the price list", model["source"]
    if model and model["state_on_2026_11_29"] == "superseded":
        return "another model answers under this name", model["note"]
    if model and model["withdrawn_on"]:
        row["withdrawn_on"] = model["withdrawn_on"]
    row["withdrawn_on"] = TWINS.get(row["id"], row["withdrawn_on"])
    if row["withdrawn_on"] and row["withdrawn_on"] <= FACTS_OF:
        return "withdrawn by the seller", row["withdrawn_on"]
    return "", ""


def finished(row: Row, weights: dict[str, str], batch: Row | None) -> Row:
    prices = {name: number(row[name]) if row[name] else "" for name in row if name.startswith("usd_")}
    note = ""
    if (
        batch
        and batch["batch_discount_fraction"]
        and batch["scope"] != "selected models"
        and not row["usd_per_mtok_input_batch"]
    ):
        share = 1 - float(batch["batch_discount_fraction"])
        for side in ("input", "output"):
            prices[f"usd_per_mtok_{side}_batch"] = number(float(row[f"usd_per_mtok_{side}"]) * share)
        note = f"batch: {share:.0%} of the price ({batch['source']}, {batch['checked_on']})"
    return {
        "id": row["id"],
        "provider": row["provider"],
        "model": row["model"],
        "language_model": weights.get(row["id"], ""),
        **prices,
        "max_context": row["max_context"],
        "withdrawn_on": row["withdrawn_on"],
        "source": joined(row["source"], note),
        "checked_on": row["checked_on"],
    }
