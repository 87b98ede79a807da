"""Examples for the API document, derived from types, so that none goes stale.

A field with examples of its own (`Meta(examples=[...])`) shows the first; others are filled by name or by type.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

INSTANT = "2026-03-18T10:30:00+08:00"
DAY = "2026-03-18"
ID = "019d0000-7000-7000-8000-000000000001"
DEPTH = 8

BY_NAME: dict[str, Any] = {
    "phone": "13800138000",
    "sku": "FRUIT-0001",
    "line_id": "1",
    "source": "till",
    "external_id": "20260318-000431",
    "channel": "store",
    "store_id": "S001",
    "currency": "CNY",
    "cursor": None,
    "next_cursor": None,
    "zh": "示例",
    "en": "Example",
}


def example_of(kind: Any) -> Any:
    """A JSON value of a type. The same type always gives the same value."""
    return _example(inspect.type_info(kind), "", DEPTH)


def _example(info: inspect.Type, name: str, depth: int) -> Any:
    match info:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            given = (extra or {}).get("examples")
            return given[0] if given else _example(inner, name, depth)
        case inspect.StructType(fields=fields, tag_field=tag_field, tag=tag):
            own = {f.encode_name: _example(f.type, f.encode_name, depth - 1) for f in fields} if depth else {}
            return {tag_field: tag, **own} if tag_field else own
        case inspect.UnionType(types=types):
            return _of_union(types, name, depth)
        case inspect.CollectionType(item_type=item):
            return [_example(item, name, depth - 1)] if depth > 1 else []
        case inspect.TupleType(item_types=items):
            return [_example(item, name, depth - 1) for item in items]
        case inspect.DictType():
            return {}
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.EnumType(cls=cls):
            return next(iter(cls)).value
        case _:
            return _scalar(info, name)


def _of_union(types: tuple[inspect.Type, ...], name: str, depth: int) -> Any:
    if BY_NAME.get(name, ...) is None:
        return None
    some = [one for one in types if not isinstance(one, inspect.NoneType)]
    return _example(some[0], name, depth) if some and depth else None


def _scalar(info: inspect.Type, name: str) -> Any:
    if isinstance(info, inspect.StrType) and name in BY_NAME:
        return BY_NAME[name]
    match info:
        case inspect.StrType(min_length=least, pattern=None):
            return name.ljust(least or 0, "x") or "text"
        case inspect.IntType(ge=least, gt=above):
            lowest = least if least is not None else above + 1 if above is not None else 0
            return max(lowest, 1280 if name.endswith("_fen") else 1)
        case inspect.UUIDType():
            return ID
        case inspect.DateTimeType():
            return INSTANT
        case inspect.DateType():
            return DAY
        case inspect.BoolType():
            return True
        case inspect.FloatType():
            return 1.0
        case _:
            return msgspec.json.decode(b"null") if isinstance(info, inspect.NoneType | inspect.AnyType) else name
