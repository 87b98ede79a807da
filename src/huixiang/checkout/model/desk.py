"""Orders as staff see them. Amounts are fen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.checkout.model.fulfilment import NotReckoned
from huixiang.checkout.model.mine import MyOrder
from huixiang.checkout.model.placing import OrderGift, PlacedSummary
from huixiang.checkout.model.requests import RequestedRefund
from huixiang.pricing.model.effects import Gift

OLDEST_DAYS = 365


class OpenOrder(PlacedSummary, frozen=True, kw_only=True):
    """An order of any member that is on its way. due_fen: what was left to pay when it was placed; cash_fen: what it
    comes to now. days: whole days of 24 hours since then; late: of so many, by the rules of fulfilment."""

    member_id: UUID
    due_fen: int
    days: int
    late: bool


class OpenOrders(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them. late_days: after how many days one is late, as the rules of fulfilment in force say."""

    items: list[OpenOrder]
    next_cursor: str | None
    late_days: int


class DeskCompletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """reason: why staff completes it by hand; it stands in the audit log alone."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of an order on its way, were it settled now.

    Cancelled: give_back_fen was paid and is given back, void_fen was asked for and is charged no more, points_spent and
    points_free are the member's again, as are its coupons and benefits, rule_uses of what rules allow each member, and,
    where it holds any (stock), its shares of what all compete for. Completed: points_spent are spent and points_free
    are the member's again, and gifts are given.
    """

    give_back_fen: int
    void_fen: int
    points_spent: int
    points_free: int
    rule_uses: int
    stock: bool
    gifts: list[Gift]


class WholeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order with what is behind it, but for its instructions and refunds, which are lists of their own. seen: as its
    member sees it; requests: theirs and others', with what staff is told.

    Null of what a till priced: promotions_version of the quote, fulfilment_version, due_fen when it was placed,
    fulfilled_at, settled_at (completed or cancelled). Null until it is completed: earning_version of the programme,
    earns. points_cut: what caps took. coupons: held or used. benefits: a use taken of each. gifts: given with the
    completion, or why not. gifts_held_fen: kept back of refunds. not_reckoned: why it goes line by line, where its
    rules say *reckon*. outlook: null of what is settled.
    """

    member_id: UUID
    source: str
    external_id: str
    store_id: str | None
    programme: str
    promotions_version: int | None
    fulfilment_version: int | None
    earning_version: int | None
    due_fen: int | None
    fulfilled_at: datetime | None
    settled_at: datetime | None
    not_reckoned: NotReckoned | None
    earns: bool | None
    points_cut: int
    gifts_held_fen: int
    coupons: list[UUID]
    benefits: list[str]
    gifts: list[OrderGift]
    requests: list[RequestedRefund]
    outlook: Outlook | None
    seen: MyOrder
