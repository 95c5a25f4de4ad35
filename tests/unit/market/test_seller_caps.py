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
    (cap,) = (cap for cap in market.caps if cap.name == "cap:aws:capacity_block")
    assert (cap.max_nodes, cap.counts, cap.assumed) == (256.0, "live", False)
    committed = [o for o in market.options if o.provider == "aws" and o.action == "commit" and not o.block_hours]
    assert committed
    assert not any("cap:aws:capacity_block" in o.groups for o in committed)


def limits_on(text: str, *overrides: str) -> dict[str, tuple[float | None, str, bool]]:
    """The limits that bind what is reserved of H100 for a term, by seller."""
    catalog = load_catalog()
    scenario = parse_scenario(text, "s.yaml", catalog=catalog, overrides=overrides)
    market = market_of(scenario, catalog, horizon_of(scenario))
    caps = {cap.name: cap for cap in market.caps}
    reserved = [
        o for o in market.options if o.action == "commit" and not o.block_hours and o.accelerator == "h100-sxm-80gb"
    ]
    assert {o.provider for o in reserved} >= {"aws", "together"}
    named = {(o.provider, caps[name]) for o in reserved for name in o.groups}
    return {provider: (cap.max_accelerators, cap.counts, cap.assumed) for provider, cap in named}


def test_what_a_hyperscaler_reserves_shares_the_assumed_cap_of_what_runs_on_demand() -> None:
    wide = TEXT.replace("[aws, lambda]", "[aws, together]")
    assert limits_on(wide) == {"aws": (256, "live", True)}
    assert limits_on(wide, "caps={aws: 4000}") == {}


def test_more_than_that_is_served_only_where_the_scenario_says_that_it_can_be_had() -> None:
    """400 accelerators all day from AWS alone, for three years: beyond what is assumed, however it is signed."""
    catalog = load_catalog()
    years = TEXT.replace("[aws, lambda]", "[aws]").replace("months: 6", "years: 3\nperiod: quarter")
    asked = years.replace("headcount: 1, accelerator_hours_per_head_per_month: 10", "headcount: 400, "
                          "accelerator_hours_per_head_per_month: 730, profile: flat")  # fmt: skip
    only = ("accelerators=[h100-sxm-80gb]", "contracts=[on_demand, commitment]", "max_term_months=36")
    beyond = answered(parse_scenario(asked, "s.yaml", catalog=catalog, overrides=only), gap=0.01, catalog=catalog)
    assert beyond.plan is None
    stated = parse_scenario(asked, "s.yaml", catalog=catalog, overrides=(*only, "caps={aws: 256}"))
    plan = answered(stated, gap=0.01, catalog=catalog).plan
    assert plan is not None
    assert plan.audit.agrees
    assert max(line.accelerators for line in plan.lines if line.action == "commit") >= 144


def test_what_nobody_limits_is_said() -> None:
    """Together reserves without a known limit; what AWS reserves has one that is assumed."""
    catalog = load_catalog()
    for seller, said in (("together", True), ("aws", False)):
        asked = TEXT.replace("[aws, lambda]", f"[{seller}]").replace("months: 6", "years: 3\nperiod: quarter")
        asked = asked.replace("per_month: 10", "per_month: 730, profile: flat").replace(
            "headcount: 1,", "headcount: 64,"
        )
        only = ("accelerators=[h100-sxm-80gb]", "contracts=[commitment]", "successors=[]")
        plan = answered(
            parse_scenario(asked, "s.yaml", catalog=catalog, overrides=only), gap=0.01, catalog=catalog
        ).plan
        assert plan is not None
        found = [line for line in plan.facts.assumptions if "no limit is known" in line]
        assert bool(found) == said
        assert all(seller in line for line in found)
