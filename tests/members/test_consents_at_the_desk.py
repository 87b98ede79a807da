"""Consents looked at and withdrawn at the console, for who asks for it by phone."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.members import service
from huixiang.members.model import NewMember
from huixiang.members.model.attributes import GivenConsent
from huixiang.members.routes.consents_desk import ROUTES
from huixiang.members.service import consents
from huixiang.platform.db import Database
from tests.support.http_client import client_of
from tests.support.programme import load_programme


@pytest.mark.requirement("MEM-09", "CON-03")
async def test_a_withdrawal_at_the_desk_holds_at_once_and_says_why(
    db: Database, superuser: psycopg.Connection[Any]
) -> None:
    await load_programme(db)
    async with db.transaction() as tx:
        member = (await service.register(tx, NewMember(channel="till", phone="13812345678"))).member_id
        for purpose in ("marketing", "sharing"):
            await consents.state(tx, member, GivenConsent(purpose=purpose, text_version="2026-01"), "member")
    path = f"/api/console/v1/members/{member}/consents"
    async with client_of(db, ROUTES, "members:read", "members:manage") as desk:
        before = (await desk.get(path)).json()
        body = {"purpose": "marketing", "reason": "asked by phone"}
        after = await desk.post(f"{path}/withdraw", json=body, headers={"Idempotency-Key": str(new_id())})
    assert [(one["purpose"], one["given"]) for one in before] == [("marketing", True), ("sharing", True)]
    assert [(one["purpose"], one["given"]) for one in after.json()] == [("marketing", False), ("sharing", True)]
    assert after.json()[0]["told_by"].startswith("staff:")
    async with db.transaction(read_only=True) as tx:
        assert await consents.consented(tx, member) == {"sharing"}
    told = superuser.execute("SELECT reason FROM staff.audit WHERE action = 'member.consent_withdrawn'").fetchall()
    assert told == [("asked by phone",)]
