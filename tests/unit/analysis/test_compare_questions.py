"""What differs between two resolved scenarios, as dotted paths."""

import pytest

from planner.analysis.compare.scenario_diff import scenario_changes


def found(a, b):
    return [(change.change, change.path, change.a, change.b) for change in scenario_changes(a, b)]


def test_a_value_that_changed_came_or_went():
    a = {"years": 2, "budget_total_usd": None, "max_term_months": 12}
    b = {"years": 3, "budget_total_usd": 5e6, "max_term_months": None}
    assert found(a, b) == [
        ("~", "years", 2, 3),
        ("+", "budget_total_usd", None, 5e6),
        ("-", "max_term_months", 12, None),
    ]


@pytest.mark.parametrize("nothing", [None, [], {}, ()])
def test_what_is_absent_null_or_empty_is_the_same(nothing):
    assert found({"held": nothing}, {}) == []
    assert found({}, {"held": nothing}) == []
    assert found({"held": nothing}, {"held": []}) == []
    assert found({"w": [{"name": "x", "y": nothing}]}, {"w": [{"name": "x"}]}) == []


def test_zero_and_false_and_empty_text_are_something():
    assert found({"a": 0, "b": False}, {"a": None, "b": None}) == [("-", "a", 0, None), ("-", "b", False, None)]
    assert found({"country": ""}, {"country": "US"}) == [("~", "country", "", "US")]


def test_numbers_are_the_same_however_they_are_written_but_true_is_no_number():
    assert found({"a": 1, "b": [1.0, 2]}, {"a": 1.0, "b": (1, 2.0)}) == []
    assert found({"a": 1}, {"a": True}) == [("~", "a", 1, True)]


def test_entries_of_a_list_go_by_their_name_whatever_their_order():
    chat, train = {"name": "chat", "tokens": 5}, {"name": "train", "hours": 7}
    assert found({"workloads": [chat, train]}, {"workloads": [train, chat]}) == []
    assert found({"workloads": [chat, train]}, {"workloads": [train, chat | {"tokens": 6}]}) == [
        ("~", "workloads.chat.tokens", 5, 6)
    ]
    assert found({"workloads": [chat]}, {"workloads": [chat, train]}) == [("+", "workloads.train", None, train)]
    assert found({"workloads": [chat]}, {"workloads": []}) == [("-", "workloads.chat", chat, None)]


def test_entries_without_a_name_go_by_their_index():
    a = {"offers": [{"name": "box", "contracts": [{"usd": 1}, {"usd": 2}]}]}
    b = {"offers": [{"name": "box", "contracts": [{"usd": 1}, {"usd": 3}]}]}
    assert found(a, b) == [("~", "offers.box.contracts.1.usd", 2, 3)]


def test_of_lists_of_different_length_only_what_is_not_in_both_is_told():
    quotes = [{"usd": n} for n in range(5)]
    assert found({"quotes": quotes}, {"quotes": [*quotes[:2], {"usd": 9}, *quotes[2:]]}) == [
        ("+", "quotes.2", None, {"usd": 9})
    ]
    assert found({"quotes": [*quotes, *quotes[:1]]}, {"quotes": quotes}) == [("-", "quotes.5", {"usd": 0}, None)]


def test_names_that_stand_twice_are_no_names():
    twice = [{"name": "a", "x": 1}, {"name": "a", "x": 2}]
    assert found({"l": twice}, {"l": [twice[0], twice[1] | {"x": 3}]}) == [("~", "l.1.x", 2, 3)]


def test_a_list_of_plain_values_is_one_value():
    assert found({"clouds": ["aws", "gcp"]}, {"clouds": ["aws"]}) == [("~", "clouds", ["aws", "gcp"], ["aws"])]
    assert found({"d": [1, 2]}, {"d": 3}) == [("~", "d", [1, 2], 3)]
