"""Messages over HTTP: a member's inbox, what staff see of sending, and the viewer of the local sink."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.messaging import service
from huixiang.messaging.model import InboxMessage, MessageProof, MessageRow, SunkMessage, Unread
from huixiang.platform.access import member, staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

Owner = Annotated[UUID | None, QueryParameter(description="Only those of this owner.")]


@get("/api/member/v1/me/messages", **member())
async def list_my_messages(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[InboxMessage]:
    """My inbox, the latest first (CMP-04)."""
    return await edge.query(lambda tx: service.inbox(tx, edge.member.member_id, cursor, limit))


@get("/api/member/v1/me/messages/unread", **member())
async def count_my_unread_messages(edge: NamedDependency[Edge]) -> Unread:
    """How many messages in my inbox I have not read."""
    return await edge.query_once(lambda tx: service.unread(tx, edge.member.member_id))


@post("/api/member/v1/me/messages/{message_id:uuid}/read", status_code=200, **member())
async def read_my_message(edge: NamedDependency[Edge], message_id: FromPath[UUID]) -> Response[InboxMessage]:
    """Mark a message of my inbox as read. One that was read stays read since then."""
    return await edge.command(lambda tx: service.read(tx, edge.member.member_id, message_id))


@get("/api/console/v1/messages", **staff("messages:read"))
async def list_messages(
    edge: NamedDependency[Edge],
    member_id: Owner = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[MessageRow]:
    """What was sent to whom and what became of it, the latest first; not what it said (CMP-11)."""
    return await edge.query(lambda tx: service.messages(tx, member_id, cursor, limit))


@get("/api/console/v1/messages/{message_id:uuid}", **staff("messages:read"))
async def read_message(edge: NamedDependency[Edge], message_id: FromPath[UUID]) -> MessageProof:
    """A message with every request that was made of its provider, and the answers: the proof of sending (CMP-11)."""
    return await edge.query(lambda tx: service.proof(tx, message_id))


@get("/api/console/v1/messages/sink", **staff("messages:sink"))
async def list_sunk_messages(
    edge: NamedDependency[Edge],
    member_id: Owner = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[SunkMessage]:
    """What arrived at the local sink, as members would have got it, the latest first. In production nothing does."""
    return await edge.query(lambda tx: service.sunk(tx, member_id, cursor, limit))


ROUTES = [
    list_my_messages,
    count_my_unread_messages,
    read_my_message,
    list_messages,
    read_message,
    list_sunk_messages,
]
