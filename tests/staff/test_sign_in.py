"""Signing in: what is refused, that refusals look alike, that guessing is slowed, and what is recorded."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import timedelta

import asyncpg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.access import NotAuthenticated, SessionCredentials
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import NewAccount, SignInLocked, SignInRefused
from huixiang.staff.rules import permissions_of
from tests.staff.conftest import Console

pytestmark = pytest.mark.postgres15


async def refusal_of(console: Console, account: NewAccount, **given: str) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        await console.sign_in(account, **given)
    return refusal.value


async def audited(db: Database) -> list[str]:
    async with db.transaction() as tx:
        return [row["action"] for row in await tx.fetch("SELECT action FROM staff.audit ORDER BY audit_id")]


@pytest.mark.requirement("CON-01")
async def test_password_and_code_open_a_session(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    token = await console.sign_in(lin, username=" LIN ")
    principal = await service.authenticate_session(
        db, SessionCredentials(token, None, changes_state=False), clock.now()
    )
    assert principal.staff_id == lin.account.staff_id
    assert principal.permissions == permissions_of(lin.account.role)
    assert await audited(db) == ["staff.added", "session.created"]


@pytest.mark.requirement("SEC-01")
async def test_refusals_look_alike(db: Database, console: Console, lin: NewAccount) -> None:
    refusals = [
        await refusal_of(console, lin, username="nobody"),
        await refusal_of(console, lin, password="wrong"),
        await refusal_of(console, lin, code=console.wrong_code(lin)),
        await refusal_of(console, lin, password="wrong", code=console.wrong_code(lin)),
    ]
    async with db.transaction() as tx:
        await tx.execute("UPDATE staff.account SET disabled_at = $1", tx.now)
    refusals.append(await refusal_of(console, lin))
    assert {(type(refusal), str(refusal), len(refusal.fields)) for refusal in refusals} == {
        (SignInRefused, "The name, the password or the code is not right.", 0)
    }


@pytest.mark.requirement("SEC-01")
async def test_an_unknown_name_takes_as_long_as_a_wrong_password(console: Console, lin: NewAccount) -> None:
    seconds: dict[str, list[float]] = {"lin": [], "nobody": []}
    await refusal_of(console, lin, username="warm-up", password="wrong")
    for attempt in range(4):
        for username, taken in seconds.items():
            start = time.perf_counter()
            await refusal_of(console, lin, username=username, password=f"wrong {attempt}")
            taken.append(time.perf_counter() - start)
    ratio = statistics.median(seconds["nobody"]) / statistics.median(seconds["lin"])
    assert 0.5 < ratio < 2


@pytest.mark.requirement("SEC-01")
async def test_a_code_counts_once(clock: SettableClock, console: Console, lin: NewAccount) -> None:
    code = console.code(lin)
    await console.sign_in(lin, code=code)
    assert isinstance(await refusal_of(console, lin, code=code), SignInRefused)
    clock.advance(timedelta(seconds=30))
    assert isinstance(await refusal_of(console, lin, code=code), SignInRefused)
    await console.sign_in(lin)


@pytest.mark.requirement("SEC-01")
async def test_one_code_shown_many_times_at_once_opens_one_session(console: Console, lin: NewAccount) -> None:
    results = await asyncio.gather(*(console.sign_in(lin) for _ in range(8)), return_exceptions=True)
    opened = [result for result in results if isinstance(result, str)]
    assert len(opened) == 1
    assert {type(result) for result in results} <= {str, SignInRefused, SignInLocked}


@pytest.mark.requirement("SEC-01")
async def test_repeated_failures_lock_the_name_for_a_growing_time(
    clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    for _ in range(5):
        assert isinstance(await refusal_of(console, lin, password="wrong"), SignInRefused)
    locked = await refusal_of(console, lin)
    assert (type(locked), locked.fields) == (SignInLocked, {"retry_after_s": 30})
    clock.advance(timedelta(seconds=30))
    assert isinstance(await refusal_of(console, lin, password="wrong"), SignInRefused)
    assert (await refusal_of(console, lin)).fields == {"retry_after_s": 60}
    clock.advance(timedelta(seconds=60))
    await console.sign_in(lin)
    assert isinstance(await refusal_of(console, lin, password="wrong"), SignInRefused)


@pytest.mark.requirement("SEC-01")
async def test_a_name_that_nobody_has_is_locked_alike(console: Console, lin: NewAccount) -> None:
    for _ in range(5):
        await refusal_of(console, lin, username="nobody")
    assert (await refusal_of(console, lin, username="NOBODY")).fields == {"retry_after_s": 30}
    await console.sign_in(lin)


@pytest.mark.requirement("SEC-01")
async def test_guesses_sent_at_once_are_counted_one_by_one(db: Database, console: Console, lin: NewAccount) -> None:
    guesses = (console.sign_in(lin, password=f"guess {number}") for number in range(12))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(result) for result in results} == {SignInRefused, SignInLocked}
    assert sum(isinstance(result, SignInRefused) for result in results) == 5
    assert (await audited(db)).count("session.refused") == 5


async def test_what_is_stored_opens_nothing(db: Database, console: Console, lin: NewAccount) -> None:
    token = await console.sign_in(lin)
    await refusal_of(console, lin, username="13812345678")
    async with db.transaction() as tx:
        rows = await tx.fetch(
            """
            SELECT a::text AS row FROM staff.account AS a UNION ALL SELECT s::text FROM staff.session AS s
            UNION ALL SELECT t::text FROM staff.sign_in_attempt AS t UNION ALL SELECT l::text FROM staff.audit AS l
            """
        )
    stored = "\n".join(row["row"] for row in rows)
    assert "$argon2id$" in stored
    for secret in (lin.password, lin.totp_secret, lin.totp_secret.encode().hex(), token, "13812345678"):
        assert secret not in stored


@pytest.mark.requirement("SEC-03")
@pytest.mark.usefixtures("lin")
async def test_the_audit_log_can_only_be_added_to(db: Database) -> None:
    for statement in ("UPDATE staff.audit SET action = 'x'", "DELETE FROM staff.audit", "TRUNCATE staff.audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction() as tx:
                await tx.execute(statement)
    assert await audited(db) == ["staff.added"]


async def test_a_reset_ends_sessions_and_replaces_both_secrets(
    db: Database, clock: SettableClock, console: Console, lin: NewAccount
) -> None:
    token = await console.sign_in(lin)
    for _ in range(5):
        await refusal_of(console, lin, password="wrong")
    async with db.transaction() as tx:
        renewed = await service.reset_account(tx, "lin", by="cli")
    with pytest.raises(NotAuthenticated):
        await service.authenticate_session(db, SessionCredentials(token, None, changes_state=False), clock.now())
    clock.advance(timedelta(seconds=30))
    assert isinstance(await refusal_of(console, lin), SignInRefused)
    await console.sign_in(renewed)


async def test_demonstration_staff_are_made_once(db: Database, console: Console) -> None:
    async with db.transaction() as tx:
        made = await service.seed_demo(tx)
        again = await service.seed_demo(tx)
        codes = [await service.totp_code(tx, one.account.username) for one in made]
    assert [one.account.username for one in made] == ["maker", "checker", "service", "admin"]
    assert again == []
    for one, code in zip(made, codes, strict=True):
        await console.sign_in(one, code=code)
