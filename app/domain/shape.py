"""The shape of a document: its JSON Schema, and which keys may stand at a path."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from app.domain.workspace import Workspace

Path = tuple[str | int, ...]
Schema = dict[str, Any]


@cache
def document_schema() -> Schema:
    """The JSON Schema (2020-12) of a document, for editors and for the reference."""
    schema = Workspace.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def properties_at(path: Path, value: Any) -> dict[str, Schema]:
    """The keys that the mapping `value` at a path may have, with their schemas."""
    known: dict[str, Schema] = {}
    for schema in _at(path):
        properties = schema.get("properties", {})
        if _is_chosen(properties.get("on", {}), value):
            known.update(properties)
    return known


def types_at(path: Path) -> tuple[str, ...]:
    """The JSON types that may stand at a path."""
    return tuple(dict.fromkeys(schema["type"] for schema in _at(path) if "type" in schema))


def _is_chosen(on: Schema, value: Any) -> bool:
    """Whether a trigger's schema is the one that the value says it is."""
    said = value.get("on") if isinstance(value, dict) else None
    kinds = on.get("enum", [on["const"]] if "const" in on else [])
    return not kinds or said is None or said in kinds


def _at(path: Path) -> list[Schema]:
    schemas = list(_alternatives(document_schema()))
    for step in path:
        schemas = [below for schema in schemas for below in _below(schema, step)]
    return schemas


def _below(schema: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        yield from _alternatives(schema.get("items", {}))
    elif step in schema.get("properties", {}):
        yield from _alternatives(schema["properties"][step])
    else:
        members = [
            schema.get("additionalProperties"),
            *schema.get("patternProperties", {}).values(),
        ]
        for member in members:
            if isinstance(member, dict):
                yield from _alternatives(member)


def _alternatives(schema: Schema) -> Iterator[Schema]:
    """The schema without references, each of several alternatives for itself."""
    if "$ref" in schema:
        schema = document_schema()["$defs"][schema["$ref"].rpartition("/")[2]]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        yield schema
        return
    for choice in choices:
        yield from _alternatives(choice)
