"""Uploads that never end, and bodies that cost more than they weigh: refused early, with little kept in memory."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.web import limits
from tests.attacks.requests import Sender, filled, media_type, sender
from tests.entry.document import Described
from tests.entry.program import Program, running
from tests.entry.test_wire import Server, read_answer, serving

pytestmark = pytest.mark.requirement("SEC-01")

GIGABYTE = 1 << 30
PART = b" " * (64 << 10)
ORDER = "POST /api/v1/orders"
FRAMINGS = ("Transfer-Encoding: chunked", f"Content-Length: {GIGABYTE}")
NOTICED_WITHIN = 4 << 20  # what may be on its way while the refusal is


async def test_uploads_of_a_gigabyte_are_refused_by_every_route_that_takes_a_body(db: Database) -> None:
    async with running(db) as program:
        requests = await sender(db, program)
        bodies = [one for one in requests.operations if one.body]
        assert len(bodies) > 80
        await asyncio.gather(*(refuse_a_gigabyte(program, requests, one) for one in bodies))


async def refuse_a_gigabyte(program: Program, requests: Sender, one: Described) -> None:
    sent = 0

    async def gigabyte() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < GIGABYTE:
            sent += len(PART)
            yield PART

    headers = requests.credentials(one) | {"Idempotency-Key": str(new_id()), "Content-Type": media_type(one)}
    shown = {p["name"]: p["example"] for p in one.parameters if p["in"] == "path"}
    path = filled(one.path, shown | {"member_id": program.member_id})
    answer = await program.client.request(one.method, path, content=gigabyte(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), one.name
    assert answer.headers["connection"] == "close", one.name
    assert sent <= limits.BULK_BODY_BYTES + NOTICED_WITHIN, one.name


async def upload(server: Server, framing: str, total: int, request: str = ORDER) -> tuple[int, int]:
    """Send until the server answers or hangs up: the status, and how many bytes it took."""
    reader, writer = await server.connect()
    sent = 0
    answered = asyncio.create_task(read_answer(reader))
    with suppress(ConnectionError):
        async for part in parts(server, request, framing, total):
            if answered.done():
                break
            writer.write(part)
            await writer.drain()
            sent += len(part)
            await asyncio.sleep(0)  # to look: draining alone lets nobody else run while the buffers have room
    answer = await answered
    assert answer.headers["connection"] == "close"
    writer.close()
    return answer.status, sent


async def parts(server: Server, request: str, framing: str, total: int) -> AsyncIterator[bytes]:
    yield server.head(request, "Content-Type: application/json", "Idempotency-Key: k", framing)
    part = b"%x\r\n%b\r\n" % (len(PART), PART) if framing.startswith("Transfer") else PART
    for _ in range(total // len(PART)):
        yield part


async def test_who_sends_on_after_the_answer_is_cut_off(db: Database, database_url: str, tmp_path: Path) -> None:
    """Whether nobody reads the answer, or nobody stops: by bytes for the fast, by time for the slow."""
    async with serving(db, database_url, tmp_path, log_level="error") as server:
        uploads = [
            (parts(server, request, framing, GIGABYTE), pause_s)
            for request in (ORDER, "GET /healthz", "POST /api/v1/nothing")
            for framing, pause_s in ((FRAMINGS[0], 0), (FRAMINGS[1], 0), (FRAMINGS[1], 0.2))
        ]
        taken = await asyncio.gather(*(cut_off(server, upload, pause_s) for upload, pause_s in uploads))
        assert max(taken) < 64 << 20
        assert max(taken[2::3]) < 4 << 20


async def cut_off(server: Server, upload: AsyncIterator[bytes], pause_s: float) -> int:
    """Send a part each `pause_s` and look at nothing that comes back: how many bytes the server's side took."""
    loop = asyncio.get_running_loop()
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port)) as connection, suppress(ConnectionError):
        connection.settimeout(0)
        async with asyncio.timeout(20):
            async for part in upload:
                await loop.sock_sendall(connection, part)
                sent += len(part)
                await asyncio.sleep(pause_s)
        pytest.fail("nobody hung up")
    return sent


def resident(pid: int) -> int:
    """Bytes of memory that a process has ever had at once."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) << 10


async def test_uploads_of_a_gigabyte_take_no_memory_and_hold_up_nobody(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    async with serving(db, database_url, tmp_path, log_level="error") as server:
        assert (await server.exchange(server.order("before"))).status == 201
        before = resident(server.process.pid)
        begun = perf_counter()
        tries = await asyncio.gather(*(upload(server, framing, GIGABYTE) for framing in FRAMINGS * 4))
        assert {status for status, _ in tries} == {413}
        assert max(sent for _, sent in tries) < 64 << 20  # what the connection's buffers take, far from a gigabyte
        assert perf_counter() - begun < 30
        assert resident(server.process.pid) - before < 64 << 20
        assert (await server.exchange(server.order("after"))).status == 201


async def test_zip_bombs_are_not_unpacked(db: Database) -> None:
    """No body is decompressed: what says that it is compressed is no JSON."""
    bomb = b'{"source":"' + b"a" * (64 << 20) + b'"}'
    packed = {"gzip": gzip.compress(bomb, 1), "deflate": zlib.compress(bomb, 1), "br": b"\x5b\xff\xff\x03"}
    async with running(db) as program:
        for coding, body in packed.items():
            headers = program.system | {"Idempotency-Key": coding, "Content-Type": "application/json"}
            headers["Content-Encoding"] = coding
            answer = await program.client.post("/api/v1/orders", content=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "json_malformed")


async def test_bodies_that_cost_more_than_they_weigh_are_refused_quickly(db: Database) -> None:
    room = limits.BODY_BYTES - 64
    bodies = {
        "deep": b'{"a":' * 150_000 + b"1" + b"}" * 150_000,
        "deep lists": b"[" * 500_000 + b"]" * 500_000,
        "never closed": b"[" * room,
        "many fields": b"{" + b",".join(b'"f%d":1' % n for n in range(70_000)) + b"}",
        "one field many times": b"{" + b",".join([b'"a":1'] * 150_000) + b"}",
        "keys with one hash": b"{" + b",".join(b'"%s":0' % (b"\\u0000" * 2 + b"%d" % n) for n in range(30_000)) + b"}",
        "long number": b'{"a":' + b"9" * room + b"}",
        "long fraction": b'{"a":0.' + b"9" * room + b"}",
        "escapes": b'{"a":"' + b"\\ud800" * (room // 6 - 2) + b'"}',
        "backslashes": b'{"a":"' + b"\\\\" * (room // 2 - 8) + b'"}',
        "many lines": b'{"lines":[' + b",".join([b"{}"] * 300_000) + b"]}",
    }
    async with running(db) as program:
        headers = program.system | {"Idempotency-Key": "k", "Content-Type": "application/json"}
        for name, body in bodies.items():
            assert len(body) <= limits.BODY_BYTES, name
            begun = perf_counter()
            answer = await program.client.post("/api/v1/orders", content=body, headers=headers)
            assert answer.status_code in (400, 422), (name, answer.text[:100])
            assert len(answer.content) < 4096, name
            assert perf_counter() - begun < 5, name
