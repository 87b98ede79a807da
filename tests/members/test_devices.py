"""Refresh tokens, devices, signing out."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.members.signing import DEVICES, People, people, refused

NOBODY = (401, "not_authenticated")


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


async def refreshed(town: People, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = await town.refresh(tokens["refresh_token"])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.requirement("MEM-03")
async def test_tokens_rotate_for_as_long_as_the_device_comes(town: People) -> None:
    tokens = await town.sign_in()
    for _ in range(4):
        town.clock.advance(timedelta(days=29))
        assert await town.me(tokens) == 401
        before, tokens = tokens, await refreshed(town, tokens)
        assert tokens["refresh_token"] != before["refresh_token"]
        assert await town.me(tokens) == 200


async def test_a_session_ends_after_a_month_unused_and_half_a_year_in_any_case(town: People) -> None:
    idle = await town.sign_in()
    town.clock.advance(timedelta(days=30))
    assert refused(await town.refresh(idle["refresh_token"])) == NOBODY
    tokens = await town.sign_in()
    for _ in range(6):
        town.clock.advance(timedelta(days=29))
        tokens = await refreshed(town, tokens)
    town.clock.advance(timedelta(days=7))
    assert refused(await town.refresh(tokens["refresh_token"])) == NOBODY


@pytest.mark.requirement("MEM-03")
async def test_refresh_reuse_ends_the_session_for_whoever_has_it(
    town: People, superuser: psycopg.Connection[Any]
) -> None:
    first, elsewhere = await town.sign_in(), await town.sign_in()
    second = await refreshed(town, first)
    town.clock.advance(timedelta(seconds=10))
    assert refused(await town.refresh(first["refresh_token"])) == NOBODY
    assert refused(await town.refresh(second["refresh_token"])) == NOBODY
    assert await town.me(second) == 401
    assert await town.me(elsewhere) == 200
    causes = superuser.execute("SELECT end_cause FROM members.session ORDER BY end_cause NULLS LAST").fetchall()
    assert causes == [("reused",), (None,)]


async def test_reuse_is_seen_however_old_the_token(town: People) -> None:
    first = await town.sign_in()
    tokens = await refreshed(town, await refreshed(town, first))
    assert refused(await town.refresh(first["refresh_token"])) == NOBODY
    assert refused(await town.refresh(tokens["refresh_token"])) == NOBODY


async def test_a_repetition_moments_later_is_answered_the_same(town: People) -> None:
    first = await town.sign_in()
    second = await refreshed(town, first)
    town.clock.advance(timedelta(seconds=9))
    assert await refreshed(town, first) == second
    assert await town.me(await refreshed(town, second)) == 200


async def test_of_many_refreshes_at_once_all_get_the_one_next_pair(town: People) -> None:
    first = await town.sign_in()
    pairs = await asyncio.gather(*(refreshed(town, first) for _ in range(8)))
    assert len({str(pair) for pair in pairs}) == 1


async def test_forged_refresh_tokens_are_refused_and_end_nothing(town: People) -> None:
    mine, other = await town.sign_in(), await town.sign_in("13900000000")
    raw, foreign = (base64.urlsafe_b64decode(one["refresh_token"] + "==") for one in (mine, other))
    forged = [raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :] for n in (0, 16, 35, 36, 67)]
    forged += [foreign[:36] + raw[36:], raw[:-1], b""]
    tokens = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in forged if one]
    for token in (*tokens, "x", "%", mine["access_token"]):
        assert refused(await town.refresh(token)) == NOBODY, token
    await refreshed(town, mine)


async def test_an_access_token_is_no_refresh_token_nor_the_other_way(town: People) -> None:
    tokens = await town.sign_in()
    assert await town.me({"access_token": tokens["refresh_token"]}) == 401
    assert jwt.decode(tokens["access_token"], options={"verify_signature": False})["sid"] == tokens["device_id"]


@pytest.mark.requirement("MEM-03")
async def test_the_list_of_devices_names_them_for_their_member_alone(town: People) -> None:
    phone, h5 = await town.sign_in(), await town.sign_in(device={"kind": "h5"})
    await town.sign_in("13900000000")
    town.clock.advance(timedelta(minutes=10))
    phone |= await refreshed(town, phone)
    answer = await town.client.get(DEVICES, headers=town.own(phone))
    listed = [(one["device_id"], one["kind"], one["name"], one["method"], one["current"]) for one in answer.json()]
    assert listed == [
        (phone["device_id"], "app", "王小明的手机", "phone_code", True),
        (h5["device_id"], "h5", None, "phone_code", False),
    ]


@pytest.mark.requirement("MEM-03")
async def test_signing_one_device_out_ends_its_tokens_within_five_seconds(town: People) -> None:
    lost, kept = await town.sign_in(), await town.sign_in()
    assert await town.me(lost) == 200
    answer = await town.client.delete(f"{DEVICES}/{lost['device_id']}", headers=town.own(kept))
    assert answer.status_code == 204
    assert [await town.me(lost), await town.me(kept)] == [401, 200]
    assert refused(await town.refresh(lost["refresh_token"])) == NOBODY
    await refreshed(town, kept)


@pytest.mark.requirement("MEM-03")
async def test_signing_out_everywhere_ends_every_device(town: People) -> None:
    mine = [await town.sign_in() for _ in range(3)]
    other = await town.sign_in("13900000000")
    assert (await town.client.delete(DEVICES, headers=town.own(mine[0]))).status_code == 204
    assert [await town.me(tokens) for tokens in (*mine, other)] == [401, 401, 401, 200]
    for tokens in mine:
        assert refused(await town.refresh(tokens["refresh_token"])) == NOBODY


async def test_a_stolen_token_shuts_no_other_device_out(town: People) -> None:
    """Its owner would be shut out by it; the device that asks leaves without showing anything."""
    stolen, owner = await town.sign_in(), await town.sign_in()
    town.clock.advance(timedelta(minutes=10))
    stolen |= await refreshed(town, stolen)
    for path in (f"{DEVICES}/{owner['device_id']}", DEVICES):
        answer = await town.client.delete(path, headers=town.own(stolen))
        assert refused(answer) == (403, "fresh_sign_in_required")
    owner |= await refreshed(town, owner)
    assert await town.me(owner) == 200
    answer = await town.client.delete(f"{DEVICES}/{stolen['device_id']}", headers=town.own(stolen))
    assert (answer.status_code, await town.me(stolen)) == (204, 401)


async def test_nobody_signs_out_another_members_device(town: People) -> None:
    mine, other = await town.sign_in(), await town.sign_in("13900000000")
    answer = await town.client.delete(f"{DEVICES}/{mine['device_id']}", headers=town.own(other))
    assert answer.status_code == 204
    assert await town.me(mine) == 200


async def test_the_eleventh_device_takes_the_place_of_the_one_longest_unused(town: People) -> None:
    devices = []
    for _ in range(10):
        devices.append(await town.sign_in())
        town.clock.advance(timedelta(seconds=1))
    devices[0] |= await refreshed(town, devices[0])
    newest = await town.sign_in()
    listed = (await town.client.get(DEVICES, headers=town.own(newest))).json()
    assert len(listed) == 10
    assert devices[1]["device_id"] not in {one["device_id"] for one in listed}
    assert refused(await town.refresh(devices[1]["refresh_token"])) == NOBODY
    await refreshed(town, devices[0])
