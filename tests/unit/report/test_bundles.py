"""Lines that are told as one add up to what they were."""

import random

import pytest
from report_builders import a_line

from planner.domain.records import PlanLine
from planner.report.plan.bundles import blocks_signed, bundles


def in_a_row(first: int, count: int, term: int, **changed: object) -> list[PlanLine]:
    starts = range(first, first + count * term, term)
    dates = {"signed": "{}", "start": "{}", "end": "{}"}
    return [
        a_line(
            **{name: form.format(t) for name, form in dates.items()}
            | {"start_index": t, "end_index": t + term}
            | changed
        )
        for t in starts
    ]


def test_a_contract_that_is_signed_again_at_its_end_is_told_once() -> None:
    (bundle,) = bundles(in_a_row(0, 3, 6))
    assert bundle.again == ("6", "12")
    assert (bundle.line.signed, bundle.line.start_index, bundle.line.end_index) == ("0", 0, 18)
    assert (bundle.line.nodes, bundle.fewest_nodes) == (10.0, 10.0)
    assert bundle.line.total_usd == pytest.approx(3 * a_line().total_usd)
    assert bundle.line.upfront_usd == pytest.approx(3 * a_line().upfront_usd)


def test_a_rent_that_rises_is_one_contract() -> None:
    rents = [
        a_line(action="lease", signed="0", start_index=12 * n, end_index=12 * n + 12, unit_price_usd=2.0 + n)
        for n in range(3)
    ]
    (bundle,) = bundles(rents)
    assert (bundle.line.unit_price_usd, bundle.dearest_usd, bundle.again) == (2.0, 4.0, ())
    assert bundle.line.end_index == 36
    assert len(bundles([rents[0], rents[1].model_copy(update={"signed_index": 12})])) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"nodes": 9.0},
        {"unit_price_usd": 21.0},
        {"upfront_usd": 1.0},
        {"term_periods": 7},
        {"option": "another"},
        {"why": "more"},
    ],
)
def test_what_differs_is_told_apart(other: dict[str, object]) -> None:
    assert len(bundles([*in_a_row(0, 1, 6), *in_a_row(6, 1, 6, **other)])) == 2


def test_a_pause_or_an_overlap_or_a_holding_is_no_renewal() -> None:
    assert len(bundles([*in_a_row(0, 1, 6), *in_a_row(7, 1, 6)])) == 2
    assert len(bundles([*in_a_row(0, 1, 6), *in_a_row(5, 1, 6)])) == 2
    assert len(bundles(in_a_row(0, 2, 6, held=True))) == 2


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ((0,), "sign 2027-01"),
        ((0, 1, 2), "one each month"),
        ((0, 2), "2 blocks: 2027-01 and 2027-03"),
        ((0, 4, 5, 9), "4 blocks: 2027-01, 2027-05, 2027-06 and 2027-10"),
        (tuple(range(0, 14, 2)), "7 blocks with pauses between them"),
    ],
)
def test_blocks_are_signed_when_they_are_used(starts: tuple[int, ...], said: str) -> None:
    """Four blocks in a year and a half were told as one each month."""
    months = [f"{2027 + t // 12}-{t % 12 + 1:02}" for t in range(16)]
    lines = [
        a_line(contract="block of 14 days", term_periods=1, signed=months[t], start=months[t], start_index=t,
               end=months[t + 1], end_index=t + 1)
        for t in starts
    ]  # fmt: skip
    (bundle,) = bundles(lines)
    assert (bundle.line.signed, *bundle.again) == tuple(months[t] for t in starts)
    assert blocks_signed(bundle, "month") == said


def test_of_drawn_lines_nothing_is_lost() -> None:
    told = 0
    for seed in range(60):
        draw = random.Random(seed)
        lines = [
            line
            for _ in range(draw.randint(1, 6))
            for line in in_a_row(
                draw.randint(0, 6),
                draw.randint(1, 4),
                draw.choice([3, 6]),
                nodes=draw.choice([1.0, 2.0]),
                action=draw.choice(["commit", "on_demand"]),
                option=draw.choice("ab"),
            )
        ]
        found = bundles(lines)
        told += len(lines) - len(found)
        for name in ("total_usd", "in_horizon_usd", "quantity", "upfront_usd", "paid_upfront_usd"):
            assert sum(getattr(b.line, name) for b in found) == pytest.approx(
                sum(getattr(line, name) for line in lines)
            )
        assert sum(1 + len(b.again) for b in found if b.line.action == "commit") == sum(
            x.action == "commit" for x in lines
        )
    assert told > 60
