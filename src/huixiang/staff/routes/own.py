"""What people at the console do with their own account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.platform.access import session_token, staff
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import noted
from huixiang.staff import service
from huixiang.staff.model.accounts import NewPassword
from huixiang.staff.model.passkeys import NewStaffPasskey, StaffPasskey, StaffPasskeyOptions
from huixiang.staff.model.sessions import Ended, OpenSession
from huixiang.staff.schemas import Proof

AnyRequest = Request[Any, Any, Any]
MINE = "/api/console/v1/me"


@post(f"{MINE}/proof", status_code=204, **staff(first=True))
async def prove_console_user(edge: NamedDependency[Edge], request: AnyRequest, data: JSONBody[Proof]) -> None:
    """Show the password and a second factor again: for ten minutes one may change what signs one in (CON-01)."""
    db, token = request.app.state.db, session_token(request)
    proving = service.prove_again(db, token, data.password, data.code, edge.now, passkey=data.passkey)
    await noted("staff", "password_again", proving, known={"staff_id": edge.staff.staff_id})


@post(f"{MINE}/password", status_code=200, **staff(first=True))
async def change_console_password(
    edge: NamedDependency[Edge], request: AnyRequest, data: JSONBody[NewPassword]
) -> Ended:
    """Change one's password, after a proof; one's other sessions end (CON-01). Needs no key: a repetition is
    refused."""
    db, token = request.app.state.db, session_token(request)
    return Ended(await service.change_password(db, token, data.password, edge.now))


@get(f"{MINE}/sessions", **staff())
async def list_console_sessions(edge: NamedDependency[Edge], request: AnyRequest) -> list[OpenSession]:
    """Where one is signed in, the last seen first (CON-01)."""
    token = session_token(request)
    return await edge.query(lambda tx: service.sessions_of(tx, edge.staff.staff_id, token))


@delete(f"{MINE}/sessions", status_code=200, **staff())
async def end_other_console_sessions(edge: NamedDependency[Edge], request: AnyRequest) -> Ended:
    """End all of one's sessions but this one, after a proof (CON-01). Needs no key: a repetition changes nothing."""
    token = session_token(request)
    return Ended(await edge.transact(lambda tx: service.end_own_sessions(tx, token, None)))


@delete(MINE + "/sessions/{session_id:uuid}", status_code=204, **staff())
async def end_console_session(edge: NamedDependency[Edge], request: AnyRequest, session_id: FromPath[UUID]) -> None:
    """End one of one's sessions, another than this one after a proof (CON-01). Needs no key: a repetition changes
    nothing."""
    token = session_token(request)
    await edge.transact(lambda tx: service.end_own_sessions(tx, token, session_id))


@get(f"{MINE}/passkeys", **staff())
async def list_console_passkeys(edge: NamedDependency[Edge]) -> list[StaffPasskey]:
    """One's passkeys, in the order that they were made in (CON-01)."""
    return await edge.query(lambda tx: service.staff_passkeys(tx, edge.staff.staff_id))


@post(f"{MINE}/passkeys/options", status_code=200, **staff())
async def begin_new_console_passkey(edge: NamedDependency[Edge], request: AnyRequest) -> StaffPasskeyOptions:
    """What one's browser is asked with to make a passkey, after a proof (CON-01). Needs no key: a repetition is another
    challenge."""
    token = session_token(request)
    return await edge.transact(lambda tx: service.staff_passkey_creation(tx, token))


@post(f"{MINE}/passkeys", **staff())
async def add_console_passkey(
    edge: NamedDependency[Edge], request: AnyRequest, data: JSONBody[NewStaffPasskey]
) -> StaffPasskey:
    """Keep the passkey that one's browser has made, after a proof (CON-01). Needs no key: a challenge is answered
    once."""
    token = session_token(request)
    return await edge.transact(lambda tx: service.add_staff_passkey(tx, token, data))


@delete(MINE + "/passkeys/{passkey_id:uuid}", status_code=204, **staff())
async def remove_console_passkey(edge: NamedDependency[Edge], request: AnyRequest, passkey_id: FromPath[UUID]) -> None:
    """Remove one of one's passkeys, after a proof (CON-01). Needs no key: a repetition changes nothing."""
    token = session_token(request)
    await edge.transact(lambda tx: service.remove_staff_passkey(tx, token, passkey_id))


ROUTES = [
    prove_console_user,
    change_console_password,
    list_console_sessions,
    end_other_console_sessions,
    end_console_session,
    list_console_passkeys,
    begin_new_console_passkey,
    add_console_passkey,
    remove_console_passkey,
]
