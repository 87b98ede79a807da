"""What administrators do with the accounts of others."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.staff import service
from huixiang.staff.model.accounts import Disabled, Reason, ShownAccount, TotpSecret
from huixiang.staff.model.approvals import Approval
from huixiang.staff.model.sessions import Ended, EndSessions, OpenSession

PATH = "/api/console/v1/accounts"
OF_ACCOUNT = PATH + "/{staff_id:uuid}"


@get(PATH, **staff("staff:read"))
async def list_accounts(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[ShownAccount]:
    """The people at the console, by username (CON-01)."""
    return await edge.query(lambda tx: service.accounts(tx, cursor, limit))


@get(OF_ACCOUNT, **staff("staff:read"))
async def read_account(edge: NamedDependency[Edge], staff_id: FromPath[UUID]) -> ShownAccount:
    """One of them (CON-01)."""
    return await edge.query(lambda tx: service.account(tx, staff_id))


@post(OF_ACCOUNT + "/disable", status_code=200, **staff("staff:write"))
async def disable_account(
    edge: NamedDependency[Edge], staff_id: FromPath[UUID], data: JSONBody[Reason]
) -> Response[Disabled]:
    """Keep somebody out: their sessions end at once. The keys that they made are listed, and hold until they are ended
    (CON-01)."""
    return await edge.command(lambda tx: service.disable(tx, staff_id, data.reason, edge.staff.staff_id))


@post(OF_ACCOUNT + "/enable", status_code=200, **staff("staff:write"))
async def enable_account(
    edge: NamedDependency[Edge], staff_id: FromPath[UUID], data: JSONBody[Reason]
) -> Response[ShownAccount]:
    """Let somebody in again, who signs in anew (CON-01)."""
    return await edge.command(lambda tx: service.enable(tx, staff_id, data.reason, edge.staff.staff_id))


@get(OF_ACCOUNT + "/sessions", **staff("staff:read"))
async def list_account_sessions(edge: NamedDependency[Edge], staff_id: FromPath[UUID]) -> list[OpenSession]:
    """Where somebody is signed in, the last seen first (CON-01)."""
    return await edge.query(lambda tx: service.sessions_of(tx, staff_id))


@post(OF_ACCOUNT + "/sessions/end", status_code=200, **staff("staff:write"))
async def end_account_sessions(
    edge: NamedDependency[Edge], staff_id: FromPath[UUID], data: JSONBody[EndSessions]
) -> Response[Ended]:
    """End one of somebody's sessions, or all of them, at once (CON-01)."""
    by = f"staff:{edge.staff.staff_id}"

    async def run(tx: Transaction) -> Ended:
        return Ended(await service.end_sessions(tx, staff_id, by, reason=data.reason, session_id=data.session_id))

    return await edge.command(run)


@post(OF_ACCOUNT + "/totp/reset", status_code=202, **staff("staff:write"))
async def request_totp_reset(
    edge: NamedDependency[Edge], staff_id: FromPath[UUID], data: JSONBody[Reason]
) -> Response[Approval]:
    """Ask that somebody's lost second factor be replaced; another administrator decides (CON-01, CON-02)."""
    return await edge.command(lambda tx: service.request_totp_reset(tx, staff_id, data.reason, edge.staff.staff_id))


@post(OF_ACCOUNT + "/totp/show", status_code=200, **staff("staff:write"))
async def show_totp_secret(edge: NamedDependency[Edge], staff_id: FromPath[UUID]) -> TotpSecret:
    """The new secret, once and within a day, to who asked for the reset (CON-01). Needs no key: it is kept nowhere, and
    a repetition is refused."""
    return await edge.transact(lambda tx: service.show_totp(tx, staff_id, edge.staff.staff_id))


ROUTES = [
    list_accounts,
    read_account,
    disable_account,
    enable_account,
    list_account_sessions,
    end_account_sessions,
    request_totp_reset,
    show_totp_secret,
]
