"""Pages of a list, and the opaque cursors between them."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from huixiang.kernel import base64url
from huixiang.kernel.errors import InvalidInput

T = TypeVar("T")

PAGE_LIMIT_MAX = 200
PAGE_LIMIT_DEFAULT = 50


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a list in its order; `next_cursor` asks for those that follow, null at the end."""

    items: list[T]
    next_cursor: str | None = None


def page_of(found: Sequence[T], limit: int, key: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """The page of what was found when one more than `limit` was asked for: that one is not shown, and tells that there
    is another page. `key`: the sort key of an item, which the cursor holds."""
    shown = list(found[:limit])
    return Page(shown, encode_cursor(*key(shown[-1])) if len(found) > limit else None)


def encode_cursor(*parts: Any) -> str:
    """An opaque, URL-safe cursor over the sort key of the last item shown."""
    return base64url.encode(msgspec.json.encode(parts))


def decode_cursor(text: str, *types: Any) -> tuple[Any, ...]:
    """The parts of a cursor, of the given types; each can be a parameter of a statement as it is.

    Raises InvalidInput for what encode_cursor did not make, and for what the database could not even compare with.
    """
    try:
        raw = base64url.decode(text)
        parts: tuple[Any, ...] = msgspec.json.decode(raw, type=tuple[types])  # type: ignore[valid-type]
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refusal() from error
    if encode_cursor(*parts) != text or not all(map(_comparable, parts)):
        raise _refusal()
    return parts


def _comparable(part: Any) -> bool:
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    if isinstance(part, datetime):
        return part.tzinfo is not None and 1 < part.year < 9999
    return not isinstance(part, str) or "\0" not in part


def _refusal() -> InvalidInput:
    return InvalidInput(path="cursor", problem="not a cursor of this list; ask for the first page again")
