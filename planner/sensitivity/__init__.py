"""What changes if numbers change: how far limits must give way, what a unit more is worth, when an option enters

In: `Built`, `Outcome`.
Out: numbers by row or option.
Start at `duals.py`.
"""
