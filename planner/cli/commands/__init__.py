"""One module a command: its options, and what it calls

In: arguments.
Out: an exit code.
Start at `solving.py`.
"""

from planner.cli.commands import (
    auditing,
    comparing,
    crossover,
    explaining,
    negotiating,
    serving,
    showing,
    solving,
    starting,
    validating,
    what_if,
)
