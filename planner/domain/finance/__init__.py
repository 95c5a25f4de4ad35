"""The arithmetic of money over time: discounting, value at the end of a term, prices on a path

In: rates, months, points of a path.
Out: factors, as exact decimals where they are published.
Start at `finance.py`.
"""

from planner.domain.finance.finance import (
    book_value_usd,
    discount_factor,
    peak_funding,
    price_on_path,
    residual_fraction,
    threshold_usd_per_year,
)
from planner.domain.finance.price_path import factor_at
