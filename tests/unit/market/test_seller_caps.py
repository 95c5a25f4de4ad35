"""What a seller states as its most binds the catalog's rows of that contract, over all places, and nothing else."""

from planning import answered

from planner.inputs.catalog import load_catalog
from planner.inputs.scenario_file import parse_scenario
from planner.market import market_of
from planner.pipeline import horizon_of

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
    assert all(not o.groups for o in blocks.values() if o.provider != "aws")
    cap = market.caps["cap:aws:capacity_block"]
    assert (cap.max_nodes, cap.counts, cap.assumed) == (256.0, "live", False)
    committed = [o for o in market.options if o.provider == "aws" and o.action == "commit" and not o.block_hours]
    assert committed
    assert not any("cap:aws:capacity_block" in o.groups for o in committed)


def test_what_nobody_limits_is_said() -> None:
    """No source says how much can be reserved for a term, whoever sells it."""
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
        found = [line for line in plan.facts.assumptions if "no limit is known" in line]
        assert found
        assert all(seller in line for line in found)
