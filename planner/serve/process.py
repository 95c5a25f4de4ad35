"""The process that solves, a question a message.

It is a process of its own, so that a solve can be ended wherever it is: a message asks it to stop, and what does not stop is
killed with all that it started. It ends by itself when the page's process has gone.
"""

import os
import queue
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from planner.analysis import seldom_collecting
from planner.search import Neighbours
from planner.serve.live import Ask, Live, Reply, Start

ALARM = getattr(signal, "SIGALRM", None)
"""What ends a step that may be cut off; nothing elsewhere."""


def main(connection: Connection, start: Start) -> None:
    """Answer every `Ask` on the connection until it closes; anything else that comes is a wish to stop."""
    with suppress(OSError, AttributeError):
        os.setsid()  # so that what is started from here ends with it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked: queue.Queue[Ask] = queue.Queue()
    live = Live(start)

    def listen() -> None:
        while True:
            try:
                message: Any = connection.recv()
            except (EOFError, OSError):
                _end()
            if live.warming or not isinstance(message, Ask):
                live.watch.interrupted = True
                if ALARM is not None:
                    os.kill(os.getpid(), ALARM)
            if isinstance(message, Ask):
                asked.put(message)

    threading.Thread(target=listen, daemon=True).start()
    with seldom_collecting():
        while True:
            if ALARM is not None:
                signal.signal(ALARM, lambda *_: None)  # where nothing is cut off
            ask = asked.get()
            try:
                reply = live.answer(ask)
            except Exception as error:
                reply = Reply(ask.number, "failed", said=(f"{type(error).__name__}: {str(error)[:200]}",))
                live.neighbours, live.last = Neighbours(), None
            connection.send(reply)
            if ask.gap is None and reply.plan is not None and asked.empty() and not live.watch.interrupted:
                live.warm()


def _end() -> None:
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
