"""Following a path along the types of a model: what is valid at a place, and which parts are tags of unions."""

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo

from planner.inputs.source.document import KeyPath


@dataclass(frozen=True, slots=True)
class TypePlace:
    """Where following a path along the types has led."""

    path: KeyPath
    annotation: Any
    metadata: tuple[Any, ...]
    owner: type[BaseModel] | None
    """Model whose field the last key is, or should have been."""
    stopped_at: Literal["value", "unknown_key", "tag", "union"]


def unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type without Annotated and without `| None`, and the metadata found on the way."""
    metadata: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *extra = get_args(annotation)
            metadata += tuple(extra)
        elif get_origin(annotation) in (Union, UnionType):
            members = [m for m in get_args(annotation) if m is not NoneType]
            if len(members) != 1:
                return annotation, metadata
            annotation = members[0]
        else:
            return annotation, metadata


def alternatives(annotation: Any) -> list[Any]:
    """Alternatives of a union, without None; empty if it is none."""
    if get_origin(annotation) not in (Union, UnionType):
        return []
    return [m for m in get_args(annotation) if m is not NoneType]


def is_tagged(metadata: tuple[Any, ...]) -> bool:
    return any(isinstance(m, Discriminator) or getattr(m, "discriminator", None) for m in metadata)


def tag_of(member: Any) -> str:
    """The `kind` that selects a member of a tagged union."""
    inner, metadata = unwrap(member)
    for item in metadata:
        if isinstance(item, Tag):
            return item.tag
    return str(get_args(inner.model_fields["kind"].annotation)[0])


def is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def field_type(info: FieldInfo) -> Any:
    """The type of a field with its metadata attached again."""
    metadata = [*info.metadata, *([Discriminator(info.discriminator)] if isinstance(info.discriminator, str) else [])]
    return Annotated[info.annotation, *metadata] if metadata else info.annotation


def follow(annotation: Any, loc: tuple[int | str, ...], base: KeyPath = ()) -> TypePlace:
    """The place pydantic means by `loc`, without the tags of unions."""
    path, rest = base, list(loc)
    owner: type[BaseModel] | None = None
    while True:
        inner, metadata = unwrap(annotation)
        members = alternatives(inner)
        if members and is_tagged(metadata):
            if not rest:
                return TypePlace(path, inner, metadata, owner, "tag")
            tag = str(rest.pop(0))
            annotation = next((m for m in members if tag_of(m) == tag), members[0])
            continue
        if members:
            return TypePlace(path, inner, metadata, owner, "union")
        if not rest:
            return TypePlace(path, inner, metadata, owner, "value")
        part = rest.pop(0)
        if is_model(inner):
            owner = inner
            path = (*path, part)
            if part not in inner.model_fields:
                return TypePlace(path, inner, (), owner, "unknown_key")
            annotation = field_type(inner.model_fields[str(part)])
        elif get_origin(inner) in (tuple, list):
            path, annotation = (*path, part), get_args(inner)[0]
        elif get_origin(inner) is dict:
            path, annotation = (*path, part), get_args(inner)[1]
            rest = [r for r in rest if r != "[key]"]
        else:
            return TypePlace(path, inner, metadata, owner, "value")


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """All models a type is made of, outermost first.

    >>> from planner.domain.scenario.contract import Contract
    >>> [m.__name__ for m in models_of(Contract)]
    ['OnDemand', 'Spot', 'Commitment', 'Block']
    """
    inner, _ = unwrap(annotation)
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return [inner]
    return [model for part in get_args(inner) if part is not Ellipsis for model in models_of(part)]
