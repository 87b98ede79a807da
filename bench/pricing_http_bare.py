"""The yardstick of a quote over HTTP: the same framework and driver decode the same body, and read one row."""

from __future__ import annotations

from litestar import Litestar, post
from litestar.datastructures import State
from litestar.params import JSONBody

from bench.http_bare import BareBalance, bare_app, read_balance
from huixiang.members.model import MemberRef
from huixiang.pricing.model.quotes import SystemQuoteRequest


@post("/bare-quote")
async def post_bare_quote(state: State, data: JSONBody[SystemQuoteRequest]) -> BareBalance:
    assert isinstance(data.member, MemberRef)
    assert data.member.member_id is not None
    return await read_balance(state, data.member.member_id)


def create_app() -> Litestar:
    """Factory for the server process."""
    return bare_app([post_bare_quote])
