"""The base of every noun: frozen, without unknown keys, documented by its own attribute docstrings."""

from importlib import import_module

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen pydantic model that refuses unknown keys, NaN and infinities.

    It is built when it is first used, and its docstrings are read for a JSON Schema only: a command starts sooner.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="strings", defer_build=True
    )


class Shown:
    """How it looks is not the noun's business: the module that knows is looked up when a notebook asks."""

    def _repr_html_(self) -> str:
        return str(import_module("planner.notebook").shown(self))
