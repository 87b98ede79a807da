"""Instants and days inside decoded values: every instant has an offset, and none lies where reckoning breaks.

Year 9999 decodes, and overflows as soon as a time zone is applied; a naive instant decodes, and would be read as
whatever zone the reader likes. Both are refused here, once, for every typed body.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.web import limits


def check_times(value: Any, path: str = "$") -> None:
    """Raise InvalidInput at the first instant or day in a struct, list or mapping that is not acceptable."""
    if isinstance(value, msgspec.Struct):
        for name, encoded in _fields_with_times(type(value)):
            check_times(getattr(value, name), f"{path}.{encoded}")
    elif isinstance(value, list | tuple | set | frozenset):
        for index, item in enumerate(value):
            check_times(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            check_times(item, f"{path}.{key}")
    elif isinstance(value, date):
        _check_time(value, path)


def _check_time(value: date, path: str) -> None:
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise InvalidInput(path=path, problem="an instant needs its offset, as in 2026-01-31T09:30:00+08:00")
    first, last = limits.YEARS
    if not first <= value.year <= last:
        raise InvalidInput(path=path, problem=f"the year must lie between {first} and {last}")


@cache
def _fields_with_times(struct: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    info = inspect.type_info(struct)
    fields = info.fields if isinstance(info, inspect.StructType) else ()
    return tuple((f.name, f.encode_name) for f in fields if _may_hold_times(f.type, frozenset({struct})))


def _may_hold_times(info: inspect.Type, seen: frozenset[type]) -> bool:
    """A struct that contains itself counts as holding times: better walked for nothing than not at all."""
    match info:
        case inspect.DateTimeType() | inspect.DateType():
            return True
        case inspect.Metadata(type=inner):
            return _may_hold_times(inner, seen)
        case inspect.StructType(cls=cls, fields=fields):
            return cls in seen or any(_may_hold_times(f.type, seen | {cls}) for f in fields)
        case inspect.UnionType(types=types):
            return any(_may_hold_times(one, seen) for one in types)
        case inspect.CollectionType(item_type=item):
            return _may_hold_times(item, seen)
        case inspect.TupleType(item_types=items):
            return any(_may_hold_times(one, seen) for one in items)
        case inspect.DictType(value_type=value):
            return _may_hold_times(value, seen)
        case _:
            return False
