"""Prices of node types, by far the most rows of the catalog, and the ids that are made for them."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast, get_args

from planner.domain.inputs import Accelerator, Access, ContractKind, InstancePrice, Provider
from planner.errors import did_you_mean
from planner.inputs.catalog.files import COLUMNS, CatalogRow, read_rows


def prices_of(
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
        rows = read_rows(root, f"providers/{path.name}", log, COLUMNS["providers/*.csv"])
        read = [(row, price_of(row, provider, accelerators, countries)) for row in rows]
        yield from _with_unique_ids(read)


def price_of(
    row: CatalogRow, provider: Provider, accelerators: dict[str, Accelerator], countries: dict[tuple[str, str], str]
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
    price = row.needed_positive("price_usd_per_hour")
    low, high = row.positive("low_usd_per_hour"), row.positive("high_usd_per_hour")
    if not (low or 0.0) <= price <= (high or price):
        row.refuse("price_usd_per_hour", f"is {price:g}, outside its range", "mend the price or the range")
    access = cells["access"] or "open"
    if access not in _ACCESS:
        access = row.one_of("access", _ACCESS)
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
        price_usd_per_hour=price,
        interruptions_per_month=interruptions,
        basis=cells["basis"] if cells["basis"] in _BASES else row.one_of("basis", _BASES),
        source=row.text("source"),
        checked_on=row.date(),
        note=cells["note"],
        access=cast(Access, access),
        low_usd_per_hour=low,
        high_usd_per_hour=high,
    )


_CONTRACTS: tuple[str, ...] = get_args(ContractKind)
_BASES = ("listed", "quoted", "observed", "derived", "estimated")
_ACCESS: tuple[str, ...] = get_args(Access)


def _term(row: CatalogRow, contract: str) -> tuple[float, float]:
    """Term in months and upfront share: stated for what is signed for a time, empty for everything else."""
    if contract in ("commitment", "capacity_block"):
        row.text("upfront_fraction")
        return row.needed_positive("term_months"), row.share("upfront_fraction")
    for column in ("term_months", "upfront_fraction"):
        if row.cells[column]:
            row.refuse(column, f"is `{row.cells[column]}` for a contract without a term", "leave it empty")
    return 0.0, 0.0


def _with_unique_ids(read: list[tuple[CatalogRow, InstancePrice]]) -> Iterator[InstancePrice]:
    """Give every price its id; where two differ in the plan alone, the plan joins the id."""
    short = [short_id(price) for _, price in read]
    shared = Counter(short)
    lines: dict[str, int] = {}
    for (row, price), name in zip(read, short, strict=True):
        if shared[name] > 1:
            name = id_with_plan(price)
        if name in lines:
            row.refuse("instance", f"is priced twice under one contract, also in line {lines[name]}", "keep one")
        lines.setdefault(name, row.line)
        yield price._replace(id=name)


def short_id(price: InstancePrice) -> str:
    """`aws/us-east-1/p5.48xlarge/commitment-36m-upfront100`."""
    contract = price.contract.replace("_", "-")
    if price.term_months:
        contract += f"-{price.term_months:g}m"
    if price.contract == "commitment":
        contract += f"-upfront{100 * price.upfront_fraction:g}"
    return f"{price.provider}/{_slug(price.region)}/{_slug(price.instance)}/{contract}"


def id_with_plan(price: InstancePrice) -> str:
    """Of prices that differ in the plan alone."""
    return f"{short_id(price)}-{_slug(price.plan.lower())}"


_BLANKS = str.maketrans("(),", "   ")


@cache
def _slug(text: str) -> str:
    """Text without blanks and brackets, so that an id is one word.

    >>> _slug("GB300 NVL72 (1 GPU)"), _slug("p5.48xlarge")
    ('GB300-NVL72-1-GPU', 'p5.48xlarge')
    """
    if text.isalnum():
        return text
    return "-".join(text.translate(_BLANKS).split())
