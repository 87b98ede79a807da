"""Members signing in: a code sent to a phone, and the tokens that follow from it."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from huixiang.members import service
from huixiang.members.model.sign_in import CodeAsked, CodeProof, CodeRequest, SignedIn, Tokens, WaysIn
from huixiang.members.routes.noting import ids_of
from huixiang.members.schemas import RefreshRequest
from huixiang.members.service.passkeys import has_passkeys
from huixiang.members.service.providers import visited_providers
from huixiang.platform.access import public
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import noted
from huixiang.platform.web.client import client_of, neighbourhood
from huixiang.platform.web.request import StrictRequest


@get("/api/member/v1/sign-in/ways", **public())
async def list_ways_in() -> WaysIn:
    """By what the pages may offer to sign in here (MEM-03)."""
    return WaysIn(sorted(visited_providers(), reverse=True), has_passkeys())


@post("/api/member/v1/sign-in/codes", status_code=200, **public())
async def ask_sign_in_code(
    edge: NamedDependency[Edge], request: StrictRequest, data: JSONBody[CodeRequest]
) -> CodeAsked:
    """Have a code sent to a phone, the first step to sign in or to join (MEM-01). The answer is the same whether or not
    the phone is a member's. Needs no key: a repetition is another code."""
    address = _address(request)
    return await edge.transact(lambda tx: service.ask_code(tx, data, address))


@post("/api/member/v1/sign-in", status_code=200, **public())
async def sign_in_with_code(edge: NamedDependency[Edge], request: StrictRequest, data: JSONBody[CodeProof]) -> SignedIn:
    """Sign in with the code that was sent; who is no member yet becomes one (MEM-01). A code is good once, for five
    minutes and five guesses. A `ticket` of a provider lets that name the same member from now on."""
    attempt = service.attempt_of(data, _address(request), edge.now)
    return await noted("member", attempt.method, edge.direct(lambda db: service.verify(db, attempt)), named=ids_of)


@post("/api/member/v1/sign-in/refresh", status_code=200, **public())
async def refresh_sign_in(edge: NamedDependency[Edge], data: JSONBody[RefreshRequest]) -> Tokens:
    """The next pair of tokens for a refresh token, which is then used up. The same one again within ten seconds gets
    the same answer, because answers get lost; later it ends the session, because somebody else has it (MEM-03)."""
    renewing = edge.direct(lambda db: service.refresh(db, data.refresh_token))
    return await noted("member", "refresh_token", renewing, renewal=True)


def _address(request: StrictRequest) -> str:
    """Where a request comes from, for counting alone."""
    return neighbourhood(client_of(request.scope))


ROUTES = [list_ways_in, ask_sign_in_code, sign_in_with_code, refresh_sign_in]
