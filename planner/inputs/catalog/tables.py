"""One builder a table of the catalog: accelerators, language models, sellers, regions, aliases, load, constants."""

import re
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import NamedTuple, cast, get_args

from planner.domain.inputs import (
    Accelerator,
    CarbonIntensity,
    Constant,
    LanguageModel,
    LoadProfile,
    Precision,
    PricePath,
    Provider,
    ProviderClass,
    TokenPrice,
    earliest_day,
)
from planner.inputs.catalog.files import CatalogRow, read_rows

PROFILE_HOURS = (24, 168)


def accelerator(row: CatalogRow) -> Accelerator | None:
    cells = row.cells
    numbers = {
        "memory_gb": row.positive("memory_gb"),
        "memory_bandwidth_gb_per_s": row.positive("memory_bandwidth_gb_per_s"),
        "bf16_tflops": row.positive("bf16_tflops"),
        "fp8_tflops": row.positive("fp8_tflops"),
        "int8_tops": row.positive("int8_tops"),
        "fp4_tflops": row.positive("fp4_tflops"),
        "fp32_tflops": row.positive("fp32_tflops"),
        "tdp_watts": row.positive("tdp_watts"),
        "link_gb_per_s": row.at_least_zero("link_gb_per_s") or 0.0,
        "driver_memory_gb": row.positive("driver_memory_gb"),
        "link_domain": row.whole("link_domain"),
        "network_gbit_per_s": row.positive("network_gbit_per_s"),
        "weight_only_formats": row.formats("weight_only_formats"),
    }
    if numbers["driver_memory_gb"] is not None:
        row.text("driver_source")
    words = {
        "vendor": row.text("vendor"),
        "name": row.text("name"),
        "spec_check": row.one_of("spec_check", ("verified", "partly", "no")),
        **{name: cells[name] for name in ("id", "interconnect", "launched", "source", "checked_on", "note")},
        **{name: cells[name] for name in ("driver_source", "generation")},
    }
    return Accelerator.model_validate({**words, **numbers}) if row.sound else None


def language_model(row: CatalogRow) -> LanguageModel | None:
    cells = row.cells
    whole = ("layers", "hidden", "heads", "kv_heads", "head_dim", "vocabulary", "max_context", "mla_latent_dim")
    newer = ("qk_head_dim", "value_head_dim", "sparse_attention_tokens")
    counts = {name: row.whole(name) for name in (*whole, *newer, "sliding_window", "experts", "experts_per_token")}
    sizes = (
        "kv_values_per_token", "kv_values_fixed", "index_values_per_token", "state_bytes_per_sequence",
        "prefill_active_parameters_b",
    )  # fmt: skip
    total, active = row.needed_positive("parameters_b"), row.needed_positive("active_parameters_b")
    if active > total:
        row.refuse("active_parameters_b", f"is {active:g}, above all {total:g}", "swap the two, or mend one")
    values = {
        "parameters_b": total,
        "active_parameters_b": active,
        "attention": row.one_of("attention", get_args(LanguageModel.model_fields["attention"].annotation)),
        "sliding_layer_fraction": row.share("sliding_layer_fraction"),
        "native_precision": row.one_of("native_precision", get_args(Precision)),
        "dense_precision": row.one_of("dense_precision", get_args(Precision)) if cells["dense_precision"] else None,
        "kept_parameters_b": row.at_least_zero("kept_parameters_b"),
        "tied_embeddings": row.yes_or_no("tied_embeddings"),
        **{name: row.positive(name) for name in sizes},
        **{name: cells[name] for name in ("id", "name", "source", "checked_on", "note")},
    }
    return LanguageModel.model_validate({**values, **counts}) if row.sound else None


UNIT_FLOP = "performance/unit_flop.csv"


def with_unit_work(root: Path, models: dict[str, LanguageModel], log: list[str]) -> dict[str, LanguageModel]:
    """The models with their work per unit, where the catalog has a table of it."""
    if not (root / UNIT_FLOP).is_file():
        return models
    found = dict(models)
    for row in read_rows(root, UNIT_FLOP, log):
        name = row.one_of("model", set(models), "use an id of language_models.csv")
        stated = {"flop_per_unit": row.needed_positive("flop_per_unit"), "unit": row.text("unit")}
        row.one_of("basis", ("listed", "estimated"))
        row.text("source")
        row.date()
        if row.sound:
            found[name] = models[name].model_copy(update=stated)
    return found


class ClassAssumption(NamedTuple):
    on_demand_cap_accelerators: int
    spot_cap_accelerators: int
    reserved_cap_accelerators: int
    spot_interruptions_per_month: float
    basis: str
    source: str
    checked_on: str


def provider_class(row: CatalogRow) -> ClassAssumption:
    row.one_of("class", get_args(ProviderClass))
    return ClassAssumption(
        row.needed_whole("assumed_on_demand_cap_accelerators"),
        row.needed_whole("assumed_spot_cap_accelerators"),
        row.needed_whole("assumed_reserved_cap_accelerators"),
        row.needed_positive("assumed_spot_interruptions_per_month"),
        row.text("basis"),
        row.cells["source"],
        row.cells["checked_on"],
    )


def provider(row: CatalogRow, classes: dict[str, ClassAssumption]) -> Provider | None:
    kind = row.one_of("class", set(classes), "add the class to provider_classes.csv")
    opt_in = row.one_of("opt_in", ("true", "false"))
    rank = row.at_least_zero("size_rank")
    if not row.sound:
        return None
    caps = classes[kind]
    return Provider(
        id=row.cells["id"],
        name=row.text("name"),
        kind=cast(ProviderClass, kind),
        opt_in=opt_in == "true",
        size_rank=int(rank or 0),
        on_demand_cap_accelerators=caps.on_demand_cap_accelerators,
        spot_cap_accelerators=caps.spot_cap_accelerators,
        reserved_cap_accelerators=caps.reserved_cap_accelerators,
        spot_interruptions_per_month=caps.spot_interruptions_per_month,
        basis=caps.basis,
        source=caps.source,
        checked_on=caps.checked_on,
    )


def countries_of(root: Path, providers: dict[str, Provider], log: list[str]) -> dict[tuple[str, str], str]:
    """Country of every (provider, region); empty where the seller does not say."""
    found: dict[tuple[str, str], str] = {}
    for row in read_rows(root, "regions.csv", log):
        key = (row.one_of("provider", set(providers), "add the seller to providers.csv"), row.text("region"))
        row.text("source")
        row.date()
        country = row.country()
        if key in found:
            row.refuse("region", f"is `{key[1]}` of `{key[0]}` a second time", "keep one of the two rows")
        found[key] = country
    return found


def token_price(row: CatalogRow, models: dict[str, LanguageModel], hosted: dict[str, str]) -> TokenPrice | None:
    cells = row.cells
    name = f"{row.text('provider')}:{row.text('model')}"
    if cells["id"] != name:
        row.refuse("id", f"is `{cells['id']}`", f"write `{name}`")
    weights = cells["language_model"]
    if weights and weights not in models:
        row.refuse("language_model", f"is `{weights}`, which is not known", "use an id of language_models.csv")
    elif hosted.get(name, "") != weights:
        listed = f"`{hosted[name]}`" if name in hosted else "nothing"
        row.refuse("language_model", f"is `{weights}`, but aliases.csv says {listed}", "make the two agree")
    price = TokenPrice(
        id=name,
        provider=cells["provider"],
        model=cells["model"],
        language_model=weights,
        usd_per_mtok_input=row.needed_positive("usd_per_mtok_input"),
        usd_per_mtok_output=row.needed_positive("usd_per_mtok_output"),
        usd_per_mtok_cached=row.at_least_zero("usd_per_mtok_cached") or 0.0,
        max_context=row.whole("max_context") or 0,
        withdrawn_on=row.date("withdrawn_on") if cells["withdrawn_on"] else "",
        source=cells["source"],
        checked_on=cells["checked_on"],
        usd_per_mtok_input_batch=row.positive("usd_per_mtok_input_batch") or 0.0,
        usd_per_mtok_output_batch=row.positive("usd_per_mtok_output_batch") or 0.0,
    )
    if bool(price.usd_per_mtok_input_batch) != bool(price.usd_per_mtok_output_batch):
        row.refuse("usd_per_mtok_input_batch", "and the one for output go together", "fill both, or none")
    return price if row.sound else None


def aliases_of(
    root: Path, accelerators: dict[str, Accelerator], models: dict[str, LanguageModel], log: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Other names → id, lower case; and hosted `provider:model` → id, exact."""
    known = {"accelerator": set(accelerators), "language_model": set(models), "hosted_model": set(models)}
    names: dict[str, str] = {}
    hosted: dict[str, str] = {}
    for row in read_rows(root, "aliases.csv", log):
        kind = row.one_of("kind", set(known))
        alias = row.text("alias") if kind == "hosted_model" else row.text("alias").lower()
        target = row.one_of("id", known.get(kind, set()), "use an id of accelerators.csv or language_models.csv")
        row.text("source")
        row.date()
        table = hosted if kind == "hosted_model" else names
        if alias in table:
            row.refuse("alias", f"`{alias}` already stands for `{table[alias]}`", "keep one of the two rows")
        table[alias] = target
    return names, hosted


def profile(row: CatalogRow) -> LoadProfile | None:
    try:
        values = tuple(float(cell) for cell in row.cells["values"].split())
    except ValueError:
        values = ()
    remedy = "write 24 or 168 numbers of mean 1, separated by blanks"
    if len(values) not in PROFILE_HOURS or str(len(values)) != row.cells["hours"]:
        row.refuse("values", f"holds {len(values)} numbers for `{row.cells['hours']}` hours", remedy)
    elif not all(isfinite(value) and value >= 0 for value in values):
        row.refuse("values", "holds a number that is negative or not finite", remedy)
    elif abs(sum(values) / len(values) - 1) > 1e-5:
        row.refuse("values", f"has mean {sum(values) / len(values):g}", remedy)
    return LoadProfile(row.cells["id"], values, row.cells["source"], row.cells["checked_on"]) if row.sound else None


def constant(row: CatalogRow) -> Constant | None:
    for column in ("value", "low", "high", "unit"):
        row.text(column)
    value, low, high = (row.number(column) or 0.0 for column in ("value", "low", "high"))
    if not low <= value <= high:
        row.refuse("value", f"is {value:g}, outside its range {low:g} to {high:g}", "mend the value or the range")
    cells = row.cells
    return Constant(cells["name"], value, low, high, cells["unit"], cells["source"], cells["checked_on"])


LONGEST_PATH_MONTHS = 600
_BASES = ("listed", "derived")


def price_paths_of(root: Path, log: list[str]) -> dict[str, PricePath]:
    """Rows of one path, joined in the order of their months."""
    rows: dict[str, list[tuple[CatalogRow, float, float]]] = {}
    for row in read_rows(root, "price_paths.csv", log):
        name = row.text("path")
        if name and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            row.refuse("path", f"is `{name}`", "write small letters, digits and hyphens")
        row.text("source")
        row.date()
        months, factor = _months(row), row.needed_positive("factor")
        rows.setdefault(name, []).append((row, months, factor))
    return {name: _price_path(name, found) for name, found in rows.items()}


def _months(row: CatalogRow) -> float:
    months = row.at_least_zero("months") if row.text("months") else None
    if months is not None and months > LONGEST_PATH_MONTHS:
        row.refuse("months", f"is {months:g}, above {LONGEST_PATH_MONTHS}", "write months from the start")
    return months or 0.0


def _price_path(name: str, rows: list[tuple[CatalogRow, float, float]]) -> PricePath:
    first, months, factor = rows[0]
    if months != 0:
        first.refuse("months", f"is {months:g} in the first row of `{name}`", "begin at month 0")
    if factor != 1:
        first.refuse("factor", f"is {factor:g} at the start of `{name}`", "write 1: a path is relative to its start")
    for (_, before, _), (row, months, _) in pairwise(rows):
        if months <= before:
            row.refuse("months", f"is {months:g} after {before:g}", "order a path by months, each month once")
    cells = [row.cells for row, _, _ in rows]
    return PricePath(
        id=name,
        points=tuple((months, factor) for _, months, factor in rows),
        source="; ".join(dict.fromkeys(cell["source"] for cell in cells)),
        checked_on=max((cell["checked_on"] for cell in cells), key=earliest_day),
    )


def carbon_intensity(row: CatalogRow, providers: dict[str, Provider]) -> CarbonIntensity | None:
    cells = row.cells
    country, region = row.country(), cells["region"]
    if cells["provider"]:
        row.one_of("provider", set(providers), "add the seller to providers.csv")
        row.text("region")
    elif region:
        row.refuse("provider", f"is empty for the region `{region}`", "name whose region it is")
    if cells["id"] != (region or country):
        row.refuse("id", f"is `{cells['id']}`", f"write `{region or country}`, the region or else the country")
    grams = row.at_least_zero("grams_co2e_per_kwh") if row.text("grams_co2e_per_kwh") else None
    intensity = CarbonIntensity(
        id=cells["id"],
        provider=cells["provider"],
        region=region,
        country=country,
        grams_co2e_per_kwh=grams or 0.0,
        basis=row.one_of("basis", _BASES),
        source=cells["source"],
        checked_on=cells["checked_on"],
        note=cells["note"],
    )
    return intensity if row.sound else None
