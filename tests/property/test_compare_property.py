"""What must hold of every pair of plans: nothing against itself, signs that flip, lines that add up to the cash."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from plan_pairs import compared, tiny, with_lines, with_question

from planner.domain.answers.comparison import Amount
from planner.domain.records.plan import Plan, PlanLine

CENT = 0.01
TINY = tiny()
USD = st.decimals(min_value=0, max_value=10**9, places=6).map(float)
MONTHS = ("2027-01", "2027-02", "2027-03")


@st.composite
def lines(draw: Any) -> PlanLine:
    """Few identities, so that many lines meet a partner; amounts of any size."""
    start = draw(st.integers(0, 1))
    return TINY.lines[0].model_copy(
        update={
            "provider": draw(st.sampled_from(["north", "south"])),
            "action": draw(st.sampled_from(["commit", "on_demand"])),
            "nodes": draw(st.sampled_from([1.0, 2.0, 2.5])),
            "quantity": draw(st.sampled_from([730.0, 1460.0])),
            "unit_price_usd": draw(st.sampled_from([1.7, 1.6])),
            "upfront_usd": draw(st.sampled_from([0.0, 10.0])),
            "start": MONTHS[start],
            "start_index": start,
            "end": MONTHS[start + 1],
            "end_index": start + 2,
            "in_horizon_usd": draw(USD),
            "total_usd": draw(USD),
        }
    )


@st.composite
def plans(draw: Any) -> Plan:
    held = draw(st.sampled_from([0.0, 0.0, 1234.567891]))
    plan = with_lines(TINY, *draw(st.lists(lines(), max_size=6)), beside_usd=held)
    question = draw(st.dictionaries(st.sampled_from(["years", "budget_total_usd", "clouds"]), st.integers(1, 3)))
    cost = plan.cost.model_copy(update={"by_kind": draw(st.dictionaries(st.sampled_from("ab"), USD))})
    return with_question(plan, **question).model_copy(update={"npv_usd": draw(USD), "cost": cost})


def quick(test: Any) -> Any:
    return settings(derandomize=True, database=None, deadline=None, max_examples=150)(test)


@quick
@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: Plan) -> None:
    found = compared(plan, plan)
    assert (found.changes, found.scenario_changes) == ((), ())
    assert {usd.difference for usd in (found.totals.npv_usd, *found.totals.by_kind.values())} == {0.0}
    assert found.totals.unchanged_lines == len(plan.lines)


@quick
@given(plans(), plans())
def test_lines_add_up_to_the_change_of_the_cash(a: Plan, b: Plan) -> None:
    found = compared(a, b)
    changed = sum(change.cash_usd.difference for change in found.changes)
    assert abs(changed - found.totals.total_usd.difference) < CENT
    for mine, side in ((a, "a"), (b, "b")):
        shown = sum(getattr(change.cash_usd, side) or 0.0 for change in found.changes) + found.totals.unchanged_usd
        beside = mine.total_usd - sum(line.in_horizon_usd for line in mine.lines)
        told = any(change.action == "other" for change in found.changes)
        assert abs(shown + (0.0 if told else beside) - mine.total_usd) < CENT


@quick
@given(plans(), plans())
def test_every_line_is_told_once(a: Plan, b: Plan) -> None:
    found = compared(a, b)
    for lines_of, side in ((a.lines, "a"), (b.lines, "b")):
        told = [getattr(change, side) for change in found.changes if getattr(change, side) is not None]
        assert len(told) + found.totals.unchanged_lines == len(lines_of)


def flipped(amount: Amount) -> tuple[float | None, float | None, float]:
    return amount.b, amount.a, 0.0 - amount.difference


def straight(amount: Amount) -> tuple[float | None, float | None, float]:
    return amount.a, amount.b, amount.difference


@quick
@given(plans(), plans())
def test_the_other_way_round_every_sign_flips(a: Plan, b: Plan) -> None:
    there, back = compared(a, b), compared(b, a)
    mirror = {"~": "~", "+": "-", "-": "+"}
    assert [
        (mirror[c.change], c.provider, c.action, flipped(c.cash_usd), flipped(c.owed_usd)) for c in there.changes
    ] == [(c.change, c.provider, c.action, straight(c.cash_usd), straight(c.owed_usd)) for c in back.changes]
    assert flipped(there.totals.npv_usd) == straight(back.totals.npv_usd)
    assert flipped(there.totals.total_usd) == straight(back.totals.total_usd)
    mirrored = {kind: flipped(usd) for kind, usd in there.totals.by_kind.items()}
    assert mirrored == {kind: straight(usd) for kind, usd in back.totals.by_kind.items()}
    assert {(mirror[c.change], c.path, str(c.b), str(c.a)) for c in there.scenario_changes} == {
        (c.change, c.path, str(c.a), str(c.b)) for c in back.scenario_changes
    }


@quick
@given(plans(), plans())
def test_a_comparison_is_json(a: Plan, b: Plan) -> None:
    value = compared(a, b).to_json_value()
    assert next(iter(value)) == "schema"
    assert json.loads(json.dumps(value, allow_nan=False)) == value
