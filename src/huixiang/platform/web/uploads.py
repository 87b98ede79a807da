"""Bodies that may be answered before they have come in whole: of unknown length, or longer than most routes take.

The server would go on reading such a body to its end after the answer, to keep the connection: a gigabyte, or a byte
a second for ever. So the connection ends instead. It does not end at once: one that is closed with bytes unread is
reset, and the answer may be lost with it (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from litestar.types import Receive, ReceiveMessage

from huixiang.platform.web import limits

READ_BYTES = limits.BULK_BODY_BYTES + (3 << 20)  # of any body, the application's part included
LINGER_S = 2.0
CLOSE = (b"connection", b"close")


class Upload:
    """The body of one request, read as far as the application likes. `ended`: nothing of it is to come."""

    __slots__ = ("_receive", "_taken", "ended")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._taken = 0
        self.ended = False

    async def receive(self) -> ReceiveMessage:
        message = await self._receive()
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self.ended = not message.get("more_body", False)
        else:
            self.ended = True
        return message

    async def discard(self) -> None:
        """Take what is on its way, up to READ_BYTES: who sends a little too much without looking sees the answer too.
        Who sends more is left holding the rest, and has until the time is up to look."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while not self.ended and self._taken < READ_BYTES:
                    await self.receive()
                if not self.ended:
                    await asyncio.sleep(LINGER_S)


def is_unbounded(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request's headers announce more than may well be read past an answer."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and not _is_small(value)) for name, value in headers
    )


def _is_small(length: bytes) -> bool:
    return len(length) < 10 and length.isdigit() and int(length) <= limits.BODY_BYTES
