"""Showing anew who one is, for what asks for a fresh sign-in."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from huixiang.members.model.passkeys import PasskeyAnswer
from huixiang.members.model.sign_in import Fresh, FreshCode, FreshCodeAsked
from huixiang.members.service import fresh
from huixiang.platform.access import member
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import Ids, noted
from huixiang.platform.web.client import client_of, neighbourhood
from huixiang.platform.web.request import StrictRequest


@post("/api/member/v1/me/fresh/codes", status_code=200, **member())
async def ask_fresh_code(edge: NamedDependency[Edge], request: StrictRequest) -> FreshCodeAsked:
    """Have a code sent to my own phone, to show anew that it is me (MEM-03). Needs no key: a repetition is another
    code."""
    address = neighbourhood(client_of(request.scope))
    return await edge.transact(lambda tx: fresh.ask_fresh_code(tx, edge.member, address))


@post("/api/member/v1/me/fresh", status_code=200, **member())
async def prove_fresh_code(edge: NamedDependency[Edge], request: StrictRequest, data: JSONBody[FreshCode]) -> Fresh:
    """Show anew that it is me, by the code that was sent: good for ten minutes on this device (MEM-03). Needs no key: a
    code is good once."""
    address = neighbourhood(client_of(request.scope))
    proving = edge.direct(lambda db: fresh.prove_by_code(db, edge.member, data, address))
    return await noted("member", "phone_code_again", proving, known=_caller(edge))


@post("/api/member/v1/me/fresh/passkey", status_code=200, **member())
async def prove_fresh_passkey(edge: NamedDependency[Edge], data: JSONBody[PasskeyAnswer]) -> Fresh:
    """Show anew that it is me, by a passkey, asked with the options of signing in (MEM-03). Needs no key: a challenge
    is answered once."""
    proving = edge.transact(lambda tx: fresh.prove_by_passkey(tx, edge.member, data))
    return await noted("member", "passkey_again", proving, known=_caller(edge))


def _caller(edge: Edge) -> Ids:
    return {"member_id": edge.member.member_id, "device_id": edge.member.session_id}


ROUTES = [ask_fresh_code, prove_fresh_code, prove_fresh_passkey]
