"""Limits of requests: a sliding minute, told when to come again, each caller by themselves; and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.platform.throttle import REMEMBERED, Limits, Throttle, TooManyRequests
from huixiang.platform.web.application import connect
from tests.platform.test_http_hardening import problem
from tests.platform.web_app import WIRING, WRITER, application, client_of
from tests.support.fixtures import NOW

pytestmark = pytest.mark.requirement("INT-01")

THING = "/api/v1/things/00000000-0000-7000-8000-000000000001"
OTHER = {"Authorization": "Bearer hx_other"}
MEMBER = {"Authorization": "Bearer member-token"}
STRANGER = {"Authorization": "Bearer hx_nobody"}
MINUTE = NOW.replace(second=0)


def admitted(throttle: Throttle, now: datetime, limit: int | None = None) -> bool:
    try:
        throttle.admit("key", "till", now, limit)
    except TooManyRequests:
        return False
    return True


@given(limit=st.integers(1, 40), gaps=st.lists(st.integers(0, 45), max_size=120))
def test_no_more_than_the_limit_in_a_sliding_minute(limit: int, gaps: list[int]) -> None:
    """As a model says that keeps every second: this minute's, and of the one before what the minute still covers."""
    throttle, second, made = Throttle(), 0, list[int]()
    for gap in gaps:
        second += gap
        window, into = divmod(second, 60)
        here = sum(one // 60 == window for one in made)
        before = sum(one // 60 == window - 1 for one in made)
        expected = here + before * (60 - into) // 60 < limit
        assert admitted(throttle, MINUTE + timedelta(seconds=second), limit) is expected
        made += [second] * expected
    for start in range(0, second, 7):
        assert sum(start <= one < start + 60 for one in made) <= 2 * limit


@given(
    limit=st.integers(1, 40),
    before=st.integers(0, 60),
    here=st.integers(0, 60),
    into=st.integers(0, 59),
)
def test_it_says_the_very_second_from_which_on_the_next_is_let_in(
    limit: int, before: int, here: int, into: int
) -> None:
    throttle = Throttle()
    for _ in range(before):
        admitted(throttle, MINUTE, limit)
    for _ in range(here):
        admitted(throttle, MINUTE + timedelta(seconds=60 + into), limit)
    now = MINUTE + timedelta(seconds=60 + into)
    if admitted(throttle, now, limit):
        return
    with pytest.raises(TooManyRequests) as refusal:
        throttle.admit("key", "till", now, limit)
    wait = int(str(refusal.value.fields["retry_after_s"]))
    assert 1 <= wait <= 120
    assert not admitted(throttle, now + timedelta(seconds=wait - 1), limit)
    assert admitted(throttle, now + timedelta(seconds=wait), limit)


def test_each_is_counted_by_themselves_and_nought_is_no_limit() -> None:
    throttle = Throttle(Limits(key=1, member=0))
    one, other = new_id().int, new_id().int
    assert throttle.admit("key", one, NOW) is not None
    assert throttle.admit("key", other, NOW) is not None
    assert throttle.admit("staff", one, NOW) is not None
    for _ in range(5_000):
        assert throttle.admit("member", one, NOW) is None
    with pytest.raises(TooManyRequests) as refusal:
        throttle.admit("key", one, NOW)
    assert refusal.value.fields["counted_by"] == "key"
    standing = throttle.admit("key", one, NOW, 3)
    assert standing is not None
    assert (standing.limit, standing.left) == (3, 1)


def test_a_flood_of_addresses_makes_nobody_else_forgotten() -> None:
    throttle = Throttle(Limits(key=1, address=1))
    throttle.admit("key", "till", NOW)
    for n in range(2 * REMEMBERED):
        throttle.admit("address", f"2001:db8:{n:x}::/64", NOW)
    assert throttle.remembered() <= REMEMBERED + 1
    with pytest.raises(TooManyRequests):
        throttle.admit("key", "till", NOW)
    with pytest.raises(TooManyRequests):
        throttle.admit("address", f"2001:db8:{2 * REMEMBERED - 1:x}::/64", NOW)


Serve = Callable[[Limits], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(db: Database) -> Serve:
    @asynccontextmanager
    async def served(limits: Limits) -> AsyncIterator[httpx.AsyncClient]:
        async with client_of(db) as client:
            wiring = msgspec.structs.replace(WIRING, throttle=Throttle(limits))
            connect(application(), wiring, db)
            yield client
            connect(application(), WIRING, db)

    return served


async def test_a_key_over_its_limit_is_told_so_and_others_are_not(serve: Serve, clock: SettableClock) -> None:
    clock.set(MINUTE)
    async with serve(Limits(key=3)) as client:
        left = [(await client.get(THING, headers=WRITER)).headers["ratelimit"] for _ in range(3)]
        assert left == [f'"key";r={n};t=120' for n in (2, 1, 0)]
        answer = await client.get(THING, headers=WRITER)
        body = problem(answer, 429, "too_many_requests")
        assert (body["counted_by"], body["limit"], body["retry_after_s"]) == ("key", 3, 61)
        assert answer.headers["retry-after"] == "61"
        assert answer.headers["ratelimit"] == '"key";r=0;t=61'
        assert answer.headers["ratelimit-policy"] == '"key";q=3;w=60'
        for path, headers in ((THING, OTHER), ("/api/member/v1/me", MEMBER), ("/open", {})):
            assert (await client.get(path, headers=headers)).status_code == 200
        clock.advance(timedelta(seconds=61))
        assert (await client.get(THING, headers=WRITER)).status_code == 200


async def test_a_member_has_a_limit_of_their_own(serve: Serve) -> None:
    async with serve(Limits(member=2)) as client:
        answers = [(await client.get("/api/member/v1/me", headers=MEMBER)).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.requirement("SEC-01")
async def test_who_is_not_known_is_counted_by_address_and_takes_nothing_from_a_neighbour(serve: Serve) -> None:
    async with serve(Limits(address=4)) as client:
        wrong: list[Any] = [(await client.get(THING, headers=STRANGER)).status_code for _ in range(3)]
        wrong += [(await client.get("/open")).status_code for _ in range(2)]
        wrong += [(await client.get(THING)).status_code]
        assert wrong == [401, 401, 401, 200, 429, 429]
        assert (await client.get(THING, headers=WRITER)).status_code == 200
        assert (await client.get("/api/console/v1/whoami", headers={"Cookie": "hx_session=session"})).status_code == 200


async def test_a_request_without_the_scope_is_counted_too(serve: Serve) -> None:
    async with serve(Limits(staff=1)) as client:
        headers = {"Cookie": "hx_session=session"}
        answers = [(await client.get("/api/console/v1/secret", headers=headers)).status_code for _ in range(2)]
    assert answers == [403, 429]
