"""A command happens once; its repetition gets the first answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Database
from huixiang.platform.idempotency import Answer, Command, IdempotencyLog, delete_expired_keys
from tests.platform.test_http_hardening import problem
from tests.platform.web_app import KEY_ID, MEMBER_ID, SECRET, WRITER, client_of

REPLAYED = "idempotency-replayed"
MEMBER_PATH = f"/api/v1/members/{MEMBER_ID}/things"


@pytest_asyncio.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(db) as one:
        yield one


async def post(
    client: httpx.AsyncClient, name: str, key: str, path: str = "/api/v1/things", bearer: str = "hx_writer"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key}
    return await client.post(path, json={"name": name}, headers=headers)


async def things(db: Database) -> int:
    async with db.transaction(read_only=True) as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM platform.directory WHERE kind = 'thing'")
        return count


async def test_a_replay_gets_the_first_answer(client: httpx.AsyncClient, db: Database) -> None:
    first = await post(client, "a", "k1")
    again = await post(client, "a", "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert (await post(client, "a", "k2")).json()["serial"] == 2
    assert await things(db) == 2


async def test_equal_json_is_the_same_body(client: httpx.AsyncClient) -> None:
    headers = {**WRITER, "Idempotency-Key": "k", "Content-Type": "application/json"}
    spellings = [
        b'{"name":"\xe6\x83\xa0","extra":{"a":1,"b":2}}',
        b'{ "extra": {"b": 2, "a": 1}, "name": "\\u60e0" }\n',
    ]
    answers = [await client.post("/api/v1/things", content=one, headers=headers) for one in spellings]
    assert [answer.headers.get(REPLAYED) for answer in answers] == [None, "true"]


async def test_the_same_key_for_another_request_is_a_conflict(client: httpx.AsyncClient, db: Database) -> None:
    assert (await post(client, "a", "k")).status_code == 201
    problem(await post(client, "b", "k"), 409, "idempotency_conflict")
    answer = await client.delete("/api/v1/things", headers={**WRITER, "Idempotency-Key": "k"})
    problem(answer, 409, "idempotency_conflict")
    assert await things(db) == 1


async def test_a_key_belongs_to_its_owner(client: httpx.AsyncClient) -> None:
    """Callers do not meet each other's keys; where a member is concerned, all callers share the member's."""
    assert (await post(client, "a", "k")).json()["serial"] == 1
    assert (await post(client, "a", "k", bearer="hx_other")).json()["serial"] == 2
    assert (await post(client, "a", "k", path=MEMBER_PATH)).json()["serial"] == 3
    shared = await post(client, "a", "k", path=MEMBER_PATH, bearer="hx_other")
    assert (shared.json()["serial"], shared.headers[REPLAYED]) == (3, "true")


async def test_no_key_and_bad_keys(client: httpx.AsyncClient, db: Database) -> None:
    answer = await client.post("/api/v1/things", json={"name": "a"}, headers=WRITER)
    problem(answer, 400, "idempotency_key_required")
    for bad in ("", "k" * 129, "a\tb", "caf\xe9"):
        sent = [*WRITER.items(), ("Idempotency-Key", bad)]
        answer = await client.post(
            "/api/v1/things", json={"name": "a"}, headers=[(n.encode(), v.encode("latin-1")) for n, v in sent]
        )
        problem(answer, 400, "idempotency_key_malformed")
    twice = [*WRITER.items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    problem(await client.post("/api/v1/things", json={"name": "a"}, headers=twice), 400, "idempotency_key_malformed")
    assert (await post(client, "a", "!~" * 64)).status_code == 201
    assert await things(db) == 1


async def test_a_refusal_commits_nothing_and_is_decided_anew(client: httpx.AsyncClient, db: Database) -> None:
    problem(await post(client, "refuse", "k"), 409, "thing_refused")
    assert await things(db) == 0
    allowed = await post(client, "a", "k")
    assert (allowed.status_code, allowed.headers.get(REPLAYED)) == (201, None)


@pytest.mark.parametrize("count", [8])
async def test_of_many_at_once_one_acts_and_the_others_replay(
    client: httpx.AsyncClient, db: Database, count: int
) -> None:
    answers = await asyncio.gather(*(post(client, "slow", "k") for _ in range(count)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum(REPLAYED in answer.headers for answer in answers) == count - 1
    assert await things(db) == 1


async def test_of_two_at_once_with_other_bodies_one_conflicts(client: httpx.AsyncClient, db: Database) -> None:
    answers = await asyncio.gather(post(client, "slow", "k"), post(client, "slower", "k"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await things(db) == 1


async def test_keys_are_free_after_30_days_but_those_of_money_never(
    client: httpx.AsyncClient, db: Database, clock: SettableClock
) -> None:
    await post(client, "a", "k")
    await post(client, "a", "k", path=MEMBER_PATH)
    clock.advance(timedelta(days=30))
    fresh = await post(client, "b", "k")
    assert (fresh.status_code, fresh.headers.get(REPLAYED)) == (201, None)
    assert (await post(client, "a", "k", path=MEMBER_PATH)).headers[REPLAYED] == "true"
    clock.advance(timedelta(days=31))
    async with db.transaction() as tx:
        assert [await delete_expired_keys(tx), await delete_expired_keys(tx)] == [1, 0]
        assert await tx.fetchval("SELECT array_agg(member_id) FROM platform.idempotency") == [MEMBER_ID]


@pytest.mark.requirement("SEC-04")
async def test_answers_are_sealed_at_rest(client: httpx.AsyncClient, db: Database) -> None:
    await post(client, "13800138000", "k")
    async with db.transaction(read_only=True) as tx:
        stored: bytes = await tx.fetchval("SELECT answer FROM platform.idempotency WHERE member_id = $1", KEY_ID)
    assert b"13800138000" not in stored


async def test_an_answer_opens_only_in_its_own_place(db: Database) -> None:
    log = IdempotencyLog(SECRET)
    kept = Command(MEMBER_ID, "k", b"h" * 32)
    async with db.transaction() as tx:
        assert await log.claim(tx, kept) is None
        await log.keep(tx, kept, Answer(201, b'{"a":1}'))
        assert await log.claim(tx, kept) == Answer(201, b'{"a":1}')
        await tx.execute("UPDATE platform.idempotency SET key = 'moved'")
        with pytest.raises(InvariantBroken):
            await log.claim(tx, Command(MEMBER_ID, "moved", b"h" * 32))
