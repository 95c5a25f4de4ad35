"""What was known on a day: today's prices today, and before that what the history says held."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from price_sources import small_catalog

from planner.domain.inputs import Catalog, InstancePrice, Provider
from planner.errors import CatalogError
from planner.inputs.catalog.history import History, PastPrice, load_history, load_known_on


@pytest.fixture(scope="module")
def bundled() -> History:
    return load_history()


def test_today_is_today(bundled: History) -> None:
    assert {*bundled.on("2026-11-29").prices} == {*bundled.today.prices}


def test_prices_that_were_replaced_hold_until_they_were(bundled: History) -> None:
    """Nebius raised its list on 2026-10-01, Verda's moved by 2026-10-10."""
    known = {day: {p.id: p.price_usd_per_hour for p in bundled.on(day).prices} for day in ("2026-06-30", "2026-11-01")}
    verda, nebius = (
        "verda/FIN-02/1H100.80S.32V/on-demand",
        "nebius/eu-north1/gpu-h100-sxm_8gpu-128vcpu-1600gb/on-demand",
    )
    assert (known["2026-06-30"][verda], known["2026-11-01"][verda]) == (2.29, 3.928)
    assert known["2026-06-30"][nebius] == 23.6
    assert nebius not in known["2026-11-01"] or known["2026-11-01"][nebius] > 30
    assert all(p.checked_on <= "2026-06-30" for p in bundled.on("2026-06-30").prices)


def test_no_such_day_and_no_price_of_it_are_refused() -> None:
    with pytest.raises(CatalogError, match="no date"):
        load_known_on(None, "2026-13")
    with pytest.raises(CatalogError, match="no price of 2019"):
        load_known_on(None, "2019")
    assert load_known_on(None, "2026-09").known_on == "2026-09-30"


@pytest.mark.parametrize("after", ["2030", "2030-01", "2031-12-31"])
def test_a_day_after_the_newest_price_is_refused_with_that_day(after: str, bundled: History) -> None:
    """Prices too old by then would fall out one by one, unseen."""
    with pytest.raises(CatalogError, match=f"{after} is after the newest price of the catalog, {bundled.span[1]}"):
        load_known_on(None, after)


def test_a_catalog_without_history_knows_its_rows(tmp_path: Path) -> None:
    base = small_catalog(tmp_path / "small")
    for name in ("replaced.csv", "replaced_hosted.csv"):
        (base / name).unlink()
    history = load_history(base)
    assert history.past == ()
    assert history.on("2027-01-01").prices


DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 28))


@settings(deadline=None, max_examples=25)
@given(moves=st.dictionaries(DAYS, st.floats(1, 1.2), min_size=1, max_size=6), asked=DAYS)
def test_any_day_gets_the_last_price_seen_by_then(moves: dict[date, float], asked: date) -> None:
    days = sorted(str(day) for day in moves)
    usd = {str(day): price for day, price in moves.items()}
    seller = Provider("a", "A", "neocloud", False, 0, 1, 1, 1, 0.1, "assumed", "us", "2026")
    rows = [
        InstancePrice(
            "i", "a", "r", "", "n", "c", 1, "on_demand", "on demand", 0, 0, 1, usd[d], 0, "listed", "s", d, ""
        )
        for d in days
    ]
    past = tuple(PastPrice(row, until) for row, until in zip(rows, days[1:], strict=False))
    history = History(Catalog(providers={"a": seller}, prices=(rows[-1],)), past, ())
    seen = [d for d in days if d <= str(asked)]
    assert [p.price_usd_per_hour for p in history.on(str(asked)).prices] == ([usd[seen[-1]]] if seen else [])
