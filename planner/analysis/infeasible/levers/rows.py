"""Kinds of limits: how a field of a scenario becomes a lever.

A row of the table is called with a place, and yields a lever if its field limits anything there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.analysis.infeasible.levers.levers import ASSUMED, STATED, Lever, Vector
from planner.analysis.infeasible.settings import Path
from planner.domain.time import Horizon
from planner.domain.workloads import BaseWorkload
from planner.pipeline import Question

ENDLESS = 10_000_000
"""An amount that limits nothing."""


class LimitPlace(NamedTuple):
    """A part of the scenario, with what rows need to know of its surroundings."""

    question: Question
    horizon: Horizon
    owner: Any
    """The part itself: the scenario, a workload, an offer ..."""
    path: Path = ()
    words: dict[str, str] = {"whose": ""}
    """Names of the part and of what it belongs to, for sentences."""
    workload: str | None = None

    def below(self, path: Path, part: Any) -> "LimitPlace":
        """The place of a part of this part."""
        words = {key: getattr(part, key) for key in ("name", "provider", "accelerator", "kind") if hasattr(part, key)}
        if "kind" in words:
            words["kind"] = words["kind"].replace("_", " ")
        if hasattr(part, "label"):
            words["name"] = part.label
        if isinstance(part, BaseWorkload):
            words["whose"] = f" of `{part.name}`"
        name = part.name if isinstance(part, BaseWorkload) else self.workload
        return self._replace(owner=part, path=(*self.path, *path), words=self.words | words, workload=name)

    def at(self, field: str) -> Path:
        return (*self.path, field)

    def saying(self, **words: str) -> "LimitPlace":
        """The same place with more words for sentences."""
        return self._replace(words=self.words | words)


Row = Callable[[LimitPlace], Iterable[Lever]]


def levers_at(place: LimitPlace, rows: Sequence[Row]) -> Iterator[Lever]:
    """Of each row in turn."""
    return (lever for row in rows for lever in row(place))


@dataclass(frozen=True)
class Each:
    """The part under a field, or the parts one after the other, with all rows."""

    field: str
    rows: Sequence[Row]

    def __call__(self, place: LimitPlace) -> Iterator[Lever]:
        parts = getattr(place.owner, self.field)
        if isinstance(parts, tuple):
            for i, part in enumerate(parts):
                yield from levers_at(place.below((self.field, i), part), self.rows)
        elif parts is not None:
            yield from levers_at(place.below((self.field,), parts), self.rows)


@dataclass(frozen=True)
class Only:
    """Rows of parts of some types."""

    types: tuple[type, ...]
    rows: Sequence[Row]

    def __call__(self, place: LimitPlace) -> Iterator[Lever]:
        return levers_at(place, self.rows if isinstance(place.owner, self.types) else ())


@dataclass(frozen=True)
class LimitField:
    """A field that limits something unless it says `end`; what it may say instead is looked for when it gives way."""

    field: str
    family: str
    """As in `Cause.family`."""
    said: str
    """In words, with `{name}` and others of `LimitPlace.words`."""
    unit: str = ""
    end: Any = None
    """The value with which it limits nothing."""
    rank: int = STATED
    default_is_assumed: bool = False
    """A value that the user has not stated is of rank `ASSUMED`."""

    def __call__(self, place: LimitPlace) -> Iterator[Lever]:
        now = getattr(place.owner, self.field, None)
        if now is not None and now != self.end:
            yield self.lever(place, now, place.at(self.field))

    def lever(self, place: LimitPlace, now: Any, path: Path) -> Lever:
        """The lever of a field that says `now`."""
        default = self.default_is_assumed and self.field not in place.owner.model_fields_set
        said, rank = self.said.format(**place.words), ASSUMED if default else self.rank
        return Lever(self.family, path, said, rank, {path: self.end}, place.workload, self.unit)


@dataclass(frozen=True)
class Switch(LimitField):
    """A field with one other setting."""

    words: str = ""
    """That setting in words."""

    def lever(self, place: LimitPlace, now: Any, path: Path) -> Lever:
        lever = super().lever(place, now, path)
        return lever.but(choices=((self.words.format(now=now), lever.free),))


@dataclass(frozen=True)
class Number(LimitField):
    """A number that may be raised or lowered to its end, or be raised for ever."""

    drop: bool = False
    """Doing without it leaves the field out."""
    digits: int | None = None
    """Decimal places; None = whole numbers, 0 = whole numbers of a field that takes fractions."""

    def lever(self, place: LimitPlace, now: float, path: Path) -> Lever:
        end = None if self.end is None else float(self.end)
        return (
            super()
            .lever(place, now, path)
            .but(
                free={path: None if self.drop else ENDLESS if self.end is None else self.end},
                at=lambda x: {path: round(x, self.digits)},
                now=float(now),
                end=end,
                whole=not self.digits,
            )
        )


def share(field: str, family: str, said: str, end: float, drop: bool = False) -> Number:
    """A share that may be moved towards an end."""
    return Number(field, family, said, "share", end, drop=drop, digits=6)


@dataclass(frozen=True)
class Month(LimitField):
    """A month that may come earlier; as an amount, the number of its period."""

    unit: str = "period"

    def __call__(self, place: LimitPlace) -> Iterator[Lever]:
        return super().__call__(place) if place.horizon.periods[0].start[:1].isdigit() else iter(())

    def lever(self, place: LimitPlace, now: str, path: Path) -> Lever:
        starts, lever = [period.start for period in place.horizon.periods], super().lever(place, now, path)
        first = float(place.horizon.first_from(now))
        return lever.but(free={path: starts[0]}, at=lambda x: {path: starts[round(x)]}, now=first, end=0.0, whole=True)


@dataclass(frozen=True)
class Budget(LimitField):
    """A limit on money or carbon that is rows of the program: of the whole horizon, or by plan-year or period."""

    unit: str = "USD"
    vector: Vector = "total"

    def lever(self, place: LimitPlace, now: float | tuple[float, ...], path: Path) -> Lever:
        counts = {"total": 1, "runway": 1, "period": len(place.horizon.periods)}
        count = counts.get(self.vector, place.horizon.plan_years)
        base = now[:count] if isinstance(now, tuple) else (now,) * count
        free = {path[:1]: None} if self.vector == "runway" else {path: None}
        lever = super().lever(place, now, path)
        return lever.but(vector=self.vector, base=base, scalar=not isinstance(now, tuple), free=free)
