"""Writes the table of defaults into docs/ownership.md: what the catalog fills in, from the same code that fills it in.

`tests/unit/docs/test_ownership_page.py` checks that the table is fresh, and every sum of the worked example.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.own import Own
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.market.owned.figures import Figure
from planner.market.owned.servers import ServerDesk
from planner.market.owned.sites import SiteDesk

PAGE = Path(__file__).parent / "ownership.md"
BEGIN, END = "<!-- defaults -->\n", "<!-- /defaults -->\n"
ACCELERATOR = "h100-sxm-80gb"
ASKED = {
    "workloads": [{"name": "w", "kind": "training", "unit": "u", "demand_per_hour": 1}],
    "own": {
        "sites": [
            {"name": "colocation in the US", "kind": "colocation", "country": "US", "term_months": 36},
            {
                "name": "building in the US",
                "kind": "datacenter",
                "country": "US",
                "land_and_development_usd": 0,
                "module_mw": 1,
                "reuse_fraction": 0,
            },
        ],
        "servers": [{"accelerator": ACCELERATOR}],
    },
}


def defaults(catalog: Catalog) -> Iterator[tuple[str, Figure]]:
    """Every figure that a site and a server take from the catalog, by the thing that takes it."""
    scenario = Scenario.model_validate(ASKED)
    own = scenario.own
    assert isinstance(own, Own)
    for site in own.sites:
        yield from _of(site.name, SiteDesk(site, scenario, catalog).offer().figures)
    for server in own.servers:
        yield from _of(f"server, {server.label}", ServerDesk(server, own, catalog).figures)


def _of(thing: str, figures: Sequence[Figure]) -> Iterator[tuple[str, Figure]]:
    return ((thing, figure) for figure in figures if figure.basis != "scenario")


def table(catalog: Catalog) -> str:
    """The block between the markers."""
    rows = [
        f"| {thing} | `{figure.name}` | {figure.value:,.10g} {figure.unit} | {figure.basis} | {figure.as_of} |"
        f" {_plain(figure.source)} |"
        for thing, figure in defaults(catalog)
    ]
    head = "| of | figure | default | basis | as of | source |\n|---|---|---|---|---|---|"
    return f"{BEGIN}{head}\n" + "\n".join(rows) + f"\n{END}"


def _plain(source: str) -> str:
    """A source as one cell."""
    return source.replace("|", " ").replace("`", "'")


def page(text: str, catalog: Catalog) -> str:
    """The page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + table(catalog) + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), load_catalog(None)), encoding="utf-8")
