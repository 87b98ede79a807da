"""The program's own principals over HTTP: staff and member routes with the real authenticators, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import httpx
from litestar import Litestar

from huixiang.members import service as members
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.routes import ROUTES as MEMBER_ROUTES
from huixiang.platform.access import Authenticators
from huixiang.platform.db import Database
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.web.application import Wiring, build_application, connect
from huixiang.staff import service as staff
from huixiang.staff.routes import session_routes
from huixiang.staff.routes.accounts import ROUTES as ACCOUNT_ROUTES
from huixiang.staff.routes.approvals import ROUTES as APPROVAL_ROUTES
from huixiang.staff.routes.own import ROUTES as OWN_ROUTES
from huixiang.staff.schemas import Environment

AUTHENTICATORS = Authenticators(
    authenticate_key=staff.authenticate_key,
    authenticate_token=members.authenticate_token,
    authenticate_session=staff.authenticate_session,
)


async def _no_database() -> Database:
    raise AssertionError("the tests hand over their own database")


@cache
def _application(environment: Environment) -> Litestar:
    return build_application(
        [*session_routes(environment), *OWN_ROUTES, *ACCOUNT_ROUTES, *APPROVAL_ROUTES, *MEMBER_ROUTES],
        None,
        tls_only=environment == "production",
    )


@asynccontextmanager
async def client_of(
    db: Database, keys: FileKeys, environment: Environment = "test", base_url: str = "http://huixiang.test"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, which runs in this process on `db`."""
    app = _application(environment)
    connect(app, Wiring(_no_database, AUTHENTICATORS, IdempotencyLog(keys.secret("idempotency"))), db)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client
