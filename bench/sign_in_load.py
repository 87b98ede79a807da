"""Many connections that each send one request at the same moment.

Runs in a process of its own (`python -m bench.sign_in_load`), reads a `Crowd` as JSON from standard input, writes a
`Passed` as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import cast

import msgspec
import uvloop

from bench.http_load import HEAD_END, LENGTH


class Crowd(msgspec.Struct, frozen=True):
    """Bodies to post, each on a connection of its own; all connections stand before the first is sent."""

    ports: list[int]
    target: str
    bodies: list[str]


class Passed(msgspec.Struct, frozen=True):
    """Status and seconds of each, from when the first was sent."""

    statuses: list[int]
    seconds: list[float]


class One(asyncio.Protocol):
    """A connection that is answered once."""

    def __init__(self) -> None:
        self._received = bytearray()
        self.answered: asyncio.Future[tuple[int, float]] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one without descending from it

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol names it
        if not self.answered.done():
            self.answered.set_result((0, time.perf_counter()))

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(HEAD_END)
        if end < 0:
            return
        start = self._received[:end].lower().find(LENGTH)
        length = int(self._received[start + len(LENGTH) : end].split(b"\r\n", 1)[0])
        if len(self._received) >= end + len(HEAD_END) + length and not self.answered.done():
            self.answered.set_result((int(self._received[9:12]), time.perf_counter()))


async def rush(crowd: Crowd) -> Passed:
    loop = asyncio.get_running_loop()
    head = f"POST {crowd.target} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: "
    requests = [f"{head}{len(body.encode())}\r\n\r\n{body}".encode() for body in crowd.bodies]
    made = []
    for place in range(len(requests)):
        _, one = await loop.create_connection(One, "127.0.0.1", crowd.ports[place % len(crowd.ports)])
        made.append(one)
    started = time.perf_counter()
    for one, request in zip(made, requests, strict=True):
        one.transport.write(request)
    answers = await asyncio.gather(*(one.answered for one in made))
    for one in made:
        one.transport.close()
    return Passed([status for status, _ in answers], [at - started for _, at in answers])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        crowd = msgspec.json.decode(sys.stdin.buffer.read(), type=Crowd)
        print(msgspec.json.encode(runner.run(rush(crowd))).decode())
