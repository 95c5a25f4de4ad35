r"""The architecture of a checkpoint from its published `config.json`.

Parameters are counted from the shape, where they are not stated:

.. math:: P = V d (2 - t) + \sum_l \big[ attention_l + 3 d f_l (E_l + s_l) + d E_l \big]

=========  ==========================================================================
symbol     meaning
=========  ==========================================================================
V, d, t    vocabulary, hidden size, 1 where output head and embedding are one
attention  queries, keys, values and output of all heads; the low-rank factors of MLA
f, E, s    width of the MLP (of one expert), experts (1 if dense), shared experts
=========  ==========================================================================

Norms and biases are left out: below a thousandth. Source: field names of the transformers library.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.cli.output import UsageError, unreadable
from planner.units import GIGA

if TYPE_CHECKING:  # at run time it is read only when a command needs it
    from planner.domain.inputs import LanguageModel

QUANTISED = {
    "fp8": "fp8", "fbgemm_fp8": "fp8", "mxfp4": "mxfp4", "awq": "int4", "gptq": "int4", "nvfp4": "nvfp4", "modelopt_fp4": "nvfp4",
}  # fmt: skip
"""Methods of quantisation by their names in a configuration."""
TWO_MATRICES = ("gpt2", "gptj", "gpt_neox", "opt", "falcon", "bloom", "mpt", "phi", "starcoder2", "gpt_bigcode")
"""Families whose MLP has two matrices, not three."""


def model_from_config(file: Path, total_b: float | None = None, active_b: float | None = None) -> "LanguageModel":
    """The model of a configuration; parameters in billions as stated, else counted."""
    from planner.domain.inputs import LanguageModel

    c = _read(file)
    try:
        shape = _shape(c)
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise UsageError(
            f"`{file}` does not say {error}", help="describe it by flags, e.g. --params 7B --layers 32"
        ) from error
    counted, used = _counted(c, shape)
    name = str(c.get("_name_or_path") or file.resolve().parent.name or file.stem)
    total = counted / GIGA if total_b is None else total_b
    active = total * used / counted if active_b is None else active_b
    return LanguageModel(id=name.rsplit("/", 1)[-1].lower(), name=name, parameters_b=total, active_parameters_b=active,
                         source=str(file), **shape)  # fmt: skip


def _read(file: Path) -> dict[str, Any]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unreadable(file, error, "give the config.json of a checkpoint") from error
    if not isinstance(read, dict):
        raise UsageError(f"`{file}` is no configuration", help="give the config.json of a checkpoint")
    inner = read.get("text_config") or read.get("language_config") or {}
    return {**read, **{name: value for name, value in inner.items() if value is not None}}


def _first(c: dict[str, Any], *names: str) -> Any:
    """The first of several names of one thing that says something."""
    return next((c[name] for name in names if c.get(name) is not None), None)


def _needed(c: dict[str, Any], *names: str) -> int:
    found = _first(c, *names)
    if found is None:
        raise KeyError(names[0])
    return int(found)


def _shape(c: dict[str, Any]) -> dict[str, Any]:
    """Fields of a `LanguageModel`."""
    layers = _needed(c, "num_hidden_layers", "n_layer", "n_layers")
    hidden = _needed(c, "hidden_size", "n_embd", "d_model")
    heads = _needed(c, "num_attention_heads", "n_head", "n_heads")
    kv_heads = int(_first(c, "num_key_value_heads", "num_kv_heads") or heads)
    head_dim = int(_first(c, "head_dim") or hidden // heads)
    latent = _first(c, "kv_lora_rank")
    found: dict[str, Any] = {
        "layers": layers, "hidden": hidden, "heads": heads, "kv_heads": kv_heads, "head_dim": head_dim,
        "vocabulary": _first(c, "vocab_size"), "max_context": _first(c, "max_position_embeddings", "n_positions"),
        "attention": "mha" if kv_heads == heads else "gqa", "native_precision": _precision(c),
        "tied_embeddings": bool(c.get("tie_word_embeddings", False)),
    }  # fmt: skip
    if latent is not None:
        rope, plain = int(c["qk_rope_head_dim"]), int(c["qk_nope_head_dim"])
        found |= {"attention": "mla", "mla_latent_dim": int(latent) + rope, "head_dim": plain + rope,
                  "qk_head_dim": plain + rope, "value_head_dim": int(c["v_head_dim"])}  # fmt: skip
    experts = _first(c, "num_experts", "num_local_experts", "n_routed_experts")
    if experts and int(experts) > 1:
        found |= {"experts": int(experts), "experts_per_token": _needed(c, "num_experts_per_tok", "experts_per_token")}
    return found | _windows(c, layers) | _linear(c, found)


def _precision(c: dict[str, Any]) -> str:
    method = str((c.get("quantization_config") or {}).get("quant_method", "")).lower()
    kind = str(_first(c, "torch_dtype", "dtype") or "bfloat16").lower()
    return QUANTISED.get(method, "fp32" if kind == "float32" else "bf16")


def _kinds(c: dict[str, Any], layers: int) -> list[str]:
    """What each layer attends with; empty where the configuration does not say."""
    stated = c.get("layer_types")
    if isinstance(stated, list):
        return [str(kind) for kind in stated]
    every, pattern = c.get("full_attention_interval"), c.get("sliding_window_pattern")
    if every:
        return ["full_attention" if (k + 1) % int(every) == 0 else "linear_attention" for k in range(layers)]
    if pattern:
        return ["full_attention" if (k + 1) % int(pattern) == 0 else "sliding_attention" for k in range(layers)]
    return []


def _windows(c: dict[str, Any], layers: int) -> dict[str, Any]:
    window = c.get("sliding_window")
    if not window or c.get("use_sliding_window") is False:
        return {}
    kinds = _kinds(c, layers)
    share = kinds.count("sliding_attention") / len(kinds) if kinds else 1.0
    return {"sliding_window": int(window), "sliding_layer_fraction": share} if share else {}


def _linear(c: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """Layers of linear attention keep a state (values in 32 bit, convolutions in 16), the others a cache."""
    kinds = _kinds(c, shape["layers"])
    linear = kinds.count("linear_attention")
    if not linear:
        return {}
    heads, keys = int(c["linear_num_value_heads"]), int(c["linear_num_key_heads"])
    key_dim, value_dim = int(c["linear_key_head_dim"]), int(c["linear_value_head_dim"])
    mixed = 2 * keys * key_dim + heads * value_dim
    state = 4 * heads * key_dim * value_dim + 2 * mixed * (int(c.get("linear_conv_kernel_dim", 4)) - 1)
    full = shape["layers"] - linear
    grows = full * 2 * shape["kv_heads"] * shape["head_dim"]
    return {"kv_values_per_token": float(grows), "state_bytes_per_sequence": float(linear * state)}


def _counted(c: dict[str, Any], shape: dict[str, Any]) -> tuple[float, float]:
    """Parameters, and those that one token uses."""
    hidden, layers = shape["hidden"], shape["layers"]
    table = (shape["vocabulary"] or 0) * hidden
    kinds = _kinds(c, layers)
    linear = kinds.count("linear_attention")
    fixed = table * (1 if shape["tied_embeddings"] else 2) + (layers - linear) * _attention(c, shape)
    if linear:
        heads, keys = int(c["linear_num_value_heads"]), int(c["linear_num_key_heads"])
        wide = heads * int(c["linear_value_head_dim"])
        fixed += linear * hidden * (2 * keys * int(c["linear_key_head_dim"]) + 3 * wide + 2 * heads)
    matrices = 2 if c.get("model_type") in TWO_MATRICES else 3
    dense_width = _first(c, "intermediate_size", "n_inner", "ffn_hidden_size") or 4 * hidden
    experts = shape.get("experts")
    if experts is None:
        total = fixed + layers * matrices * hidden * dense_width
        return float(total), float(total)
    width = _first(c, "moe_intermediate_size", "expert_ffn_hidden_size") or dense_width
    dense = int(_first(c, "first_k_dense_replace", "moe_layer_start_index") or 0)
    every = int(_first(c, "decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_freq") or 1)
    sparse = (layers - dense) // every
    shared = int(_first(c, "n_shared_experts", "num_shared_experts") or 0) * width
    shared = int(_first(c, "shared_expert_intermediate_size") or shared)
    fixed += (layers - sparse) * matrices * hidden * dense_width + sparse * hidden * (3 * shared + experts)
    each = sparse * matrices * hidden * width
    return float(fixed + each * experts), float(fixed + each * shape["experts_per_token"])


def _attention(c: dict[str, Any], shape: dict[str, Any]) -> int:
    """Parameters of one layer's attention."""
    hidden, heads = shape["hidden"], shape["heads"]
    if shape["attention"] == "mla":
        rank, latent = c.get("q_lora_rank"), int(c["kv_lora_rank"])
        plain, value = int(c["qk_nope_head_dim"]), int(c["v_head_dim"])
        wide = heads * shape["qk_head_dim"]
        queries = int(rank) * (hidden + wide) if rank else hidden * wide
        return int(
            queries + hidden * shape["mla_latent_dim"] + latent * heads * (plain + value) + heads * value * hidden
        )
    gated = 2 if c.get("attn_output_gate") else 1
    return int(shape["head_dim"] * hidden * ((1 + gated) * heads + 2 * shape["kv_heads"]))
