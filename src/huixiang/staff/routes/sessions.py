"""Console sign-in over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from huixiang.platform.access import over_tls, public, session_cookie, session_token, staff
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import Ids, noted
from huixiang.platform.web.leaving import CLEAR_SITE_DATA
from huixiang.staff import service
from huixiang.staff.model import SignedIn
from huixiang.staff.model.passkeys import StaffPasskeyOptions, StaffPasskeyProof
from huixiang.staff.schemas import Environment, SessionView, SignInRequest, shown

PATH = "/api/console/v1/session"
AGENT_KEPT = 200
AnyRequest = Request[Any, Any, Any]


def session_routes(environment: Environment) -> list[HTTPRouteHandler]:
    """The routes of a program that runs in `environment`, which pages show."""

    def cookie(request: AnyRequest, value: str) -> Cookie:
        return Cookie(
            session_cookie(request),
            value=value,
            max_age=None if value else 0,
            path="/",
            httponly=True,
            samesite="strict",
            secure=over_tls(request),
        )

    @post(PATH, **public())
    async def sign_in(
        edge: NamedDependency[Edge], request: AnyRequest, data: JSONBody[SignInRequest]
    ) -> Response[SessionView]:
        """Sign in to the console with the password and a second factor: a code, or a passkey in its place (CON-01)."""
        db, agent = request.app.state.db, agent_of(request)
        signing_in = service.sign_in(
            db, data.username, data.password, data.code, edge.now, passkey=data.passkey, agent=agent
        )
        made = await noted("staff", "password", signing_in, named=ids_of)
        return Response(shown(made.session, environment), cookies=[cookie(request, made.token)])

    @post(f"{PATH}/passkey/options", status_code=200, **public())
    async def begin_console_passkey(edge: NamedDependency[Edge]) -> StaffPasskeyOptions:
        """What a browser is asked with to show a passkey at the console (CON-01). Names nobody: the device knows whose
        it is. Needs no key: a repetition is another challenge."""
        return await edge.transact(service.staff_passkey_request)

    @post(f"{PATH}/passkey", **public())
    async def sign_in_by_console_passkey(
        edge: NamedDependency[Edge], request: AnyRequest, data: JSONBody[StaffPasskeyProof]
    ) -> Response[SessionView]:
        """Sign in to the console by a passkey alone, whose device has looked at its owner (CON-01)."""
        db, agent = request.app.state.db, agent_of(request)
        signing_in = service.sign_in_by_passkey(db, data, edge.now, agent=agent)
        made = await noted("staff", "passkey", signing_in, named=ids_of)
        return Response(shown(made.session, environment), cookies=[cookie(request, made.token)])

    @get(PATH, **staff(first=True))
    async def read_session(edge: NamedDependency[Edge], request: AnyRequest) -> SessionView:
        """Who is signed in, with the token that changes need."""
        token = session_token(request)
        return shown(await edge.query(lambda tx: service.current_session(tx, token)), environment)

    @delete(PATH, **staff(first=True))
    async def sign_out(edge: NamedDependency[Edge], request: AnyRequest) -> Response[None]:
        """End the session, and have the browser forget what the pages kept."""
        token = session_token(request)
        await edge.transact(lambda tx: service.sign_out(tx, token))
        return Response(None, status_code=204, headers=CLEAR_SITE_DATA, cookies=[cookie(request, "")])

    return [sign_in, begin_console_passkey, sign_in_by_console_passkey, read_session, sign_out]


def ids_of(made: SignedIn) -> Ids:
    return {"staff_id": made.session.account.staff_id}


def agent_of(request: AnyRequest) -> str | None:
    """What the browser calls itself, for the list of sessions; without what could not be shown."""
    said = "".join(one for one in request.headers.get("user-agent", "") if one.isprintable())
    return said[:AGENT_KEPT] or None
