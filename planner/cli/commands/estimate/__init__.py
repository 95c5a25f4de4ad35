"""`planner estimate`

In: arguments.
Out: estimates of one model on every accelerator.
Start at `command.py`.
"""

from planner.cli.commands.estimate import command
