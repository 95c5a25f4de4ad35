"""How much can be had under contracts: as a seller states it, as a scenario does, and what is told where nobody says."""

from collections import defaultdict

import pytest
from planning import EMPTY, a_scenario, an_offer, answered, commitment, months, on_demand, online, planned

from planner.analysis.infeasible import diagnose
from planner.audit import audit
from planner.domain.inputs import Catalog
from planner.domain.records import Plan
from planner.inputs.catalog import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.market import market_of
from planner.pipeline import Question, horizon_of, prepare
from planner.solver import Watch

TEXT = """
start: 2027-01
months: 6
clouds: [aws, lambda]
quotes: []
workloads: [{name: dev, kind: development, headcount: 1, accelerator_hours_per_head_per_month: 10,
             reference_accelerator: h100-sxm-80gb, min_accelerator_memory_gb: 80}]
"""


def test_blocks_of_a_seller_share_its_cap() -> None:
    catalog = load_catalog()
    scenario = parse_scenario(TEXT, "s.yaml", catalog=catalog)
    market = market_of(scenario, catalog, horizon_of(scenario))
    blocks = {o.id: o for o in market.options if o.block_hours}
    aws = [o for o in blocks.values() if o.provider == "aws"]
    assert len({o.region for o in aws}) > 3
    assert all(o.groups == ("cap:aws:capacity_block",) for o in aws)
    assert all(
        o.groups == (f"cap:{o.provider}:{o.accelerator}:reserved",) for o in blocks.values() if o.provider != "aws"
    )
    cap = market.caps["cap:aws:capacity_block"]
    assert (cap.max_nodes, cap.counts, cap.assumed) == (256.0, "live", False)
    committed = [o for o in market.options if o.provider == "aws" and o.action == "commit" and not o.block_hours]
    assert committed
    assert not any("cap:aws:capacity_block" in o.groups for o in committed)


def test_what_no_seller_states_is_said() -> None:
    """No source says how much can be reserved for a term, whoever sells it; far below what anybody ever sold no row is written."""
    catalog = load_catalog()
    for seller in ("together", "aws"):
        asked = TEXT.replace("[aws, lambda]", f"[{seller}]").replace("months: 6", "years: 3\nperiod: quarter")
        asked = asked.replace("per_month: 10", "per_month: 730, profile: flat").replace(
            "headcount: 1,", "headcount: 400,"
        )
        only = ("accelerators=[h100-sxm-80gb]", "contracts=[commitment]", "successors=[]")
        plan = answered(
            parse_scenario(asked, "s.yaml", catalog=catalog, overrides=only), gap=0.01, catalog=catalog
        ).plan
        assert plan is not None, seller
        found = [line for line in plan.facts.assumptions if "no limit is stated" in line]
        assert found
        assert all(seller in line for line in found)


def asked(catalog: Catalog, heads: int, *settings: str) -> Question:
    """Developers who keep an H100 each busy all day for three years."""
    text = TEXT.replace("[aws, lambda]", "[together, qubrid]").replace("months: 6", "years: 3\nperiod: quarter")
    text = text.replace("per_month: 10", "per_month: 730, profile: flat").replace(
        "headcount: 1,", f"headcount: {heads},"
    )
    only = ("accelerators=[h100-sxm-80gb]", "contracts=[commitment]", "successors=[]", *settings)
    return prepare(parse_scenario(text, "s.yaml", catalog=catalog, overrides=only), catalog)


def most_reserved(plan: Plan) -> dict[str, float]:
    """By provider: accelerators in service at once under contracts."""
    found: dict[str, float] = {}
    for line in plan.lines:
        there = [
            x for x in plan.lines if x.provider == line.provider and x.start_index <= line.start_index < x.end_index
        ]
        found[line.provider] = max(found.get(line.provider, 0.0), sum(x.accelerators for x in there))
    return found


def test_what_one_seller_is_unlikely_to_have_is_told() -> None:
    """700 accelerators: 512 are assumed of a neocloud, and nobody knows."""
    catalog = load_catalog()
    question = asked(catalog, 700)
    assert catalog.providers["together"].on_demand_cap_accelerators * 8 == 512
    assert "cap:together:h100-sxm-80gb:reserved" not in {cap.name for cap in question.parameters.caps}
    plan = answered(question.scenario, gap=0.01, catalog=catalog).plan
    assert plan is not None
    assert max(most_reserved(plan).values()) > 512
    said = [line for line in plan.facts.assumptions if "`reserved_caps`" in line]
    assert "more than 512 accelerators of a type" in " ".join(said)


def test_no_more_is_signed_than_a_seller_or_its_class_is_known_to_have_sold() -> None:
    """50,000 accelerators: Together is known for 36,000 of one type, of Qubrid only its class is known, with 24,000."""
    catalog = load_catalog()
    known = {(cap.provider, cap.contract, cap.accelerator): cap.max_accelerators for cap in catalog.caps}
    assert known["together", "reserved", None] == 36_000
    assert catalog.providers["qubrid"].reserved_cap_accelerators == 24_000
    plan = answered(asked(catalog, 50_000).scenario, gap=0.01, catalog=catalog).plan
    assert plan is not None
    assert plan.audit.agrees
    most = most_reserved(plan)
    assert most["together"] <= 36_000
    assert most["qubrid"] <= 24_000
    assert {cap.name for cap in plan.inputs.caps if cap.assumed} == {
        "cap:together:h100-sxm-80gb:reserved",
        "cap:qubrid:h100-sxm-80gb:reserved",
    }
    said = "; ".join(plan.facts.assumptions)
    assert "at most 24,000 h100-sxm-80gb at once reserved from qubrid (the most that it or its class is known" in said
    assert "cap:qubrid:h100-sxm-80gb:reserved" in {limit.key for limit in plan.binding}


def test_a_way_out_raises_every_assumed_cap_where_one_is_not_enough() -> None:
    """100,000 accelerators, half of them at the most from each of two sellers."""
    catalog = load_catalog()
    scenario = asked(catalog, 100_000, "max_share_per_provider=0.5").scenario
    told = answered(scenario, gap=0.01, catalog=catalog)
    assert told.stop == "infeasible"
    assert {cause.family for cause in told.causes} == {"market"}
    found = {repair.change: repair for repair in diagnose(scenario, catalog, told.causes, Watch()).repairs}
    together = found["raise `reserved_caps.*`"]
    assert together.by == "from 1 times what is assumed to 3 times what is assumed"
    assert together.set == {
        "reserved_caps.together.h100-sxm-80gb": 108_000,
        "reserved_caps.qubrid.h100-sxm-80gb": 72_000,
    }


def test_what_a_seller_says_is_stated_and_holds() -> None:
    catalog = load_catalog()
    question = asked(catalog, 700, "reserved_caps={together: 1024, qubrid: {h100-sxm-80gb: 64}}")
    plan = answered(question.scenario, gap=0.01, catalog=catalog).plan
    assert plan is not None
    assert plan.audit.agrees
    assert most_reserved(plan)["together"] > 512
    assert most_reserved(plan).get("qubrid", 0.0) <= 64


def reserving(seller_has: int | None, most: int, **fields: object) -> Question:
    """Three kinds of nodes of one provider under contract, by an offer of one's own each."""
    offers = [
        an_offer(
            f"o{n}", {"chat": 10}, commitment(1.0 + n, 2), accelerator="chip", accelerators_per_node=4, provider="north"
        )
        for n in range(3)
    ]
    offers.append(an_offer("dear", {"chat": 10}, on_demand(9.0), provider="south"))
    caps = {} if seller_has is None else {"reserved_caps": {"north": {"chip": seller_has}}}
    return prepare(
        a_scenario(periods=months(2), workloads=[online("chat", most)], offers=offers, **caps, **fields), EMPTY
    )


def test_a_stated_cap_counts_every_contract_of_the_provider_in_service() -> None:
    """Five nodes are needed; the seller has 13 accelerators, which are three nodes of four."""
    free, capped = (planned(reserving(n, 50).scenario) for n in (None, 13))
    nodes = defaultdict[str, float](float)
    for line in capped.lines:
        nodes[line.provider] += line.nodes * (1 if line.action == "commit" else 0)
    assert nodes["north"] == 3
    assert {line.provider for line in free.lines} == {"north"}
    assert capped.npv_usd == pytest.approx(3 * 2 * 730 + 2 * 2 * 730 * 9)
    assert capped.audit.agrees


def test_the_audit_finds_more_in_service_than_a_provider_has() -> None:
    plan = planned(reserving(13, 50).scenario)
    fewer = plan.scenario.model_copy(
        update={"resolved": plan.scenario.resolved | {"reserved_caps": {"north": {"chip": 8}}}}
    )
    rules = {rule for rule, *_ in audit(plan.model_copy(update={"scenario": fewer})).discrepancies}
    assert "cap-stated" in rules
