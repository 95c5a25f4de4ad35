"""`planner catalog`: what is on the market

In: arguments.
Out: prices and facts of the catalog, checked quotes, differences between catalogs.
Start at `command.py`.
"""

from planner.cli.commands.catalog.command import app
