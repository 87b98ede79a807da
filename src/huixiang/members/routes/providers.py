"""Members signing in through WeChat and Alipay."""

from __future__ import annotations

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from huixiang.members import service
from huixiang.members.model.providers import ProviderDoor, ProviderOutcome, ProviderProof, ProviderVisit, TicketUse
from huixiang.members.model.sign_in import SignedIn
from huixiang.members.routes.noting import ids_of
from huixiang.platform.access import public
from huixiang.platform.edge import Edge
from huixiang.platform.security_log import noted


@post("/api/member/v1/sign-in/visits", status_code=200, **public())
async def begin_provider_visit(edge: NamedDependency[Edge], data: JSONBody[ProviderVisit]) -> ProviderDoor:
    """Where a page sends the browser to sign in by WeChat or Alipay (MEM-01). The page keeps `flow`. Needs no key: a
    repetition is another visit."""
    return await edge.transact(lambda tx: service.begin_visit(tx, data))


@post("/api/member/v1/sign-in/provider", status_code=200, **public())
async def sign_in_by_provider(edge: NamedDependency[Edge], data: JSONBody[ProviderProof]) -> ProviderOutcome:
    """Sign in with the code that a provider gave (MEM-01, MEM-03). Whom nobody knows yet gets a ticket: for the code of
    their phone, or to join with it alone."""
    visiting = edge.direct(lambda db: service.end_visit(db, data))
    return await noted(
        "member", data.provider, visiting, named=lambda made: ids_of(made.signed_in) if made.signed_in else None
    )


@post("/api/member/v1/sign-in/ticket", status_code=200, **public())
async def join_by_provider(edge: NamedDependency[Edge], data: JSONBody[TicketUse]) -> SignedIn:
    """Join with what a provider said alone, without a phone (MEM-01). A repetition signs in the same member."""
    joining = edge.transact(lambda tx: service.join_by_ticket(tx, data))
    return await noted("member", "ticket", joining, named=ids_of)


ROUTES = [begin_provider_visit, sign_in_by_provider, join_by_provider]
