"""SQL injection: every text that a request can hold, in path, query and body, is a value and never a statement."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from time import perf_counter
from typing import Any
from zlib import crc32

import msgspec
import psycopg
import pytest

from huixiang.entry.examples import ORDER
from huixiang.platform.db import Database
from tests.attacks.requests import changed, example, places, sender
from tests.entry.document import Described
from tests.entry.program import running

pytestmark = pytest.mark.requirement("SEC-01")

SLEEP_S = 20  # longer than any request takes, on a machine however busy
PAYLOADS = (
    f"x' || pg_sleep({SLEEP_S}) || '",
    "x'); DROP SCHEMA members CASCADE; --",
    "' OR '1'='1",
    f"$$; SELECT pg_sleep({SLEEP_S}); --\\' \" %s $1",
)
TABLES = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname !~ '^pg_' ORDER BY 1"


def attacks(one: Described) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each place of a request that can hold a text, with what is sent there: a parameter gets everything, a text of the
    body one after the other."""
    payloads = cycle(PAYLOADS)
    for _ in range(crc32(one.name.encode()) % len(PAYLOADS)):
        next(payloads)
    for parameter in one.parameters:
        if parameter["in"] in ("path", "query"):
            for payload in PAYLOADS:
                yield parameter["name"], {parameter["in"]: {parameter["name"]: payload}}
    if one.body:
        body = example(one)
        for steps, value in places(body):
            if isinstance(value, str):
                yield "/".join(map(str, steps)), {"body": changed(body, steps, next(payloads))}


async def test_sql_injection_in_every_text_of_every_request(db: Database, superuser: psycopg.Connection[Any]) -> None:
    tables, sent, faults = superuser.execute(TABLES).fetchall(), 0, []
    async with running(db) as program:
        requests = await sender(db, program)
        for one in requests.operations:
            for place, changes in attacks(one):
                begun = perf_counter()
                answer = await requests.send(one, **changes)
                slept = perf_counter() - begun > SLEEP_S / 2
                sent += 1
                if answer.status_code >= 500 or slept:
                    faults.append(f"{one.name} {place}: {answer.status_code} {answer.text[:200]} slept: {slept}")
        assert (await program.client.get("/readyz")).status_code == 200
    assert faults == []
    assert sent > 1_500
    assert superuser.execute(TABLES).fetchall() == tables


async def test_sql_injection_finds_nobody(db: Database) -> None:
    async with running(db) as program:
        post, system = program.client.post, program.system
        for payload in PAYLOADS:
            for body in ({"source": payload, "external_id": "m0"}, {"source": "till", "external_id": payload}):
                found = await post("/api/v1/members/lookup", json=body, headers=system)
                assert (found.status_code, found.json()["code"]) in {(404, "member_unknown"), (422, "input_invalid")}
            row = {**ORDER, "member": {"source": "till", "external_id": payload}}
            headers = system | {"Content-Type": "application/x-ndjson"}
            kept = await post("/api/v1/orders/bulk", content=msgspec.json.encode(row), headers=headers)
            assert kept.json()["accepted"] == 0
