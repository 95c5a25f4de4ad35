"""Columns of the catalog's CSV files; what each means stands in `datasets/README.md`."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "accelerators.csv": (
        "id", "vendor", "name", "memory_gb", "memory_bandwidth_gb_per_s", "bf16_tflops", "fp8_tflops", "int8_tops",
        "fp4_tflops", "fp32_tflops", "tdp_watts", "link_gb_per_s", "interconnect", "launched", "spec_check",
        "source", "checked_on", "note",
    ),
    "language_models.csv": (
        "id", "name", "parameters_b", "active_parameters_b", "layers", "hidden", "heads", "kv_heads", "head_dim",
        "vocabulary", "max_context", "attention", "mla_latent_dim", "sliding_window", "sliding_layer_fraction",
        "experts", "experts_per_token", "native_precision", "source", "checked_on", "note",
    ),
    "performance/unit_flop.csv": (
        "model", "unit", "flop_per_unit", "basis", "source", "checked_on", "note",
    ),
    "provider_classes.csv": (
        "class", "assumed_on_demand_cap_accelerators", "assumed_spot_cap_accelerators", "assumed_reserved_cap_accelerators",
        "assumed_spot_interruptions_per_month", "basis", "source", "checked_on",
    ),
    "providers.csv": ("id", "name", "class", "opt_in", "size_rank", "source", "checked_on"),
    "machine_types.csv": ("provider", "instance", "sold_as", "regions", "source", "checked_on"),
    "caps.csv": ("provider", "contract", "max_nodes", "source", "checked_on", "note"),
    "successors.csv": ("name", "vendor", "replaces", "month", "path", "source", "checked_on", "note"),
    "ended.csv": ("kind", "provider", "what", "ended", "source", "checked_on"),
    "regions.csv": ("provider", "region", "country", "group", "source", "checked_on"),
    "providers/*.csv": (
        "region", "instance", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction",
        "min_nodes", "price_usd_per_hour", "interruptions_per_month", "basis", "source", "checked_on", "note",
    ),
    "hosted_apis.csv": (
        "id", "provider", "model", "language_model", "usd_per_mtok_input", "usd_per_mtok_output",
        "usd_per_mtok_cached", "max_context", "withdrawn_on", "source", "checked_on",
    ),
    "replaced.csv": (
        "provider", "region", "instance", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction",
        "price_usd_per_hour", "basis", "source", "checked_on", "reason", "by", "file",
    ),
    "replaced_hosted.csv": (
        "id", "provider", "model", "usd_per_mtok_input", "usd_per_mtok_output", "source", "checked_on", "reason", "by",
    ),
    "aliases.csv": ("kind", "alias", "id", "source", "checked_on"),
    "load_profiles.csv": ("id", "hours", "basis", "values", "source", "checked_on", "note"),
    "price_paths.csv": ("path", "months", "factor", "source", "checked_on", "note"),
    "carbon_intensity.csv": (
        "id", "provider", "region", "country", "place", "grams_co2e_per_kwh", "basis", "source", "checked_on", "note",
    ),
    "server_prices.csv": (
        "id", "accelerator", "accelerators", "scope", "usd_per_server", "low_usd_per_server", "high_usd_per_server",
        "default", "basis", "source", "checked_on", "note",
    ),
    "server_power.csv": (
        "id", "accelerator", "accelerators", "measure", "kw", "basis", "source", "checked_on", "note",
    ),
    "colocation_rents.csv": (
        "id", "size_class", "market", "smallest_kw", "largest_kw", "usd_per_kw_month", "low_usd_per_kw_month",
        "high_usd_per_kw_month", "rise_per_year", "default", "basis", "source", "checked_on", "note",
    ),
    "electricity_tariffs.csv": (
        "place", "span", "usd_per_kwh", "default", "basis", "source", "checked_on", "note",
    ),
    "residual_curves.csv": (
        "curve", "months", "fraction", "low_fraction", "high_fraction", "default", "basis", "source", "checked_on",
        "note",
    ),
    "owning.csv": (
        "name", "context", "value", "low", "high", "default", "basis", "source", "checked_on", "note",
    ),
    "sizing_constants.csv": ("name", "value", "low", "high", "unit", "source", "checked_on"),
    "power.csv": ("name", "value", "low", "high", "unit", "source", "checked_on"),
}  # fmt: skip


OPTIONAL: dict[str, tuple[str, ...]] = {
    "caps.csv": ("accelerator", "max_accelerators"),
    "hosted_apis.csv": ("usd_per_mtok_input_batch", "usd_per_mtok_output_batch"),
    "providers/*.csv": ("low_usd_per_hour", "high_usd_per_hour", "access"),
    "replaced.csv": ("min_nodes", "interruptions_per_month", "access", "until"),
    "replaced_hosted.csv": (
        "usd_per_mtok_cached", "usd_per_mtok_input_batch", "usd_per_mtok_output_batch", "max_context", "withdrawn_on",
        "until",
    ),
    "accelerators.csv": (
        "driver_memory_gb", "driver_source", "generation", "link_domain", "network_gbit_per_s", "weight_only_formats",
    ),
    "language_models.csv": (
        "qk_head_dim", "value_head_dim", "kv_values_per_token", "kv_values_fixed", "index_values_per_token",
        "sparse_attention_tokens", "state_bytes_per_sequence", "prefill_active_parameters_b", "kept_parameters_b",
        "dense_precision", "tied_embeddings",
    ),
}  # fmt: skip
"""Columns that a catalog of one's own may leave out: as if their cells were empty."""
