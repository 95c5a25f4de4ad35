"""APIs priced per token, image, second or request, closed models by their names, and throughput that is reserved for them."""

import json
import random
from collections import Counter
from itertools import combinations_with_replacement
from math import ceil, inf
from typing import Any

import pytest
from planning import EMPTY, a_scenario, an_offer, on_demand, planned

from planner.domain.inputs.catalog import Catalog, TokenPrice
from planner.domain.inputs.language_model import LanguageModel
from planner.errors import InputErrors
from planner.inputs.scenario_file import parse_scenario

YEAR = 8760


def api(**fields: Any) -> dict[str, Any]:
    return {"kind": "hosted_api", "name": "api", "provider": "seller"} | fields


def work(**fields: Any) -> dict[str, Any]:
    return {"name": "w", "kind": "inference"} | fields


def asked(workload: dict[str, Any], *offers: dict[str, Any], **fields: Any) -> Any:
    return a_scenario(**({"years": 1, "hosted_apis": None, "workloads": [workload], "offers": list(offers)} | fields))


def mistakes(fields: dict[str, Any], catalog: Catalog = EMPTY) -> list[str]:
    bare = {"start": "2027-01", "months": 1, "catalog": "none"}
    try:
        parse_scenario(json.dumps(bare | fields), "s.yaml", catalog=catalog)
    except InputErrors as error:
        return [mistake.what for mistake in error.mistakes]
    return []


IMAGES = LanguageModel(id="sdxl", parameters_b=3.5, active_parameters_b=3.5, attention="none")
PAINTS = Catalog(language_models={"sdxl": IMAGES})


def test_images_of_a_model_without_tokens_are_paid_by_the_image() -> None:
    """100,000 images a day for 365 days at 0.0005 are 18,250; five nodes that do 900 an hour are 43,800."""
    node = an_offer("l40s", {"w": 900}, on_demand(1.0))
    flat = api(model="sdxl", usd_per_mtok_input=0.0005, usd_per_mtok_output=0.0005)
    images = work(unit="image", model="sdxl", requests_per_day="100k")
    assert planned(asked(images, node, flat), catalog=PAINTS).total_usd == pytest.approx(18_250)
    assert planned(asked(images, node), catalog=PAINTS).total_usd == pytest.approx(43_800)


@pytest.mark.parametrize("seed", range(25))
def test_an_api_and_a_node_cross_where_the_arithmetic_says(seed: int) -> None:
    """Units U a day: the API costs 365 U p; nodes are whole, ⌈U / 24 / rate⌉ × 8760 × price."""
    r = random.Random(seed)
    unit = r.choice(["image", "second", "request", "page"])
    each, a_day = round(r.uniform(0.0002, 0.05), 6), r.randint(1_000, 500_000)
    rate, usd = r.uniform(50, 5000), round(r.uniform(0.5, 20), 3)
    plan = planned(
        asked(
            work(unit=unit, model="painter", requests_per_day=a_day),
            an_offer("node", {"w": rate}, on_demand(usd)),
            api(model="painter", usd_per_unit=each, unit=r.choice([unit, unit.upper(), "request", "unit"])),
            replicas="whole",
        )
    )
    nodes = a_day / 24 / rate
    both = min(
        held * YEAR * usd + max(nodes - held, 0) * rate * YEAR * each for held in range(ceil(nodes) + 1)
    )  # whole nodes, and the API for what they leave
    assert plan.total_usd == pytest.approx(both, rel=1e-6)


def test_work_that_waits_is_paid_by_the_unit_too() -> None:
    """1,000 seconds of video a day at 0.20: 73,000 a year."""
    video = work(kind="batch", unit="second", model="veo", requests_per_day=1000)
    assert planned(asked(video, api(model="veo", usd_per_unit=0.2, unit="second"))).total_usd == pytest.approx(73_000)


@pytest.mark.parametrize("tokens_in", [100, 1024])
def test_requests_of_tokens_may_be_paid_by_the_request(tokens_in: int) -> None:
    """1,000 requests a day at 0.01, or per token; the price of a million tokens is that of 1e6 / tokens requests."""
    chat = work(model="closed", requests_per_day=1000, input_tokens=tokens_in, output_tokens=100)
    each = api(model="closed", usd_per_unit=0.01, unit="request")
    assert planned(asked(chat, each)).total_usd == pytest.approx(3650, rel=1e-6)
    per_token = api(name="tokens", model="closed", usd_per_mtok_input=20, usd_per_mtok_output=60)
    paid = 365 * 1000 * (tokens_in * 20 + 100 * 60) / 1e6
    assert planned(asked(chat, each, per_token)).total_usd == pytest.approx(min(paid, 3650), rel=1e-6)


@pytest.mark.parametrize(("a_day", "payg", "reserved"), [(100e6, 91_250, 155_998.08), (175e6, 159_687.5, 155_998.08)])
def test_provisioned_throughput_pays_where_it_is_full(a_day: float, payg: float, reserved: float) -> None:
    """2.50 a million tokens against 17.808 an hour for 7.5 Mtok an hour, a month at a time."""
    units = {"kind": "commitment", "usd_per_hour": 17.808, "term_months": 1}
    plan = planned(
        asked(
            work(name="chat", model="gpt-4o", tokens_per_day=a_day),
            an_offer("50 PTU", {"chat": 7.5}, on_demand(50), units, provider="azure"),
            api(model="gpt-4o", usd_per_mtok_input=2.5, usd_per_mtok_output=2.5),
        )
    )
    assert plan.total_usd == pytest.approx(min(payg, reserved), rel=1e-6)
    assert plan.lines[0].action == ("hosted_api" if payg < reserved else "commit")


MONTHS, MOST_UNITS = 6, 4


def reserved_or_by_use(
    mtok: list[float], rate: float, month: tuple[float, int], term: tuple[float, int], usd: float
) -> float:
    """Every pair of signings for the term, and in every month the best number of units by the month: what overflows is paid by use.

    Args:
        mtok: asked for, by month.
        rate: of one unit, Mtok an hour.
        month, term: (USD an hour of one unit, fewest units of one signing), for a month and for `MONTHS`; owed to the end.
        usd: per Mtok by use.
    """
    sizes = [(v, n) for v in range(MONTHS) for n in range(term[1], MOST_UNITS + 1)]
    best = inf
    for chosen in [(), *((one,) for one in sizes), *combinations_with_replacement(sizes, 2)]:
        cost = sum(n * term[0] * MONTHS * 730 for _, n in chosen)
        for m, asked_for in enumerate(mtok):
            there = sum(n for v, n in chosen if v <= m)
            cost += min(
                k * month[0] * 730 + max(asked_for - (there + k) * rate * 730, 0) * usd
                for k in (0, *range(month[1], MOST_UNITS + 1))
            )
        best = min(best, cost)
    return best


def drawn_throughput(seed: int) -> tuple[Any, float]:
    """A scenario with reserved throughput, and what it costs."""
    r = random.Random(f"reserved {seed}")
    rate, usd = round(r.uniform(2, 20), 2), round(r.uniform(0.5, 8), 2)
    full = rate * usd  # dollars an hour of what a full unit does, paid by use
    month = (round(full * r.uniform(0.5, 1.1), 3), r.choice([1, 1, 2]))
    term = (round(month[0] * r.uniform(0.5, 0.95), 3), r.choice([1, 1, 2]))
    a_day = [round(rate * 24 * r.uniform(0.3, 3), 1) * 1e6 for _ in range(MONTHS)]
    mtok = [tokens / 1e6 / 24 * 730 for tokens in a_day]
    scenario = asked(
        work(name="chat", model="closed", tokens_per_day=a_day),
        an_offer(
            "units",
            {"chat": rate},
            {"kind": "commitment", "usd_per_hour": month[0], "term_months": 1, "min_nodes": month[1]},
            {"kind": "commitment", "usd_per_hour": term[0], "term_months": MONTHS, "min_nodes": term[1]},
        ),
        api(model="closed", usd_per_mtok_input=usd, usd_per_mtok_output=usd),
        years=None, months=MONTHS, start="2027-01", terminal="liability", replicas="whole",
    )  # fmt: skip
    return scenario, reserved_or_by_use(mtok, rate, month, term, usd)


@pytest.mark.parametrize("first", range(0, 40, 8))
def test_reserved_throughput_costs_what_the_enumeration_says(first: int) -> None:
    ways: Counter[str] = Counter()
    for seed in range(first, first + 8):
        scenario, right = drawn_throughput(seed)
        plan = planned(scenario)
        assert plan.npv_usd == pytest.approx(right, rel=1e-6), f"seed {seed}"
        ways.update({f"{line.action} {line.term_periods}" for line in plan.lines})
    assert len(ways) == 3
    assert min(ways.values()) >= 2


def a_price(provider: str, model: str, usd: float, weights: str = "") -> TokenPrice:
    return TokenPrice(f"{provider}:{model}", provider, model, weights, usd, usd, 0.0, 0, "", "a list", "2026-10")


SOLD = Catalog(
    token_prices=(
        a_price("openai", "gpt-4o", 4.0),
        a_price("azure", "azure/gpt-4o", 3.0),
        a_price("resale", "resale/openai/gpt-4o", 1.0),
        a_price("openai", "gpt-4o-mini", 0.5),
    ),
)


def test_a_closed_model_is_sold_under_exactly_its_name() -> None:
    """The seller's own prefix is no part of it; another name that holds it is another model."""
    plan = planned(asked(work(model="gpt-4o", tokens_per_day=1e6), catalog="bundled"), catalog=SOLD)
    assert [line.option for line in plan.lines] == ["azure:azure/gpt-4o"]
    assert plan.total_usd == pytest.approx(365 * 3.0)


def test_a_name_that_nobody_sells_or_measures_is_a_mistake() -> None:
    lone = {"workloads": [work(model="gpt-9", tokens_per_day=1e6)]}
    assert mistakes(lone) == ["unknown model `gpt-9`"]
    assert mistakes(lone | {"catalog": "bundled"}, SOLD) == ["unknown model `gpt-9`"]
    offered = api(model="GPT-9", usd_per_mtok_input=1, usd_per_mtok_output=1)
    assert mistakes(lone | {"offers": [offered]}) == []
    assert mistakes(lone | {"offers": [an_offer("units", {"w": 7.5}, on_demand(1))]}) == []
    assert mistakes({"workloads": [work(model="gpt-4o", tokens_per_day=1e6)]}, SOLD) == []
    other = [api(model="gpt-8", usd_per_mtok_input=1, usd_per_mtok_output=1)]
    assert len(mistakes(lone | {"offers": other})) == 2


def test_a_price_in_what_nobody_counts_is_a_mistake() -> None:
    images = work(unit="image", model="painter", requests_per_day=10)
    for wrong in (
        {"usd_per_mtok_input": 1, "usd_per_mtok_output": 1},
        {"usd_per_unit": 1, "unit": "second"},
    ):
        found = mistakes({"workloads": [images], "offers": [api(model="painter", **wrong)]})
        assert len(found) == 1
        assert "is counted in image" in found[0]
    tokens = work(model="painter", tokens_per_day=1e6)
    found = mistakes({"workloads": [tokens], "offers": [api(model="painter", usd_per_unit=1, unit="image")]})
    assert len(found) == 1
    assert "is counted in tokens" in found[0]
    unlike = api(model="sdxl", usd_per_mtok_input=1, usd_per_mtok_output=2)
    assert mistakes({"workloads": [work(unit="image", model="sdxl", requests_per_day=1)], "offers": [unlike]}, PAINTS)


@pytest.mark.parametrize(
    "price",
    [
        {},
        {"usd_per_mtok_input": 1},
        {"usd_per_unit": 1},
        {"unit": "image", "usd_per_mtok_input": 1, "usd_per_mtok_output": 1},
        {"usd_per_unit": 1, "unit": "image", "usd_per_mtok_input": 1, "usd_per_mtok_output": 1},
        {"usd_per_unit": 1e-7, "unit": "image"},
    ],
)
def test_an_api_has_one_way_to_be_paid(price: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"usd_per|greater"):
        asked(work(model="m", tokens_per_day=1), api(model="m", **price))


@pytest.mark.parametrize("seed", range(12))
def test_cached_input_and_batch_work_take_their_own_prices(seed: int) -> None:
    """Requests of `i` tokens in, a share `h` of them cached, and `o` out; batch work takes the batch prices, and no cached one."""
    r = random.Random(seed)
    tokens_in, tokens_out, hits = r.randint(100, 4000), r.randint(10, 900), round(r.random(), 3)
    usd_in, usd_out = round(r.uniform(0.5, 5), 3), round(r.uniform(1, 20), 3)
    cached = round(usd_in * r.uniform(0.05, 1), 4)
    halves = {"usd_per_mtok_input_batch": usd_in / 2, "usd_per_mtok_output_batch": usd_out / 2}
    sold = api(
        model="closed", usd_per_mtok_input=usd_in, usd_per_mtok_output=usd_out, usd_per_mtok_cached=cached, **halves
    )
    requests = {
        "model": "closed", "requests_per_day": 10_000, "input_tokens": tokens_in, "output_tokens": tokens_out,
        "prefix_cache_hit_fraction": hits,
    }  # fmt: skip
    online = planned(asked(work(**requests), sold)).total_usd
    share = usd_in * (1 - hits) + cached * hits
    assert online == pytest.approx(3.65 * (tokens_in * share + tokens_out * usd_out), rel=1e-5)
    waiting = planned(asked(work(kind="batch", **requests), sold)).total_usd
    assert waiting == pytest.approx(3.65 * (tokens_in * usd_in + tokens_out * usd_out) / 2, rel=1e-5)


def test_prices_of_a_list_that_names_neither_are_the_same_for_all() -> None:
    listed = TokenPrice("a:m", "a", "m", "", 2.0, 6.0, 0.5, 0, "", "a list", "2026-10", 1.0, 3.0)
    catalog = Catalog(token_prices=(listed,))
    mixed = work(model="m", tokens_per_day=1e6, input_tokens=500, output_tokens=500, prefix_cache_hit_fraction=0.4)
    assert planned(asked(mixed, catalog="bundled"), catalog=catalog).total_usd == pytest.approx(365 * (1.4 + 6) / 2)
    assert planned(asked(mixed | {"kind": "batch"}, catalog="bundled"), catalog=catalog).total_usd == pytest.approx(
        365 * 2
    )
    bare = Catalog(
        token_prices=(
            listed._replace(usd_per_mtok_cached=0.0, usd_per_mtok_input_batch=0.0, usd_per_mtok_output_batch=0.0),
        )
    )
    for kind in ("inference", "batch"):
        assert planned(asked(mixed | {"kind": kind}, catalog="bundled"), catalog=bare).total_usd == pytest.approx(
            365 * 4
        )


def test_half_a_batch_price_is_a_mistake() -> None:
    half = api(model="closed", usd_per_mtok_input=1, usd_per_mtok_output=1, usd_per_mtok_input_batch=0.5)
    said = mistakes({"workloads": [work(model="closed", tokens_per_day=1e6)], "offers": [half]})
    assert any("usd_per_mtok_output_batch" in what for what in said)
