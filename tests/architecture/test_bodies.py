"""Every body that the program takes, to its last field: unknown fields are refused, and everything has a bound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect as kinds

from huixiang.entry.http import create_app
from huixiang.platform.settings import Settings
from tests.architecture.test_routes import routes_of


def bodies(home: Path) -> Iterator[tuple[str, Any]]:
    """What is taken as JSON, by the operation that takes it."""
    app = create_app(Settings(environment="test", home=home, database_url="postgresql://nobody@/none"))
    for method, path, handler in routes_of(app):
        field = handler.parsed_fn_signature.parameters.get("data")
        if field is not None:
            yield f"{method} {path}", field.annotation


def parts(kind: kinds.Type, path: str, seen: frozenset[type] = frozenset()) -> Iterator[tuple[str, kinds.Type]]:
    """A type and everything in it, by where it stands. What a document or a condition holds is read by its kind later,
    with that kind's bounds."""
    inner: list[tuple[str, kinds.Type]] = []
    match kind:
        case kinds.Metadata(type=meant):
            inner = [("", meant)]
        case kinds.UnionType(types=types):
            inner = [("", one) for one in types]
        case kinds.StructType(cls=cls, fields=fields) if cls not in seen:
            yield path, kind
            inner = [(f".{field.encode_name}", field.type) for field in fields]
            seen |= {cls}
        case kinds.ListType(item_type=item) | kinds.VarTupleType(item_type=item) | kinds.SetType(item_type=item):
            yield path, kind
            inner = [("[]", item)]
        case kinds.DictType(key_type=key, value_type=value) if not isinstance(value, kinds.AnyType):
            yield path, kind
            inner = [(".key", key), (".value", value)]
        case kinds.IntType() | kinds.StrType() | kinds.FloatType() | kinds.AnyType():
            yield path, kind
    for where, one in inner:
        yield from parts(one, path + where, seen)


def fault(kind: kinds.Type) -> str | None:
    """What may be sent for it that is not bounded."""
    match kind:
        case kinds.StructType(forbid_unknown_fields=False):
            return "takes unknown fields"
        case kinds.ListType(max_length=None) | kinds.VarTupleType(max_length=None) | kinds.SetType(max_length=None):
            return "a list without max_length"
        case kinds.DictType(max_length=None, key_type=kinds.StrType() | kinds.IntType()):
            return "an object without max_length"
        case kinds.IntType(ge=None, gt=None) | kinds.IntType(le=None, lt=None):
            return "a number without both bounds"
        case kinds.StrType(max_length=None, pattern=None):
            return "a text without max_length or pattern"
        case kinds.FloatType() | kinds.AnyType():
            return "anything, or a number that is not whole"
    return None


def faults(body: Any) -> list[str]:
    found = ((path, fault(kind)) for path, kind in parts(kinds.type_info(body), "$"))
    return [f"{path}: {said}" for path, said in found if said]


def test_bodies_are_bounded_to_their_last_field(tmp_path: Path) -> None:
    found = dict(bodies(tmp_path))
    assert len(found) > 100
    assert [f"{operation} {one}" for operation, body in found.items() for one in faults(body)] == []


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    names: list[str]


class Body(msgspec.Struct):
    inner: dict[str, Inner]


def test_what_is_not_bounded_is_seen() -> None:
    assert faults(Body) == [
        "$: takes unknown fields",
        "$.inner: an object without max_length",
        "$.inner.key: a text without max_length or pattern",
        "$.inner.value.count: a number without both bounds",
        "$.inner.value.names: a list without max_length",
        "$.inner.value.names[]: a text without max_length or pattern",
    ]
