"""`datasets/` → `Catalog`. A row without unit, source or date, or that says something impossible, is refused.

All mistakes of all files are reported together, each with file:line, column and remedy.
What every column means stands in `datasets/README.md`.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import NamedTuple, TypeVar, cast, get_args

from planner.domain.accelerator import Accelerator
from planner.domain.catalog import (
    Catalog,
    Constant,
    ContractKind,
    InstancePrice,
    LoadProfile,
    Provider,
    ProviderClass,
    TokenPrice,
)
from planner.domain.language_model import LanguageModel, Precision
from planner.errors import CatalogError, did_you_mean

Entry = TypeVar("Entry")

MOST_SHOWN = 20
"""Mistakes spelt out in one refusal; the rest are counted."""

PROFILE_HOURS = (24, 168)

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
    "provider_classes.csv": (
        "class", "assumed_on_demand_cap_accelerators", "assumed_spot_cap_accelerators",
        "assumed_spot_interruptions_per_month", "basis", "source", "checked_on",
    ),
    "providers.csv": ("id", "name", "class", "opt_in", "size_rank", "source", "checked_on"),
    "regions.csv": ("provider", "region", "country", "group", "source", "checked_on"),
    "providers/*.csv": (
        "region", "instance", "accelerator", "count", "contract", "plan", "term_months", "upfront_fraction",
        "min_nodes", "price_usd_per_hour", "interruptions_per_month", "basis", "source", "checked_on", "note",
    ),
    "hosted_apis.csv": (
        "id", "provider", "model", "language_model", "usd_per_mtok_input", "usd_per_mtok_output",
        "usd_per_mtok_cached", "max_context", "withdrawn_on", "source", "checked_on",
    ),
    "aliases.csv": ("kind", "alias", "id", "source", "checked_on"),
    "load_profiles.csv": ("id", "hours", "basis", "values", "source", "checked_on", "note"),
    "sizing_constants.csv": ("name", "value", "low", "high", "unit", "source", "checked_on"),
}  # fmt: skip


# ── the door ─────────────────────────────────────────────────────────────────────────────────────────────────────


def load_catalog(directory: Path | None = None) -> Catalog:
    """Read the catalog in `directory` (default: the one that came with this installation), or refuse all of it."""
    root = directory or bundled_directory()
    if not root.is_dir():
        raise CatalogError(f"no catalog directory at `{root}`", help="name a directory laid out like `datasets/`")
    log: list[str] = []
    accelerators = _by_id(_rows(root, "accelerators.csv", log), _accelerator)
    models = _by_id(_rows(root, "language_models.csv", log), _language_model)
    classes = _by_id(_rows(root, "provider_classes.csv", log), _provider_class, key="class")
    providers = _by_id(_rows(root, "providers.csv", log), lambda row: _provider(row, classes))
    countries = _countries(root, providers, log)
    prices = tuple(_prices(root, providers, accelerators, countries, log))
    aliases, hosted = _aliases(root, accelerators, models, log)
    token_prices = _by_id(_rows(root, "hosted_apis.csv", log), lambda row: _token_price(row, models, hosted))
    profiles = _by_id(_rows(root, "load_profiles.csv", log), _profile)
    constants = _by_id(_rows(root, "sizing_constants.csv", log), _constant, key="name")
    if log:
        raise _refusal(log)
    return Catalog(
        accelerators=accelerators,
        language_models=models,
        providers=providers,
        prices=prices,
        token_prices=tuple(token_prices.values()),
        profiles=profiles,
        constants=constants,
        aliases=aliases,
    )


def bundled_directory() -> Path:
    """`planner/_datasets` of an installed wheel, else `datasets/` of the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_datasets"
    return installed if installed.is_dir() else package.parent / "datasets"


def _refusal(log: list[str]) -> CatalogError:
    shown = log[:MOST_SHOWN]
    if len(log) > MOST_SHOWN:
        shown.append(f"… and {len(log) - MOST_SHOWN} more")
    noun = "mistake" if len(log) == 1 else "mistakes"
    return CatalogError(
        f"the catalog has {len(log)} {noun}\n" + "\n".join(shown),
        help="mend the rows named above; what every column must hold stands in `datasets/README.md`",
    )


# ── rows and cells ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Row:
    """One line of a file. Reading a cell that is wrong notes the mistake and goes on with a harmless value."""

    file: str
    line: int
    cells: dict[str, str]
    log: list[str] = field(repr=False)
    good_dates: set[str] = field(repr=False)
    sound: bool = True

    def refuse(self, column: str, what: str, remedy: str) -> None:
        self.sound = False
        self.log.append(f"{self.file}:{self.line}: `{column}` {what}; {remedy}")

    def text(self, column: str) -> str:
        value = self.cells[column]
        if not value:
            self.refuse(column, "is empty", "fill it in, or take the row out")
        return value

    def one_of(self, column: str, allowed: tuple[str, ...] | set[str], remedy: str = "") -> str:
        value = self.text(column)
        if value and value not in allowed:
            choices = f"use one of {', '.join(sorted(allowed))}" if len(allowed) < 10 else "use a known name"
            guess = did_you_mean(value, set(allowed))
            self.refuse(column, f"is `{value}`, which is not known", guess or remedy or choices)
        return value

    def date(self, column: str = "checked_on") -> str:
        value = self.text(column)
        if value in self.good_dates or not value:
            return value
        if _is_date(value):
            self.good_dates.add(value)
        else:
            self.refuse(column, f"is `{value}`, which is no date", "write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    def number(self, column: str) -> float | None:
        """The finite number in a cell, or None if the cell is empty (or wrong, and noted)."""
        value = self.cells[column]
        if not value:
            return None
        try:
            parsed = float(value)
        except ValueError:
            parsed = float("nan")
        if isfinite(parsed):
            return parsed
        self.refuse(column, f"is `{value}`, which is no finite number", "write a plain decimal number")
        return None

    def at_least_zero(self, column: str) -> float | None:
        parsed = self.number(column)
        if parsed is not None and parsed < 0:
            self.refuse(column, f"is {parsed:g}, below zero", "write a number of at least 0")
        return parsed

    def positive(self, column: str) -> float | None:
        parsed = self.number(column)
        if parsed is not None and parsed <= 0:
            self.refuse(column, f"is {parsed:g}, not above zero", "write a number above 0, or take the row out")
            return None
        return parsed

    def needed_positive(self, column: str) -> float:
        parsed = self.positive(column) if self.text(column) else None
        return 1.0 if parsed is None else parsed

    def whole(self, column: str) -> int | None:
        parsed = self.positive(column)
        if parsed is not None and parsed != int(parsed):
            self.refuse(column, f"is {parsed:g}, not a whole number", "write a whole number of at least 1")
        return None if parsed is None else int(parsed)

    def needed_whole(self, column: str) -> int:
        parsed = self.whole(column) if self.text(column) else None
        return 1 if parsed is None else parsed

    def share(self, column: str) -> float:
        parsed = self.number(column) or 0.0
        if not 0 <= parsed <= 1:
            self.refuse(column, f"is {parsed:g}, not a fraction", "write a number from 0 to 1")
        return parsed


def _is_date(text: str) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD of a day that can exist.

    >>> [_is_date(t) for t in ("2026", "2026-11", "2026-02-30", "2026-13", "today")]
    [True, True, False, False, False]
    """
    parts = text.split("-")
    if not all(part.isdecimal() and part.isascii() for part in parts):
        return False
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]):
        return False
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1990 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= days[month - 1]


def _rows(root: Path, name: str, log: list[str], columns: tuple[str, ...] = ()) -> Iterator[_Row]:
    """The rows of a file, once its header is what it must be."""
    path, shown = root / name, f"{root.name}/{name}"
    if not path.is_file():
        log.append(f"{shown}:1: the file is missing; add it, with a header if it has no rows")
        return
    expected = columns or COLUMNS[name]
    good_dates: set[str] = set()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if not _header_is_right(header, expected, shown, log):
            return
        for cells in reader:
            if len(cells) == len(header):
                yield _Row(shown, reader.line_num, dict(zip(header, cells, strict=True)), log, good_dates)
            elif cells:
                log.append(
                    f"{shown}:{reader.line_num}: {len(cells)} cells under {len(header)} columns; "
                    "quote cells that hold a comma"
                )


def _header_is_right(header: list[str], expected: tuple[str, ...], shown: str, log: list[str]) -> bool:
    before = len(log)
    for column in header:
        if column not in expected:
            guess = did_you_mean(column, expected) or "take it out"
            log.append(f"{shown}:1: unknown column `{column}`; {guess}")
        elif header.count(column) > 1 and f"{shown}:1: column `{column}` twice; take one out" not in log:
            log.append(f"{shown}:1: column `{column}` twice; take one out")
    for column in expected:
        if column not in header:
            log.append(f"{shown}:1: column `{column}` is missing; add it (cells may be empty where README says so)")
    return len(log) == before


def _by_id(rows: Iterator[_Row], build: Callable[[_Row], Entry | None], key: str = "id") -> dict[str, Entry]:
    """Entries keyed by their id; a second row with the same id is refused."""
    found: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    for row in rows:
        name = row.text(key)
        row.text("source")
        row.date()
        if name in lines:
            row.refuse(key, f"is `{name}`, as in line {lines[name]}", "keep one of the two rows")
            continue
        lines[name] = row.line
        entry = build(row)
        if entry is not None:
            found[name] = entry
    return found


# ── one builder a file ───────────────────────────────────────────────────────────────────────────────────────────


def _accelerator(row: _Row) -> Accelerator | None:
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
    }
    words = {
        "vendor": row.text("vendor"),
        "name": row.text("name"),
        "spec_check": row.one_of("spec_check", ("verified", "partly", "no")),
        **{name: cells[name] for name in ("id", "interconnect", "launched", "source", "checked_on", "note")},
    }
    return Accelerator.model_validate({**words, **numbers}) if row.sound else None


def _language_model(row: _Row) -> LanguageModel | None:
    cells = row.cells
    whole = ("layers", "hidden", "heads", "kv_heads", "head_dim", "vocabulary", "max_context", "mla_latent_dim")
    counts = {name: row.whole(name) for name in (*whole, "sliding_window", "experts", "experts_per_token")}
    total, active = row.needed_positive("parameters_b"), row.needed_positive("active_parameters_b")
    if active > total:
        row.refuse("active_parameters_b", f"is {active:g}, above all {total:g}", "swap the two, or mend one")
    values = {
        "parameters_b": total,
        "active_parameters_b": active,
        "attention": row.one_of("attention", ("mha", "gqa", "mla", "none")),
        "sliding_layer_fraction": row.share("sliding_layer_fraction"),
        "native_precision": row.one_of("native_precision", get_args(Precision)),
        **{name: cells[name] for name in ("id", "name", "source", "checked_on", "note")},
    }
    return LanguageModel.model_validate({**values, **counts}) if row.sound else None


class _ProviderClass(NamedTuple):
    on_demand_cap_accelerators: int
    spot_cap_accelerators: int
    spot_interruptions_per_month: float
    basis: str
    source: str
    checked_on: str


def _provider_class(row: _Row) -> _ProviderClass:
    row.one_of("class", get_args(ProviderClass))
    return _ProviderClass(
        row.needed_whole("assumed_on_demand_cap_accelerators"),
        row.needed_whole("assumed_spot_cap_accelerators"),
        row.needed_positive("assumed_spot_interruptions_per_month"),
        row.text("basis"),
        row.cells["source"],
        row.cells["checked_on"],
    )


def _provider(row: _Row, classes: dict[str, _ProviderClass]) -> Provider | None:
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
        spot_interruptions_per_month=caps.spot_interruptions_per_month,
        basis=caps.basis,
        source=caps.source,
        checked_on=caps.checked_on,
    )


def _countries(root: Path, providers: dict[str, Provider], log: list[str]) -> dict[tuple[str, str], str]:
    """Country of every (provider, region); empty where the seller does not say."""
    found: dict[tuple[str, str], str] = {}
    for row in _rows(root, "regions.csv", log):
        key = (row.one_of("provider", set(providers), "add the seller to providers.csv"), row.text("region"))
        row.text("source")
        row.date()
        country = row.cells["country"]
        if country and not (len(country) == 2 and country.isascii() and country.isupper()):
            row.refuse("country", f"is `{country}`", "write the two letters of ISO 3166, or leave it empty")
        if key in found:
            row.refuse("region", f"is `{key[1]}` of `{key[0]}` a second time", "keep one of the two rows")
        found[key] = country
    return found


def _token_price(row: _Row, models: dict[str, LanguageModel], hosted: dict[str, str]) -> TokenPrice | None:
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
    )
    return price if row.sound else None


def _aliases(
    root: Path, accelerators: dict[str, Accelerator], models: dict[str, LanguageModel], log: list[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Other names → id, lower case; and hosted `provider:model` → id, exact."""
    known = {"accelerator": set(accelerators), "language_model": set(models), "hosted_model": set(models)}
    names: dict[str, str] = {}
    hosted: dict[str, str] = {}
    for row in _rows(root, "aliases.csv", log):
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


def _profile(row: _Row) -> LoadProfile | None:
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


def _constant(row: _Row) -> Constant | None:
    for column in ("value", "low", "high", "unit"):
        row.text(column)
    value, low, high = (row.number(column) or 0.0 for column in ("value", "low", "high"))
    if not low <= value <= high:
        row.refuse("value", f"is {value:g}, outside its range {low:g} to {high:g}", "mend the value or the range")
    cells = row.cells
    return Constant(cells["name"], value, low, high, cells["unit"], cells["source"], cells["checked_on"])


# ── prices: by far the most rows ─────────────────────────────────────────────────────────────────────────────────


def _prices(
    root: Path,
    providers: dict[str, Provider],
    accelerators: dict[str, Accelerator],
    countries: dict[tuple[str, str], str],
    log: list[str],
) -> Iterator[InstancePrice]:
    for path in sorted((root / "providers").glob("*.csv")):
        provider = providers.get(path.stem)
        if provider is None:
            guess = did_you_mean(path.stem, set(providers)) or "add a row to providers.csv"
            log.append(f"{root.name}/providers/{path.name}:1: unknown provider `{path.stem}`; {guess}")
            continue
        rows = _rows(root, f"providers/{path.name}", log, COLUMNS["providers/*.csv"])
        read = [(row, _price(row, provider, accelerators, countries)) for row in rows]
        yield from _with_unique_ids(read)


def _price(
    row: _Row, provider: Provider, accelerators: dict[str, Accelerator], countries: dict[tuple[str, str], str]
) -> InstancePrice:
    cells = row.cells
    region, accelerator = row.text("region"), row.text("accelerator")
    country = countries.get((provider.id, region))
    if country is None and region:
        row.refuse("region", f"is `{region}`, which is not known", f"add it for `{provider.id}` to regions.csv")
    if accelerator and accelerator not in accelerators:
        row.one_of("accelerator", set(accelerators), "add it to accelerators.csv")
    contract = cells["contract"]
    if contract not in _CONTRACTS:
        contract = row.one_of("contract", _CONTRACTS)
    term, upfront = _term(row, contract)
    interruptions = row.at_least_zero("interruptions_per_month")
    if contract != "spot":
        if interruptions:
            row.refuse("interruptions_per_month", "is filled for a contract that is not spot", "leave it empty")
        interruptions = 0.0
    elif interruptions is None:
        interruptions = provider.spot_interruptions_per_month
    return InstancePrice(
        id="",
        provider=provider.id,
        region=region,
        country=country or "",
        instance=row.text("instance"),
        accelerator=accelerator,
        count=row.needed_whole("count"),
        contract=cast(ContractKind, contract),
        plan=cells["plan"],
        term_months=term,
        upfront_fraction=upfront,
        min_nodes=row.needed_whole("min_nodes"),
        price_usd_per_hour=row.needed_positive("price_usd_per_hour"),
        interruptions_per_month=interruptions,
        basis=cells["basis"] if cells["basis"] in _BASES else row.one_of("basis", _BASES),
        source=row.text("source"),
        checked_on=row.date(),
        note=cells["note"],
    )


_CONTRACTS: tuple[str, ...] = get_args(ContractKind)
_BASES = ("listed", "observed", "derived", "estimated")


def _term(row: _Row, contract: str) -> tuple[float, float]:
    """Term in months and upfront share: stated for what is signed for a time, empty for everything else."""
    if contract in ("commitment", "capacity_block"):
        row.text("upfront_fraction")
        return row.needed_positive("term_months"), row.share("upfront_fraction")
    for column in ("term_months", "upfront_fraction"):
        if row.cells[column]:
            row.refuse(column, f"is `{row.cells[column]}` for a contract without a term", "leave it empty")
    return 0.0, 0.0


def _with_unique_ids(read: list[tuple[_Row, InstancePrice]]) -> Iterator[InstancePrice]:
    """Give every price its id; where two differ in the plan alone, the plan joins the id."""
    shared = Counter(_short_id(price) for _, price in read)
    lines: dict[str, int] = {}
    for row, price in read:
        name = _short_id(price)
        if shared[name] > 1:
            name = f"{name}-{_slug(price.plan.lower())}"
        if name in lines:
            row.refuse("instance", f"is priced twice under one contract, also in line {lines[name]}", "keep one")
        lines.setdefault(name, row.line)
        yield price._replace(id=name)


def _short_id(price: InstancePrice) -> str:
    """`aws/us-east-1/p5.48xlarge/commitment-36m-upfront100`."""
    contract = price.contract.replace("_", "-")
    if price.term_months:
        contract += f"-{price.term_months:g}m"
    if price.contract == "commitment":
        contract += f"-upfront{100 * price.upfront_fraction:g}"
    return f"{price.provider}/{_slug(price.region)}/{_slug(price.instance)}/{contract}"


def _slug(text: str) -> str:
    """Text without blanks and brackets, so that an id is one word.

    >>> _slug("GB300 NVL72 (1 GPU)"), _slug("p5.48xlarge")
    ('GB300-NVL72-1-GPU', 'p5.48xlarge')
    """
    if text.isalnum():
        return text
    return "-".join("".join(" " if c in " ()," else c for c in text).split())
