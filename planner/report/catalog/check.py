"""`planner catalog check`: how much the catalog knows, how old it is, and where its holes are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from planner.domain.inputs import Catalog, Contradiction, InstancePrice, TokenPrice, earliest_day, months_between
from planner.report.document import (
    Block,
    Bullets,
    Document,
    Paragraph,
    Report,
    Section,
    Table,
    TableRow,
    columns_of,
    listed,
    number_columns,
    plural,
    section_of,
    table_of,
    words,
)

_CONTRACTS = ("on_demand", "spot", "commitment", "capacity_block", "hosted_api")
_NAMED = 8
"""So many names are told of each hole; JSON has all."""
_PROBLEMS = 20
"""So many problems are spelt out; JSON has all."""
_AGES = ((0, "below 3 months"), (3, "3 to 6 months"), (6, "6 to 12 months"), (12, "12 to 24 months"), (24, "older"))


class ProviderCount(NamedTuple):
    """The price rows of one provider."""

    provider: str
    on_demand: int
    spot: int
    commitment: int
    capacity_block: int
    hosted_api: int
    oldest: str
    newest: str
    too_old: int


class Hole(NamedTuple):
    """Something the catalog should know and does not."""

    what: str
    names: tuple[str, ...]


class CatalogSummary(NamedTuple):
    """All that the check says."""

    today: str
    max_age_months: float
    files: dict[str, int]
    providers: tuple[ProviderCount, ...]
    holes: tuple[Hole, ...]
    relations: dict[str, tuple[int, int]]
    """Rule between rows → (rows that break it, rows that break it and were accepted by a person)."""
    ages: dict[str, int]
    """Price rows of nodes by age."""
    bases: dict[str, int]
    access: dict[str, int]
    """Price rows of nodes by what is known of them, and by how they can be had."""


def summarise(
    catalog: Catalog,
    *,
    today: str,
    max_age_months: float = 24.0,
    found: Sequence[Contradiction] = (),
    since: Sequence[Contradiction] = (),
    rules: Sequence[str] = (),
) -> CatalogSummary:
    """Count the rows of every table and provider, and look for holes.

    Args:
        found: rows that break a rule at the day of the newest price.
        since: rows that break one only today.
    """
    files = {
        "accelerators": len(catalog.accelerators),
        "language models": len(catalog.language_models),
        "providers": len(catalog.providers),
        "instance prices": len(catalog.prices),
        "hosted API prices": len(catalog.token_prices),
        "load profiles": len(catalog.profiles),
        "constants": len(catalog.constants),
        "aliases": len(catalog.aliases),
        "price paths": len(catalog.price_paths),
        "machine types with places": len(catalog.machine_types),
        "sellers and products that ended": len(catalog.ended),
        "carbon intensities": len(catalog.carbon_intensity),
        "server prices": len(catalog.ownership.server_prices),
        "server power": len(catalog.ownership.server_power),
        "colocation rents": len(catalog.ownership.colocation_rents),
        "electricity tariffs": len(catalog.ownership.electricity_tariffs),
        "residual curves": len(catalog.ownership.residual_curves),
        "figures about owning": len(catalog.ownership.figures),
    }
    counts = _counts([*catalog.prices, *catalog.token_prices], today, max_age_months)
    return CatalogSummary(
        today,
        max_age_months,
        files,
        counts,
        tuple(h for h in [*_holes(catalog), _aged(catalog, since)] if h.names),
        {rule: _broken(rule, found) for rule in rules},
        _ages(catalog, today),
        dict(Counter(price.basis for price in catalog.prices).most_common()),
        dict(Counter(price.access for price in catalog.prices).most_common()),
    )


def _broken(rule: str, found: Sequence[Contradiction]) -> tuple[int, int]:
    mine = [c for c in found if c.rule == rule]
    return len(mine), sum(c.accepted for c in mine)


def _ages(catalog: Catalog, today: str) -> dict[str, int]:
    counts = {name: 0 for _, name in _AGES}
    for price in catalog.prices:
        age = months_between(price.checked_on, today)
        counts[next((name for least, name in reversed(_AGES) if age >= least), _AGES[0][1])] += 1
    return counts


def _counts(rows: Sequence[InstancePrice | TokenPrice], today: str, limit: float) -> tuple[ProviderCount, ...]:
    by_provider: dict[str, list[InstancePrice | TokenPrice]] = {}
    for row in rows:
        by_provider.setdefault(row.provider, []).append(row)
    return tuple(_count(name, by_provider[name], today, limit) for name in sorted(by_provider))


def _count(provider: str, rows: list[InstancePrice | TokenPrice], today: str, limit: float) -> ProviderCount:
    kinds = Counter(row.contract if isinstance(row, InstancePrice) else "hosted_api" for row in rows)
    dates = sorted((row.checked_on for row in rows), key=earliest_day)
    too_old = sum(months_between(date, today) > limit for date in dates)
    on_demand, spot, commitment, block, hosted = (kinds[kind] for kind in _CONTRACTS)
    return ProviderCount(provider, on_demand, spot, commitment, block, hosted, dates[0], dates[-1], too_old)


def _aged(catalog: Catalog, since: Sequence[Contradiction]) -> Hole:
    what = f"rows that ended or grew too old since the newest price, of {catalog.newest_price_on}"
    return Hole(what, _names(c.row for c in since))


def _holes(catalog: Catalog) -> list[Hole]:
    priced = {row.accelerator for row in catalog.prices}
    sellers = {row.provider for row in catalog.prices} | {row.provider for row in catalog.token_prices}
    hosted = {row.language_model for row in catalog.token_prices}
    chips = catalog.accelerators
    lacking = [a.id for a in chips.values() if a.memory_gb is None or a.memory_bandwidth_gb_per_s is None]
    return [
        Hole("accelerators that no datasheet row describes", _names(priced - set(chips))),
        Hole("accelerators without memory size or bandwidth", _names(lacking)),
        Hole("accelerators without a price", _names(set(chips) - priced)),
        Hole("providers without a price", _names(set(catalog.providers) - sellers)),
        Hole(
            "sellers that no provider row describes",
            _names({r.provider for r in catalog.prices} - set(catalog.providers)),
        ),
        Hole(
            "providers with prices of unknown country",
            _names(r.provider for r in catalog.prices if not r.country),
        ),
        Hole(
            "hosted models of unknown weights",
            _names(r.id for r in catalog.token_prices if not r.language_model),
        ),
        Hole("language models that no API hosts", _names(set(catalog.language_models) - hosted)),
    ]


def _names(names: Any) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def check_report(summary: CatalogSummary, *, problems: Sequence[str] = ()) -> Report:
    """The summary, after the rows that were refused (`problems`), for any format."""
    return Report(
        json=lambda: _value(summary, problems),
        csv=lambda: (ProviderCount._fields, summary.providers),
        document=lambda: _document(summary, problems),
    )


def _value(summary: CatalogSummary, problems: Sequence[str]) -> dict[str, object]:
    return {
        "as_of": summary.today,
        "max_price_age_months": summary.max_age_months,
        "files": summary.files,
        "providers": [entry._asdict() for entry in summary.providers],
        "holes": [hole._asdict() for hole in summary.holes],
        "relations": {
            rule: {"rows": rows, "accepted": accepted} for rule, (rows, accepted) in summary.relations.items()
        },
        "ages": summary.ages,
        "bases": summary.bases,
        "access": summary.access,
        "problems": list(problems),
    }


def _document(summary: CatalogSummary, problems: Sequence[str]) -> Document:
    rows = sum(summary.files.get(name, 0) for name in ("instance prices", "hosted API prices"))
    shown = [
        *problems[:_PROBLEMS],
        *([f"… and {len(problems) - _PROBLEMS:,} more"] if len(problems) > _PROBLEMS else []),
    ]
    said = [section_of("Problems", Bullets(tuple(shown)))] if problems else []
    sections = [
        *said,
        section_of("Rows", _files(summary)),
        *_providers(summary),
        _evidence(summary),
        _holes_section(summary),
    ]
    verdict = plural(len(problems), "problem") if problems else "no problem"
    return Document(f"Catalog check as of {summary.today}: {plural(rows, 'price row')}, {verdict}", tuple(sections))


def _files(summary: CatalogSummary) -> Table:
    rows = [(name, f"{number:,}") for name, number in summary.files.items()]
    return table_of(columns_of("Table | #Rows"), rows)


def _providers(summary: CatalogSummary) -> list[Section]:
    if not summary.providers:
        return []
    titles = [words(contract).capitalize() for contract in _CONTRACTS]
    columns = (
        *columns_of("Provider"),
        *number_columns(*titles),
        *columns_of("Oldest | Newest | #Too old"),
    )
    rows = [
        TableRow((entry.provider, *(_n(n) for n in entry[1:6]), entry.oldest, entry.newest, _n(entry.too_old)))
        for entry in summary.providers
    ]
    sums = [sum(int(entry[i]) for entry in summary.providers) for i in range(1, 6)]
    dates = sorted((d for e in summary.providers for d in (e.oldest, e.newest)), key=earliest_day)
    too_old = sum(entry.too_old for entry in summary.providers)
    rows.append(TableRow(("All", *(_n(n) for n in sums), dates[0], dates[-1], _n(too_old)), "total"))
    note = Paragraph(f"Too old: more than {summary.max_age_months:g} months before {summary.today}.")
    return [section_of("Price rows by provider and contract", table_of(columns, rows), note)]


def _evidence(summary: CatalogSummary) -> Section:
    """How far the price rows of nodes can be believed."""

    def counts(title: str, found: dict[str, int]) -> str:
        return f"{title}: " + ", ".join(f"{number:,} {words(name)}" for name, number in found.items() if number)

    broken = [
        f"{rule}: {plural(rows, 'row')}" + (f", {accepted:,} of them accepted by a person" if accepted else "")
        for rule, (rows, accepted) in summary.relations.items()
    ]
    known = [counts("by age", summary.ages), counts("by evidence", summary.bases), counts("by access", summary.access)]
    return section_of("Evidence of the price rows of nodes", Bullets(tuple(known)), Bullets(tuple(broken)))


def _n(number: object) -> str:
    return f"{number:,}" if isinstance(number, int) and number else "–"


def _holes_section(summary: CatalogSummary) -> Section:
    if not summary.holes:
        return section_of("Holes", "No holes.")
    blocks: list[Block] = [Bullets(tuple(_hole(hole) for hole in summary.holes))]
    return section_of("Holes", *blocks)


def _hole(hole: Hole) -> str:
    left = len(hole.names) - _NAMED
    shown = [*hole.names[:_NAMED], f"{left:,} more"] if left > 0 else list(hole.names)
    return f"{hole.what} ({len(hole.names):,}): {listed(shown)}"
