"""A load generator over HTTP/1.1: so many connections, each sending its next request when the last is answered, or at
an even rate.

Runs in a process of its own (`python -m bench.http_load`), reads a `Job` as JSON from standard input, writes a `Result`
as JSON to standard output. Requests are bytes with two holes, so that the generator costs little beside the server.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections import Counter, defaultdict
from typing import cast

import msgspec
import uvloop

MEMBER = "{member}"
SERIAL = "{serial}"
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "
BUCKET_US = 50  # resolution of the latencies


class Job(msgspec.Struct, frozen=True):
    """`target` and `body` may hold the holes {member}, filled from `members` in turn, and {serial}, never the same
    twice in a run. bodies: taken in turn, instead of `body`. per_second: of all connections together; a latency then
    counts from when its request was due. at_most: so many requests are sent, where they are over before the time is."""

    port: int
    method: str
    target: str
    headers: dict[str, str]
    body: str
    members: list[str]
    connections: int
    warm_up_s: float
    seconds: float
    first_serial: int
    per_second: float | None = None
    bodies: list[str] = []
    at_most: int | None = None


class Result(msgspec.Struct, frozen=True):
    """Of the measured time: answers by status, the seconds it took, and latencies by status, as microseconds to
    counts."""

    statuses: dict[int, int]
    seconds: float
    latencies: dict[int, dict[int, int]]
    next_serial: int

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())

    def beside(self, other: Result) -> Result:
        """Both as one, that ran at once."""
        return Result(
            dict(Counter(self.statuses) + Counter(other.statuses)),
            max(self.seconds, other.seconds),
            {
                status: dict(Counter(self.latencies.get(status, {})) + Counter(other.latencies.get(status, {})))
                for status in {*self.latencies, *other.latencies}
            },
            max(self.next_serial, other.next_serial),
        )

    def percentile_ms(self, share: float, status: int | None = None) -> float:
        """The latency that `share` of the requests did not exceed, or of those that were answered so."""
        some = [of for answered, of in self.latencies.items() if status in {None, answered}]
        counts = sum(map(Counter, some), Counter())
        wanted = share * counts.total()
        seen = 0
        for microseconds in sorted(counts):
            seen += counts[microseconds]
            if seen >= wanted:
                return microseconds / 1000
        return 0.0


class Requests:
    """Makes the bytes of one request after the other."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._members = itertools.cycle(job.members)
        self._bodies = itertools.cycle(job.bodies or [job.body])
        self._serial = itertools.count(job.first_serial)
        self.next_serial = job.first_serial
        self._left = job.at_most

    @property
    def over(self) -> bool:
        """Whether as many were made as there are to be."""
        return self._left == 0

    def make(self) -> bytes:
        if self._left is not None:
            self._left -= 1
        self.next_serial = next(self._serial)
        member, serial = next(self._members), str(self.next_serial)
        body = self._filled(next(self._bodies), member, serial).encode()
        lines = [f"{self._job.method} {self._filled(self._job.target, member, serial)} HTTP/1.1", "Host: bench"]
        lines += [f"{name}: {self._filled(value, member, serial)}" for name, value in self._job.headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body

    @staticmethod
    def _filled(text: str, member: str, serial: str) -> str:
        return text.replace(MEMBER, member).replace(SERIAL, serial)


class Connection(asyncio.Protocol):
    """One connection. Counts while `counting` is set. first_s, every_s: when its first request is due, seconds from its
    making, and how long after each the next; without them each follows the last answer."""

    def __init__(self, requests: Requests, first_s: float = 0.0, every_s: float | None = None) -> None:
        self._requests = requests
        self._every_s = every_s
        self._due = time.perf_counter() + first_s
        self._received = bytearray()
        self._needed = 0
        self._sent_at = 0.0
        self.counting = False
        self.stopped = False
        self.statuses: Counter[int] = Counter()
        self.latencies: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without descending from it
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol names it
        if not self.stopped:
            self.statuses[0] += 1  # the server hung up
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._needed:
            end = self._received.find(HEAD_END)
            if end < 0:
                return
            self._needed = end + len(HEAD_END) + _length(self._received[:end])
        if len(self._received) >= self._needed:
            self._answered()

    def _answered(self) -> None:
        if self.counting:
            status = int(self._received[9:12])
            self.statuses[status] += 1
            microseconds = (time.perf_counter() - self._sent_at) * 1e6
            self.latencies[status][int(microseconds / BUCKET_US) * BUCKET_US] += 1
        del self._received[: self._needed]
        self._needed = 0
        if self.stopped or self._requests.over:
            self.stopped = True
            self._transport.close()
        else:
            self._next()

    def _next(self) -> None:
        if self._every_s is None:
            self._send(time.perf_counter())
            return
        due, self._due = self._due, self._due + self._every_s
        wait = due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send, due)
        else:
            self._send(due)

    def _send(self, due: float) -> None:
        if self._transport.is_closing():
            return
        if self._requests.over:
            self.stopped = True
            self._transport.close()
            return
        request = self._requests.make()
        self._sent_at = due
        self._transport.write(request)


def _length(head: bytearray) -> int:
    start = head.lower().find(LENGTH)
    return int(head[start + len(LENGTH) :].split(b"\r\n", 1)[0]) if start >= 0 else 0


async def load(job: Job) -> Result:
    """Run one job against a server on this machine."""
    loop = asyncio.get_running_loop()
    requests = Requests(job)
    every_s = job.connections / job.per_second if job.per_second else None
    connections = []
    for place in range(job.connections):
        first_s = place * every_s / job.connections if every_s else 0.0
        one = Connection(requests, first_s, every_s)
        one.counting = not job.warm_up_s
        await loop.create_connection(lambda one=one: one, "127.0.0.1", job.port)  # type: ignore[misc]
        connections.append(one)
    await asyncio.sleep(job.warm_up_s)
    started = time.perf_counter()
    for one in connections:
        one.counting = True
    await asyncio.wait([one.closed for one in connections], timeout=job.seconds)
    took = time.perf_counter() - started
    for one in connections:
        one.counting, one.stopped = False, True
    await asyncio.gather(*(one.closed for one in connections))
    statuses = sum((one.statuses for one in connections), Counter())
    latencies = {
        status: dict(sum((one.latencies[status] for one in connections), Counter[int]())) for status in statuses
    }
    return Result(dict(statuses), took, latencies, requests.next_serial + 1)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(msgspec.json.encode(runner.run(load(msgspec.json.decode(sys.stdin.buffer.read(), type=Job)))).decode())
