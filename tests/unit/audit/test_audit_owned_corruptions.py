"""Every number of the owning parts of a plan is changed, one at a time: the audit must object to each."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import audit_estates as estates
import audit_plans as plans
import pytest
from planning import planned
from test_audit_corruptions import rules

from planner.audit import audit
from planner.domain.records.plan import plan_from_json_value

pytestmark = pytest.mark.slow

Json = dict[str, Any]
Path = tuple[str | int, ...]
OWNED = {"buy", "lease", "build"}
RENTED = {"support", "egress", "storage"}
IN_UNITS = ("per_", "price", "units", "kw", "hours", "fraction", "value")


@cache
def honest() -> Json:
    return planned(estates.everything(), gap=0.01, catalog=estates.CATALOG).to_json_value()


def numbers(value: Any, path: Path) -> Iterator[tuple[Path, float | None]]:
    """Every number, and every place where there could be one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        if key != "rivals":  # like `alternatives`: of options that the plan does not use
            yield from numbers(inside, (*path, key))
    if (value is None and path[-1] != "accelerator") or (
        isinstance(value, int | float) and not isinstance(value, bool)
    ):
        yield path, value


def owning_parts(plan: Json) -> Iterator[Path]:
    yield from (("lines", i) for i, line in enumerate(plan["lines"]) if line["action"] in OWNED)
    yield from (("charges", i) for i in charges_of(plan))
    yield from (("inputs", "options", i) for i, o in enumerate(plan["inputs"]["options"]) if o["action"] in OWNED)
    yield from (("inputs", "caps"), ("inputs", "figures"), ("cost",), ("carbon",), ("cash",))
    yield from (("sites",), ("assets",), ("funding",))


def charges_of(plan: Json) -> list[int]:
    """The last charge of each kind at each site: those of other periods and things are checked by the same rule."""
    mine = enumerate(plan["charges"])
    last = {(c["kind"], c["provider"]): i for i, c in mine if c["kind"] not in RENTED}
    return sorted(last.values())


def at(plan: Json, path: Path) -> Any:
    place: Any = plan
    for key in path:
        place = place[key]
    return place


def changed_a_little(path: Path, value: float | None) -> float:
    """Two cents more of money, a hundred-thousandth more of the rest, one more of what is counted."""
    name = str(path[-1])
    if value is None or isinstance(value, int):
        return (value or 0) + 1
    if not any(word in name for word in IN_UNITS):
        return value + 0.02
    return value + max(abs(value) * 1e-5, 1e-5)


PARTS = ("lines", "charges", "sites", "assets", "funding", "cost", "carbon", "cash", "inputs")
EVERY = 5
"""Numbers of a part are changed in so many tests: each takes every so-manieth."""


@pytest.mark.parametrize("first", range(EVERY))
@pytest.mark.parametrize("part", PARTS)
def test_no_number_of_what_is_owned_can_be_changed(part: str, first: int) -> None:
    plan = plans.read(honest()).to_json_value()
    found = [n for path in owning_parts(plan) if path[0] == part for n in numbers(at(plan, path), path)]
    assert found
    missed = []
    for path, value in found[first::EVERY]:
        place = at(plan, path[:-1])
        place[path[-1]] = changed_a_little(path, value)
        if audit(plan_from_json_value(plan)).agrees:
            missed.append(path)
        place[path[-1]] = value
    assert missed == []
    assert audit(plan_from_json_value(plan)).agrees


@pytest.mark.parametrize("part", ["lines", "charges", "sites", "assets"])
def test_nothing_that_is_owned_can_be_left_out_or_said_twice(part: str) -> None:
    plan = plans.read(honest()).to_json_value()
    mine = [path[1] for path in owning_parts(plan) if path[0] == part and len(path) == 2] or range(len(plan[part]))
    every = list(plan[part])
    for i in mine:
        plan[part] = every[:i] + every[i + 1 :]
        assert not audit(plan_from_json_value(plan)).agrees, (part, i, "left out")
        plan[part] = [*every, every[i]]
        assert not audit(plan_from_json_value(plan)).agrees, (part, i, "said twice")


def test_every_figure_that_the_scenario_states_counts() -> None:
    """Another number in the question, and the plan is the answer to another question."""
    plan = plans.read(honest()).to_json_value()
    own = plan["scenario"]["resolved"]["own"]
    missed = []
    for path, value in numbers(own, ()):
        if value is None or "keep_months" in path or "throughput" in path:
            continue  # another age, or another rate that is not used, is no harm
        place = at(own, path[:-1])
        place[path[-1]] = _another(path, value)
        if audit(plan_from_json_value(plans.asked(plan, own=own))).agrees:
            missed.append(path)
        place[path[-1]] = value
    assert missed == []


def _another(path: Path, value: float) -> float:
    """A little less; of a lower limit a little more."""
    if path[-1] in {"max_servers", "accelerators_per_server"}:
        return value + 1
    return value * (1.02 if path[-1] == "min_kw" else 0.98) if value else 0.01


# one thing is wrong, and the rule that guards it says so
LINE, LEASE = "buy/0", "lease/0"
"""The first line of an action; others are paths."""
WORDS: list[tuple[str, Any, str]] = [
    (f"{LINE}/action", "build", "action-unknown"),
    (f"{LINE}/option", "own:hall/chip/7m", "unknown-option"),
    (f"{LINE}/unit", "node-hour", "line-unit"),
    (f"{LINE}/signed", "2027-04", "line-label"),
    (f"{LINE}/units", 5.0, "site-record"),
    (f"{LINE}/units", 5.5, "owned-whole"),
    (f"{LINE}/price_source", "hearsay", "line-provenance"),
    ("inputs/options/1/price_row", "hearsay", "owned-option"),
    (f"{LINE}/signed_index", 9, "owned-signing"),
    (f"{LINE}/start_index", 0, "owned-start"),
    (f"{LINE}/end_index", 5, "owned-term"),
    (f"{LEASE}/units", 1.0, "site-power"),
    (f"{LEASE}/units", 1.0, "site-min"),
    (f"{LEASE}/end_index", 5, "owned-term"),
    ("sites/0/opened_index", 1, "site-opened"),
    ("sites/0/opened", "2028-01", "site-label"),
    ("sites/0/region", "moon", "site-facts"),
    ("sites/1/site", "hall", "site-opened"),
    ("sites", [], "site-required"),
    ("assets", [], "asset-record"),
    ("funding", None, "funding"),
    ("charges/0/kind", "team", "owned-charge"),
    ("inputs/figures/site:hall/0/source", "hearsay", "figure-source"),
    ("inputs/figures/site:hall/0/basis", "listed", "figure-source"),
    ("inputs/figures/site:hall/0/unit", "", "figure-source"),
    ("inputs/figures/site:hall/0/name", "usd_per_joule", "figure"),
    ("inputs/figures/site:hall", [], "unreadable"),
]


@pytest.mark.parametrize(("path", "value", "rule"), WORDS, ids=lambda v: str(v)[:40])
def test_a_wrong_word_is_caught_by_its_rule(path: str, value: Any, rule: str) -> None:
    plan = plans.read(honest()).to_json_value()
    *way, last = (int(key) if key.isdigit() else key for key in path.split("/"))
    if way[:1] and way[0] in OWNED:
        actions = [line["action"] for line in plan["lines"]]
        way = ["lines", actions.index(str(way[0]))]
    at(plan, tuple(way))[last] = value
    assert rule in rules(plan)


@pytest.mark.parametrize("action", ["lease", "build"])
def test_a_required_site_without_power_is_caught(action: str) -> None:
    plan = plans.read(honest()).to_json_value()
    assert "site-required" not in rules(plan)
    plan["lines"] = [line for line in plan["lines"] if line["action"] != action]
    assert "site-required" in rules(plan)


SITE, SERVER = "sites", "servers"
QUESTIONS: list[tuple[str, int, Json, str]] = [
    (SITE, 0, {"max_mw": 0.035}, "site-max"),
    (SITE, 1, {"max_mw": 0.01}, "site-max"),
    (SITE, 0, {"min_kw": 41}, "site-min"),
    (SITE, 0, {"available_from": "2027-04"}, "owned-available"),
    (SITE, 1, {"available_from": "2027-04"}, "site-opened"),
    (SITE, 0, {"rent_rise_per_year": 0.05}, "figure"),
    (SITE, 0, {"name": "cellar"}, "site-opened"),
    (SERVER, 0, {"max_servers": 1}, "servers-max"),
    (SERVER, 0, {"keep_months": [12]}, "action-unknown"),
    (SERVER, 0, {"sites": ["hall"]}, "action-unknown"),
    (SERVER, 0, {"available_from": "2027-04"}, "owned-available"),
    (SERVER, 0, {"price_change_per_year": 0.0}, "line-unit-price"),
    (SERVER, 0, {"residual_curve": [[0, 1], [12, 0.2]]}, "owned-charge"),
    (SERVER, 0, {"spare_fraction": 0.5}, "figure"),
    (SERVER, 0, {"throughput": {"train": 7.0, "chat": 8.0}}, "fit-measured"),
]


@pytest.mark.parametrize(("part", "number", "changes", "rule"), QUESTIONS, ids=lambda v: str(v)[:40])
def test_the_answer_to_another_question_is_caught(part: str, number: int, changes: Json, rule: str) -> None:
    plan = plans.read(honest()).to_json_value()
    own = plan["scenario"]["resolved"]["own"]
    own[part][number] |= changes
    assert rule in rules(plans.asked(plan, own=own))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"budget_upfront_per_year_usd": 3_000_000}, "budget-upfront"),
        ({"discount_rate": 0.1}, "site-money"),
        ({"terminal": "liability"}, "terminal"),
        ({"carbon": {"usd_per_tonne": 90, "max_tonnes_per_year": 100, "unknown_g_per_kwh": 400}}, "carbon-cap"),
        ({"cash": estates.CASH | {"at_hand_usd": 1_000_000}}, "runway"),
        ({"countries": ["SE"]}, "filter-country"),
        ({"releases": [{"accelerator": "chip", "month": "2027-04"}]}, "release"),
        ({"own": None}, "action-unknown"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_what_is_owned_obeys_the_rest_of_the_scenario(changes: Json, rule: str) -> None:
    assert rule in rules(plans.asked(plans.read(honest()).to_json_value(), **changes))


@pytest.mark.parametrize(
    ("thing", "name", "value", "rule"),
    [
        ("site:hall", "lead_months", 4.0, "owned-start"),
        ("site:hall", "term_months", 12.0, "owned-term"),
        ("site:hall", "setup_usd", 0.0, "owned-charge"),
        ("site:campus", "lead_months", 4.0, "owned-start"),
        ("site:campus", "life_months", 3.0, "owned-term"),
        ("site:campus", "module_mw", 0.01, "site-power"),
        ("server:chip", "server_lead_months", 4.0, "owned-start"),
        ("server:chip", "accelerators_per_server", 4.0, "owned-option"),
        ("server:chip", "nameplate_kw", 40.0, "site-power"),
        ("server:chip", "life_months", 8.0, "inline-only"),
    ],
)
def test_a_figure_that_question_and_plan_agree_on_counts(thing: str, name: str, value: float, rule: str) -> None:
    plan = plans.read(honest()).to_json_value()
    kind, label = thing.split(":")
    own = plan["scenario"]["resolved"]["own"]
    stated = next(x for x in own[f"{kind}s"] if label in (x["name"], x.get("accelerator")))
    assert name.removeprefix("server_") in stated
    stated[name.removeprefix("server_")] = value
    next(f for f in plan["inputs"]["figures"][thing] if f["name"] == name)["value"] = value
    found = rules(plans.asked(plan, own=own))
    assert rule in found
    assert "figure" not in found


@pytest.mark.parametrize("rule", ["market", "none"])
def test_the_value_at_the_end_is_the_one_that_the_scenario_asks_for(rule: str) -> None:
    plan = plans.read(honest()).to_json_value()
    own = plan["scenario"]["resolved"]["own"] | {"value_at_end": rule}
    assert {"residual", "npv", "asset-record", "owned-charge"} <= rules(plans.asked(plan, own=own))
