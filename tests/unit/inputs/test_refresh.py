"""A refresh against a server that plays the price lists: what it takes over, and that no fault loses or half-writes anything."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from price_faults import FAULTS, PAGE, PATIENT, limits_of, source_of, to, with_fault
from price_sources import (
    AZURE,
    COMMITS,
    HOSTED,
    TODAY,
    Answer,
    Lists,
    azure_item,
    azure_page,
    plain,
    price_lists,
    small_catalog,
)

from planner.domain.inputs import Catalog, InstancePrice
from planner.domain.records import Refresh
from planner.inputs.catalog import bundled_directory, load_catalog
from planner.inputs.catalog.history import load_history
from planner.inputs.refresh import SOURCES, refresh_catalog
from planner.inputs.refresh.fetch import FetchLimits, RefreshError
from planner.inputs.refresh.folder import Tables
from planner.inputs.refresh.refresh import PLAN, _anew
from planner.inputs.refresh.seen import Key

pytestmark = pytest.mark.slow

H100 = "azure/eastus/Standard_ND96isr_H100_v5"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_catalog(tmp_path_factory.mktemp("base") / "catalog")


@pytest.fixture
def lists() -> Iterator[Lists]:
    with price_lists() as served:
        yield served


def refreshed(
    target: Path,
    lists: Lists,
    base: Path,
    *names: str,
    accept: tuple[str, ...] = (),
    today: str = TODAY,
    limits: FetchLimits = PATIENT,
) -> Refresh:
    sources = [source for source in SOURCES.values() if not names or source.name in names]
    return refresh_catalog(
        target, sources, today=today, base=base, accepted=accept, limits=limits, transport=lists.transport
    )


def rows(catalog: Catalog) -> dict[str, InstancePrice]:
    return {price.id: price for price in catalog.prices}


def on_demand_before(folder: Path) -> list[tuple[str, str]]:
    """What Azure asked for the machine by the hour before, and until when."""
    with (folder / "replaced.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if (row["provider"], row["contract"]) == ("azure", "on_demand")]
    return [(row["price_usd_per_hour"], row["until"]) for row in found]


def test_every_source_is_read_and_what_it_replaces_is_history(tmp_path: Path, lists: Lists, base: Path) -> None:
    done = refreshed(tmp_path / "mine", lists, base)
    assert [(s.source, s.said) for s in done.sources if s.state != "read"] == []
    assert not done.held_back
    catalog = load_catalog(tmp_path / "mine")
    now = rows(catalog)
    assert now[f"{H100}/on-demand"].price_usd_per_hour == 91.0
    assert now[f"{H100}/spot"].price_usd_per_hour == 17.0
    assert now[f"{H100}/commitment-12m-upfront0-reservation"].price_usd_per_hour == pytest.approx(60.0)
    assert now[f"{H100}/commitment-12m-upfront0-savings-plan-for-compute"].price_usd_per_hour == 70.0
    assert now["aws/us-east-1/p5.48xlarge/on-demand"].price_usd_per_hour == 50.0
    assert now["aws/us-east-1/p5.48xlarge/spot"].price_usd_per_hour == 21.5
    assert now["aws/us-east-1/g4dn.12xlarge/spot"].interruptions_per_month == 0.075
    assert now["verda/FIN-02/1H100.80S.32V/on-demand"].checked_on == "2026-12-04"
    assert {
        p.price_usd_per_hour for p in catalog.prices if p.provider == "coreweave" and p.contract == "on_demand"
    } == {52.0}
    google = {i: p for i, p in now.items() if p.provider == "gcp"}
    assert {i.rpartition("/")[2]: (p.price_usd_per_hour, p.checked_on) for i, p in google.items()} == {
        "on-demand": (90.0, "2026-12-04"),
        "spot": (20.5, "2026-12-04"),
        "commitment-12m-upfront0": (60.0, "2026-12-04"),
        "commitment-36m-upfront0": (40.0, "2026-12-04"),
    }
    estimates = [p for p in catalog.prices if p.basis == "estimated" and p.provider == "coreweave"]
    assert {(p.price_usd_per_hour, p.low_usd_per_hour, p.high_usd_per_hour) for p in estimates} == {
        (round(52 * 2.8 / 3.4092, 6), 20.8, 52.0)
    }
    assert done.estimated == len(estimates) > 0
    hosted = {price.id: price for price in catalog.token_prices}
    assert (hosted[HOSTED[0]].usd_per_mtok_input, hosted[HOSTED[0]].usd_per_mtok_output) == (0.5, 0.6)
    assert hosted["deepinfra:deepinfra/acme/new-model"].usd_per_mtok_output == 0.3
    assert on_demand_before(tmp_path / "mine") == [("98.32", TODAY)]
    assert sorted(set(lists.asked)) == sorted(set().union(*(source.hosts for source in SOURCES.values())))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_same_price_read_again_keeps_the_first_and_the_last_day(tmp_path: Path, lists: Lists, base: Path) -> None:
    for day in ("2026-12-05", "2026-12-06", "2026-12-07"):
        done = refreshed(tmp_path / "mine", lists, base, "azure", today=day)
    assert (done.sources[0].confirmed, done.sources[0].moved) == (4, 0)
    assert rows(load_catalog(tmp_path / "mine"))[f"{H100}/on-demand"].checked_on == "2026-12-07"
    assert on_demand_before(tmp_path / "mine") == [("98.32", "2026-12-05"), ("91", "2026-12-07")]
    lists.answers["prices.azure.com/api/retail/prices"] = [Answer(azure_page([azure_item(95.0)]))]
    refreshed(tmp_path / "mine", lists, base, "azure", today="2026-12-08")
    assert on_demand_before(tmp_path / "mine") == [("98.32", "2026-12-05"), ("91", "2026-12-07"), ("91", "2026-12-08")]
    history = load_history(tmp_path / "mine")
    usd = {
        day: rows(history.on(day))[f"{H100}/on-demand"].price_usd_per_hour
        for day in ("2026-12-04", "2026-12-06", "2026-12-08")
    }
    assert list(usd.values()) == [98.32, 91.0, 95.0]


def test_older_far_and_contradicting_prices_are_held_back(tmp_path: Path, lists: Lists, base: Path) -> None:
    far = azure_item(98.32 * 3.5)
    spot = azure_item(99.0, "ND96isr H100 v5 Spot")
    lists.answers["prices.azure.com/api/retail/prices"] = [Answer(azure_page([far, spot]))]
    old = [{"commit": {"committer": {"date": "2025-01-01T00:00:00Z"}}}]
    lists.answers["api.github.com/repos/"] = [Answer(old)]
    done = refreshed(tmp_path / "mine", lists, base, "azure", "verda")
    assert {(back.source, back.why.split(":")[0]) for back in done.held_back} == {
        ("azure", "moved by more than a factor of 3"),
    }
    assert {s.source: s.older for s in done.sources}["verda"] >= 1
    assert rows(load_catalog(tmp_path / "mine"))[f"{H100}/on-demand"].price_usd_per_hour == 98.32
    lists.answers["prices.azure.com/api/retail/prices"] = [
        Answer(azure_page([azure_item(54.0), spot | {"unitPrice": 54.2}]))
    ]
    done = refreshed(tmp_path / "mine", lists, base, "azure")
    assert ["committed or spot above on demand" in back.why for back in done.held_back] == [True]
    now = rows(load_catalog(tmp_path / "mine"))
    assert now[f"{H100}/on-demand"].price_usd_per_hour == 54.0
    assert now[f"{H100}/spot"].price_usd_per_hour == 18.169536
    assert (done.sources[0].held_back, done.overtaken) == (1, 1), (
        "a reservation of a year costs more than on demand now"
    )


def test_a_price_that_was_accepted_may_move_far(tmp_path: Path, lists: Lists, base: Path) -> None:
    lists.answers["prices.azure.com/api/retail/prices"] = [Answer(azure_page([azure_item(98.32 / 3.5)]))]
    (back,) = refreshed(tmp_path / "mine", lists, base, "azure").held_back
    done = refreshed(tmp_path / "mine", lists, base, "azure", accept=(back.row,))
    assert not done.held_back
    price = rows(load_catalog(tmp_path / "mine"))[f"{H100}/on-demand"]
    assert price.price_usd_per_hour == pytest.approx(98.32 / 3.5)
    assert price.note.startswith("accepted:")


def test_an_older_rate_above_the_new_price_becomes_history(tmp_path: Path, lists: Lists, base: Path) -> None:
    """AWS halves its price: what was committed above it does not hold any more."""
    aws = lists.answers["b0.p.awsstatic.com/pricing/2.0/"][0]
    lists.answers["b0.p.awsstatic.com/pricing/2.0/"] = [Answer(aws.body.replace(b"50.0000", b"33.0000"))]
    done = refreshed(tmp_path / "mine", lists, base, "aws")
    assert done.overtaken >= 2
    assert not [
        p
        for p in load_catalog(tmp_path / "mine").prices
        if p.provider == "aws" and p.price_usd_per_hour > 33.4 and p.contract == "commitment"
    ]
    assert "contradicted by a newer price of the same seller" in (tmp_path / "mine" / "replaced.csv").read_text()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_source_loses_nothing(fault: str, tmp_path: Path, lists: Lists, base: Path) -> None:
    """The broken source leaves its rows as they were, byte for byte; another source is taken over; nobody else is asked."""
    said, broken = FAULTS[fault][2], source_of(fault)
    lists.answers = with_fault(fault, lists.answers)
    fine = "aws" if broken.name != "aws" else "azure"
    done = refreshed(tmp_path / "mine", lists, base, broken.name, fine, limits=limits_of(fault))
    failed = {s.source: s.said for s in done.sources if s.state == "failed"}
    assert list(failed) == [broken.name]
    assert re.search(said, failed[broken.name]), failed
    now = rows(load_catalog(tmp_path / "mine"))
    assert now["aws/us-east-1/p5.48xlarge/on-demand"].price_usd_per_hour == 50.0
    before = rows(load_catalog(base))
    assert {i: p for i, p in now.items() if p.provider != "aws"} == {
        i: p for i, p in before.items() if p.provider != "aws"
    }
    assert set(lists.asked) <= broken.hosts | SOURCES[fine].hosts
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_second_try_and_a_redirect_on_the_list_are_fine(tmp_path: Path, lists: Lists, base: Path) -> None:
    lists.answers[PAGE] = [Answer(status=503), to("https://prices.azure.com/api/retail/prices?moved"), Answer(AZURE)]
    assert refreshed(tmp_path / "mine", lists, base, "azure").sources[0].state == "read"


def test_a_region_that_fails_leaves_the_others(tmp_path: Path, lists: Lists, base: Path) -> None:
    """The small catalog gets a second region of AWS, whose file is missing."""
    target = small_catalog(tmp_path / "mine")
    prices = target / "providers" / "aws.csv"
    text = prices.read_text()
    line = next(line for line in text.splitlines() if ",on_demand," in line)
    prices.write_text(text + line.replace("us-east-1", "us-west-2") + "\n")
    done = refreshed(target, lists, base, "aws")
    assert (done.sources[0].state, done.sources[0].said[:10]) == ("read", "us-west-2:")
    assert rows(load_catalog(target))["aws/us-east-1/p5.48xlarge/on-demand"].price_usd_per_hour == 50.0


def test_where_no_source_can_be_read_nothing_is_touched(tmp_path: Path, lists: Lists, base: Path) -> None:
    lists.answers = {}
    done = refreshed(tmp_path / "mine", lists, base)
    assert not done.written
    assert {s.state for s in done.sources} == {"failed"}
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_speaks_of_something_else_is_held_back_whole(tmp_path: Path, lists: Lists, base: Path) -> None:
    start = "raw.githubusercontent.com/BerriAI/litellm/main/"
    models = {f"deepinfra/m{i}": {"litellm_provider": "deepinfra", "mode": "chat"} for i in range(12)}

    def at(usd: float) -> Answer:
        sides = {"input_cost_per_token": usd, "output_cost_per_token": usd}
        return plain(json.dumps({name: model | sides for name, model in models.items()}))

    lists.answers[start] = [at(1e-6)]
    assert refreshed(tmp_path / "mine", lists, base, "litellm").sources[0].new == 12
    lists.answers[start] = [at(1e-3)]
    done = refreshed(tmp_path / "mine", lists, base, "litellm")
    assert len(done.held_back) == 12
    assert {p.usd_per_mtok_input for p in load_catalog(tmp_path / "mine").token_prices if "/m" in p.model} == {1.0}


def test_prices_of_tomorrow_are_held_back(tmp_path: Path, lists: Lists, base: Path) -> None:
    later = json.dumps(COMMITS).replace("2026-12-04", "2027-02-01")
    lists.answers["api.github.com/repos/"] = [Answer(later)]
    done = refreshed(tmp_path / "mine", lists, base, "verda", "litellm")
    assert {back.why for back in done.held_back} == {"dated 2027-02-01, which lies ahead"}
    assert {s.moved + s.new for s in done.sources} == {0}


def test_an_estimate_at_the_same_list_price_is_the_estimate_that_ships(base: Path) -> None:
    """The rule that wrote the bundled estimates and the rule that follows a refresh are one."""
    compared = 0
    for folder in (base, bundled_directory()):
        tables = Tables(folder)
        for key, row in tables.prices.items():
            listed = tables.prices.get(Key(key.provider, key.region, key.instance, "on_demand", "on demand"))
            if key.plan != PLAN or listed is None:
                continue
            anew = _anew(row, float(listed["price_usd_per_hour"]))
            assert anew is not None, key
            for name in ("price_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour"):
                assert float(anew[name] or 0) == pytest.approx(float(row[name] or 0), rel=1e-6), (key, name)
            compared += 1
    assert compared > 100


def test_a_stop_between_the_two_renames_loses_nothing(
    tmp_path: Path, lists: Lists, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "mine"
    refreshed(target, lists, base, "azure")
    (target / "note.txt").write_text("mine")
    rename = Path.rename

    def stops(self: Path, to: Path) -> Path:
        if self.name == ".mine.new":
            raise KeyboardInterrupt
        return rename(self, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stops)
        with pytest.raises(KeyboardInterrupt):
            refreshed(target, lists, base, "aws")
    assert not target.exists()
    refreshed(target, lists, base, "verda")
    assert (target / "note.txt").read_text() == "mine"
    now = rows(load_catalog(target))
    assert now[f"{H100}/on-demand"].price_usd_per_hour == 91.0
    assert now["verda/FIN-02/1H100.80S.32V/on-demand"].price_usd_per_hour == 4.49
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_bundled_catalog_and_what_is_no_folder_are_refused(tmp_path: Path, lists: Lists, base: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(base)
    for target in (
        bundled_directory(),
        bundled_directory() / "mine",
        tmp_path / "file",
        tmp_path / "link",
        tmp_path / "no" / "where",
    ):
        with pytest.raises(RefreshError):
            refreshed(target, lists, base, "azure")
    assert lists.asked == []
