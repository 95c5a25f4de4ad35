"""One comparison between what a plan claims and what the second accountant finds."""

import math
from decimal import Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
ZERO = Decimal(0)
_FLOAT_DUST = Decimal("1e-14")
"""Relative: what is lost when exact money is written as a 64-bit float."""


class Check(NamedTuple):
    """`rule` at `where`: do they agree?"""

    rule: str
    where: str
    agrees: bool
    claimed: str = ""
    recomputed: str = ""
    difference_usd: Decimal = ZERO


def exact(value: float) -> Decimal:
    """The decimal number that a float shows: `Decimal(repr(x))`.

    >>> exact(0.1)
    Decimal('0.1')
    """
    return Decimal(repr(value))


def same_usd(
    rule: str,
    where: str,
    claimed: float,
    recomputed: Decimal,
    relative: Decimal = _FLOAT_DUST,
    *,
    gross: Decimal = ZERO,
) -> Check:
    """Money: |claimed − recomputed| ≤ max(1 cent, relative × size of what is compared).

    Args:
        gross: sum of the sizes of what was added up, where income and payments cancel: it is then what rounding goes by.
    """
    difference = abs(exact(claimed) - recomputed)
    if difference <= max(CENT, relative * max(abs(recomputed), gross)):
        return Check(rule, where, True, difference_usd=difference)
    return Check(rule, where, False, f"{claimed:.2f}", f"{recomputed:.2f}", difference)


def same_number(
    rule: str, where: str, claimed: float, recomputed: float, relative: float = 1e-9, absolute: float = 1e-9
) -> Check:
    """Numbers that are not money: equal within a relative or an absolute tolerance."""
    if math.isclose(claimed, recomputed, rel_tol=relative, abs_tol=absolute):
        return Check(rule, where, True)
    return Check(rule, where, False, f"{claimed:.12g}", f"{recomputed:.12g}")


def at_most(rule: str, where: str, value: float, limit: float, relative: float = 1e-6, *, size: float = 1.0) -> Check:
    """A limit: value ≤ limit, up to the tolerance of a linear program.

    Args:
        size: of what is counted, where the limit is smaller: one node, one dollar; of work, what is asked for.
    """
    if value <= limit + relative * max(size, abs(limit)):
        return Check(rule, where, True)
    return Check(rule, where, False, f"{value:.12g}", f"at most {limit:.12g}")


def at_least(rule: str, where: str, value: float, limit: float, relative: float = 1e-6, *, dust: float = 0.0) -> Check:
    """A requirement: value ≥ limit (1 − tolerance).

    Args:
        dust: what is nothing of what is counted.
    """
    if value >= limit - max(relative * max(abs(limit), 1e-9), dust):
        return Check(rule, where, True)
    return Check(rule, where, False, f"{value:.12g}", f"at least {limit:.12g}")


def whole(rule: str, where: str, value: float) -> Check:
    """A whole number, up to 1e-6."""
    if abs(value - round(value)) <= 1e-6:
        return Check(rule, where, True)
    return Check(rule, where, False, f"{value:.12g}", "a whole number")


def same(rule: str, where: str, claimed: object, recomputed: object) -> Check:
    """Words, flags and counts: exactly equal."""
    return holds(rule, where, claimed == recomputed, claimed, recomputed)


def holds(rule: str, where: str, agrees: bool, claimed: object, recomputed: object) -> Check:
    """A statement that is true or not, with what to say if it is not."""
    if agrees:
        return Check(rule, where, True)
    return Check(rule, where, False, str(claimed)[:200], str(recomputed)[:200])
