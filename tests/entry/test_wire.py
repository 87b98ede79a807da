"""A served process at the other end of a real connection."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from huixiang.entry.keys import use_keys
from huixiang.platform.db import Database
from huixiang.platform.web import limits
from huixiang.staff import service as staff
from tests.entry.program import settings
from tests.entry.test_http import order
from tests.support.programme import load_programme, register_members

API = "huixiang.entry.supervisor.api"
START_S = 60


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        assert self.headers["content-type"] == "application/problem+json"
        return str(json.loads(self.body)["code"])


class Server(msgspec.Struct, frozen=True):
    """A process that serves the program on `port`; `token` is a key's with every scope."""

    process: Process
    port: int
    token: str

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def exchange(self, raw: bytes, within_s: float = 20) -> Answer:
        """Send these very bytes on a new connection and read one answer."""
        reader, writer = await self.connect()
        with suppress(ConnectionError):
            writer.write(raw)
            await writer.drain()
        answer = await read_answer(reader, within_s)
        writer.close()
        return answer

    def head(self, line: str, *headers: str) -> bytes:
        lines = [f"{line} HTTP/1.1", "Host: huixiang.test", f"Authorization: Bearer {self.token}", *headers, "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def order(self, key: str) -> bytes:
        body = json.dumps(order(external_id=key)).encode()
        headers = [f"Idempotency-Key: {key}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        return self.head("POST /api/v1/orders", *headers) + body


async def read_answer(reader: asyncio.StreamReader, within_s: float = 20) -> Answer:
    async with asyncio.timeout(within_s):
        status = int((await reader.readline()).split()[1])
        headers: dict[str, str] = {}
        while line := (await reader.readline()).strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return Answer(status, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@asynccontextmanager
async def serving(db: Database, database_url: str, home: Path, log_level: str = "info") -> AsyncIterator[Server]:
    """The program in a process of its own. Nobody reads its log before the end: who sends much lets it say less."""
    await load_programme(db)
    use_keys(msgspec.structs.replace(settings(database_url), home=home))
    await register_members(db, 1)
    async with db.transaction() as tx:
        key = await staff.create_key(tx, "tests", staff.SCOPES, "tests")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
        ours = {"ENVIRONMENT": "test", "HOME": str(home), "DATABASE_URL": database_url, "STOP_SECONDS": "20"}
        ours["LOG_LEVEL"] = log_level
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", API, str(listener.fileno()), "huixiang.entry.http:create_app"),
            env=environment | {f"HUIXIANG_{name}": value for name, value in ours.items()},
            pass_fds=[listener.fileno()],
            stderr=asyncio.subprocess.PIPE,
        )
        port: int = listener.getsockname()[1]
    server = Server(process, port, key.token)
    try:
        # The connection waits in the queue until the process has started.
        assert (await server.exchange(server.head("GET /readyz"), START_S)).status == 200
        yield server
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.requirement("INT-01")
async def test_what_comes_over_the_wire(db: Database, database_url: str, tmp_path: Path) -> None:
    async with serving(db, database_url, tmp_path) as server:
        json_type = "Content-Type: application/json"
        key = "Idempotency-Key: k"
        chunks = b"".join(b"10000\r\n" + b" " * 65_536 + b"\r\n" for _ in range(160)) + b"0\r\n\r\n"
        post = "POST /api/v1/orders"
        huge = server.head(post, json_type, key, "Transfer-Encoding: chunked") + chunks
        assert (await server.exchange(huge)).code == "body_too_large"
        told = server.head(post, json_type, key, "Content-Length: 10485760")
        assert (await server.exchange(told + b" " * 100_000)).code == "body_too_large"
        long = server.head("GET /healthz", f"X-Long: {'a' * (limits.HEADER_BYTES + 1)}")
        assert (await server.exchange(long)).code == "header_too_large"
        assert (await server.exchange(server.head("GET /" + "a" * 5000))).code == "target_too_long"
        assert (await server.exchange(server.head("GET /api/v1/%00"))).code == "request_malformed"
        assert (await server.exchange(server.head("GET /api/v1/%ff%fe"))).code == "route_unknown"
        assert (await server.exchange(server.head("GET /api/v1/orders/%2e%2e/x"))).code == "route_unknown"
        assert (await server.exchange(server.head(post, json_type, key, "Content-Length: 0"))).code == "input_invalid"
        assert (await server.exchange(b"NONSENSE\r\n\r\n")).status == 400
        await break_off(server, server.head(post, json_type, key, "Content-Length: 100") + b'{"a"')
        good = await server.exchange(server.order("first"))
        assert good.status == 201, good.body
        assert "server" not in good.headers


async def break_off(server: Server, raw: bytes) -> None:
    """Hang up in the middle of a body."""
    _, writer = await server.connect()
    writer.write(raw)
    await writer.drain()
    writer.close()


@pytest.mark.requirement("OPS-02")
async def test_a_stop_finishes_what_was_begun(db: Database, database_url: str, tmp_path: Path) -> None:
    """The key is held by somebody else's open transaction, so the request waits in the database when the stop comes."""
    async with serving(db, database_url, tmp_path) as server:
        async with db.transaction() as tx:
            member_id: UUID = await tx.fetchval("SELECT member_id FROM members.member")
            await tx.execute(
                "INSERT INTO platform.idempotency (member_id, key, input_hash, recorded_at) VALUES ($1, 'k', '', $2)",
                member_id,
                tx.now,
            )
            reader, writer = await server.connect()
            writer.write(server.order("k"))
            await wait_for_a_waiting_backend(db)
            server.process.send_signal(signal.SIGTERM)
            await until_refused(server.port)
            assert server.process.returncode is None
            await tx.execute("DELETE FROM platform.idempotency")
        answer = await read_answer(reader)
        writer.close()
        assert answer.status == 201, answer.body
        async with asyncio.timeout(10):
            # uvicorn ends by the signal it was sent, once everything is closed.
            assert await server.process.wait() in {0, -signal.SIGTERM}


# Locks of other databases are in the table too.
WAITS = """
    SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND locktype = 'transactionid' AND datname = current_database()
"""


async def wait_for_a_waiting_backend(db: Database) -> None:
    async with asyncio.timeout(10), db.transaction(read_only=True) as tx:
        while True:
            if await tx.fetchval(WAITS):
                return
            await asyncio.sleep(0.02)


async def until_refused(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.02)
