"""Pages of a list, and the opaque cursors between them."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Generic, TypeVar

import msgspec

from huixiang.kernel.errors import InvalidInput

T = TypeVar("T")

PAGE_LIMIT_MAX = 200
PAGE_LIMIT_DEFAULT = 50


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a list in its order; `next_cursor` asks for those that follow, null at the end."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*parts: Any) -> str:
    """An opaque, URL-safe cursor over the sort key of the last item shown."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).rstrip(b"=").decode()


def decode_cursor(text: str, *types: Any) -> tuple[Any, ...]:
    """The parts of a cursor, of the given types. Raises InvalidInput for anything that encode_cursor did not make."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=tuple[types])  # type: ignore[valid-type]
    except (binascii.Error, UnicodeEncodeError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(path="cursor", problem="not a cursor of this list; ask for the first page again") from error
