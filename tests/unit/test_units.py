"""Nouns behind numbers: the plural by rules, the singular by a table, so that nothing else that ends in s is cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.infeasible.levers.table import LIMITS
from planner.analysis.infeasible.wording import figure
from planner.units import COUNTED, plural, plural_of


@given(st.from_regex(r"[a-z]{1,8}s", fullmatch=True).filter(lambda word: word not in COUNTED))
def test_a_unit_that_only_ends_in_s_stays_whole(word):
    assert figure(1, word) == f"1 {word}"


@pytest.mark.parametrize("unit", sorted(set(re.findall(r"unit='([^']+s)'", repr(LIMITS))) - {"ms"}))
def test_every_unit_of_a_limit_has_a_singular(unit):
    assert figure(1, unit) == f"1 {COUNTED[unit]}"
    assert figure(2, unit) == f"2 {unit}"


@given(st.from_regex(r"[a-z]{2,8}", fullmatch=True), st.integers(2, 9))
def test_plurals_are_spelt_by_the_rules(noun, number):
    more = plural_of(noun)
    assert (plural(1, noun), plural(number, noun)) == (f"1 {noun}", f"{number} {more}")
    assert not re.search(r"[^aeiou]ys$|(s|x|z|ch|sh)s$", more)
