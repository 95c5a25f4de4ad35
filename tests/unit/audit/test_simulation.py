"""Outages at random on plans written by hand, against closed forms; the dispatch of an emergency, against HiGHS."""

import json
from collections.abc import Mapping, Sequence
from math import comb, exp, sqrt
from typing import Any

import highspy
import numpy as np
import pytest
from audit_plans import read, sealed, startup
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.audit.availability.emergency import Emergency
from planner.audit.availability.shares import maximise
from planner.audit.availability.simulation import Outage, rules_of, sampled, simulate, spells
from planner.audit.books.plan_index import Books
from planner.domain.records.plan import Plan
from planner.domain.scenario.scenario import Scenario

Json = dict[str, Any]
YEAR = 8760.0


def an_option(name: str, region: str = "a", action: str = "commit", **more: Any) -> Json:
    record: Json = {
        "option": name,
        "action": action,
        "pool": f"{more.get('provider', 'cloud')}/{region}/box",
        "provider": "cloud",
        "region": region,
        "country": "",
        "node_type": "box",
        "accelerator": "chip",
        "accelerators_per_node": 8,
        "contract": action,
        "list_price_usd": 1.0,
        "discount_fraction": 0.0,
        "change_per_year": 0.0,
        "vendor": "maker",
        "source": "",
        "as_of": "",
        "basis": "",
        "price_row": "",
    }
    return record | more


def a_cap(name: str, nodes: float | None = None, accelerators: float | None = None, counts: str = "running") -> Json:
    return {"name": name, "max_nodes": nodes, "max_accelerators": accelerators, "counts": counts, "assumed": False}


def a_plan(
    options: Sequence[Json],
    nodes: Mapping[str, float],
    demand: Mapping[str, float | Sequence[Sequence[float]]],
    *,
    rates: Mapping[tuple[str, str], float] | None = None,
    availability: Json | None = None,
    survive: Mapping[str, float] | None = None,
    caps: Sequence[Json] = (),
    periods: Sequence[Sequence[float]] = ((YEAR,),),
    served_by: Mapping[str, str] | None = None,
    releases: Sequence[Json] = (),
) -> Plan:
    """Committed or running `nodes` by option through `periods` (hours of their slices), rates of 1 where not given.

    Who serves the demand is of no concern to the simulation, only how much is: the first option, or `served_by`.
    """
    by_name = {o["option"]: o for o in options}
    fits = {(w, o): 1.0 for w in demand for o in by_name} if rates is None else rates

    def rate(workload: str, t: int, s: int) -> float:
        stated = demand[workload]
        return stated if isinstance(stated, float | int) else stated[t][s]

    asked = {w: [[rate(w, t, s) for s in range(len(hours))] for t, hours in enumerate(periods)] for w in demand}
    resolved = Scenario.model_validate(
        {
            "name": "hand",
            "periods": [
                {"hours": sum(hours), "slices": [{"name": f"s{s}", "hours": h} for s, h in enumerate(hours)]}
                for hours in periods
            ],
            "catalog": "none",
            "releases": list(releases),
            "workloads": [
                {"name": w, "kind": "inference", "model": "m", "demand_per_hour": asked[w]}
                | ({"survive": survive[w]} if w in (survive or {}) else {})
                for w in demand
            ],
        }
        | ({"availability": availability} if availability is not None else {})
    ).model_dump(mode="json")

    keys = [(t, s, h) for t, hours in enumerate(periods) for s, h in enumerate(hours)]
    lines = [
        startup()["lines"][0]
        | {"option": o, "action": "commit", "nodes": n, "signed_index": 0, "start_index": 0, "end_index": len(periods)}
        for o, n in nodes.items()
        if by_name[o]["action"] == "commit"
    ]
    fit = startup()["inputs"]["fits"][0]
    plan = startup() | {
        "scenario": sealed(resolved),
        "horizon": {
            "start": "",
            "periods": [
                {
                    "index": t,
                    "start": f"p{t}",
                    "hours": sum(hours),
                    "plan_year": 0,
                    "slices": [{"name": f"s{s}", "hours": h} for s, h in enumerate(hours)],
                }
                for t, hours in enumerate(periods)
            ],
        },
        "lines": lines,
        "fleet": [
            {"option": o, "period": t, "slice": s, "nodes": n}
            for o, n in nodes.items()
            for t, s, _ in keys
            if by_name[o]["action"] in ("on_demand", "spot")
        ],
        "serving": [
            {
                "workload": w,
                "period": t,
                "slice": s,
                "option": (served_by or {}).get(w, options[0]["option"]),
                "nodes": 0.0,
                "replicas": 0.0,
                "work": 1.1 * rate(w, t, s) * h,  # whole replicas serve more than is asked for
                "work_unit": "Mtok",
            }
            for w in demand
            for t, s, h in keys
        ],
        "unserved": [],
    }
    plan["inputs"] = plan["inputs"] | {
        "options": list(options),
        "fits": [
            fit | {"workload": w, "option": o, "rate_per_node_hour": r}
            for (w, o), r in fits.items()
            if by_name[o]["action"] != "hosted_api"
        ],
        "caps": list(caps),
    }
    return read(plan)


def shares(plan: Plan, *failed: str, t: int = 0, s: int = 0) -> dict[str, float]:
    emergency = Emergency(Books(plan), rules_of(plan))
    assert set(failed) <= set(emergency.domains)
    return dict(zip(emergency.promised, emergency.shares(frozenset(failed), t, s), strict=True))


def regions(**more: Any) -> Json:
    return {"failure": "region", "standby": [], "outages_per_year": 12.0, "hours_per_outage": 10.0} | more


def down(rules: Json) -> float:
    """Share of the time a domain is down: 1 − e^(−λd)."""
    return 1 - exp(-rules["outages_per_year"] * rules["hours_per_outage"] / YEAR)


def within_three_errors(plan: Plan, expected: float, samples: int = 400, workload: str = "chat") -> None:
    values = sampled(plan, rules_of(plan), samples, 7)[workload]
    error = values.std(ddof=1) / sqrt(samples)
    assert values.mean() == pytest.approx(expected, abs=3 * error)
    assert error < 0.05 * (1 - expected) + 1e-4  # the test could tell a figure a sixth off


# --- closed forms ----------------------------------------------------------------------------------


def test_one_domain_is_there_but_for_its_outages() -> None:
    """12 outages a year of 10 h each: down for 120 of 8,760 h less what overlaps, 1.36%."""
    rules = regions()
    plan = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0}, availability=rules)
    assert 1 - down(rules) == pytest.approx(1 - 12 * 10 / YEAR, abs=1e-4)
    within_three_errors(plan, 1 - down(rules))


def test_two_of_three_domains_are_enough_but_for_double_outages() -> None:
    """Each of three regions holds half of the demand: nothing is lost with one down, a half with two, all with three."""
    rules = regions(outages_per_year=50.0, hours_per_outage=24.0)
    three = [an_option(f"x{r}", r) for r in "abc"]
    plan = a_plan(three, dict.fromkeys(("xa", "xb", "xc"), 1.0), {"chat": 2.0}, availability=rules)
    p = down(rules)
    lost = 0.5 * comb(3, 2) * p**2 * (1 - p) + p**3
    within_three_errors(plan, 1 - lost)
    assert shares(plan, "cloud/a") == {"chat": 1.0}
    assert shares(plan, "cloud/a", "cloud/b") == {"chat": pytest.approx(0.5)}
    assert shares(plan, "cloud/a", "cloud/b", "cloud/c") == {"chat": 0.0}


def test_without_protection_the_share_of_the_domain_is_lost() -> None:
    """3 of 4 nodes in one region, 1 in another, all needed: on average the share p of the demand is lost."""
    rules = regions(outages_per_year=20.0)
    plan = a_plan([an_option("x", "a"), an_option("y", "b")], {"x": 3.0, "y": 1.0}, {"chat": 4.0}, availability=rules)
    assert shares(plan, "cloud/a") == {"chat": pytest.approx(0.25)}
    assert shares(plan, "cloud/b") == {"chat": pytest.approx(0.75)}
    within_three_errors(plan, 1 - down(rules))


def test_losses_are_weighted_by_the_demand_of_slices_and_periods() -> None:
    """Two regions of 3 nodes. By day 6 are asked for, at night 3; in the second half-year nothing but 2: none lost."""
    rules = regions(outages_per_year=40.0)
    plan = a_plan(
        [an_option("x", "a"), an_option("y", "b")],
        {"x": 3.0, "y": 3.0},
        {"chat": [[6.0, 3.0], [2.0]]},
        availability=rules,
        periods=((1460.0, 2920.0), (4380.0,)),
    )
    p = down(rules)
    one, both = 2 * p * (1 - p), p * p
    demand = 1460 * 6 + 2920 * 3 + 4380 * 2  # 26,280
    lost = one * (1460 * 3) + both * demand
    within_three_errors(plan, 1 - lost / demand)


def test_the_worst_sample_and_the_record() -> None:
    rules = regions(outages_per_year=2.0, hours_per_outage=100.0)
    plan = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0, "other": 0.0}, availability=rules)
    values = sampled(plan, rules_of(plan), 50, 3)
    record = simulate(plan, 50, 3)
    assert (record.failure, record.outages_per_year, record.hours_per_outage) == ("region", 2.0, 100.0)
    assert (record.assumed, record.samples, record.seed) == (False, 50, 3)
    chat, other = record.workloads
    assert (chat.workload, chat.availability) == ("chat", pytest.approx(values["chat"].mean()))
    assert chat.worst == values["chat"].min() < chat.availability < 1
    assert (other.availability, other.worst) == (1.0, 1.0)  # nothing asked for, nothing lost


def test_the_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    plan = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0}, availability=regions())
    assert simulate(plan, 20, 1) == simulate(plan, 20, 1)
    assert simulate(plan, 20, 1).workloads != simulate(plan, 20, 2).workloads


def test_what_the_scenario_does_not_say_is_assumed() -> None:
    silent = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0})
    record = simulate(silent, 5)
    assert (record.failure, record.outages_per_year, record.hours_per_outage) == ("region", 1.0, 4.0)
    assert record.assumed
    unrated = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0}, availability={"failure": "zone"})
    assert simulate(unrated, 5).assumed
    assert simulate(unrated, 5).failure == "zone"
    assert simulate(unrated, 5, failure="vendor").failure == "vendor"


# --- time ------------------------------------------------------------------------------------------


def test_spells_are_cut_where_anything_changes() -> None:
    outages = [Outage("a", 5.0, 30.0), Outage("b", 20.0, 40.0), Outage("b", 25.0, 35.0), Outage("c", 90.0, 200.0)]
    found = [(set(s.failed), s.period, s.hours) for s in spells(outages, [0.0, 10.0, 100.0])]
    assert found == [
        ({"a"}, 0, 5.0),
        ({"a"}, 1, 10.0),  # 10 to 20
        ({"a", "b"}, 1, 5.0),
        ({"a", "b"}, 1, 5.0),  # the second outage of b ends before its first: both have to be over
        ({"b"}, 1, 5.0),
        ({"b"}, 1, 5.0),
        ({"c"}, 1, 10.0),  # what lies beyond the horizon does not count
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 100), st.floats(0, 50)).map(
            lambda o: Outage(o[0], o[1], o[1] + o[2])
        ),
        max_size=12,
    )
)
def test_spells_last_as_long_as_something_is_down(outages: list[Outage]) -> None:
    grid = np.arange(0, 100, 0.05) + 0.025
    found = list(spells(outages, [0.0, 30.0, 100.0]))
    for domain in "abc":
        is_down = np.zeros_like(grid, dtype=bool)
        for o in outages:
            if o.domain == domain:
                is_down |= (o.start <= grid) & (grid < o.end)
        total = sum(s.hours for s in found if domain in s.failed)
        assert total == pytest.approx(is_down.sum() * 0.05, abs=0.1 * (len(outages) + 1))


# --- who survives ----------------------------------------------------------------------------------


def test_kinds_of_domains() -> None:
    options = [
        an_option("x", "a", zone="1"),
        an_option("y", "a", zone="2"),
        an_option("z", "a", provider="host", vendor=""),
        an_option("api", "", "hosted_api", provider="host", accelerator=None, vendor=""),
    ]

    def domains(kind: str) -> dict[str, tuple[str, ...]]:
        plan = a_plan(options, {"x": 1.0}, {"chat": 1.0}, availability={"failure": kind})
        return Emergency(Books(plan), rules_of(plan)).domains

    assert domains("zone") == {"cloud/a/1": ("x",), "cloud/a/2": ("y",), "host/a": ("z",)}
    assert domains("region") == {"cloud/a": ("x", "y"), "host/a": ("z",)}
    assert domains("provider") == {"cloud": ("x", "y"), "host": ("z", "api")}
    assert domains("vendor") == {"maker": ("x", "y"), "unknown vendor": ("z",)}


def test_spot_never_survives() -> None:
    options = [an_option("x", "a"), an_option("y", "b", "spot"), an_option("z", "c", "on_demand")]
    plan = a_plan(options, {"x": 2.0, "y": 2.0, "z": 1.0}, {"chat": 4.0}, availability=regions())
    assert shares(plan, "cloud/a") == {"chat": pytest.approx(0.25)}  # one node on demand


def test_a_domain_that_holds_nothing_is_not_missed() -> None:
    options = [an_option("x", "a"), an_option("y", "b", "on_demand")]
    plan = a_plan(options, {"x": 2.0}, {"chat": 4.0}, availability=regions())  # 2 nodes of rate 1 could not serve 4
    assert shares(plan, "cloud/b") == {"chat": 1.0}


def test_standby_is_started_within_caps_that_what_failed_has_left() -> None:
    """40 accelerators on demand in all: 9 nodes run in a, 1 in b; with a lost there is room for 4 more beside b's."""
    options = [
        an_option("x", "a", "on_demand", groups=["od"]),
        an_option("y", "b", "on_demand", groups=["od"]),
        an_option("s", "b", "spot", groups=["od"]),
        an_option("lost", "a", "spot", groups=["od"]),
    ]

    def after(standby: list[str], caps: Sequence[Json], spot: float = 0.0, **changes: Any) -> float:
        changed = [options[0], options[1] | changes, *options[2:]]
        plan = a_plan(
            changed,
            {"x": 9.0, "y": 1.0, "s": spot, "lost": 3.0},
            {"chat": 10.0},
            availability=regions(standby=standby),
            caps=caps,
        )
        return shares(plan, "cloud/a")["chat"]

    cap = a_cap("od", accelerators=40)
    assert after([], [cap]) == pytest.approx(0.1)
    assert after(["on_demand"], [cap]) == pytest.approx(0.5)
    assert after(["on_demand"], [cap], spot=1.0) == pytest.approx(0.4)  # spot in b goes on, and counts in the cap
    assert after(["on_demand"], [a_cap("od", nodes=3)]) == pytest.approx(0.3)
    assert after(["on_demand"], [a_cap("od", nodes=3, accelerators=16)]) == pytest.approx(0.2)
    assert after(["on_demand"], [cap], max_nodes=2) == pytest.approx(0.2)
    assert after(["on_demand"], [cap], exact_nodes=1) == pytest.approx(0.1)
    assert after(["on_demand"], []) == 1.0  # nothing limits it


def test_caps_over_live_nodes_count_commitments_that_survive() -> None:
    options = [
        an_option("x", "a", groups=["all"]),
        an_option("y", "b", groups=["all"]),
        an_option("z", "b", "on_demand", groups=["all"]),
    ]
    plan = a_plan(
        options,
        {"x": 3.0, "y": 1.0},
        {"chat": 4.0},
        availability=regions(standby=["on_demand"]),
        caps=[a_cap("all", nodes=3, counts="live")],
    )
    assert shares(plan, "cloud/a") == {"chat": pytest.approx(0.75)}  # 1 in service + 2 started
    assert shares(plan, "cloud/b") == {"chat": pytest.approx(0.75)}  # 3 in service fill the cap


def test_coming_accelerators_cannot_be_started_before_their_release() -> None:
    plan = a_plan(
        [an_option("x", "a"), an_option("y", "b", "on_demand", accelerator="Next")],
        {"x": 1.0},
        {"chat": 1.0},
        availability=regions(standby=["on_demand"]),
        periods=((730.0,), (730.0,)),
        releases=[{"accelerator": "next", "period": 1}],
    )
    assert shares(plan, "cloud/a", t=0) == {"chat": 0.0}
    assert shares(plan, "cloud/a", t=1) == {"chat": 1.0}


def test_hosted_apis_step_in_where_they_may() -> None:
    api = an_option("api", "", "hosted_api", provider="tokens", accelerator=None, accelerators_per_node=0)

    def after(failure: str, failed: str, standby: list[str]) -> dict[str, float]:
        plan = a_plan(
            [an_option("x", "a"), api],
            {"x": 1.0},
            {"chat": 1.0, "own": 1.0},
            rates={("chat", "x"): 1.0, ("own", "x"): 1.0},
            availability=regions(failure=failure, standby=standby),
            served_by={"chat": "api"},
        )
        return shares(plan, failed)

    assert after("provider", "cloud", ["hosted_api"]) == {"chat": 1.0, "own": 0.0}  # no API has the weights of `own`
    assert after("provider", "cloud", []) == {"chat": 0.0, "own": 0.0}
    assert after("provider", "tokens", ["hosted_api"]) == {"chat": pytest.approx(0.5), "own": pytest.approx(0.5)}


def test_promises_come_first_and_then_what_else_is_possible() -> None:
    """Two nodes survive for demand of 2 + 2: `gold` is promised all of it, `lead` a quarter, `none` nothing."""
    options = [an_option("x", "a"), an_option("y", "b")]

    def after(nodes: float, **survive: float) -> dict[str, float]:
        plan = a_plan(
            options,
            {"x": 4.0, "y": nodes},
            {"gold": 2.0, "lead": 2.0, "none": 2.0},
            availability=regions(),
            survive={"none": 0.0, **survive},
        )
        return {name: round(share, 9) for name, share in shares(plan, "cloud/a").items()}

    assert after(2.5, lead=0.25) == {"gold": 1.0, "lead": 0.25}
    assert after(3.0, lead=0.25) == {"gold": 1.0, "lead": 0.5}
    assert after(1.25, lead=0.25) == {"gold": 0.5, "lead": 0.125}  # half of either promise
    assert after(2.0) == {"gold": 0.5, "lead": 0.5}


def test_a_promise_is_of_the_demand_and_the_share_of_what_the_plan_serves() -> None:
    """A tenth is left unserved as planned: 90% promised of 10 are all of the 9 that are served."""
    plan = a_plan(
        [an_option("x", "a"), an_option("y", "b")],
        {"x": 9.0, "y": 9.0},
        {"chat": 10.0, "other": 9.0},
        availability=regions(),
        survive={"chat": 0.9, "other": 0.5},
    )
    unserved = {"period": 0, "slice": 0, "work": YEAR, "work_unit": "Mtok", "cost_usd": 0.0, "workload": "chat"}
    value = plan.to_json_value() | {"unserved": [unserved]}
    # 9 nodes for promises of 9 and 4.5: two thirds of either, 6 of 9 and 3 of 9
    assert shares(read(value), "cloud/a") == {"chat": pytest.approx(2 / 3), "other": pytest.approx(1 / 3)}


def test_nodes_that_run_for_a_part_of_the_period_do_not_survive() -> None:
    """A training run pays for its nodes in b by the hour, and for half of the year only."""
    plan = a_plan(
        [an_option("x", "a"), an_option("y", "b", "on_demand")],
        {"x": 2.0},
        {"chat": 2.0},
        availability=regions(),
    )

    def with_run(hours: float) -> Plan:
        share = {"option": "y", "period": 0, "nodes": 2.0, "hours": hours}
        run = {"workload": "run", "pool": "", "start": "p0", "start_index": 0, "end": "p0", "end_index": 1, "nodes": 2}
        run |= {"accelerators": 16, "hours": hours, "last_period_hours": hours, "work": 1.0, "work_unit": "Mtok"}
        run |= {"rate_per_node_hour": 1.0, "goodput": 1.0, "shares": [share]}
        return read(plan.to_json_value() | {"runs": [run]})

    assert shares(with_run(YEAR / 2), "cloud/a") == {"chat": 0.0}


# --- the linear program ----------------------------------------------------------------------------


def highs(objective: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """The best value of max c·x, A x ≤ b, x ≥ 0, by HiGHS."""
    solver = highspy.Highs()
    solver.silent()
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        solver.setOptionValue(name, 1e-10)
    for c in objective:
        solver.addVar(0.0, highspy.kHighsInf)
        solver.changeColCost(solver.getNumCol() - 1, -float(c))
    for row, limit in zip(a, b, strict=True):
        used = np.flatnonzero(row)
        solver.addRow(-highspy.kHighsInf, float(limit), len(used), used.astype(np.int32), row[used])
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -solver.getInfo().objective_function_value


@settings(deadline=None, max_examples=200)
@given(seed=st.integers(0, 10**6), rows=st.integers(1, 15), columns=st.integers(1, 25), sparse=st.floats(0, 0.8))
def test_the_simplex_method_agrees_with_highs(seed: int, rows: int, columns: int, sparse: float) -> None:
    rng = np.random.default_rng(seed)
    a = rng.uniform(-0.5, 1, (rows, columns)) * (rng.random((rows, columns)) > sparse)
    a = np.vstack([a, np.eye(columns)])  # bounded
    b = np.concatenate([rng.uniform(0, 2, rows) * (rng.random(rows) > 0.4), np.full(columns, 3.0)])
    first, second = rng.uniform(-1, 1, columns) * (rng.random(columns) > 0.5), rng.uniform(-1, 1, columns)
    x = maximise([first, second], a, b)
    assert x.min() >= -1e-9
    assert (a @ x <= b + 1e-7).all()
    best = highs(first, a, b)
    assert first @ x == pytest.approx(best, abs=1e-6)
    # no slack at all on the first objective: giving up 1e-9 of it can gain ten thousand times as much of the second
    kept = highs(second, np.vstack([a, -first]), np.append(b, -best))
    assert second @ x == pytest.approx(kept, abs=1e-5)


def test_a_program_without_end_says_so() -> None:
    with pytest.raises(ArithmeticError, match="unbounded"):
        maximise([np.array([1.0])], np.array([[-1.0]]), np.array([1.0]))


def test_beales_example_does_not_circle() -> None:
    """Beale (1955): the steepest step returns to where it began unless ties are broken with care."""
    a = np.array([[0.25, -60, -1 / 25, 9], [0.5, -90, -1 / 50, 3], [0, 0, 1, 0]])
    x = maximise([np.array([0.75, -150, 0.02, -6])], a, np.array([0.0, 0.0, 1.0]))
    assert np.array([0.75, -150, 0.02, -6]) @ x == pytest.approx(0.05)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_the_dispatch_of_an_emergency_is_the_best_there_is(seed: int) -> None:
    """Random plans; the smallest share that all promises can be kept to, by HiGHS on a program written anew."""
    rng = np.random.default_rng(seed)
    workloads, nodes = [f"w{i}" for i in range(rng.integers(1, 4))], {}
    options, rates = [], {}
    for i in range(rng.integers(2, 7)):
        action = str(rng.choice(["commit", "on_demand"]))
        options.append(
            an_option(
                f"o{i}",
                str(rng.choice(["a", "b"])),
                action,
                accelerators_per_node=int(rng.choice([4, 8])),
                groups=[g for g in ("g", "h") if rng.random() < 0.6] or ["g"],
            )
        )
        nodes[f"o{i}"] = float(rng.integers(0, 6))
        rates |= {(w, f"o{i}"): float(rng.choice([0.5, 2.0, 3.0, 500.0])) for w in workloads if rng.random() < 0.8}
    demand = {w: float(rng.uniform(1, 400)) for w in workloads}
    caps = [a_cap("g", nodes=float(rng.integers(0, 20)), counts="live"), a_cap("h", accelerators=60.0)]
    survive = {w: float(rng.choice([0.3, 1.0])) for w in workloads}
    plan = a_plan(
        options,
        nodes,
        demand,
        rates=rates,
        availability=regions(standby=["on_demand"]),
        caps=caps,
        survive=survive,
    )
    emergency = Emergency(Books(plan), rules_of(plan))
    for domain, members in emergency.domains.items():
        if not any(nodes[o] for o in members):
            continue
        found = emergency.shares(frozenset([domain]), 0, 0)
        z = _by_highs([o for o in options if o["option"] not in members], nodes, rates, demand, survive, caps)
        kept = min(share / survive[w] for w, share in zip(workloads, found, strict=True))
        assert kept == pytest.approx(min(z, 1 / max(survive.values())), abs=1e-6)
        assert all(0 <= share <= 1 for share in found)


def _by_highs(
    survivors: Sequence[Json],
    nodes: Mapping[str, float],
    rates: Mapping[tuple[str, str], float],
    demand: Mapping[str, float],
    survive: Mapping[str, float],
    caps: Sequence[Json],
) -> float:
    """Columns: z, nodes busy by (workload, option), nodes started by option."""
    busy = [(w, o["option"]) for w in demand for o in survivors if (w, o["option"]) in rates]
    started = [o for o in survivors if o["action"] == "on_demand"]
    columns = 1 + len(busy) + len(started)
    rows, limits = [np.eye(columns)[0]], [1 / max(survive.values())]
    for w, asked in demand.items():
        row = np.zeros(columns)
        row[0] = survive[w]
        for i, (v, o) in enumerate(busy):
            row[1 + i] = -rates[v, o] / asked if v == w else 0.0
        rows.append(row)
        limits.append(0.0)
    for o in survivors:
        row = np.zeros(columns)
        row[[1 + i for i, (_, name) in enumerate(busy) if name == o["option"]]] = 1.0
        row[[1 + len(busy) + i for i, other in enumerate(started) if other is o]] = -1.0
        rows.append(row)
        limits.append(nodes[o["option"]])
    for cap in caps:
        size = "accelerators_per_node" if cap["max_nodes"] is None else ""
        members = [o for o in survivors if cap["name"] in o["groups"]]
        counted = [o for o in members if cap["counts"] == "live" or o["action"] == "on_demand"]
        row = np.zeros(columns)
        for i, o in enumerate(started):
            row[1 + len(busy) + i] = (o[size] if size else 1) if o in members else 0.0
        rows.append(row)
        used = sum(nodes[o["option"]] * (o[size] if size else 1) for o in counted)
        limits.append(max(0.0, (cap["max_nodes"] or cap["max_accelerators"] or 0.0) - used))
    return highs(np.eye(columns)[0], np.array(rows), np.array(limits))


def test_plans_survive_being_written_to_a_file() -> None:
    plan = a_plan([an_option("x")], {"x": 4.0}, {"chat": 4.0}, availability=regions())
    again = read(json.loads(json.dumps(plan.to_json_value())))
    assert simulate(again, 10) == simulate(plan, 10)
