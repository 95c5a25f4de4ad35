"""`datasets/` → `Catalog`. A row without unit, source or date, or that says something impossible, is refused.

All mistakes of all files are reported together, each with file:line, column and remedy.
What every column means stands in `datasets/README.md`.
"""

from pathlib import Path

from planner.domain.inputs import Catalog
from planner.errors import CatalogError
from planner.inputs.catalog.files import by_id, read_rows, refusal
from planner.inputs.catalog.owning import ownership_of
from planner.inputs.catalog.places import announced_of, caps_of, ended_of, machine_types_of
from planner.inputs.catalog.prices import prices_of
from planner.inputs.catalog.tables import (
    accelerator,
    aliases_of,
    carbon_intensity,
    constant,
    countries_of,
    language_model,
    price_paths_of,
    profile,
    provider,
    provider_class,
    token_price,
    with_unit_work,
)


def load_catalog(directory: Path | None = None) -> Catalog:
    """Read the catalog in `directory` (default: the one that came with this installation), or refuse all of it."""
    root = directory or bundled_directory()
    if not root.is_dir():
        raise CatalogError(f"no catalog directory at `{root}`", help="name a directory laid out like `datasets/`")
    log: list[str] = []
    accelerators = by_id(read_rows(root, "accelerators.csv", log), accelerator)
    models = by_id(read_rows(root, "language_models.csv", log), language_model)
    models = with_unit_work(root, models, log)
    classes = by_id(read_rows(root, "provider_classes.csv", log), provider_class, key="class")
    providers = by_id(read_rows(root, "providers.csv", log), lambda row: provider(row, classes))
    countries = countries_of(root, providers, log)
    prices = tuple(prices_of(root, providers, accelerators, countries, log))
    machine_types, ended = machine_types_of(root, log), ended_of(root, log)
    caps = caps_of(root, set(providers), set(accelerators), log)
    aliases, hosted = aliases_of(root, accelerators, models, log)
    token_prices = by_id(read_rows(root, "hosted_apis.csv", log), lambda row: token_price(row, models, hosted))
    profiles = by_id(read_rows(root, "load_profiles.csv", log), profile)
    constants = by_id(read_rows(root, "sizing_constants.csv", log), constant, key="name")
    power = by_id(read_rows(root, "power.csv", log), constant, key="name")
    if root != bundled_directory():
        for name, found in (("sizing_constants.csv", constants), ("power.csv", power)):
            _none_missing(root, name, set(found), log)
    paths = price_paths_of(root, log)
    announced = announced_of(root, accelerators, paths, log)
    carbon = by_id(read_rows(root, "carbon_intensity.csv", log), lambda row: carbon_intensity(row, providers))
    ownership = ownership_of(root, accelerators, log)
    if log:
        raise refusal(log)
    return Catalog(
        accelerators=accelerators,
        language_models=models,
        providers=providers,
        prices=prices,
        token_prices=tuple(token_prices.values()),
        profiles=profiles,
        constants=constants,
        power=power,
        aliases=aliases,
        price_paths=paths,
        carbon_intensity=carbon,
        ownership=ownership,
        machine_types=machine_types,
        ended=ended,
        caps=caps,
        announced=announced,
    )


def _none_missing(root: Path, name: str, found: set[str], log: list[str]) -> None:
    """Every constant of the bundled table that a formula needs stands in another catalog too: a default would pass for data."""
    known: list[str] = []
    needed = {row.cells["name"] for row in read_rows(bundled_directory(), name, known)}
    log += [
        f"{root.name}/{name}:1: the constant `{constant}` is missing; copy its row from the bundled catalog"
        for constant in sorted(needed - found)
        if "." not in constant
    ]


def bundled_directory() -> Path:
    """`planner/_datasets` of an installed wheel, else `datasets/` of the checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "_datasets"
    return installed if installed.is_dir() else package.parent / "datasets"
