"""Reading refund requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.checkout.model.request_errors import RefundRequestUnknown
from huixiang.checkout.model.requests import MyRefundRequest, RequestedRefund, RequestState, as_member_sees
from huixiang.checkout.service.read import Stores, order, order_owner
from huixiang.checkout.store import requests as store
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.service import sealing
from huixiang.platform.db import Transaction

Queue = Literal["asked", "refunded", "refused", "withdrawn", "to_check"]


def note_field(request_id: UUID) -> str:
    """What a note is sealed as."""
    return f"refund_request.{request_id}"


async def read_request(tx: Transaction, member_id: UUID, order_id: UUID, request_id: UUID) -> RequestedRefund:
    """A request of a member's order, with its note. Raises RefundRequestUnknown."""
    kept = await store.load(tx, member_id, order_id, request_id)
    if kept is None:
        raise RefundRequestUnknown(request_id=request_id)
    (request,) = await _opened(tx, [kept])
    return request


async def request_of(tx: Transaction, order_id: UUID, request_id: UUID, *, stores: Stores = None) -> RequestedRefund:
    """A request of an order. `stores`: those of who asks. Raises OrderUnknown, RefundRequestUnknown."""
    owner = (await order(tx, order_id, stores=stores)).member_id
    return await read_request(tx, owner, order_id, request_id)


async def requests_of_order(tx: Transaction, order_id: UUID, cursor: str | None, limit: int) -> Page[RequestedRefund]:
    """The requests of an order, the first one first. Raises OrderUnknown."""
    owner = await order_owner(tx, order_id)
    (after,) = decode_cursor(cursor, UUID) if cursor is not None else (None,)
    found = await _opened(tx, await store.of_order(tx, owner, order_id, after, limit + 1))
    return page_of(found, limit, lambda last: (last.request_id,))


async def requests_of_member(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[MyRefundRequest]:
    """A member's own requests, the latest first, as they see them."""
    before = decode_cursor(cursor, datetime, UUID) if cursor is not None else None
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await _opened(tx, await store.of_member(tx, owner, before, limit + 1))
    return page_of([as_member_sees(one) for one in found], limit, lambda last: (last.asked_at, last.request_id))


async def queue(
    tx: Transaction, which: Queue, cursor: str | None, limit: int, *, stores: Stores = None
) -> Page[RequestedRefund]:
    """Requests in a state, or those whose goods are to be checked, the oldest first; of some stores, where those are
    given."""
    after = decode_cursor(cursor, datetime, UUID) if cursor is not None else None
    state = None if which == "to_check" else RequestState(which)
    found = await _opened(tx, await store.queue(tx, state, after, limit + 1, stores))
    return page_of(found, limit, lambda last: (last.asked_at, last.request_id))


async def _opened(tx: Transaction, kept: Sequence[store.Kept]) -> list[RequestedRefund]:
    """With their notes; none where the member's personal data is gone."""
    sealed = [(request.member_id, note_field(request.request_id), note) for request, note in kept if note is not None]
    opened = (
        dict(zip([field for _, field, _ in sealed], await sealing.unseal(tx, sealed), strict=True)) if sealed else {}
    )
    return [msgspec.structs.replace(request, note=opened.get(note_field(request.request_id))) for request, _ in kept]
