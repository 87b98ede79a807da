"""A new master key: asked for by one, approved by another, and every data key wrapped anew beside everything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.members import jobs, service
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.handlers import SUBSCRIPTIONS
from huixiang.members.model import NewMember
from huixiang.members.routes.master_key import ROUTES
from huixiang.members.service.master_key import allow_rotation
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.staff.routes.approvals import ROUTES as APPROVALS
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("CON-02", "MEM-11")
HELD = ("keys:write", "keys:approve", "approvals:read", "approvals:decide")
APPROVAL = "/api/console/v1/approvals"


@pytest.fixture
def own_keys(tmp_path: Path) -> Iterator[FileKeys]:
    keys = FileKeys.open(tmp_path / "home" / "master-keys.json", create=True)
    service.use_keys(keys)
    allow_rotation(allowed=True)
    yield keys
    allow_rotation(allowed=False)


async def send(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await client.post(path, json=body, headers={"Idempotency-Key": str(new_id())})


async def ask(client: httpx.AsyncClient) -> httpx.Response:
    return await send(client, "/api/console/v1/keys/master/rotate", reason="the yearly one")


async def test_a_new_master_key_waits_and_then_wraps_everything(
    db: Database, own_keys: FileKeys, superuser: psycopg.Connection[Any]
) -> None:
    former = own_keys.current_key_id
    async with db.transaction() as tx:
        await service.check_keys(tx)
        made = await service.register(tx, NewMember(channel="h5", phone="13812345678", name="王小明"))
    async with client_of(db, [*ROUTES, *APPROVALS], *HELD) as maker, client_of(db, APPROVALS, *HELD) as checker:
        asked = (await ask(maker)).json()
        assert own_keys.current_key_id == former
        decision = {"decision": "approve", "note": "seen"}
        own = await send(maker, f"{APPROVAL}/{asked['approval_id']}/decision", **decision)
        assert own.json()["code"] == "approval_own"
        await send(checker, f"{APPROVAL}/{asked['approval_id']}/decision", **decision)
        await Relay(db, list(SUBSCRIPTIONS)).drain()
        done = (await checker.get(f"{APPROVAL}/{asked['approval_id']}")).json()
    assert (done["state"], done["result"]) == ("done", {"key_id": own_keys.current_key_id})
    assert own_keys.current_key_id != former
    async with db.transaction() as tx:
        await jobs.rewrap_chunk(tx, jobs.Rewrap())
    wrapped = superuser.execute("SELECT DISTINCT key_id FROM members.wrapped_key").fetchall()
    assert wrapped == [(own_keys.current_key_id,)]
    async with db.transaction() as tx:
        assert (await service.card(tx, made.member_id, own=True)).display_name == "王小明"
        await service.check_keys(tx)
    [told] = superuser.execute(
        "SELECT before->>'key_id', after->>'key_id', reason FROM staff.audit WHERE action = 'key.master_rotated'"
    ).fetchall()
    assert told == (former, own_keys.current_key_id, "the yearly one")


async def test_keys_that_are_given_are_made_where_they_are_kept(db: Database, own_keys: FileKeys) -> None:
    allow_rotation(allowed=False)
    async with client_of(db, ROUTES, *HELD) as maker:
        refused = await ask(maker)
    assert (refused.status_code, refused.json()["code"]) == (409, "master_keys_elsewhere")
    assert len(own_keys.fingerprints()) == 2
