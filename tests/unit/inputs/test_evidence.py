"""Rules of evidence: which of several observations of a price holds. The rows are drawn; the rules are those of the curation."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
Row = dict[str, str]
DATES = ["2025-11", "2026", "2026-03-01", "2026-07", "2026-10-10"]


@pytest.fixture(scope="module")
def evidence() -> Iterator[ModuleType]:
    sys.path.insert(0, str(DATASETS))
    import curate_evidence

    yield curate_evidence
    sys.path.remove(str(DATASETS))


def a_row(**cells: str) -> Row:
    usual = {
        "provider": "nebius", "region": "all", "instance": "node", "accelerator": "h100-sxm-80gb", "count": "8",
        "contract": "on_demand", "plan": "on demand", "term_months": "", "upfront_fraction": "", "min_nodes": "1",
        "price_usd_per_hour": "32", "access": "open", "basis": "listed", "source": "list", "checked_on": "2026-10-10",
        "note": "", "file": "offers.csv",
    }  # fmt: skip
    return {**usual, **cells}


def settled(module: ModuleType, *rows: Row, availability: tuple[Row, ...] = ()) -> "tuple[list[Row], list[Row]]":
    found = module.settle([dict(row) for row in rows], list(availability), {"h100-sxm-80gb"}, "2026-11-09")
    return found.rows, found.out


def seen(where: str, how: str = "on_demand", provider: str = "gcp", instance: str = "node") -> Row:
    return {"provider": provider, "instance_type": instance, "region": where, "available_as": how}


@given(st.lists(st.tuples(st.sampled_from(DATES), st.integers(20, 60)), min_size=1, max_size=6))
def test_of_one_contract_the_newest_observation_holds(observed: list[tuple[str, int]]) -> None:
    sys.path.insert(0, str(DATASETS))
    import curate_evidence as module

    rows = [a_row(provider="aws", region="r", checked_on=day, price_usd_per_hour=str(usd)) for day, usd in observed]
    kept, out = settled(module, *rows)
    newest = max(module.day(day) for day, _ in observed)
    assert len(kept) == 1
    assert module.day(kept[0]["checked_on"]) == newest
    assert len(kept) + len(out) == len(rows)
    assert {row["reason"] for row in out} <= {"a newer observation of the same contract"}


def test_a_sellers_newest_list_binds_its_older_rows(evidence: ModuleType) -> None:
    per_chip = a_row(instance="H100", count="1", price_usd_per_hour="4.5")
    named = a_row(region="eu-north1", instance="8gpu", price_usd_per_hour="23.6", checked_on="2025-11")
    kept, out = settled(evidence, named, per_chip)
    prices = {(row["instance"], row["region"]): (row["price_usd_per_hour"], row["checked_on"]) for row in kept}
    assert prices["8gpu", "eu-north1"] == ("36", "2026-10-10")  # eight times the newest price per accelerator
    assert [(row["price_usd_per_hour"], row["reason"][:8]) for row in out] == [("23.6", "repriced")]

    other = [row | {"provider": "lambda"} for row in (named, per_chip)]  # a seller whose nodes have prices of their own
    kept, out = settled(evidence, *other)
    assert [row["instance"] for row in kept] == ["H100"]
    assert out[0]["reason"] == "contradicted by a newer price of the same seller"


def test_an_older_row_that_says_the_same_holds_as_of_the_newest_list(evidence: ModuleType) -> None:
    kept, out = settled(
        evidence,
        a_row(region="eu-north1", instance="8gpu", price_usd_per_hour="36", checked_on="2025-11"),
        a_row(instance="H100", count="1", price_usd_per_hour="4.5"),
    )
    assert {row["checked_on"] for row in kept} == {"2026-10-10"}
    assert not out


def test_an_estimate_never_takes_the_place_of_a_price(evidence: ModuleType) -> None:
    listed = a_row(provider="oci", region="r", checked_on="2026-03-01")
    kept, out = settled(evidence, listed, a_row(provider="oci", region="r", basis="estimated", price_usd_per_hour="30"))
    assert [row["basis"] for row in kept] == ["listed"]
    assert [row["basis"] for row in out] == ["estimated"]


def test_a_machine_is_sold_only_where_it_is_known_to_be(evidence: ModuleType) -> None:
    rows = [a_row(provider="gcp", region=region) for region in ("us-central1", "us-west1", "asia-south1")]
    there = (seen("us-central1-a"), seen("us-west1-b", "commitment"), seen("us-east1-c", "spot"))
    kept, out = settled(evidence, *rows, availability=there)
    assert {row["region"]: row["access"] for row in kept} == {"us-central1": "open", "us-west1": "reservation"}
    assert [(row["region"], row["reason"]) for row in out] == [("asia-south1", "no such machine type in this region")]


def test_a_list_for_everywhere_is_placed_where_the_type_is(evidence: ModuleType) -> None:
    there = tuple(seen(region, provider="nebius") for region in ("eu-north1", "us-central1"))
    kept, _ = settled(evidence, a_row(), availability=there)
    assert [row["region"] for row in kept] == ["eu-north1", "us-central1"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"contract": "spot", "plan": "spot", "price_usd_per_hour": "32"}, "spot at or above on demand"),
        ({"contract": "spot", "plan": "spot", "price_usd_per_hour": "9", "checked_on": "2026"}, "a spot price of an unknown day"),
        (
            {
                "contract": "commitment", "plan": "reserved", "term_months": "12", "upfront_fraction": "0",
                "price_usd_per_hour": "33",
            },
            "committed above on demand",
        ),
        ({"accelerator": "h900"}, "accelerator not in accelerators.csv"),
        ({"provider": "fluidstack"}, "the seller or its price list ended"),
        ({"checked_on": "2024"}, "older than two years"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_believed_is_out_with_its_reason(evidence: ModuleType, cells: Row, reason: str) -> None:
    kept, out = settled(
        evidence, a_row(provider="azure", region="r"), a_row(**{"provider": "azure", "region": "r", **cells})
    )
    assert len(kept) == 1
    assert [row["reason"] for row in out] == [reason]


def test_more_upfront_for_no_less_is_out(evidence: ModuleType) -> None:
    """All upfront at the price of nothing upfront, read wrong; the cheaper one with a half upfront stays."""
    year = {"contract": "commitment", "plan": "plan", "term_months": "12"}
    rows = [
        a_row(**year, upfront_fraction=u, price_usd_per_hour=p) for u, p in (("0", "30"), ("0.5", "28"), ("1", "30.01"))
    ]
    kept, out = settled(evidence, a_row(), *rows)
    assert sorted(row["upfront_fraction"] for row in kept) == ["", "0", "0.5"]
    assert [(row["upfront_fraction"], row["reason"]) for row in out] == [("1", "more upfront for no less")]


def test_least_quantities_hold_for_the_contract_that_has_them(evidence: ModuleType) -> None:
    chip = {"provider": "together", "accelerator": "b200-sxm-180gb"}
    rows = [{**a_row(**chip, contract=how)} for how in ("on_demand", "commitment")]
    found = evidence.Evidence(rows)
    evidence.how_to_be_had(found)
    assert {row["contract"]: row["min_nodes"] for row in found.rows} == {"on_demand": "1", "commitment": "32"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ("listed", "1", "4")),
        ({"notes": "GPU rate only; CPU, memory and disk billed separately"}, ("estimated", "1", "4")),
        ({"notes": "minimum VM about 1.25"}, ("estimated", "1", "4")),
        ({"provider": "together", "instance_type": "GPU cluster HGX H100 (per GPU)"}, ("listed", "8", "32")),
    ],
)
def test_a_price_is_of_what_is_sold(evidence: ModuleType, cells: Row, expected: tuple[str, str, str]) -> None:
    """A price of the accelerator alone is the low end of what a machine costs; whole boards are sold by the board."""
    import curate_prices

    offer = {
        "provider": "runpod", "region": "all", "instance_type": "H100", "gpu_id": "h100-sxm-80gb", "gpus_per_instance": "1",
        "on_demand_usd_per_instance_hour": "4", "spot_usd_per_instance_hour": "2", "spot_basis": "list", "source": "list",
        "as_of": "2026-10-10", "notes": "",
    }  # fmt: skip
    on_demand, spot = curate_prices.offer_rows("offers.csv", [{**offer, **cells}], {}, curate_prices.Counter())
    assert (on_demand["basis"], on_demand["count"], on_demand["price_usd_per_hour"]) == expected
    assert spot["instance"] == on_demand["instance"]
    assert (spot["basis"] == "estimated") == (expected[0] == "estimated")
    assert float(spot["price_usd_per_hour"]) == float(expected[2]) / 2


@pytest.mark.parametrize("factor", [0.2, 0.3, 1.0, 3.9, 4.2])
def test_a_price_far_off_the_market_is_out(evidence: ModuleType, factor: float) -> None:
    market = [a_row(provider=name, price_usd_per_hour="32") for name in ("verda", "nebius", "crusoe", "vultr")]
    odd = a_row(provider="ovh", price_usd_per_hour=f"{32 * factor}")
    kept, _ = settled(evidence, *market, odd)
    assert any(row["provider"] == "ovh" for row in kept) == (0.25 <= factor <= 4)


def test_a_year_counts_from_its_start_and_says_so(evidence: ModuleType) -> None:
    ((row,), _) = settled(evidence, a_row(checked_on="2026"))
    assert "counts from its start" in row["note"]


def test_a_derived_rate_takes_the_newest_discount_of_its_contract(evidence: ModuleType) -> None:
    reserved = {"provider": "aws", "contract": "commitment", "term_months": "36", "upfront_fraction": "0"}
    rows = [
        a_row(provider="aws", region="east", price_usd_per_hour="50"),
        a_row(provider="aws", region="west", price_usd_per_hour="60"),
        a_row(**reserved, region="east", plan="reserved instance", price_usd_per_hour="25", basis="observed"),
        a_row(**reserved, region="west", plan="standard reserved instance", price_usd_per_hour="24", basis="derived",
              checked_on="2025-11"),
    ]  # fmt: skip
    kept, out = settled(evidence, *rows)
    west = [row for row in kept if row["region"] == "west" and row["contract"] == "commitment"]
    assert [(row["price_usd_per_hour"], row["checked_on"]) for row in west] == [("30", "2026-10-10")]
    assert [row["price_usd_per_hour"] for row in out] == ["24"]
