"""Choosing rows of the catalog by what the user named."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from planner.cli.output import UsageError
from planner.cli.suggesting import closed, like
from planner.domain.inputs import Catalog, InstancePrice, TokenPrice, earliest_day
from planner.errors import did_you_mean
from planner.report.catalog import Price, Subject


class Filter(NamedTuple):
    """What must hold of a row; empty means anything."""

    accelerators: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    kind: str | None = None
    max_price: float | None = None


def select(catalog: Catalog, wanted: Filter, order: str | None) -> list[Price]:
    """The rows that pass, nodes before hosted models, each in the order asked for."""
    wanted = known(catalog, wanted)
    nodes: list[Price] = [row for row in catalog.prices if _node_passes(row, wanted)]
    tokens: list[Price] = [row for row in catalog.token_prices if _tokens_pass(row, wanted)]
    if order is not None:
        nodes.sort(key=_ORDERS[order])
        tokens.sort(key=_ORDERS[order])
    return nodes + tokens


def price_of(row: Price) -> float:
    """USD per accelerator-hour of a node; USD per Mtok of output of a hosted model."""
    return row.price_usd_per_hour / row.count if isinstance(row, InstancePrice) else row.usd_per_mtok_output


_ORDERS: dict[str, Callable[[Price], tuple[object, ...]]] = {
    "price": lambda row: (price_of(row), row.id),
    "accelerator": lambda row: (_thing(row), price_of(row), row.id),
    "age": lambda row: (-int(earliest_day(row.checked_on).replace("-", "")), price_of(row), row.id),
    "provider": lambda row: (row.provider, _thing(row), price_of(row), row.id),
}


def _thing(row: Price) -> str:
    return row.accelerator if isinstance(row, InstancePrice) else row.language_model or row.model


def known(catalog: Catalog, wanted: Filter) -> Filter:
    """The filter with every name replaced by its id; an unknown one is refused."""
    sellers = {row.provider for row in catalog.prices} | {row.provider for row in catalog.token_prices}
    return wanted._replace(
        accelerators=tuple(accelerator_id(catalog, name) for name in wanted.accelerators),
        models=tuple(model_id(catalog, name) for name in wanted.models),
        providers=_checked("provider", wanted.providers, sellers | set(catalog.providers)),
        regions=_checked("region", wanted.regions, {row.region for row in catalog.prices}),
        countries=_checked("country", wanted.countries, {row.country for row in catalog.prices}),
    )


def accelerator_id(catalog: Catalog, name: str) -> str:
    known = set(catalog.accelerators) | {row.accelerator for row in catalog.prices}
    return _id(catalog, "accelerator", name, known)


def model_id(catalog: Catalog, name: str) -> str:
    known = set(catalog.language_models) | {r.language_model for r in catalog.token_prices if r.language_model}
    return _id(catalog, "language model", name, known)


def _id(catalog: Catalog, what: str, name: str, known: set[str]) -> str:
    target = name if name in known else catalog.aliases.get(name.lower(), name.lower())
    if target not in known:
        aliases = {alias for alias, id_ in catalog.aliases.items() if id_ in known}
        owned = closed(catalog, name) if what == "language model" else None
        raise UsageError(f"unknown {what} `{name[:80]}`", help=owned or _guess(name, known, aliases))
    return target


def _checked(what: str, names: tuple[str, ...], known: set[str]) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise UsageError(f"unknown {what} `{name[:80]}`", help=_guess(name, known, set()))
    return names


def _guess(name: str, known: set[str], aliases: set[str]) -> str:
    return like(name, known) or like(name, aliases) or "`planner catalog list` names what there is"


def _node_passes(row: InstancePrice, wanted: Filter) -> bool:
    return (
        wanted.kind != "hosted"
        and not wanted.models
        and _among(row.accelerator, wanted.accelerators)
        and _among(row.provider, wanted.providers)
        and _among(row.region, wanted.regions)
        and _among(row.country, wanted.countries)
        and _among(row.contract, wanted.contracts)
        and (wanted.max_price is None or price_of(row) <= wanted.max_price)
    )


def _tokens_pass(row: TokenPrice, wanted: Filter) -> bool:
    about_nodes = wanted.kind == "instance" or wanted.accelerators or wanted.regions or wanted.countries
    return (
        not about_nodes
        and _among(row.language_model, wanted.models)
        and _among(row.provider, wanted.providers)
        and _among("hosted_api", wanted.contracts)
        and (wanted.max_price is None or price_of(row) <= wanted.max_price)
    )


def _among(value: str, allowed: Iterable[str]) -> bool:
    allowed = tuple(allowed)
    return not allowed or value in allowed


def find(catalog: Catalog, name: str) -> tuple[Subject, list[Price]]:
    """What an id or name means, and the prices that name it."""
    rows: list[Price] = [*catalog.prices, *catalog.token_prices]
    by_row = {row.id: row for row in rows}
    if name in by_row:
        return by_row[name], []
    target = catalog.aliases.get(name.lower(), name)
    for id_ in dict.fromkeys((name, target, name.lower())):
        if id_ in catalog.accelerators:
            return catalog.accelerators[id_], [r for r in catalog.prices if r.accelerator == id_]
        if id_ in catalog.language_models:
            return catalog.language_models[id_], [r for r in catalog.token_prices if r.language_model == id_]
        if id_ in catalog.providers:
            return catalog.providers[id_], [row for row in rows if row.provider == id_]
    nouns = {*catalog.accelerators, *catalog.language_models, *catalog.providers}
    remedy = did_you_mean(name, nouns) or did_you_mean(name, set(catalog.aliases)) or did_you_mean(name, set(by_row))
    raise UsageError(f"nothing in the catalog is called `{name[:80]}`", help=remedy)
