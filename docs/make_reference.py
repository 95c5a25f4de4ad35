"""Write docs/scenario.md, the reference of every key of a scenario, from the types themselves: `make docs`."""

import json
import sys
from pathlib import Path
from typing import Any

from planner.inputs.json_schema import scenario_schema
from planner.report.document.write import write_whole

TARGET = Path(__file__).parent / "scenario.md"

INTRODUCTION = """# The scenario, key by key

Written by `make docs` from the types in `planner/domain/`; do not edit. `planner schema` prints the same as
JSON Schema, `planner init` a commented scenario to start from; examples of nearly every key: [keys.md](keys.md).

Everything is optional except `workloads`; unknown keys are refused. Types in words:

| word | written as |
|---|---|
| magnitude | a number, or a short one in text: `2500000`, `2.5M`, `$50M`, `1,500k` (letters `k`, `M`, `B`, `T`) |
| whole number | a magnitude without a fractional part |
| share | `35%` or `0.35`, from 0 to 1; a bare `35` is refused |
| change | `80%`, `-15%`, `0.8`; a relative change over a time |
| month | `2027-01` |
| mapping | `{name: value}`, such as `{aws: 10%}`; the meaning says of what the names are |
| text | a name, an id or a path |

Files (quotes, hourly profiles) lie in the scenario's folder or below it, links followed; the environment variable
`PLANNER_FILES_BELOW=FOLDER` allows another folder instead.

Every number has a largest value, beyond which it is a slip of the pen and refused at its field: a trillion dollars, a million
dollars for one unit (a node-hour, a kWh), a hundred years, 1,200 periods, a hundred million nodes, a billion units of work an hour.
"""

ORDER = (
    "Inference", "Batch", "Training", "TrainingRun", "Development", "LanguageModel",
    "Spike", "Surge", "Fallback", "Residency", "Unserved",
    "InstanceOffer", "HostedApiOffer", "OnDemand", "Spot", "Commitment",
    "Quote", "AssumedDiscount", "PriceChange", "Release", "PriceDrop", "LeadTime", "CapGroup", "Held",
    "Own", "ColocationSite", "DatacenterSite", "Server",
    "Availability", "Cash", "Raise", "Credit", "Carbon", "ExplicitPeriod", "ExplicitSlice",
)  # fmt: skip
"""Reading order; a type that is not named here comes last."""

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


def reference() -> str:
    """The whole page."""
    schema = scenario_schema()
    parts = schema["$defs"]
    names = [*(name for name in ORDER if name in parts), *sorted(set(parts) - set(ORDER))]
    sections = [_section("Top level", schema), *(_section(name, parts[name]) for name in names)]
    return "\n".join([INTRODUCTION, *sections])


def _section(title: str, schema: dict[str, Any]) -> str:
    kind = schema["properties"].get("kind", {}).get("const")
    heading = f"## {title}" + (f" (`kind: {kind}`)" if kind else "")
    required = set(schema.get("required", ()))
    rows = [_row(name, field, name in required) for name, field in schema["properties"].items()]
    head = "| key | type | default | meaning |\n|---|---|---|---|"
    return f"{heading}\n\n{schema.get('description', '')}\n\n{head}\n" + "\n".join(rows) + "\n"


def _row(name: str, field: dict[str, Any], required: bool) -> str:
    default = "**required**" if required else _default(field.get("default"))
    cells = (f"`{name}`", " or ".join(_words(field)), default, _flat(field.get("description", "")))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: object) -> str:
    return "–" if value in (None, "", [], {}) else f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _words(field: dict[str, Any]) -> list[str]:
    """The type as alternatives in words."""
    if "$comment" in field:
        return [field["$comment"]]
    for key in ("anyOf", "oneOf"):
        if key in field:
            parts = [words for part in field[key] if part.get("type") != "null" for words in _words(part)]
            return list(dict.fromkeys(parts))
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return [f"[{name}](#{_anchor(name)})"]
    if "const" in field:
        return [f"`{field['const']}`"]
    if "enum" in field:
        return [" / ".join(f"`{word}`" for word in field["enum"])]
    return [_plain_words(field)]


def _plain_words(field: dict[str, Any]) -> str:
    match field.get("type"):
        case "array" if "prefixItems" in field:
            return f"[{', '.join(' or '.join(_words(item)) for item in field['prefixItems'])}]"
        case "array":
            words = _words(field["items"])
            return f"list of {words[0]}" if len(words) == 1 else f"list of ({' or '.join(words)})"
        case "object" if "csv" in field.get("properties", {}):
            return "`{csv: path, column: name}`"
        case "object":
            inside = field["additionalProperties"]
            return "mapping to " + ("any value" if inside is True else " or ".join(_words(inside)))
        case "string":
            return "month" if field.get("pattern") == MONTH else "text"
        case "boolean":
            return "true / false"
        case "integer":
            return "whole number"
        case "number":
            return "number"
    return "any"


def _anchor(name: str) -> str:
    """As the page's own headings are addressed."""
    kind = _KINDS.get(name)
    return name.lower() + (f"-kind-{kind}" if kind else "")


def _kinds() -> dict[str, str]:
    parts = scenario_schema()["$defs"]
    found = {name: part["properties"].get("kind", {}).get("const") for name, part in parts.items()}
    return {name: kind for name, kind in found.items() if kind}


_KINDS = _kinds()


if __name__ == "__main__":
    text = reference()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == text else "docs/scenario.md is stale: run `make docs`")
    write_whole(TARGET, text)
