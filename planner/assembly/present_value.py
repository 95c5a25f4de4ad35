r"""What signing one node costs, in present value and in cash.

.. math::

    c_{ov} = u_{ov} (1+r)^{-y_v} + \sum_{\tau = v+\ell}^{v+\ell+L-1} p_{ov} h_\tau (1+r)^{-m_\tau} \cdot b_\tau

========  =========================================  ======================
symbol    meaning                                    unit
========  =========================================  ======================
u_{ov}    upfront at the price of the signing        USD per node
p_{ov}    recurring price at the price of signing    USD per node-hour
h_τ       hours of period τ (beyond the horizon:     hours
          those of its last period)
y, m      start and middle of a period               years
b_τ       share that counts: 1 inside the horizon;
          beyond it 1 (liability), 0 (annuity), or
          1 − min(1, q/p) (market), q the hourly
          price of the same contract at the end of
          the horizon, upfront spread over the term
========  =========================================  ======================
"""

from typing import Literal

from planner.domain.finance import discount_factor
from planner.domain.options import Terms
from planner.domain.time import Clock, Horizon

Terminal = Literal["market", "annuity", "liability"]


def signing_cost_usd(terms: Terms, v: int, times: Clock, count: int, rate: float, terminal: Terminal) -> float:
    """Present value of signing one node in period v of a horizon of `count` periods, USD."""
    price, first = terms.usd_per_hour[v], v + terms.lead
    total = terms.upfront_usd[v] * discount_factor(rate, times.starts[v])
    for tau in range(first, first + terms.term):
        counted = 1.0 if tau < count else counted_beyond(terms, v, times.hours[tau], terminal)
        total += price * times.hours[tau] * discount_factor(rate, times.middles[tau]) * counted
    return total


def counted_rent(price: float, new: float, terminal: Terminal) -> float:
    """Share that counts of a rent beyond the horizon: `price` is owed, a new contract at the end of the horizon costs `new`.

    >>> counted_rent(2.0, 1.5, "market"), counted_rent(2.0, 1.5, "liability"), counted_rent(2.0, 3.0, "market")
    (0.25, 1.0, 0.0)
    """
    if terminal == "liability":
        return 1.0
    return 0.0 if terminal == "annuity" or price <= 0 else max(1.0 - new / price, 0.0)


def counted_beyond(terms: Terms, v: int, hours: float, terminal: Terminal) -> float:
    """Share of a payment beyond the horizon that counts, by terminal rule."""
    if terminal == "liability":
        return 1.0
    price = terms.usd_per_hour[v]
    if terminal == "annuity" or price == 0:
        return 0.0
    worth = terms.usd_per_hour[-1] + terms.upfront_usd[-1] / (terms.term * hours)
    return 1.0 - min(worth / price, 1.0)


def signing_cash_usd(terms: Terms, v: int, horizon: Horizon) -> dict[int, float]:
    """Undiscounted cash by period of signing one node in period v, inside the horizon, USD."""
    cash: dict[int, float] = {}
    if terms.upfront_usd[v]:
        cash[v] = terms.upfront_usd[v]
    for period in horizon.periods[v + terms.lead : v + terms.lead + terms.term]:
        cash[period.index] = cash.get(period.index, 0.0) + terms.usd_per_hour[v] * period.hours
    return cash
