"""A validator of JSON schema, of as much as the published schemas use; anything else in them is an error here."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

Schema = dict[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_ANNOTATIONS = {"title", "description", "default", "discriminator", "$defs", "$schema", "$id"}


def accepts(schema: Schema, value: Any, root: Schema | None = None) -> bool:
    root = root or schema
    return all(_keyword(name, expected, schema, value, root) for name, expected in schema.items())


def _keyword(name: str, expected: Any, schema: Schema, value: Any, root: Schema) -> bool:
    match name:
        case "$ref":
            return accepts(root["$defs"][expected.removeprefix("#/$defs/")], value, root)
        case "anyOf":
            return any(accepts(one, value, root) for one in expected)
        case "type":
            return isinstance(value, _TYPES[expected]) and (expected == "boolean" or not isinstance(value, bool))
        case "enum":
            return value in expected
        case "const":
            return bool(value == expected)
    return _bounded(name, expected, value) and _inside(name, expected, schema, value, root)


def _bounded(name: str, expected: Any, value: Any) -> bool:
    match name:
        case "minimum":
            return bool(value >= expected)
        case "maximum":
            return bool(value <= expected)
        case "minLength":
            return len(value) >= int(expected)
        case "maxLength" | "maxItems":
            return len(value) <= int(expected)
        case "pattern":
            return re.search(expected, value) is not None
        case "format":
            assert expected == "date-time"
            return _is_instant(value)
    return True


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _inside(name: str, expected: Any, schema: Schema, value: Any, root: Schema) -> bool:
    match name:
        case "required":
            return all(key in value for key in expected)
        case "properties":
            return all(accepts(expected[key], inner, root) for key, inner in value.items() if key in expected)
        case "additionalProperties":
            assert expected is False
            return set(value) <= set(schema["properties"])
        case "items":
            return all(accepts(expected, inner, root) for inner in value)
    known = {"minimum", "maximum", "minLength", "maxLength", "maxItems", "pattern", "format"} | _ANNOTATIONS
    assert name in known, f"the schema says {name}, which nothing here understands"
    return True
