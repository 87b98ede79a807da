"""System keys: shown once, stored hashed, cached, revoked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database
from huixiang.staff import service
from huixiang.staff.model import KeyUnknown, NewKey, ScopeUnknown

pytestmark = pytest.mark.postgres15


async def made(db: Database, *scopes: str) -> NewKey:
    async with db.transaction() as tx:
        return await service.create_key(tx, "till", scopes or ["orders:write"], by="cli")


@pytest.mark.requirement("INT-01")
async def test_a_key_admits_with_its_scopes(db: Database, clock: SettableClock) -> None:
    new = await made(db, "orders:write", "members:read")
    principal = await service.authenticate_key(db, new.token, None, clock.now())
    assert (principal.key_id, principal.scopes) == (new.key.key_id, frozenset({"orders:write", "members:read"}))


async def test_a_scope_that_no_route_asks_for_is_refused(db: Database) -> None:
    with pytest.raises(ScopeUnknown) as refusal:
        await made(db, "orders:write", "orders:burn")
    assert refusal.value.fields == {"scope": "orders:burn"}


@pytest.mark.parametrize("spoil", ["secret", "key id", "shape", "empty"])
async def test_a_token_that_is_not_right_is_refused(db: Database, clock: SettableClock, spoil: str) -> None:
    token = (await made(db)).token
    head, key_id, secret = token.split("_", 2)
    spoilt = {
        "secret": f"{head}_{key_id}_{secret[:-2]}{'AA' if secret[-2:] != 'AA' else 'BB'}",
        "key id": f"{head}_{UUID(int=UUID(key_id).int + 1).hex}_{secret}",
        "shape": token + "x",
        "empty": "",
    }[spoil]
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, spoilt, None, clock.now())


@pytest.mark.requirement("SEC-01")
async def test_the_secret_is_stored_nowhere(db: Database) -> None:
    token = (await made(db)).token
    secret = token.split("_", 2)[2]
    async with db.transaction() as tx:
        rows = await tx.fetch("SELECT k::text AS row FROM staff.system_key AS k")
        rows += await tx.fetch("SELECT s::text AS row FROM staff.key_secret AS s")
        rows += await tx.fetch("SELECT a::text AS row FROM staff.audit AS a")
    assert len(rows) == 3
    assert not any(secret in row["row"] for row in rows)


async def test_a_recent_answer_costs_no_query(db: Database, clock: SettableClock) -> None:
    new = await made(db)
    await service.authenticate_key(db, new.token, None, clock.now())
    await db.close()
    clock.advance(timedelta(seconds=4))
    assert (await service.authenticate_key(db, new.token, None, clock.now())).key_id == new.key.key_id
    clock.advance(timedelta(seconds=1))
    with pytest.raises(asyncpg.InterfaceError):
        await service.authenticate_key(db, new.token, None, clock.now())


async def test_a_revoked_key_is_refused_at_once_here_and_in_seconds_elsewhere(
    db: Database, clock: SettableClock
) -> None:
    here, elsewhere = await made(db), await made(db)
    for new in (here, elsewhere):
        await service.authenticate_key(db, new.token, None, clock.now())
    async with db.transaction() as tx:
        await service.revoke_key(tx, here.key.key_id, by="cli")
        await tx.execute("UPDATE staff.system_key SET revoked_at = $1", tx.now)
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, here.token, None, clock.now())
    clock.advance(timedelta(seconds=5))
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, elsewhere.token, None, clock.now())


async def test_revoking_twice_is_recorded_once(db: Database) -> None:
    key_id = (await made(db)).key.key_id
    async with db.transaction() as tx:
        first = await service.revoke_key(tx, key_id, by="cli")
        second = await service.revoke_key(tx, key_id, by="cli")
        actions = await tx.fetch("SELECT action FROM staff.audit WHERE object = $1 ORDER BY audit_id", f"key:{key_id}")
    assert first.revoked_at is not None
    assert first == second
    assert [row["action"] for row in actions] == ["key.created", "key.revoked"]


async def test_revoking_a_key_that_is_not_there(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(KeyUnknown):
            await service.revoke_key(tx, UUID(int=1), by="cli")


async def test_last_use_is_kept_to_the_hour(db: Database, clock: SettableClock) -> None:
    new, start = await made(db), clock.now()
    used = []
    for minutes in (0, 30, 60):
        clock.set(start + timedelta(minutes=minutes))
        await service.authenticate_key(db, new.token, None, clock.now())
        async with db.transaction() as tx:
            (key,) = await service.list_keys(tx)
        used.append(key.last_used_at)
    assert used == [start, start, start + timedelta(hours=1)]
