"""Terms over HTTP: read by everybody in every version, accepted by members; the evidence, for staff (CON-08)."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from huixiang.platform.access import member, public, staff
from huixiang.platform.edge import Edge
from huixiang.terms import service
from huixiang.terms.model import MyTerms, NewAcceptance, TermsEvidence, TermsOverview, TermsText


@get("/api/member/v1/terms", **public())
async def read_terms(edge: NamedDependency[Edge]) -> TermsOverview:
    """The terms that hold, those to come, and what held before, for everybody."""
    return await edge.query(service.overview)


@get("/api/member/v1/terms/{version:int}", **public())
async def read_terms_version(edge: NamedDependency[Edge], version: FromPath[int]) -> TermsText:
    """One version of the terms with its text, for everybody."""
    return await edge.query(lambda tx: service.version(tx, version))


@get("/api/member/v1/me/terms", **member())
async def read_my_terms(edge: NamedDependency[Edge]) -> MyTerms:
    """Which versions I have accepted."""
    return await edge.query(lambda tx: service.my_terms(tx, edge.member.member_id))


@post("/api/member/v1/me/terms/acceptance", status_code=200, **member())
async def accept_terms(edge: NamedDependency[Edge], data: JSONBody[NewAcceptance]) -> Response[MyTerms]:
    """Accept the version that I was shown: the one that holds, or one to come."""
    return await edge.command(lambda tx: service.accept(tx, edge.member.member_id, data.version), keep_forever=True)


@get("/api/console/v1/terms", **staff("rulebook:read"))
async def read_terms_evidence(edge: NamedDependency[Edge]) -> TermsEvidence:
    """The terms, whom each change was told to and when, and how many accepted which version."""
    return await edge.query(service.evidence)


ROUTES = [read_terms, read_terms_version, read_my_terms, accept_terms, read_terms_evidence]
