"""Relations between the rows of a catalog: each rule finds what it is for, and nothing in what ships."""

import random
from typing import Any

import pytest

from planner.domain.inputs.catalog import Catalog, Ended, InstancePrice, Provider, TokenPrice
from planner.inputs.catalog.load import load_catalog
from planner.inputs.catalog.relations import RULES, contradictions

TODAY = "2026-11-29"


def seller(name: str, kind: str = "neocloud") -> Provider:
    return Provider(name, name, kind, False, 0, 64, 32, 512, 0.175, "assumed", "us", "2026-11")  # type: ignore[arg-type]


def a_price(**cells: Any) -> InstancePrice:
    usual = {
        "id": "row", "provider": "acme", "region": "north", "country": "DE", "instance": "node", "accelerator": "chip",
        "count": 8, "contract": "on_demand", "plan": "on demand", "term_months": 0.0, "upfront_fraction": 0.0, "min_nodes": 1,
        "price_usd_per_hour": 32.0, "interruptions_per_month": 0.0, "basis": "listed", "source": "list",
        "checked_on": "2026-10-10", "note": "",
    }  # fmt: skip
    return InstancePrice(**{**usual, **cells})


def market(*prices: InstancePrice, **fields: Any) -> Catalog:
    names = {price.provider for price in prices}
    return Catalog(providers={name: seller(name) for name in names}, prices=prices, **fields)


def broken(catalog: Catalog) -> list[tuple[str, str]]:
    return [(found.rule, found.row) for found in contradictions(catalog, TODAY) if not found.accepted]


def test_nothing_that_ships_contradicts_anything_else() -> None:
    catalog = load_catalog()
    found = contradictions(catalog, catalog.newest_price_on)
    assert [contradiction for contradiction in found if not contradiction.accepted] == []


@pytest.mark.parametrize("seed", range(20))
def test_a_term_or_a_risk_is_never_dearer_than_none(seed: int) -> None:
    r = random.Random(seed)
    base = round(r.uniform(1, 90), 2)
    usd = round(base * r.choice([0.3, 0.9, 0.99, 1.0, 1.005, 1.02, 1.5]), 4)
    contract = r.choice(["spot", "commitment"])
    rows = (
        a_price(price_usd_per_hour=base),
        a_price(id="other", contract=contract, term_months=12.0 * (contract == "commitment"), price_usd_per_hour=usd),
    )
    wrong = usd >= base if contract == "spot" else usd > base * 1.01
    assert broken(market(*rows)) == ([("committed or spot above on demand", "other")] if wrong else [])


@pytest.mark.parametrize("factor", [0.2, 0.24, 0.26, 1, 3.9, 4.1, 9])
def test_a_price_far_off_the_market_is_found(factor: float) -> None:
    rows = [a_price(id=name, provider=name) for name in ("a", "b", "c", "d")]
    odd = a_price(id="odd", provider="e", price_usd_per_hour=32 * factor)
    far = [("far off the market", "odd")] if not 0.25 <= factor <= 4 else []
    assert broken(market(*rows, odd)) == far
    looked_at = odd._replace(note="accepted: read on the seller's page by hand")
    assert broken(market(*rows, looked_at)) == []


def test_two_sellers_make_no_market() -> None:
    assert broken(market(a_price(), a_price(id="odd", provider="b", price_usd_per_hour=1.0))) == []


@pytest.mark.parametrize(
    ("sold", "region", "contract", "fine"),
    [
        ({"on_demand": frozenset({"north"})}, "north", "on_demand", True),
        ({"on_demand": frozenset({"north"})}, "south", "on_demand", False),
        ({"on_demand": frozenset({"north"})}, "north", "spot", True),
        ({"on_demand": frozenset({"north"}), "spot": frozenset({"south"})}, "north", "spot", False),
        ({"spot": frozenset({"north"})}, "north", "on_demand", False),
        ({"commitment": frozenset({"north"})}, "north", "on_demand", True),
        ({"waitlist": frozenset({"north"})}, "north", "commitment", True),
        ({"on_demand": frozenset({"north"})}, "all", "on_demand", True),
        ({"on_demand": frozenset({"all"})}, "south", "on_demand", True),
    ],
)
def test_a_machine_type_has_its_places(sold: dict[str, frozenset[str]], region: str, contract: str, fine: bool) -> None:
    row = a_price(region=region, contract=contract, term_months=12.0 * (contract == "commitment"))
    found = broken(market(row, machine_types={("acme", "node"): sold}))
    assert found == ([] if fine else [("not sold there", "row")])


def test_what_ended_is_found_from_its_day_on() -> None:
    def gone(kind: str, day: str) -> tuple[Ended, ...]:
        return (Ended(kind, "acme", "price list", day, "news", "2026-10"),)

    assert broken(market(a_price(), ended=gone("price_list", "2026-10-05"))) == [("ended", "row")]
    assert broken(market(a_price(), ended=gone("seller", "2026-12"))) == []
    tokens = TokenPrice("acme:m", "acme", "m", "", 1.0, 1.0, 0.0, 0, "2026-11-01", "list", "2026-10")
    assert broken(market(token_prices=(tokens,))) == [("ended", "acme:m")]
    later = (tokens._replace(withdrawn_on="2027-01"),)
    assert broken(market(token_prices=later)) == []
    assert broken(market(token_prices=later, ended=gone("hosted_seller", "2026-08"))) == [("ended", "acme:m")]


@pytest.mark.parametrize("regions", [5, 6])
def test_one_price_in_many_regions_says_nothing_of_places(regions: int) -> None:
    rows = [a_price(id=f"r{i}", region=f"r{i}") for i in range(regions)]
    assert len(broken(market(*rows))) == (regions if regions > 5 else 0)
    there = {("acme", "node"): {"on_demand": frozenset(row.region for row in rows)}}
    assert broken(market(*rows, machine_types=there)) == []


def test_an_older_cheaper_price_beside_a_newer_one_is_found() -> None:
    old = a_price(id="old", instance="hgx", price_usd_per_hour=20.0, checked_on="2026-05-01")
    assert broken(market(a_price(), old)) == [("older and cheaper beside newer", "old")]
    assert broken(market(a_price(), old._replace(price_usd_per_hour=40.0))) == []
    assert broken(market(a_price(), old._replace(checked_on="2026-09-20"))) == []


def test_ages() -> None:
    assert broken(market(a_price(checked_on="2024-10"))) == [("too old", "row")]
    assert broken(market(a_price(contract="spot", checked_on="2026"))) == [("too old", "row")]


def test_every_rule_is_tried_here() -> None:
    assert len(RULES) == 7
