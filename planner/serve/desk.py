"""What was tried: every question with its answer, which one is looked at, names for those to keep."""

import threading
from dataclasses import dataclass, field

from planner.serve.live import Reply
from planner.serve.question import Settings

MOST_TRIES = 60
"""Tries that are kept, beside named ones: a plan takes a few hundred kilobytes."""
MOST_NAMED = 40


@dataclass(slots=True)
class Try:
    """One question."""

    number: int
    settings: Settings
    page: str
    reply: Reply | None = None
    name: str = ""
    state: str = "waiting"
    """`waiting`, `refining` (an answer is there, a nearer one is sought), `done`, `passed` (nobody waited any more)."""

    @property
    def title(self) -> str:
        if not self.settings:
            return "as it is"
        return self.name or ", ".join(f"{path} = {value}" for path, value in self.settings)


@dataclass(slots=True)
class Desk:
    """All tries of one start of the page; number 0 is the scenario as it is."""

    tries: dict[int, Try] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _next: int = 0

    def begin(self, settings: Settings, page: str) -> tuple[Try, bool]:
        """The try of these settings, and whether it must be asked: an answered or waiting one is not asked again."""
        with self.lock:
            for one in self.tries.values():
                if one.settings == settings and one.state != "passed":
                    return one, False
            new = Try(self._next, settings, page)
            self._next += 1
            self.tries[new.number] = new
            self._forget()
            return new, True

    def refuse(self, number: int) -> None:
        """Take back a try that nobody could ask."""
        with self.lock:
            self.tries.pop(number, None)

    def get(self, number: int) -> Try | None:
        with self.lock:
            return self.tries.get(number)

    def base(self) -> Try | None:
        return self.get(0)

    def told(self, reply: Reply, last: bool) -> None:
        """Keep a reply; a later one of the same question takes its place."""
        with self.lock:
            one = self.tries.get(reply.number)
            if one is not None:
                if reply.plan is None and one.reply is not None and one.reply.plan is not None:
                    reply = one.reply  # asked again in vain: the plan that was found stays
                one.reply, one.state = reply, "done" if last else "refining"

    def passed(self, number: int) -> None:
        with self.lock:
            one = self.tries.get(number)
            if one is not None:
                one.state = "passed" if one.reply is None else "done"

    def open(self, number: int) -> bool:
        """Whether an answer was stopped before it was near enough, and may be asked for again."""
        one = self.get(number)
        stopped = one is not None and one.reply is not None and one.reply.status in ("feasible", "limit", "failed")
        return stopped and one is not None and one.state == "done"

    def again(self, number: int) -> None:
        """What was stopped is sought anew; what is known of it stays to be seen."""
        with self.lock:
            one = self.tries.get(number)
            if one is not None and one.state == "done":
                one.state = "refining"

    def history(self) -> list[Try]:
        """Newest first, without those that were passed over."""
        with self.lock:
            return [one for one in reversed(self.tries.values()) if one.state != "passed"]

    def before(self, number: int) -> Try | None:
        """The try before one: undo."""
        with self.lock:
            earlier = [one for one in self.tries.values() if one.number < number and one.state != "passed"]
            return earlier[-1] if earlier else None

    def rename(self, number: int, name: str) -> bool:
        """Name a try, or take its name back; False if there is no such try, or the name is taken."""
        name = " ".join(name.split())[:80]
        with self.lock:
            one = self.tries.get(number)
            named = [other for other in self.tries.values() if other.name]
            if one is None or not one.settings or (name and len(named) >= MOST_NAMED and not one.name):
                return False
            if name and any(other.name == name for other in named if other is not one):
                return False
            one.name = name
            return True

    def named(self) -> dict[str, Settings]:
        with self.lock:
            return {one.name: one.settings for one in self.tries.values() if one.name}

    def _forget(self) -> None:
        loose = [one for one in self.tries.values() if not one.name and one.number and one.state in ("done", "passed")]
        for one in loose[: max(0, len(loose) - MOST_TRIES)]:
            del self.tries[one.number]
