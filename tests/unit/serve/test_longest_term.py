"""A shorter longest term closes contracts of the market that is there: the same question as of a market prepared anew."""

from pathlib import Path

import pytest
from planning import a_scenario, an_offer, commitment, flexible, months, on_demand, online
from rival_worlds import CATALOG
from term_worlds import draw_terms

from planner.analysis import market_facts, wider_of, within_term
from planner.domain.inputs import Catalog
from planner.domain.scenario import Scenario
from planner.inputs import load_scenario
from planner.inputs.catalog import load_catalog
from planner.pipeline import prepare
from planner.serve import live as serving
from planner.serve.live import Ask, Live, Start

EXAMPLES = Path(__file__).parents[3] / "examples"
TERMS = (1.0, 6.0, 12.0, 24.0, 36.0)


def at_term(scenario: Scenario, months: float | None) -> Scenario:
    return scenario.model_copy(update={"max_term_months": months})


def agrees_at_every_term(scenario: Scenario, catalog: Catalog) -> set[int]:
    """How many options each term leaves."""
    wide = prepare(at_term(scenario, None), catalog)
    left = {len(wide.market.options)}
    for term in TERMS:
        anew = prepare(at_term(scenario, term), catalog)
        part = within_term(at_term(scenario, term), wide, catalog)
        assert part.market.options == anew.market.options
        assert part.screened.fits == anew.screened.fits
        assert part.assembled == anew.assembled
        left.add(len(part.market.options))
    return left


@pytest.mark.parametrize("seed", range(60))
def test_a_part_of_the_market_is_the_market_of_a_shorter_term(seed: int) -> None:
    agrees_at_every_term(draw_terms(seed, periods=3), CATALOG)


@pytest.mark.parametrize(
    "example",
    [
        "startup",
        *(pytest.param(name, marks=pytest.mark.exhaustive) for name in ("scaleup", "frontier_lab", "inference_api")),
    ],
)
def test_a_part_of_the_catalog_is_the_market_of_a_shorter_term(example: str) -> None:
    catalog = load_catalog(None)
    scenario = load_scenario(EXAMPLES / f"{example}.yaml", catalog=catalog).scenario
    assert len(agrees_at_every_term(scenario, catalog)) > 2, "terms close something"


def test_what_is_held_or_fixed_stays_as_in_a_market_prepared_anew() -> None:
    """What is signed already is there whatever its term; what is fixed for too long is not."""
    scenario = a_scenario(
        periods=months(36),
        workloads=[online("w", 4.0), flexible("f", 2.0)],
        offers=[
            an_offer("a", {"w": 2, "f": 2}, on_demand(3), commitment(2, 12), commitment(1.5, 24)),
            an_offer("b", {"w": 2}, {**commitment(1.9, 24), "exact_nodes": 1}),
        ],
        held=[
            {"name": "old", "nodes": 1, "usd_per_hour": 1, "provider": "acme", "throughput": {"w": 2}, "periods": 30}
        ],
    )
    assert agrees_at_every_term(scenario, Catalog()) == {2, 3, 5}


def test_a_longer_term_is_prepared_anew() -> None:
    scenario = draw_terms(0)
    known = {market_facts(one): prepare(one, CATALOG) for one in (at_term(scenario, 12.0),)}
    assert wider_of(at_term(scenario, 6.0), known) is not None
    assert wider_of(at_term(scenario, 24.0), known) is None
    assert wider_of(at_term(scenario, None), known) is None
    other = "pooled" if scenario.replicas == "whole" else "whole"
    assert wider_of(at_term(scenario, 6.0).model_copy(update={"replicas": other}), known) is None


@pytest.mark.exhaustive
@pytest.mark.parametrize("term", ["12", "24"])
def test_a_first_answer_is_that_of_a_market_prepared_anew(
    term: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a term that is shorter, and of one that is longer; the answer after it is of a market of its own: it says which
    contracts are too long."""
    text = """name: Terms
catalog: none
max_term_months: 18
start: 2027-01
years: 3
workloads:
  - {name: chat, kind: inference, unit: image, demand_per_hour: 90, growth_per_year: 50%, profile: business_hours}
offers:
""" + "".join(
        f"""  - name: n{i}
    provider: p{i % 2}
    throughput: {{chat: {3 + i / 4}}}
    contracts:
      - {{kind: on_demand, usd_per_hour: {5 + i / 2}}}
      - {{kind: commitment, term_months: 12, usd_per_hour: {3.4 + i / 2}}}
      - {{kind: commitment, term_months: 36, usd_per_hour: {2.6 + i / 2}}}
"""
        for i in range(4)
    )
    monkeypatch.setattr(serving, "size_of", lambda _: serving.SMALL)
    found = []
    for anew in (False, True):
        live = Live(Start(text, "s.yaml", tmp_path))
        for gap in (0.02, None):
            live.answer(Ask(0, (), gap, 60.0))
        if anew:
            monkeypatch.setattr(serving, "wider_of", lambda *_: None)
        settings = (("max_term_months", term),)
        first = live.answer(Ask(1, settings, 0.02, 60.0, first=True))
        assert first.among is not None
        assert first.plan is not None
        assert live.part is not anew, "prepared anew only for what comes after it"
        last = live.answer(Ask(1, settings, 0.02, 60.0))
        assert last.plan is not None
        found.append((first.plan.npv_usd, first.plan.lines, last.plan.npv_usd, last.plan.rejection_counts))
        assert "term" in str(last.plan.rejection_counts)
    assert found[0] == found[1]
