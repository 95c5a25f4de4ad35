"""Offers under contracts become options: prices by period, caps, cash flows of one unit, emissions, what may be owned

In: `Scenario`, `Catalog`, `Horizon`.
Out: `Market` (options, caps, what was left out).
Start at `options.py`.
"""
