"""From a body to a document that can be trusted: canonical form, hash, shape."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import inspect

from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.kernel.period import Period
from huixiang.rulebook.model import Kind, RuleDocumentInvalid
from huixiang.rulebook.model.findings import PROBLEMS_MAX

CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def canonical(body: object) -> bytes:
    """The one way to write a body: JSON in UTF-8 with sorted keys and no spaces. Takes builtins or structs."""
    return msgspec.json.encode(body, order="sorted")


def check_code(kind: Kind, code: str) -> None:
    """Raises RuleDocumentInvalid for what cannot name a document."""
    if not CODE.fullmatch(code):
        problem = Problem("code", "must be a-z, then up to 31 of a-z, 0-9, _ or -")
        raise RuleDocumentInvalid.of(kind.name, code, [problem])


def period(kind: Kind, code: str, valid_from: datetime, valid_to: datetime | None) -> Period:
    """When a version is in force. Raises RuleDocumentInvalid where it ends before it begins."""
    if valid_to is not None and valid_to <= valid_from:
        raise RuleDocumentInvalid.of(kind.name, code, [Problem("valid_to", "must be after valid_from")])
    return Period(valid_from, valid_to)


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def decode(kind: Kind, code: str, body: bytes) -> Any:
    """The body as the kind's struct. Raises RuleDocumentInvalid with the path of everything that has another shape."""
    try:
        return msgspec.json.decode(body, type=kind.shape)
    except msgspec.DecodeError as error:
        raise RuleDocumentInvalid.of(kind.name, code, _misshapen(kind.shape, body) or [_located(error)]) from error


def check(kind: Kind, body: Any) -> list[Problem]:
    """What the kind's own check says of a body, without asking a database."""
    try:
        if kind.check is not None:
            kind.check(body)
    except InvalidInput as error:
        return [Problem(str(error.fields["path"]), str(error.fields["problem"]))]
    return []


def _misshapen(shape: type[Any], body: bytes) -> list[Problem]:
    """The decoder stops at the first fault. So each entry of the body's lists is decoded alone, the rest with those
    that are sound."""
    given = msgspec.json.decode(body)
    if not isinstance(given, dict):
        return []
    found: list[Problem] = []
    rest = dict(given)
    for name, entry in _lists(shape).items():
        if isinstance(entries := given.get(name), list):
            faults = [_fault(entry, one) for one in entries]
            found += [
                Problem(f"$.{name}[{place}]{fault.path[1:]}", fault.problem)
                for place, fault in enumerate(faults)
                if fault
            ]
            # One that is not sound counts all the same where so many are needed.
            rest[name] = [one for one, fault in zip(entries, faults, strict=True) if not fault] or entries
    whole = _fault(shape, rest)
    if whole is not None and any(one.path == whole.path for one in found):
        whole = None
    return ([whole, *found] if whole else found)[:PROBLEMS_MAX]


def _lists(shape: type[Any]) -> dict[str, Any]:
    """The type of an entry of each field that is a list, by the name it is written with."""
    found = {}
    for field in msgspec.structs.fields(shape):
        outer = get_args(field.type)[0] if get_origin(field.type) is Annotated else field.type
        if get_origin(outer) in (list, tuple) and (entry := get_args(outer)):
            found[field.encode_name] = entry[0]
    return found


def _fault(shape: Any, given: object) -> Problem | None:
    try:
        msgspec.json.decode(canonical(given), type=shape)
    except msgspec.DecodeError as error:
        return _located(error)
    return None


def _located(error: msgspec.DecodeError) -> Problem:
    """msgspec ends a message with " - at `$.path`", or "`key` in `$.path`", and leaves that out at the root."""
    problem, _, path = str(error).partition(" - at `")
    return Problem(path.rstrip("`").rpartition("` in `")[2] or "$", problem)


def refuse_loose_shape(shape: type[Any]) -> None:
    """Raises TypeError where a struct within `shape` takes unknown fields, or a number may be a fraction."""
    for node in _nodes(inspect.type_info(shape), set()):
        if isinstance(node, inspect.FloatType):
            raise TypeError(f"{shape.__name__} holds a float; amounts and rates of rules are integers")
        if isinstance(node, inspect.StructType) and not node.cls.__struct_config__.forbid_unknown_fields:
            raise TypeError(f"{node.cls.__name__} in {shape.__name__} takes unknown fields")


def _nodes(node: inspect.Type | inspect.Field, seen: set[type]) -> Iterator[inspect.Type | inspect.Field]:
    if isinstance(node, inspect.StructType):
        if node.cls in seen:
            return
        seen.add(node.cls)
    yield node
    for value in (getattr(node, name) for name in node.__struct_fields__):
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, inspect.Type | inspect.Field):
                yield from _nodes(child, seen)
