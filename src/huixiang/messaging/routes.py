"""Messages over HTTP: a member's inbox and pop-ups, what staff see of sending, the viewer of the local sink, and what
providers call."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.messaging import service
from huixiang.messaging.model import InboxMessage, MessageProof, MessageRow, SunkMessage, Unread
from huixiang.messaging.model.popups import Popup, Popups
from huixiang.messaging.model.receipts import Call
from huixiang.messaging.model.templates import Preview, PreviewRequest
from huixiang.messaging.schemas import ReadThrough
from huixiang.platform.access import member, public, staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.client import client_of
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.request import StrictRequest

CALLBACK_BYTES = 256 << 10  # a thousand status reports of Aliyun's

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


@post("/api/member/v1/me/messages/read", status_code=200, **member())
async def read_my_messages(edge: NamedDependency[Edge], data: JSONBody[ReadThrough]) -> Response[Unread]:
    """Mark all messages of my inbox as read, up to the latest that I was shown; how many are unread now."""
    return await edge.command(lambda tx: service.read_all(tx, edge.member.member_id, data.through))


@get("/api/member/v1/me/popups", **member())
async def list_my_popups(edge: NamedDependency[Edge]) -> Popups:
    """Pop-ups that are to be shown to me, the oldest first, at most five. Each is shown once: say so before."""
    return await edge.query(lambda tx: service.popups(tx, edge.member.member_id))


@post("/api/member/v1/me/popups/{message_id:uuid}/show", status_code=200, **member())
async def show_my_popup(edge: NamedDependency[Edge], message_id: FromPath[UUID]) -> Response[Popup]:
    """Say that a pop-up is being shown now. Of several devices one may; the others are refused, and show nothing."""
    return await edge.command(lambda tx: service.show(tx, edge.member.member_id, message_id))


@post("/api/member/v1/me/popups/{message_id:uuid}/dismiss", status_code=200, **member())
async def dismiss_my_popup(edge: NamedDependency[Edge], message_id: FromPath[UUID]) -> Response[Popup]:
    """Say that a pop-up which was shown has been closed."""
    return await edge.command(lambda tx: service.dismiss(tx, edge.member.member_id, message_id))


@route(
    "/api/callbacks/{provider:str}",
    http_method=["GET", "POST"],
    status_code=200,
    include_in_schema=False,
    request_max_body_size=CALLBACK_BYTES,
    **public(),
)
async def hear_provider(
    edge: NamedDependency[Edge], request: StrictRequest, provider: FromPath[str]
) -> Response[bytes]:
    """What a provider of message channels tells of its own accord, shown to be its own by what it signs or knows."""
    heard = service.hear(provider, await _call(request, edge.now))
    for receipt in heard.receipts:  # each is another owner's, so each in a transaction of its own
        await edge.transact(partial(service.receive, receipt=receipt))
    return Response(heard.answer, media_type=heard.media_type)


async def _call(request: StrictRequest, now: datetime) -> Call:
    return Call(
        method=request.method,
        query=dict(request.query_params.items()),
        headers=dict(request.headers.items()),
        body=await request.body(),
        address=client_of(request.scope),
        now=now,
    )


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


@post("/api/console/v1/message-templates/preview", status_code=200, **staff("rulebook:read"))
async def preview_message_template(edge: NamedDependency[Edge], data: JSONBody[PreviewRequest]) -> Preview:
    """What a template says in both languages, with its examples or other values, before or after it is published."""
    return await edge.query(lambda tx: service.preview(tx, data))


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
    read_my_messages,
    list_my_popups,
    show_my_popup,
    dismiss_my_popup,
    hear_provider,
    list_messages,
    read_message,
    list_sunk_messages,
    preview_message_template,
]
