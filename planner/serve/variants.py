"""Named tries written back as the `what_if` block of a scenario; nothing else of the text changes."""

import json
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from planner.errors import Exit, PlannerError
from planner.inputs.source import SourceDocument
from planner.serve.question import Settings

_HEAD = re.compile(r"^what_if[ \t]*:[ \t]*(#.*)?$", re.MULTILINE)
_NEXT = re.compile(r"^[^\s#-]", re.MULTILINE)
"""A line that begins another key of the top level."""


class VariantsError(PlannerError):
    """The names cannot be written into this text."""

    exit_code = Exit.BAD_INPUT


def with_variants(text: str, document: SourceDocument, named: Mapping[str, Settings]) -> str:
    """The text of a scenario with these variants in its `what_if` block, behind those it has.

    Raises:
        VariantsError: a name stands there already, or the block is not written one entry a line.
    """
    there = document.value.get("what_if") or []
    taken = {str(entry.get("name")) for entry in there if isinstance(entry, dict)}
    for name in named:
        if name in taken:
            raise VariantsError(f"the scenario has a variant called `{name}` already", help="choose another name")
    entries = [{"name": name, "set": _set(settings)} for name, settings in named.items()]
    if not entries:
        return text
    if text.lstrip().startswith("{"):
        value = json.loads(text)
        return json.dumps({**value, "what_if": [*there, *entries]}, indent=2, ensure_ascii=False) + "\n"
    head = _HEAD.search(text)
    if head is None:
        if "what_if" in document.value:
            raise VariantsError(
                "`what_if` is not written one entry a line", help="write it as `what_if:` and `- name:`"
            )
        return f"{text.rstrip()}\n\n# Tried with `planner serve`.\nwhat_if:\n{_lines(entries, '  ')}"
    following = _NEXT.search(text, head.end())
    block = text[head.end() : following.start() if following else len(text)]
    kept = _until_last_entry(block)
    first = re.search(r"^([ \t]*)-", kept, re.MULTILINE)
    indent = first[1] if first else "  "
    end = head.end() + len(kept)
    return f"{text[:end].rstrip()}\n{_lines(entries, indent)}{text[end:]}"


def _until_last_entry(block: str) -> str:
    """The block without the comments and empty lines behind its last entry."""
    lines = block.splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "".join(lines)


def _set(settings: Settings) -> dict[str, Any]:
    """Values as the scenario's own language has them; what is text stays as it was typed."""
    yaml = YAML(typ="safe", pure=True)
    found: dict[str, Any] = {}
    for path, value in settings:
        read = yaml.load(value) if value.strip() else None
        found[path] = value if isinstance(read, str) or not _plain(read) else read
    return found


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return value is None or isinstance(value, str | int | float | bool)


def _lines(entries: list[dict[str, Any]], indent: str) -> str:
    yaml = YAML(typ="safe", pure=True)
    for option, value in {
        "default_flow_style": False,
        "width": 10_000,
        "sort_base_mapping_type_on_output": False,
    }.items():
        setattr(yaml, option, value)
    out = StringIO()
    yaml.dump(entries, out)
    return "".join(f"{indent}{line}\n" for line in out.getvalue().splitlines())
