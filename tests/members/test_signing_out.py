"""Signing out of the device that asks, and what its browser is told (MEM-03)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.access import CSRF_HEADER
from huixiang.platform.db import Database
from tests.entry.program import sign_in
from tests.members.signing import DEVICES, People, people, refused

FORGET = '"storage"'
HERE = "/api/member/v1/me/session"


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


@pytest.mark.requirement("MEM-03")
async def test_the_device_that_asks_is_signed_out_and_no_other(town: People) -> None:
    here, there = await town.sign_in(), await town.sign_in("13912345678")
    answer = await town.client.delete(HERE, headers=town.own(here))
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, FORGET)
    assert (await town.me(here), await town.me(there)) == (401, 200)
    assert refused(await town.refresh(here["refresh_token"]))[0] == 401
    assert refused(await town.client.delete(HERE, headers=town.own(here)))[0] == 401


@pytest.mark.requirement("MEM-03")
async def test_a_token_of_no_device_is_forgotten_by_the_browser_alone(town: People) -> None:
    answer = await town.client.delete(HERE, headers=town.program.member)
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, FORGET)
    assert (await town.client.get("/api/member/v1/me", headers=town.program.member)).status_code == 200


async def test_signing_out_everywhere_has_this_browser_forget_too(town: People) -> None:
    tokens = await town.sign_in()
    answer = await town.client.delete(DEVICES, headers=town.own(tokens))
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, FORGET)
    assert await town.me(tokens) == 401


@pytest.mark.requirement("CON-01")
async def test_the_console_has_its_browser_forget_as_well(town: People) -> None:
    shown = await sign_in(town.db)
    answer = await town.client.delete("/api/console/v1/session", headers=shown)
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, FORGET)
    assert CSRF_HEADER in shown
    assert (await town.client.get("/api/console/v1/session", headers=shown)).status_code == 401
    no_sign_out = await town.client.get("/api/member/v1/sign-in/ways")
    assert "Clear-Site-Data" not in no_sign_out.headers
