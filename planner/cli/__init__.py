"""The command line: read, ask, render, exit.

A command imports what it needs when it runs, so that help and version answer at once.
"""

from planner.cli.app import app, main, run

__all__ = ["app", "main", "run"]
