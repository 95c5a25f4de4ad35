"""Words of a library kept off standard output: the file descriptor itself is turned away, for a library writes past Python."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

STANDARD_OUTPUT = 1


@contextmanager
def silent_output() -> Iterator[None]:
    """What is written to file descriptor 1 meanwhile is lost; afterwards the descriptor is as before, closed if it was closed."""
    if sys.stdout is not None:
        with suppress(ValueError, OSError):  # closed, or a pipe nobody reads any more
            sys.stdout.flush()
    try:
        kept: int | None = os.dup(STANDARD_OUTPUT)
    except OSError:
        kept = None  # closed: what is opened next could take its number
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        if nowhere != STANDARD_OUTPUT:
            os.dup2(nowhere, STANDARD_OUTPUT)
        yield
    finally:
        if kept is None:
            os.close(STANDARD_OUTPUT)
        else:
            os.dup2(kept, STANDARD_OUTPUT)
            os.close(kept)
        if nowhere != STANDARD_OUTPUT:
            os.close(nowhere)
