"""The only file that names Dask: calls of one function on the workers of a scheduler.

A worker that is lost is nothing but time: the scheduler gives its calls to others. Who names a scheduler trusts it: what is asked
travels there as Python objects, and code of this package runs there.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from planner import __version__
from planner.errors import InputErrors, Mistake
from planner.solver import Watch

LOCAL = "local"
"""Address of workers that are started for one command on this machine: one a core, or as many as `local:N` says."""
MOST_LOCAL = 1024
"""Workers on one machine at most."""
SCHEMES = ("tcp", "tls")
CALLS_PER_WORKER = 4
"""So many calls of about equal size for each worker: the last ones to end are then not long alone."""
BEAT = 0.1
"""Seconds between two looks at the watch."""
WAIT_FOR_WORKERS = 30.0
"""Seconds until a scheduler has a worker, or there is a mistake."""
GRACE_SECONDS = 2.0
"""So long after the deadline a call may still end by itself, with what it has."""

R = TypeVar("R")
S = TypeVar("S")
Call = Callable[[Any, Any, float], R]
"""(shared, argument, seconds) → what is known after that time at the latest."""


def spread(
    call: Call[R], shared: object, arguments: Callable[[int], Sequence[Any]], address: str, watch: Watch
) -> Iterator[tuple[Any, R]]:
    """Pairs of an argument and what its call returned, in the order in which they end; what time leaves unanswered is missing.

    Args:
        call: a function of a module, which the workers import.
        shared: sent to each worker once.
        arguments: of a number of calls that suits the workers, for each call one.
        address: `local`, `local:N`, or that of a scheduler, `tcp://host:port`.

    Raises:
        InputErrors: there is no such scheduler, it has no workers, or they run another version of this package.
    """
    with _client(address) as client:
        from distributed import wait

        workers = max(sum(client.nthreads().values()), 1)
        asked = list(arguments(workers * CALLS_PER_WORKER))
        rounds = max(-(-len(asked) // workers), 1)
        facts = client.submit(
            _given, shared, pure=False
        )  # what is scattered would be gone with the last worker that has it
        futures = {
            client.submit(_called, call, facts, argument, watch.left / rounds, pure=False): argument
            for argument in asked
        }
        left, last = set(futures), False
        try:
            while left and not last:
                last = watch.over
                rest = GRACE_SECONDS if last and not watch.interrupted else BEAT
                with suppress(TimeoutError, CancelledError):
                    wait(left, timeout=rest, return_when="ALL_COMPLETED" if last else "FIRST_COMPLETED")
                ended = [future for future in left if future.done()]
                left.difference_update(ended)
                yield from ((futures[future], future.result()) for future in ended if _answered(future))
        finally:
            client.cancel(list(left), force=True)


def _given(shared: S) -> S:
    return shared


def _answered(future: Any) -> bool:
    """Whether a call that has ended has an answer: one that ended every worker it was given to has none, nor without a scheduler.

    A mistake of the call itself is raised here.
    """
    from distributed import KilledWorker

    if future.status == "error" and not isinstance(future.exception(), KilledWorker):
        future.result()
    return bool(future.status == "finished")


def _called(call: Call[R], shared: object, argument: object, seconds: float) -> R:
    return call(shared, argument, seconds)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the scheduler, or of workers started for it, which end with it."""
    try:
        import distributed
    except ImportError:
        help_ = "install `planner[cluster]`"
        raise InputErrors([Mistake("working on several machines needs Dask", help=help_, code="cluster")]) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    kind, _, number = address.partition(":")
    if kind == LOCAL:
        with _local(distributed, number) as cluster, distributed.Client(cluster) as client:
            yield client
        return
    if urlsplit(address).scheme not in SCHEMES:
        raise _mistaken(address, "is no address of a scheduler")
    try:
        client = distributed.Client(address, timeout=WAIT_FOR_WORKERS / 3)
    except (OSError, TimeoutError, ValueError) as error:
        raise _mistaken(address, f"does not answer ({type(error).__name__})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS)
        except TimeoutError:
            raise _mistaken(address, "has no workers") from None
        _same_versions(client, address)
        yield client


def _local(distributed: Any, number: str) -> Any:
    if number and not (number.isdecimal() and 0 < int(number) <= MOST_LOCAL):
        raise _mistaken(f"{LOCAL}:{number}", "names no number of workers")
    return distributed.LocalCluster(
        n_workers=int(number) if number else os.cpu_count() or 1,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


def _mistaken(address: str, why: str) -> InputErrors:
    return InputErrors(
        [
            Mistake(
                f"`--cluster {address[:100]}` {why}",
                help=f"write `{LOCAL}`, `{LOCAL}:4`, or `tcp://host:8786` of a running `dask scheduler`",
                code="cluster",
            )
        ]
    )


def _same_versions(client: Any, address: str) -> None:
    ours = (__version__, sys.version_info[:2])
    try:
        found = client.run(_versions)
    except Exception as error:  # whatever keeps a worker from importing this module
        raise _mistaken(address, f"has workers without this package ({type(error).__name__})") from None
    for worker, theirs in found.items():
        if tuple(theirs) != ours:
            raise _mistaken(
                address, f"has a worker {worker} of planner {theirs[0]}, this is {ours[0]}, or of another Python"
            )


def _versions() -> tuple[str, tuple[int, int]]:
    return __version__, (sys.version_info[0], sys.version_info[1])
