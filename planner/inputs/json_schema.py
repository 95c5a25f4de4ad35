"""JSON Schema of scenarios as they are written: short magnitudes, percents and files included.

What the schema refuses, the planner refuses; rules over several keys only the planner knows.
"""

import ast
import inspect
import json
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from planner.domain.scenario import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_FILE = {"type": "string", "$comment": "path", "description": "Path of a CSV file, relative to the scenario's folder."}
_PROFILE_FILE = {
    "type": "object",
    "description": "24, 168 or 8760 hourly values in a CSV file; `column` is needed if it has several.",
    "properties": {"csv": _FILE, "column": {"type": ["string", "number"]}},
    "required": ["csv"],
    "additionalProperties": False,
}


class _Plain(GenerateJsonSchema):
    """Fields described by their docstrings, without a title that repeats their name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        fields, said = schema["cls"].model_fields, _docstrings(schema["cls"])
        for name, field in fields.items():
            if name in said:
                made["properties"][field.alias or name].setdefault("description", said[name])
        return made


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Docstrings of the fields of a model, its own before inherited ones."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            (tree,) = ast.parse(dedent(inspect.getsource(base))).body
            assert isinstance(tree, ast.ClassDef)
            for field, after in pairwise(tree.body):
                match field, after:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[name] = inspect.cleandoc(text)
    return found


def scenario_schema() -> dict[str, Any]:
    """The schema, with what file references add to the types."""
    schema = Scenario.model_json_schema(by_alias=True, schema_generator=_Plain)
    for kind in schema["$defs"].values():
        profile = kind.get("properties", {}).get("profile")
        if profile is not None:
            profile["anyOf"].insert(-1, _PROFILE_FILE)
    quotes = schema["properties"]["quotes"]
    one_quote = {"anyOf": [quotes.pop("items"), _FILE]}
    quotes.pop("type")
    quotes["anyOf"] = [{"type": "array", "items": one_quote}, _FILE]
    return {"$schema": DIALECT, **schema, "title": "planner scenario"}


def schema_text() -> str:
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"
