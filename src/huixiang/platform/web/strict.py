"""JSON bodies, read strictly: no doubled key, no NaN, no number or text that breaks further on.

`parse` gives the plain tree (what the idempotency hash is taken over), `decode` the typed value. Both report the first
thing wrong. The quick path of a well-behaved body is one pass of the C scanner and one conversion.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar, cast

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.web import limits
from huixiang.platform.web.failures import MalformedJson
from huixiang.platform.web.times import check_times

T = TypeVar("T")

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_QUOTED = re.compile(rb'"[^"]*"')
_NOT_A_BRACKET = bytes(sorted(set(range(256)) - set(b"[]{}")))
_DIGITS_ALIKE = bytes(ord("0") if ord("0") <= byte <= ord("9") else byte for byte in range(256))
_LONG_NUMBER = b"0" * 16
_MESSAGE_PATH = re.compile(r"^(?P<problem>.*?)(?: - at `(?P<path>\$[^`]*)`)?$", re.DOTALL)


def parse(body: bytes) -> Any:
    """The JSON value of a body. Raises MalformedJson, or InvalidInput for a text or number outside what is allowed."""
    if not body.strip():
        raise MalformedJson(problem="the body is empty")
    if _nesting_exceeds(body, limits.NESTING):
        raise MalformedJson(problem=f"nested more than {limits.NESTING} levels deep")
    try:
        text = body.decode("utf-8")
        tree = (_CAREFUL if _LONG_NUMBER in body.translate(_DIGITS_ALIKE) else _QUICK).decode(text)
    except UnicodeDecodeError as error:
        raise MalformedJson(problem=f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(problem=f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise MalformedJson(problem=f"nested more than {limits.NESTING} levels deep") from None
    if b"\\u" in body:
        _check_texts(tree, "$")
    return tree


def decode(tree: Any, expected: type[T]) -> T:
    """Turn a tree from `parse` into `expected`. Raises InvalidInput with the path of the first thing wrong."""
    try:
        value = msgspec.convert(tree, expected, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        raise invalid(str(error)) from None
    check_times(value)
    return value


def canonical(tree: Any) -> bytes:
    """The same bytes for the same JSON value: keys sorted, no space."""
    return msgspec.json.encode(tree, order="deterministic")


def invalid(message: str, root: str = "$") -> InvalidInput:
    """msgspec's message taken apart into path and problem."""
    match = cast("re.Match[str]", _MESSAGE_PATH.match(message))
    return InvalidInput(path=root + (match["path"] or "$")[1:], problem=match["problem"])


def _nesting_exceeds(body: bytes, levels: int) -> bool:
    """Whether brackets outside of strings are nested deeper than `levels`; found without recursion, in C all the way:
    what is left of the brackets loses its innermost pairs once per level."""
    if body.count(b"[") + body.count(b"{") <= levels:
        return False
    if b"\\" in body:
        body = _ESCAPED.sub(b"", body)
    brackets = _QUOTED.sub(b"", body).translate(None, _NOT_A_BRACKET)
    for _ in range(levels):
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return brackets.count(b"[") + brackets.count(b"{") > 0


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        doubled = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise MalformedJson(problem=f"the key {doubled!r} is given twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise MalformedJson(problem=f"{name} is not a JSON number")


def _bounded_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedJson(problem="a number is out of range")
    return value


def _bounded_integer(text: str) -> int:
    if len(text) > 17 or abs(value := int(text)) > limits.INTEGER:
        raise InvalidInput(path="$", problem=f"an integer is beyond ±{limits.INTEGER}")
    return value


def _check_texts(tree: Any, path: str) -> None:
    """PostgreSQL stores no NUL and no half of a surrogate pair; JSON can spell both, as escapes only."""
    if isinstance(tree, str):
        if "\x00" in tree or any("\ud800" <= character <= "\udfff" for character in tree):
            raise InvalidInput(path=path, problem="the text has a NUL or an unpaired surrogate")
    elif isinstance(tree, dict):
        for key, value in tree.items():
            _check_texts(key, path)
            _check_texts(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            _check_texts(value, f"{path}[{index}]")


_QUICK = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_refuse_constant, parse_float=_bounded_float)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_constant=_refuse_constant,
    parse_float=_bounded_float,
    parse_int=_bounded_integer,
)
