"""Some routes on the real edge, in this process, for a system key or a console session that may do all they ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar

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
    db: Database,
    routes: Sequence[Any],
    *allowed: str,
    member: UUID | None = None,
    caller: UUID | None = None,
    stores: frozenset[str] | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key and session hold the `allowed` scopes and permissions; all its calls are one caller's, whose
    id may be given. `member`: whose token it shows; `stores`: those that its session is limited to."""
    caller = caller or new_id()

    async def key(_db: Database, _token: str, _address: Address | None, _now: datetime) -> SystemPrincipal:
        return SystemPrincipal(caller, frozenset(allowed))

    async def token(_db: Database, _token: str, _now: datetime) -> MemberPrincipal:
        if member is None:
            raise NotAuthenticated
        return MemberPrincipal(member)

    async def session(_db: Database, _shown: SessionCredentials, _now: datetime) -> StaffPrincipal:
        return StaffPrincipal(caller, frozenset(allowed), stores)

    async def opened() -> Database:
        return db

    wiring = Wiring(opened, Authenticators(key, token, session), IdempotencyLog(bytes(32)))
    with _application(routes) as app:
        connect(app, wiring, db)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://huixiang.test",
            headers={"Authorization": "Bearer hx_test"},
            cookies={"hx_session": "test"},
        ) as client:
            yield client


# By the routes that they serve: to build one takes longer than most tests. Only those that nobody uses just now.
_idle: dict[tuple[int, ...], list[tuple[Sequence[Any], Litestar]]] = defaultdict(list)


@contextmanager
def _application(routes: Sequence[Any]) -> Iterator[Litestar]:
    """An application for one client alone, for as long as the block lasts."""
    idle = _idle[tuple(map(id, routes))]
    kept = idle.pop() if idle else (tuple(routes), build_application(routes, None))
    yield kept[1]
    idle.append(kept)
