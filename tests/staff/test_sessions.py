"""Sessions in time and under CSRF."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.access import NotAuthenticated, SessionCredentials
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import CsrfTokenWrong, NewAccount
from huixiang.staff.rules import csrf_token
from tests.staff.conftest import Console


async def admitted(db: Database, clock: SettableClock, token: str) -> bool:
    try:
        await service.authenticate_session(db, SessionCredentials(token, None, changes_state=False), clock.now())
    except NotAuthenticated:
        return False
    return True


async def test_a_session_ends_after_half_an_hour_of_silence(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    token = await console.sign_in(lin)
    for _ in range(3):
        clock.advance(timedelta(minutes=29))
        assert await admitted(db, clock, token)
    clock.advance(timedelta(minutes=30))
    assert not await admitted(db, clock, token)


async def test_a_session_ends_after_twelve_hours_of_work(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    token = await console.sign_in(lin)
    for _ in range(35):
        clock.advance(timedelta(minutes=20))
        assert await admitted(db, clock, token)
    clock.advance(timedelta(minutes=20))
    assert not await admitted(db, clock, token)


async def test_signing_out_ends_this_session_alone(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    first = await console.sign_in(lin)
    clock.advance(timedelta(seconds=30))
    second = await console.sign_in(lin)
    async with db.transaction() as tx:
        await service.sign_out(tx, first)
        ended = await tx.fetchval("SELECT count(*) FROM staff.audit WHERE action = 'session.ended'")
    assert (await admitted(db, clock, first), await admitted(db, clock, second), ended) == (False, True, 1)


async def test_a_made_up_token_is_refused(db: Database, clock: SettableClock) -> None:
    assert not await admitted(db, clock, "x" * 43)


@pytest.mark.requirement("SEC-01")
async def test_a_change_needs_the_sessions_own_csrf_token(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    token = await console.sign_in(lin)
    clock.advance(timedelta(seconds=30))
    other = await console.sign_in(lin)
    for shown in (None, "", "é", csrf_token(other), csrf_token(token)[:-1]):
        with pytest.raises(CsrfTokenWrong):
            await service.authenticate_session(db, SessionCredentials(token, shown, changes_state=True), clock.now())
    right = SessionCredentials(token, csrf_token(token), changes_state=True)
    assert (await service.authenticate_session(db, right, clock.now())).staff_id == lin.account.staff_id
