"""From a body to a document that can be trusted: canonical form, hash, shape."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import inspect

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.period import Period
from huixiang.rulebook.model import Kind, RuleDocumentInvalid

CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def canonical(body: object) -> bytes:
    """The one way to write a body: JSON in UTF-8 with sorted keys and no spaces. Takes builtins or structs."""
    return msgspec.json.encode(body, order="sorted")


def check_code(kind: Kind, code: str) -> None:
    """Raises RuleDocumentInvalid for what cannot name a document."""
    if not CODE.fullmatch(code):
        raise RuleDocumentInvalid(
            kind=kind.name, document=code, path="code", problem="must be a-z, then up to 31 of a-z, 0-9, _ or -"
        )


def period(kind: Kind, code: str, valid_from: datetime, valid_to: datetime | None) -> Period:
    """When a version is in force. Raises RuleDocumentInvalid where it ends before it begins."""
    if valid_to is not None and valid_to <= valid_from:
        raise RuleDocumentInvalid(kind=kind.name, document=code, path="valid_to", problem="must be after valid_from")
    return Period(valid_from, valid_to)


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def decode(kind: Kind, code: str, body: bytes) -> Any:
    """The body as the kind's struct. Raises RuleDocumentInvalid with the path of the first thing wrong."""
    try:
        decoded = msgspec.json.decode(body, type=kind.shape)
        if kind.check is not None:
            kind.check(decoded)
    except msgspec.DecodeError as error:
        path, problem = _located(str(error))
        raise RuleDocumentInvalid(kind=kind.name, document=code, path=path, problem=problem) from error
    except InvalidInput as error:
        raise RuleDocumentInvalid(kind=kind.name, document=code, **error.fields) from error
    return decoded


def _located(message: str) -> tuple[str, str]:
    """msgspec ends a message with " - at `$.path`", and leaves that out at the root."""
    problem, _, path = message.partition(" - at `")
    return path.rstrip("`") or "$", problem


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
