"""What `planner init` writes is valid, and stays so with everything uncommented that it offers."""

import re
from pathlib import Path

import pytest

from planner.cli.commands.starting import template_text, templates
from planner.domain.inputs.catalog import Catalog
from planner.domain.scenario.scenario import Scenario
from planner.inputs.catalog.load import load_catalog
from planner.inputs.scenario_file import parse_scenario

OFFERED = re.compile(r"^( *)# (?=(- | +)?[a-z_]+: )", re.MULTILINE)
"""Before a key that is commented out."""


@pytest.fixture(scope="module")
def bundled() -> Catalog:
    return load_catalog(None)


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_is_valid_as_it_stands(name: str, bundled: Catalog) -> None:
    assert parse_scenario(template_text(name), f"{name}.yaml", folder=Path(), catalog=bundled).workloads


def test_the_first_template_offers_what_else_can_be_asked(bundled: Catalog) -> None:
    text = template_text("startup")
    plain = parse_scenario(text, "startup.yaml", catalog=bundled)
    assert OFFERED.search(text.partition("workloads:")[0]) is None  # nothing to uncomment among what everybody reads
    full = parse_scenario(OFFERED.sub(r"\1", text), "startup.yaml", catalog=bundled)
    assert [w.name for w in full.workloads] == [*(w.name for w in plain.workloads), "next-base-model"]
    asked = {name for name in Scenario.model_fields if getattr(full, name) != getattr(plain, name)}
    assert asked == {
        "workloads", "availability", "standing_reserve", "max_share_per_provider", "price_changes", "lead_times",
        "credits", "cash", "carbon", "held", "spend_agreements",
    }  # fmt: skip
    first = full.workloads[0].model_dump()
    assert all(first[key] for key in ("spike", "fallback", "residency", "end"))


@pytest.mark.parametrize("name", ["lab", "datacenter"])
def test_what_the_owning_templates_offer_is_valid(name: str, bundled: Catalog) -> None:
    text = OFFERED.sub(r"\1", template_text(name))
    full, plain = (parse_scenario(t, f"{name}.yaml", catalog=bundled) for t in (text, template_text(name)))
    assert full.own is not None
    assert full.own != plain.own
    assert full.budget_per_year_usd
