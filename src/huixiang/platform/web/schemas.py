"""JSON Schemas of the structs that are decoded and answered, as msgspec has them.

They differ by direction: a request may leave out what has a default, an answer has every field, unless its struct
leaves out what has its default (`omit_defaults`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_origin

import msgspec
from msgspec import inspect

REF = "#/components/schemas/{name}"
PACKAGE = "huixiang."


class Schemas:
    """Schemas of the types that requests and answers are made of. Structs that have the same name are told apart by
    their module: `PointsAdjustment`, `PricingAdjustment`; the platform's own keep the plain one."""

    def __init__(self, *, asked: Sequence[Any], answered: Sequence[Any]) -> None:
        kinds = [*answered, *asked]
        schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
        self._names = {name: _plain(name) for name in components}
        renamed = {self._names[name]: self._renamed(schema) for name, schema in components.items()}
        self._schemas: list[tuple[Any, dict[str, Any]]] = [
            (kind, self._renamed(schema)) for kind, schema in zip(kinds, schemas, strict=True)
        ]
        of_requests = _reached([schema for _, schema in self._schemas[len(answered) :]], renamed)
        sparse = _sparse(inspect.multi_type_info(answered))
        self.components = {
            name: _titled(schema if name in of_requests or _title(schema) in sparse else _always_whole(schema), name)
            for name, schema in sorted(renamed.items())
        }

    def of(self, kind: Any) -> dict[str, Any]:
        """Of a type that was named, or that holds none of the structs."""
        for known, schema in self._schemas:
            if known is kind or known == kind:
                return schema
        [schema], _ = msgspec.json.schema_components([kind], ref_template=REF)
        return schema

    def _renamed(self, schema: Any) -> Any:
        if isinstance(schema, dict):
            renamed = {key: self._renamed(value) for key, value in schema.items()}
            if isinstance(reference := schema.get("$ref"), str):
                renamed["$ref"] = REF.format(name=self._names[reference.removeprefix(REF.format(name=""))])
            if isinstance(mapping := schema.get("mapping"), dict):  # of a discriminator
                prefix = REF.format(name="")
                renamed["mapping"] = {
                    tag: REF.format(name=self._names[one.removeprefix(prefix)]) if isinstance(one, str) else one
                    for tag, one in mapping.items()
                }
            return renamed
        return [self._renamed(one) for one in schema] if isinstance(schema, list) else schema


def _plain(name: str) -> str:
    """msgspec gives structs of one name their modules': `huixiang.points.model.adjusting.Adjustment`."""
    if not name.startswith(PACKAGE):
        return name
    module, _, rest = name.removeprefix(PACKAGE).partition(".")
    short = rest.rpartition(".")[2]
    return short if module == "platform" else f"{module.title()}{short}"


def _reached(schemas: Iterable[Any], components: Mapping[str, Any]) -> set[str]:
    """Names of the components that some schemas are made of."""
    pending, found = list(schemas), set[str]()
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            pending += one.values()
            name = str(one.get("$ref", "")).removeprefix(REF.format(name=""))
            if name in components and name not in found:
                found.add(name)
                pending.append(components[name])
    return found


def _always_whole(schema: dict[str, Any]) -> dict[str, Any]:
    """In an answer every field is present, whether or not it has a default."""
    if "properties" not in schema:
        return schema
    properties = {name: {k: v for k, v in one.items() if k != "default"} for name, one in schema["properties"].items()}
    return {**schema, "properties": properties, "required": list(properties)}


def _title(schema: dict[str, Any]) -> str:
    """The name of the struct a schema is of, without its type arguments."""
    return str(schema.get("title", "")).partition("[")[0]


def _titled(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """With the name that it has in the document: what is generated from titles would mix up structs of one name."""
    return {**schema, "title": name} if "title" in schema else schema


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
