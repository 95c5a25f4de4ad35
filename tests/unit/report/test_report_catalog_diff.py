"""Every price that differs is told once, with its kind; what is equal is not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.inputs.catalog import Catalog, InstancePrice, TokenPrice
from planner.report.catalog.diff import FAR, changes_of, diff_report
from planner.report.document import render


def a_row(name: str, usd: float) -> InstancePrice:
    place = ("seller", "r", "US", "node", "h100-sxm-80gb", 8, "on_demand", "on demand")
    return InstancePrice(name, *place, 0.0, 0.0, 1, usd, 0.0, "listed", "https://a.example", "2026-11-01", "")


def a_catalog(**prices: float) -> Catalog:
    return Catalog(prices=tuple(a_row(name, usd) for name, usd in prices.items()))


def test_new_gone_moved_and_moved_far() -> None:
    changes = changes_of(a_catalog(a=1, b=2, c=3, d=4), a_catalog(b=2, c=3.3, d=40, e=5))
    assert [(c.kind, c.id) for c in changes] == [("moved far", "d"), ("moved", "c"), ("new", "e"), ("gone", "a")]
    assert changes[1].change_fraction == pytest.approx(0.1)


def test_each_price_of_a_hosted_model_counts_for_itself() -> None:
    old = TokenPrice("h", "seller", "m", "", 1.0, 2.0, 0.0, 0, "", "https://a.example", "2026-10")
    (cached, dearer) = sorted(
        changes_of(
            Catalog(token_prices=(old,)),
            Catalog(token_prices=(old._replace(usd_per_mtok_output=2.5, usd_per_mtok_cached=0.1),)),
        ),
        key=lambda c: c.unit,
    )
    assert (cached.kind, cached.unit, dearer.kind, dearer.unit) == ("new", "Mtok cached", "moved", "Mtok output")


PRICES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 100), max_size=6)


@given(PRICES, PRICES)
def test_the_changes_lead_from_one_catalog_to_the_other(old: dict[str, float], new: dict[str, float]) -> None:
    told = dict(old)
    for change in changes_of(a_catalog(**old), a_catalog(**new)):
        assert told.get(change.id) == change.old_usd
        if change.new_usd is None:
            del told[change.id]
        else:
            told[change.id] = change.new_usd
        if change.old_usd and change.new_usd:
            ratio = max(change.new_usd / change.old_usd, change.old_usd / change.new_usd)
            assert (change.kind == "moved far") == (ratio > FAR) or abs(ratio - FAR) < 1e-9
    assert told == new


@pytest.mark.parametrize("format", ["table", "markdown", "csv", "json"])
def test_all_formats_tell_them(format: str) -> None:  # noqa: A002
    text = render(diff_report(changes_of(a_catalog(a=1.0, d=4.0), a_catalog(a=1.5, d=40.0))), format)
    assert "1.5" in text
    assert "40" in text
    if format == "json":
        assert [c["kind"] for c in json.loads(text)["changes"]] == ["moved far", "moved"]


def test_equal_catalogs_have_no_changes() -> None:
    assert "Every price is the same" in render(diff_report(changes_of(a_catalog(a=1), a_catalog(a=1))))
