"""Ctrl-C and SIGTERM end a command within two seconds, with the best plan so far where there is one, and never with a traceback.

In the main thread a signal raises KeyboardInterrupt; while a search runs it makes the search return its best plan instead
(`solver/watch.py: watching`). Neither can happen while the main thread is deep inside the solver, so a second thread, which the
system wakes at every signal, asks the main thread for a sign of life and ends the process if there is none. Where the main thread
is in a place that lets no error out (the callback of a weak reference, say), the signal is sent again.

Imports nothing heavy: it stands guard before the rest is loaded.
"""

import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType

GRACE_SECONDS = 1.5
"""CPU time of the process after a signal within which the main thread reacts, or the process is ended."""
STARVED_SECONDS = 10.0
"""The same on the clock, for a process that works little: others have the machine, or it waits."""
FINISH_SECONDS = 20.0
"""Within this time a main thread that has reacted has told the best plan, or the process is ended."""
BEAT_SECONDS = 0.05
ENDING = (signal.SIGINT, signal.SIGTERM)
_SIGN_OF_LIFE = getattr(signal, "SIGURG", None)


class SignalGuard:
    """Watches over the main thread of one command from before its imports to its exit."""

    known = "interrupted before there was an answer"
    """What is told where the main thread is lost, of the command that runs."""

    def __init__(self) -> None:
        self.number: int | None = None
        """The first signal that came."""
        self._told = threading.Event()
        self._alive = threading.Event()
        self._done = threading.Event()
        self._lost = threading.Event()
        """The interruption was raised where Python drops errors."""
        self._hook = sys.unraisablehook
        self._pipe: tuple[int, int] | None = None

    def __enter__(self) -> "SignalGuard":
        sys.unraisablehook = self._dropped
        for number in ENDING:
            signal.signal(number, self._interrupt)
        if _SIGN_OF_LIFE is not None:
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            self._pipe = (reader, writer)
            signal.signal(_SIGN_OF_LIFE, lambda _number, _frame: self._alive.set())
            signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
            threading.Thread(target=self._stand_by, args=(reader,), daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """From here on a signal ends nothing but what is over already."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        self._done.set()
        sys.unraisablehook = self._hook
        if self._pipe is not None:
            signal.set_wakeup_fd(-1)

    def exit_code(self, code: int) -> int:
        """130 after Ctrl-C, 143 after SIGTERM, else the code of the command.

        After a signal nothing else counts: an interrupted import may have ended in any error.
        """
        if code == 128 + signal.SIGINT and self._pipe is not None:
            self._told.wait(GRACE_SECONDS)  # the other thread may have read the signal and not noted it yet
        elif self.number is None:
            return code
        return 128 + (self.number or signal.SIGINT)

    def _interrupt(self, number: int, _frame: FrameType | None) -> None:
        self.number = self.number or number
        raise KeyboardInterrupt

    def _dropped(self, error: "sys.UnraisableHookArgs") -> None:
        """An error that nobody can catch; an interruption among them comes again."""
        if self.number is not None and issubclass(error.exc_type, KeyboardInterrupt):
            self._lost.set()
            self._alive.set()  # the signal that asks for it may have fallen into the same hole
        else:
            self._hook(error)

    def _stand_by(self, reader: int) -> None:
        """Runs in a thread of its own: waits for the first signal, then for the end."""
        while not self._done.is_set():
            told = os.read(reader, 1)
            if told and told[0] in ENDING:
                break
        else:
            return
        self.number = self.number or told[0]
        self._told.set()
        assert _SIGN_OF_LIFE is not None
        main = threading.main_thread().ident or 0
        signal.pthread_kill(main, _SIGN_OF_LIFE)
        end = time.monotonic() + FINISH_SECONDS if self._lives() else 0.0
        while not self._done.wait(BEAT_SECONDS) and time.monotonic() < end:
            if self._lost.is_set():
                self._lost.clear()
                signal.pthread_kill(main, self.number)
        if not self._done.is_set():
            self._end()

    def _lives(self) -> bool:
        """Whether the main thread gave a sign of life in its grace."""
        waits_until, works_until = time.monotonic() + STARVED_SECONDS, time.process_time() + GRACE_SECONDS
        while not self._alive.wait(BEAT_SECONDS):
            if time.monotonic() > waits_until or time.process_time() > works_until:
                return False
        return True

    def _end(self) -> None:
        """The main thread is lost: end its children and the process."""
        processes = sys.modules.get("multiprocessing")
        for child in processes.active_children() if processes is not None else ():
            child.kill()
        os.write(2, f"error: {self.known}\n".encode())
        os._exit(128 + (self.number or signal.SIGINT))
