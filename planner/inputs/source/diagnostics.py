"""Pydantic's complaints in plain English, each at its place in the file.

Pydantic names a place by a path that also contains the tags of unions. The path is followed along the
types, so that tags are told from keys, and the names valid at that place are known.
"""

import re
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from planner.domain.scenario import InstanceOffer, Scenario
from planner.errors import Mistake, SourcePlace, did_you_mean, nearest
from planner.inputs.source.document import KeyPath, Mapping, Node, Plain, SourceDocument, child, plain
from planner.inputs.source.text import MAX_MISTAKES
from planner.inputs.source.typewalk import TypePlace, alternatives, follow, models_of, tag_of, unwrap
from planner.inputs.source.value_mistakes import either, phrase, quoted, shape, shown, value_mistake

_MEANT = {
    "from": "start",
    "start": "begin launch from start_date",
    "until": "end end_date",
    "end": "until ends finish end_date",
    "upfront_fraction": "upfront",
    "budget_per_period_usd": "budget_per_month_usd budget_per_month monthly_budget_usd monthly_budget budget_per_quarter_usd"
    " budget_monthly_usd quarterly_budget_usd budget_quarterly_usd",
    "budget_per_year_usd": "annual_budget_usd yearly_budget_usd annual_budget yearly_budget",
    "usd_per_hour": "commitment_usd_per_hour committed_usd_per_hour price price_per_hour hourly_price",
    "accelerator": "gpu",
    "reference_accelerator": "gpu accelerator",
    "accelerators": "gpus",
    "accelerators_per_node": "gpu_count gpus gpus_per_node",
    "accelerator_hours": "gpu_hours",
    "accelerator_hours_per_month": "gpu_hours_per_month hours_per_month",
    "accelerator_hours_per_head_per_month": "hours_per_month hours_per_head",
    "headcount": "engineers developers people team_size users researchers",
    "clouds": "providers cloud",
    "hosted_apis": "apis",
    "kind": "type",
    "name": "id",
    "years": "horizon duration horizon_years",
    "discount_rate": "wacc",
    "requests_per_day": "qps requests_per_second requests_per_month",
    "tokens_per_day": "tokens_per_month",
    "tokens": "training_tokens train_tokens total_tokens",
    "growth_per_month": "monthly_growth",
    "growth_per_year": "growth annual_growth yearly_growth",
    "latency": "slo sla",
    "term_months": "term months",
    "nodes": "count quantity",
    "interruptible": "preemptible",
    "flop": "flops",
    "deadline": "due finish_by",
    "cash": "runway",
    "standing_reserve": "reserve",
    "availability": "failover",
    "residency": "sovereignty",
}
"""Keys, and the words that people write for them."""
_ENTRY = re.compile(r"([a-z_]+)\[(\d{1,4})\]")
"""An entry of a list as some programs write it."""
_A_SLIP = 0.9
"""So alike are two words of which one is a slip of the other."""


def mistakes_of(model: type[BaseModel], error: ValidationError, document: SourceDocument) -> list[Mistake]:
    """Every complaint as a mistake; complaints about the same thing once."""
    return _Explainer(document).explain(model, error, ())


class _Explainer:
    """Turns the complaints of one validation into mistakes."""

    def __init__(self, document: SourceDocument) -> None:
        self.document = document
        self.found: dict[tuple[str, SourcePlace | None, str], Mistake] = {}
        self.unions_done: set[KeyPath] = set()
        self.renamed: dict[KeyPath, set[str]] = {}
        """Names that an unknown key of a mapping was probably meant to be."""

    def explain(self, annotation: Any, error: ValidationError, base: KeyPath) -> list[Mistake]:
        self._all(annotation, error, base)
        return list(self.found.values())

    def _all(self, annotation: Any, error: ValidationError, base: KeyPath) -> None:
        complaints = error.errors(include_url=False)[:MAX_MISTAKES]
        complaints.sort(key=lambda c: c["type"] != "extra_forbidden")
        for complaint in complaints:
            spot = follow(annotation, complaint["loc"], base)
            if spot.stopped_at == "union":
                self._union(spot)
            elif spot.stopped_at == "tag":
                self._tag(spot)
            elif complaint["type"] == "extra_forbidden":
                self._unknown_key(spot)
            elif complaint["type"] == "missing":
                self._missing(spot)
            elif complaint["type"] == "too_short" and self._is_long_enough(complaint, spot.path):
                continue  # pydantic counts only the entries that are right
            elif complaint["type"] == "value_error":
                self._rule(spot, complaint["msg"].removeprefix("Value error, "))
            else:
                what, remedy, code = value_mistake(dict(complaint), spot, self._value(spot.path))
                self._say(what, spot.path, remedy, code)

    def _is_long_enough(self, complaint: Any, path: KeyPath) -> bool:
        value = self._value(path)
        return isinstance(value, list) and len(value) >= complaint["ctx"]["min_length"]

    # -- saying it --------------------------------------------------------------------------------------

    def _value(self, path: KeyPath) -> Plain:
        return _plain_of(self.document.node_at(path))

    def _say(self, what: str, path: KeyPath, remedy: str | None, code: str, *, key: bool = False) -> None:
        place = self.document.place_of(path, key=key)
        text = self.document.path_text(path)
        mark = (what, place, "" if place is not None else text)
        self.found.setdefault(mark, Mistake(what, place, text, remedy, code))

    def _unknown_key(self, spot: TypePlace) -> None:
        key, owner = str(spot.path[-1]), spot.owner
        assert owner is not None
        parent = spot.path[:-1]
        present = self.document.node_at(parent)
        given = set(present.entries) if isinstance(present, Mapping) else set()
        free = [name for name in owner.model_fields if name not in given]
        word = key[:60].replace("-", "_")
        known = [meant for meant, words in _MEANT.items() if word.lower() in words.split()] or [word]
        synonym = next((one for one in known if one in owner.model_fields), known[0])
        meant = synonym if synonym in owner.model_fields else nearest(word, set(owner.model_fields))
        help_text = None
        if (entry := _ENTRY.fullmatch(key)) and entry[1] in owner.model_fields:
            self._say(
                f"unknown key `{shown(key, 60)}`", spot.path, f"write `{entry[1]}.{entry[2]}`", "unknown_key", key=True
            )
            return
        if synonym in free:
            help_text = f"did you mean `{synonym}`?"
        elif (home := self._home_of(synonym)) and synonym not in owner.model_fields:
            self._say(f"unknown key `{shown(key, 60)}`", spot.path, home, "unknown_key", key=True)
            return
        elif meant in given:
            help_text = f"`{meant}` is already given"
            self._say(f"unknown key `{shown(key, 60)}`", spot.path, help_text, "unknown_key", key=True)
            return
        elif not get_close_matches(word, free, 1, _A_SLIP) and (home := _below(owner, word)):
            self._say(f"unknown key `{shown(key, 60)}`", spot.path, home, "unknown_key", key=True)
            return
        else:
            help_text = did_you_mean(word, free)
        if help_text is not None:
            self.renamed.setdefault(parent, set()).add(help_text.split("`")[1])
        else:
            help_text = _keys_here(free)
        self._say(f"unknown key `{shown(key, 60)}`", spot.path, help_text, "unknown_key", key=True)

    def _home_of(self, key: str) -> str | None:
        """Where a key belongs that is right, but elsewhere."""
        if key in Scenario.model_fields:
            return f"`{key}` belongs to the top level of the scenario"
        for owner, noun in ((Scenario, "workloads"), (Scenario, "offers"), (InstanceOffer, "contracts")):
            kinds = [
                str(get_args(model.model_fields["kind"].annotation)[0])
                for model in models_of(owner.model_fields[noun].annotation)
                if key in model.model_fields and "kind" in model.model_fields
            ]
            if kinds:
                return f"`{key}` belongs to {noun} of kind {either(kinds)}"
        return None

    def _missing(self, spot: TypePlace) -> None:
        name, parent = str(spot.path[-1]), spot.path[:-1]
        if name in self.renamed.get(parent, set()):
            return
        self._say(f"missing `{name}`", spot.path, None, "missing")

    def _tag(self, spot: TypePlace) -> None:
        """A list item whose `kind` is missing or unknown."""
        kinds = [tag_of(m) for m in alternatives(spot.annotation)]
        node = self.document.node_at(spot.path)
        if not isinstance(node, Mapping):
            self._say(
                f"expected a mapping with a `kind`, not {quoted(self._value(spot.path))}",
                spot.path,
                f"kinds are {either(kinds)}",
                "wrong_type",
            )
        elif "kind" in node.entries:
            kind = _plain_of(node.entries["kind"].node)
            remedy = did_you_mean(kind[:60], kinds) if isinstance(kind, str) else None
            what = f"unknown `kind` {quoted(kind)}; expected {either(kinds)}"
            self._say(what, (*spot.path, "kind"), remedy, "not_allowed")
        else:
            self._say("missing `kind`", spot.path, f"kinds are {either(kinds)}", "missing")

    def _rule(self, spot: TypePlace, message: str) -> None:
        """A rule over several keys: point at the last of them that is given."""
        twice = re.match(r"two (.+)s are called `(.*)`$", message)
        if twice and (path := self._second(twice[2])):
            self._say(message, path, "names must be unique", "duplicate_name")
            return
        node = self.document.node_at(spot.path)
        given = node.entries if isinstance(node, Mapping) else {}
        mentioned = [word for word in re.findall(r"[a-z][a-z0-9_]+", message) if word in given]
        if mentioned:
            last = max(mentioned, key=lambda word: _order(given[word].key_place))
            self._say(message, (*spot.path, last), None, "rule", key=True)
        else:
            self._say(message, spot.path, None, "rule", key=True)

    def _second(self, name: str) -> KeyPath | None:
        """Path of the second list item of that name, in any top-level list."""
        for key, entry in self.document.root.entries.items():
            items = getattr(entry.node, "items", ())
            same = [i for i, item in enumerate(items) if _plain_of(child(item, "name")) == name]
            if len(same) > 1:
                return (key, same[1], "name")
        return None

    # -- unions -----------------------------------------------------------------------------------------

    def _union(self, spot: TypePlace) -> None:
        """One sensible complaint: by the alternative that has the shape of what was given."""
        if spot.path in self.unions_done:
            return
        self.unions_done.add(spot.path)
        value = self._value(spot.path)
        members = alternatives(spot.annotation)
        member = _alike(members, value)
        if member is not None:
            try:
                TypeAdapter(member).validate_python(value)
            except ValidationError as error:
                self._all(member, error, spot.path)
                return
        choices = list(dict.fromkeys(phrase(m) for m in members))
        what = f"expected {' or '.join(choices)}, not {quoted(value)}"
        words = [str(w) for m in members if get_origin(unwrap(m)[0]) is Literal for w in get_args(unwrap(m)[0])]
        remedy = did_you_mean(value[:60], words) if isinstance(value, str) and words else None
        if remedy is None and isinstance(value, str) and "a list" in choices:
            remedy = f"write `[{shown(value)}]` for a list of one"
        self._say(what, spot.path, remedy, "wrong_type")


def _plain_of(node: Node | None) -> Plain:
    return None if node is None else plain(node)


def _order(place: SourcePlace | None) -> tuple[int, int]:
    return (place.line, place.column) if place is not None else (1 << 60, 0)


def _below(owner: type[BaseModel], key: str) -> str | None:
    """Under which keys of the same mapping a key belongs that is right one level deeper."""
    names = [
        n for n, info in owner.model_fields.items() if any(key in m.model_fields for m in models_of(info.annotation))
    ]
    return f"`{key}` belongs under {either(names)}" if names and key not in ("name", "kind") else None


def _keys_here(names: list[str]) -> str:
    few = 0 < len(names) <= 14
    return f"keys here: {', '.join(sorted(names))}" if few else "`planner schema` lists the keys"


def _alike(members: list[Any], value: Plain) -> Any | None:
    """The alternative that was probably meant, or None if none of them was."""
    if isinstance(value, dict):
        fitting = [m for m in members if shape(m) == "mapping"]
    elif isinstance(value, list):
        fitting = [m for m in members if shape(m) == "list"]
        nested = any(isinstance(item, list) for item in value)
        fitting.sort(key=lambda m: (shape(get_args(unwrap(m)[0])[0]) == "list") != nested)
    elif value is None:
        return None
    else:
        scalar = [m for m in members if shape(m) in ("number", "text", "word")]
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if numeric or len(scalar) == 1:
            scalar.sort(key=lambda m: shape(m) != "number")
            fitting = [m for m in scalar if shape(m) != "word"]
        else:
            fitting = []
    return fitting[0] if fitting else None
