"""JSON Schemas of the structs that are decoded and answered, as msgspec has them.

They differ by direction: a request may leave out what has a default, an answer has every field, unless its struct leaves
out what has its default (`omit_defaults`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_origin

import msgspec
from msgspec import inspect

REF = "#/components/schemas/{name}"


class Schemas:
    """Schemas of the types that requests and answers are made of."""

    def __init__(self, *, asked: Sequence[Any], answered: Sequence[Any]) -> None:
        _, answers = msgspec.json.schema_components(answered, ref_template=REF)
        _, requests = msgspec.json.schema_components(asked, ref_template=REF)
        sparse = _sparse(inspect.multi_type_info(answered))
        whole = {
            name: schema if _title(schema) in sparse else _always_whole(schema) for name, schema in answers.items()
        }
        self.components = dict(sorted({**whole, **requests}.items()))

    def of(self, kind: Any) -> dict[str, Any]:
        (schema,), _ = msgspec.json.schema_components([kind], ref_template=REF)
        return schema


def _always_whole(schema: dict[str, Any]) -> dict[str, Any]:
    """In an answer every field is present, whether or not it has a default."""
    if "properties" not in schema:
        return schema
    properties = {name: {k: v for k, v in one.items() if k != "default"} for name, one in schema["properties"].items()}
    return {**schema, "properties": properties, "required": list(properties)}


def _title(schema: dict[str, Any]) -> str:
    """The name of the struct a schema is of, without its type arguments."""
    return str(schema.get("title", "")).partition("[")[0]


def _sparse(infos: Iterable[inspect.Type]) -> set[str]:
    """Names of the structs that leave out what has its default."""
    pending, seen, names = list(infos), set[type](), set[str]()
    while pending:
        info = pending.pop()
        match info:
            case inspect.StructType(cls=cls, fields=fields) if cls not in seen:
                seen.add(cls)
                pending += [field.type for field in fields]
                struct = get_origin(cls) or cls
                if struct.__struct_config__.omit_defaults:
                    names.add(struct.__name__)
            case inspect.UnionType(types=types):
                pending += types
            case inspect.CollectionType(item_type=inner) | inspect.Metadata(type=inner):
                pending.append(inner)
            case inspect.DictType(value_type=inner):
                pending.append(inner)
    return names
