"""Examples for the API document, derived from types, so that none goes stale.

A field with examples of its own (`Meta(examples=[...])`) shows the first; others are filled by name or by type. A text
with a pattern shows the first of some texts that is of it.
"""

from __future__ import annotations

import re
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
    "number": "100000000017",
    "to_number": "100000000017",
    "zh": "示例",
    "en": "Example",
}
# Codes, numbers, digests and tokens; a text with a pattern shows the first that is of it.
OF_PATTERN = (
    "example",
    "1",
    "123456",
    "orders:write",
    "2026-03",
    BY_NAME["number"],
    "EXAMPLE",
    "0" * 64,
    "example_" * 8,
)


def example_of(kind: Any, name: str = "") -> Any:
    """A JSON value of a type, of a parameter by its name. The same type always gives the same value. Raises ValueError
    for a text whose pattern nothing here is of: give it examples of its own."""
    return _example(inspect.type_info(kind), name, DEPTH)


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
        case inspect.DictType(min_length=least, key_type=key, value_type=value):
            return {_example(key, name, depth - 1): _example(value, name, depth - 1)} if least else {}
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
    match info:
        case inspect.StrType(pattern=str(pattern)):
            return _of_pattern(info, name, pattern)
        case inspect.StrType() if name in BY_NAME:
            return BY_NAME[name]
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


def _of_pattern(info: inspect.StrType, name: str, pattern: str) -> str:
    longest = info.max_length or len(OF_PATTERN[-1])
    cuts = [text[:length] for text in OF_PATTERN for length in (len(text), longest, 43, 32, 22, 8, 4)]
    for text in [BY_NAME.get(name), name, *cuts]:
        if text and (info.min_length or 0) <= len(text) <= longest and re.search(pattern, text):
            return str(text)
    raise ValueError(f"no example of {name or 'a text'} like {pattern}: give it Meta(examples=[...])")
