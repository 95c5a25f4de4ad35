"""What holds after a refresh: the newest observation, unless it is not to be believed; what it replaces is history.

Rules of evidence, as for the bundled catalog (`datasets/README.md`): per offer the newest observation wins and an older one never
does. Held back are prices that moved by more than a factor of three, that say what a correction refuted, and that contradict
other rows. Of a price that is read again unchanged the history keeps the first and the last day, not every one.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from planner.domain.inputs import earliest_day
from planner.domain.records import HeldBack
from planner.inputs.catalog import ACCEPTED, NEWER, NEWER_HOSTED, REFUTED
from planner.inputs.refresh.folder import Tables, key_of
from planner.inputs.refresh.seen import Cells, Key, Known, Observation, Seen, SeenRate, SeenTokens

FAR = 3.0
"""A price that moves by more than this factor is held back."""
MOST_FAR = 1 / 3
FEWEST = 10
"""A source of which more than a third of at least ten prices moved far speaks of something else; all of it is held back."""
_SIDES = ("input", "output", "cached", "input_batch", "output_batch")
_NEEDED = _SIDES[:2]


@dataclass
class Counts:
    """What became of the observations of one source."""

    moved: int = 0
    confirmed: int = 0
    new: int = 0
    older: int = 0
    unknown: int = 0
    held_back: list[HeldBack] = field(default_factory=list)


@dataclass
class Update:
    """A catalog's tables with the observations of sources, one source after the other.

    Args:
        accepted: ids of prices (or `provider:model`) that may move far: somebody looked.
    """

    tables: Tables
    known: Known
    accepted: frozenset[str] = frozenset()
    undo: dict[Key, tuple[Cells | None, str, Seen]] = field(default_factory=dict)
    """Offer → its row before, the last source that changed it, and what that source said."""

    def __post_init__(self) -> None:
        self._history = {key_of(row["provider"], row): row for row in self.tables.replaced}
        self._added: dict[Key, list[Cells]] = defaultdict(list)
        self._siblings: dict[tuple[str, str], list[Cells]] = defaultdict(list)
        for key, row in self.tables.prices.items():
            self._siblings[key.provider, key.instance].append(row)
        self._refuted: dict[str, set[tuple[float, ...]]] = defaultdict(set)
        self._gone: set[str] = set()
        for row in self.tables.replaced_hosted:
            if row["reason"] in REFUTED:
                self._refuted[row["id"]].add(_usd(row, _NEEDED))
            elif row["reason"] != NEWER_HOSTED:
                self._gone.add(row["id"])

    def take(self, source: str, observations: list[Observation]) -> Counts:
        """What a source saw; nothing of it if it speaks of something else."""
        far = [seen for seen in observations if self._far(seen)]
        if len(observations) >= FEWEST and len(far) > MOST_FAR * len(observations):
            said = f"{len(far):,} of {len(observations):,} prices of this source moved by more than a factor of {FAR:g}"
            return Counts(held_back=[back for seen in far if (back := self._held_back(source, seen, said))])
        counts = Counts()
        for seen in observations:
            if isinstance(seen, Seen):
                self._price(source, seen, counts)
            elif isinstance(seen, SeenTokens):
                self._tokens(source, seen, counts)
            else:
                self._rate(seen, counts)
        return counts

    # ── nodes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _price(self, source: str, seen: Seen, counts: Counts) -> None:
        held = self.tables.prices.get(seen.key)
        if seen.seen_on > self.known.today:
            counts.held_back.append(self._node_back(source, seen, f"dated {seen.seen_on}, which lies ahead"))
            return
        if held is None:
            machine = self.known.machines.get((seen.key.provider, seen.key.instance))
            if machine is None:
                counts.unknown += 1
                return
            self._replace(source, seen, self._blank(seen.key, machine) | self._facts(seen))
            counts.new += 1
            return
        if earliest_day(held["checked_on"]) > seen.seen_on:
            counts.older += 1
            return
        if self._far(seen):
            counts.held_back.append(self._node_back(source, seen, f"moved by more than a factor of {FAR:g}"))
            return
        same = _same(float(held["price_usd_per_hour"]), seen.usd_per_hour)
        self._remember(seen.key, held, source, seen, same)
        self._replace(source, seen, held | {"low_usd_per_hour": "", "high_usd_per_hour": ""} | self._facts(seen))
        counts.confirmed += same
        counts.moved += not same

    def _remember(self, key: Key, held: Cells, source: str, seen: Seen, same: bool) -> None:
        """The old row as history; where the history ends with the same price, that one holds until now."""
        last = self._history.get(key)
        if same and last is not None and _same(float(last["price_usd_per_hour"]), seen.usd_per_hour):
            last["until"] = seen.seen_on
            return
        said = f"{key.instance} at {seen.usd_per_hour:.10g} USD on {seen.seen_on}"
        self.retire(key, held, NEWER, said, until=seen.seen_on, file=source)

    def retire(self, key: Key, held: Cells, reason: str, by: str, *, until: str, file: str = "") -> None:
        """An old row becomes history."""
        row = {"provider": key.provider, **held, "until": until, "reason": reason, "by": by, "file": file}
        for column in ("note", "low_usd_per_hour", "high_usd_per_hour"):
            row.pop(column, None)
        self.tables.replaced.append(row)
        self._history[key] = row
        self._added[key].append(row)

    def _replace(self, source: str, seen: Seen, row: Cells) -> None:
        first = self.undo[seen.key][0] if seen.key in self.undo else self.tables.prices.get(seen.key)
        self.undo[seen.key] = (first, source, seen)
        self.tables.prices[seen.key] = row

    def _blank(self, key: Key, machine: tuple[str, str]) -> Cells:
        """A new row of a machine type that is known; how it can be had as its siblings say."""
        siblings = self._siblings[key.provider, key.instance]
        like = min(siblings, key=lambda row: (row["region"] != key.region, row["contract"] != "on_demand"))
        return {
            **dict(zip(Key._fields[1:], key[1:], strict=True)),
            "accelerator": machine[0],
            "count": machine[1],
            "min_nodes": like["min_nodes"],
            "access": like.get("access", "") or "open",
        }

    def take_back(self, key: Key, why: str) -> HeldBack:
        """Undo what a source said of an offer."""
        before, source, seen = self.undo.pop(key)
        back = self._node_back(source, seen, why, before)
        if before is None:
            del self.tables.prices[key]
        else:
            self.tables.prices[key] = before
        made = {id(row) for row in self._added.pop(key, ())}
        self.tables.replaced = [row for row in self.tables.replaced if id(row) not in made]
        return back

    def _facts(self, seen: Seen) -> Cells:
        accepted = name_of(seen.key) in self.accepted
        return {
            "price_usd_per_hour": f"{seen.usd_per_hour:.10g}",
            "basis": seen.basis,
            "source": seen.source,
            "checked_on": seen.seen_on,
            "note": f"{ACCEPTED} by hand on {self.known.today}" if accepted else "",
        }

    def _node_back(self, source: str, seen: Seen, why: str, held: Cells | None = None) -> HeldBack:
        held = held or self.tables.prices.get(seen.key)
        old = float(held["price_usd_per_hour"]) if held else None
        return HeldBack(source, name_of(seen.key), "node-hour", old, seen.usd_per_hour, seen.seen_on, why)

    def _rate(self, seen: SeenRate, counts: Counts) -> None:
        for key, row in self.tables.prices.items():
            if (key.provider, key.region, key.instance) == seen[:3] and key.contract == "spot":
                rate = f"{seen.interruptions_per_month:g}"
                counts.moved += row["interruptions_per_month"] != rate
                counts.confirmed += row["interruptions_per_month"] == rate
                row["interruptions_per_month"] = rate

    # ── hosted models ────────────────────────────────────────────────────────────────────────────────────────────

    def _tokens(self, source: str, seen: SeenTokens, counts: Counts) -> None:
        name, held = seen.cells["id"], self.tables.hosted.get(seen.cells["id"])
        row = {"language_model": self.tables.weights.get(name, ""), **seen.cells, "checked_on": seen.seen_on}
        if held is None and seen.seen_on <= self.known.today:
            if name in self._gone or _usd(row, _NEEDED) in self._refuted[name]:
                counts.unknown += 1
                return
            self.tables.hosted[name] = row
            counts.new += 1
            return
        if held is not None and earliest_day(held["checked_on"]) > seen.seen_on:
            counts.older += 1
            return
        if (why := self._why_not(seen)) or held is None:
            counts.held_back.append(self._tokens_back(source, seen, why))
            return
        same = all(_same(a, b) for a, b in zip(_usd(held), _usd(row), strict=True))
        if not same:
            said = f"{row['usd_per_mtok_input']} / {row['usd_per_mtok_output']} USD on {seen.seen_on}"
            self.tables.replaced_hosted.append({**held, "until": seen.seen_on, "reason": NEWER_HOSTED, "by": said})
        kept = {name: row[name] or held[name] for name in ("max_context", "withdrawn_on")}
        self.tables.hosted[name] = row | kept
        counts.confirmed += same
        counts.moved += not same

    def _why_not(self, seen: SeenTokens) -> str:
        if seen.seen_on > self.known.today:
            return f"dated {seen.seen_on}, which lies ahead"
        if _usd(seen.cells, _NEEDED) in self._refuted[seen.cells["id"]]:
            return "a price that a correction refuted"
        return f"moved by more than a factor of {FAR:g}" if self._far(seen) else ""

    def _tokens_back(self, source: str, seen: SeenTokens, why: str) -> HeldBack:
        held = self.tables.hosted.get(seen.cells["id"])
        old, new = _usd(held) if held else (), _usd(seen.cells)
        worst = max(_NEEDED, key=lambda side: _factor(old, new, _SIDES.index(side)))
        at = _SIDES.index(worst)
        return HeldBack(source, seen.cells["id"], f"Mtok {worst}", old[at] if old else None, new[at], seen.seen_on, why)

    # ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _far(self, seen: Observation) -> bool:
        """Whether a price moved by more than the factor, and nobody accepted it."""
        old: tuple[float, ...] = ()
        new: tuple[float, ...] = ()
        if isinstance(seen, Seen):
            if held := self.tables.prices.get(seen.key):
                old, new = (float(held["price_usd_per_hour"]),), (seen.usd_per_hour,)
            name = name_of(seen.key)
        elif isinstance(seen, SeenTokens):
            if cells := self.tables.hosted.get(seen.cells["id"]):
                old, new = _usd(cells), _usd(seen.cells)
            name = seen.cells["id"]
        else:
            return False
        return name not in self.accepted and any(_factor(old, new, i) > FAR for i in range(len(old)))

    def _held_back(self, source: str, seen: Observation, why: str) -> HeldBack | None:
        if isinstance(seen, Seen):
            return self._node_back(source, seen, why)
        return self._tokens_back(source, seen, why) if isinstance(seen, SeenTokens) else None


def name_of(key: Key) -> str:
    """How a price is named to people, and in `--accept`."""
    term = f", {key.term_months} months, {float(key.upfront_fraction or 0):.0%} upfront" if key.term_months else ""
    return f"{key.provider}/{key.region}/{key.instance}: {key.plan}{term}"


def _usd(row: Cells, sides: tuple[str, ...] = _SIDES) -> tuple[float, ...]:
    return tuple(float(row.get(f"usd_per_mtok_{side}") or 0.0) for side in sides)


def _factor(old: tuple[float, ...], new: tuple[float, ...], at: int) -> float:
    """By how much a price moved, up or down; 1 where it was or is not published."""
    if not old or not old[at] or not new[at]:
        return 1.0
    return max(old[at] / new[at], new[at] / old[at])


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
