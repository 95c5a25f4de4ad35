"""An option with other values is the one that `dataclasses.replace` makes."""

import random
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from planner.domain.options import Option
from planner.domain.options.option import Provenance

PLAIN = Option(
    id="a", action="on_demand", provider="p", region="r", country="DE", node_type="n", accelerator=None, count=1,
    contract="on demand", usd_per_hour=1.0, provenance=Provenance("row", "source", "2026-01-01", "listed"),
)  # fmt: skip


def test_an_option_having_other_values_is_the_one_replaced() -> None:
    names = [field.name for field in fields(Option)]
    draw, option = random.Random(4), PLAIN
    for number in range(200):
        changes = {name: f"{name} {number}" for name in draw.sample(names, draw.randint(0, 5))}
        other = option.having(**changes)
        assert other == replace(option, **changes)
        assert hash(other) == hash(replace(option, **changes))
        assert repr(other) == repr(replace(option, **changes))
        option = other


def test_it_is_frozen_and_has_no_other_fields() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.having(count=2).count = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        PLAIN.having(price=2.0)
