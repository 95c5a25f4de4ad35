"""The command line: read, ask, render, exit.

A command imports what it needs when it runs, so that help and version answer at once; signals are guarded before anything
else is imported (`interruption.py`). Start at `app.py`.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` itself takes time in which nothing is guarded yet
    from planner.cli.app import run

__all__ = ["main", "run"]

INTERRUPTED = 130
"""`Exit.INTERRUPTED`, before anything is imported that would know it."""
ONE_THREAD = "OPENBLAS_NUM_THREADS", "1"
"""NumPy would multiply vectors on all cores, whose threads wait for one another for longer than that takes."""


def main() -> None:
    """Entry point of the `planner` script: run one command and exit with its code."""
    from planner.cli.interruption import SignalGuard

    guard, code = SignalGuard(), INTERRUPTED
    os.environ.setdefault(*ONE_THREAD)
    try:
        with guard:
            from planner.cli.app import run as run_command

            code = run_command(sys.argv[1:])
    except KeyboardInterrupt:
        pass
    except BaseException:
        if guard.number is None:
            raise
    sys.exit(guard.exit_code(code))


def __getattr__(name: str) -> object:
    """`run` on first use."""
    if name != "run":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from planner.cli.app import run

    return run
