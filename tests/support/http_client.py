"""Some routes on the real edge, in this process, for a system key or a console session that may do all they ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from huixiang.kernel.ids import new_id
from huixiang.platform.access import (
    Authenticators,
    MemberPrincipal,
    NotAuthenticated,
    SessionCredentials,
    StaffPrincipal,
    SystemPrincipal,
)
from huixiang.platform.db import Database
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.web.application import Wiring, build_application, connect
from huixiang.platform.web.client import Address


@asynccontextmanager
async def client_of(
    db: Database, routes: Sequence[Any], *allowed: str, member: UUID | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key and session hold the `allowed` scopes and permissions; all its calls are one caller's.
    `member`: whose token it shows."""
    caller = new_id()

    async def key(_db: Database, _token: str, _address: Address | None, _now: datetime) -> SystemPrincipal:
        return SystemPrincipal(caller, frozenset(allowed))

    async def token(_db: Database, _token: str, _now: datetime) -> MemberPrincipal:
        if member is None:
            raise NotAuthenticated
        return MemberPrincipal(member)

    async def session(_db: Database, _shown: SessionCredentials, _now: datetime) -> StaffPrincipal:
        return StaffPrincipal(caller, frozenset(allowed))

    async def opened() -> Database:
        return db

    wiring = Wiring(opened, Authenticators(key, token, session), IdempotencyLog(bytes(32)))
    app = build_application(routes, wiring)
    connect(app, wiring, db)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://huixiang.test",
        headers={"Authorization": "Bearer hx_test"},
        cookies={"hx_session": "test"},
    ) as client:
        yield client
