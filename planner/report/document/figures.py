"""Numbers as people read them. `$`, `%` and rounding exist only here."""

from math import floor, log10

NOTHING = "–"
"""How a zero is shown in a table, so that the eye finds what is there."""
_DUST = 5e-7


def money(usd: float) -> str:
    """Whole dollars from a thousand on, cents below; a zero is a dash.

    >>> money(1234567.4), money(12.5), money(0), money(-2000), money(0.001)
    ('$1,234,567', '$12.50', '–', '-$2,000', '<$0.01')
    """
    if abs(usd) < _DUST:
        return NOTHING
    sign, size = ("-" if usd < 0 else ""), abs(usd)
    if size < 0.005:
        return "$0.00" if sign else "<$0.01"
    return f"{sign}${size:,.0f}" if size >= 999.995 else f"{sign}${size:,.2f}"


def headline_money(usd: float) -> str:
    """Three figures are enough for a headline from a million on.

    >>> headline_money(1234567), headline_money(2.5e9), headline_money(999999.9), headline_money(0)
    ('$1.23M', '$2.50B', '$1.00M', '$0')
    """
    sign, size = ("-" if usd < 0 else ""), abs(usd)
    for scale, letter in ((1e9, "B"), (1e6, "M")):
        if size >= scale * 0.9999995:
            return f"{sign}${size / scale:,.2f}{letter}"
    return "$0" if size < _DUST else money(usd)


def unit_price(usd: float) -> str:
    """Four decimals, so that prices compare where they stand one below the other; two from a hundred dollars on, four significant
    figures below a cent.

    >>> unit_price(16.8), unit_price(3.43215), unit_price(0.0004567), unit_price(385047.7948)
    ('$16.8000', '$3.4322', '$0.0004567', '$385,047.79')
    """
    size = abs(usd)
    if size < 1e-12:
        return NOTHING
    decimals = 2 if size >= 99.99995 else 4 if size >= 0.00999995 else 3 - floor(log10(size))
    return f"{'-' if usd < 0 else ''}${size:,.{decimals}f}"


def stated_price(usd: float) -> str:
    """The same in a sentence, where nothing stands below it: no zeros behind the cents.

    >>> stated_price(16.8), stated_price(0.085), stated_price(0.0)
    ('$16.80', '$0.085', '–')
    """
    whole, _, rest = unit_price(usd).partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}" if rest else whole


MOST_PERCENT = 100.0
"""Shares beyond this are told as multiples: nobody reads 886,218,551,483.3%."""


def nearness(gap: float) -> str:
    """How near a plan is to the best; a gap of the whole cost says nothing.

    >>> nearness(0.004), nearness(0.0), nearness(1.0)
    ('within 0.40% of the best', 'proven to be the best', 'at a distance from the best that nothing bounds yet')
    """
    if gap <= 0:
        return "proven to be the best"
    return f"within {percent(gap)} of the best" if gap < 1 else "at a distance from the best that nothing bounds yet"


def percent(fraction: float) -> str:
    """One decimal; two below one percent; never a zero for what is not one.

    >>> percent(0.382), percent(0.0031), percent(0.00001), percent(1.0), percent(0)
    ('38.2%', '0.31%', '<0.01%', '100%', '0%')
    """
    if fraction in (0.0, 1.0):
        return f"{fraction * 100:.0f}%"
    if abs(fraction) >= MOST_PERCENT:
        return (
            f"{'-' if fraction < 0 else ''}{abs(fraction) + 0.5:,.0f}-fold"
            if abs(fraction) < 1e6
            else "over a million-fold"
        )
    if abs(fraction) < 0.00005:
        return "<0.01%" if fraction > 0 else ">-0.01%"
    return f"{fraction:,.2%}" if abs(fraction) < 0.01 else f"{fraction:,.1%}"


def signed_percent(change: float) -> str:
    """A change, with its sign.

    >>> signed_percent(0.03), signed_percent(-0.2)
    ('+3.0%', '-20.0%')
    """
    return f"+{percent(change)}" if change > 0 else percent(change)


def count(number: float) -> str:
    """Nodes and accelerators: whole where they are whole.

    >>> count(12.0), count(2.5), count(1200), count(1.9999999)
    ('12', '2.5', '1,200', '2')
    """
    if abs(number - round(number)) < 1e-6:
        return f"{round(number):,}"
    return f"{number:,.2f}".rstrip("0").rstrip(".") if abs(number) >= 0.005 else "<0.01"


def amount(number: float) -> str:
    """Any quantity: whole from a thousand on, else four significant figures; a zero is a dash.

    >>> amount(105120.0), amount(12.3456), amount(0)
    ('105,120', '12.35', '–')
    """
    if abs(number) < 1e-12:
        return NOTHING
    if abs(number) >= 1000 or number == round(number):
        return f"{number:,.0f}"
    return f"{number:.4g}" if abs(number) >= 1e-4 else f"{number:.3e}"


def share(fraction: float) -> str:
    """Availability in per cent with three decimals: never 100% for what is not all.

    >>> share(0.99987), share(1.0), share(0.9999999), share(0.5)
    ('99.987%', '100%', '>99.999%', '50.000%')
    """
    if fraction >= 1.0:
        return "100%"
    return f"{fraction * 100:.3f}%" if round(fraction, 5) < 1.0 else ">99.999%"
