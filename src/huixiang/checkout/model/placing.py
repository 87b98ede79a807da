"""Orders that are placed on a quote: what was promised, and how far they have come. Amounts are fen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.checkout.model.fulfilment import Fulfilled, Granted, GrantedLine, Picked
from huixiang.checkout.model.orders import LINES_MAX, Code, ExternalId
from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.pricing.model.priced import Applied
from huixiang.pricing.model.quotes import Token
from huixiang.stock.model import Key

Payment = Literal["due", "paid", "none"]
"""`none`: nothing is due."""


class PlacedState(StrEnum):
    PLACED = "placed"
    FULFILLED = "fulfilled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PlaceRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quote to be honoured. (source, external_id) is the caller's own number for the order, unique. paid: the caller
    has been paid already. slot: when it is delivered: the key of a resource of the kind `slot`, a place of which
    the order takes."""

    token: Token
    source: Code
    external_id: ExternalId
    paid: bool = False
    slot: Key | None = None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An order on its way. points are held and take points_off_fen off; due_fen was left to pay when it was placed,
    cash_fen is what it comes to beside points now: as it was picked, whatever was paid of that. pay_by: when an unpaid
    one is cancelled by itself; null too where it was paid and only what it weighs more is due. promotions_version: of
    the quote. coupons: those that it holds or used. benefits: of each of which it takes a use. fulfilled: as it
    stands since it was picked, and what that gave back; null before. reason: why it was cancelled."""

    order_id: UUID
    order_number: str
    member_id: UUID
    source: str
    external_id: str
    state: PlacedState
    payment: Payment
    store_id: str | None
    channel: str
    programme: str
    promotions_version: int
    fulfilment_version: int
    list_fen: int
    goods_fen: int
    delivery_fen: int
    packaging_fen: int
    points: int
    points_off_fen: int
    due_fen: int
    cash_fen: int
    lines: list[GrantedLine]
    applied: list[Applied]
    coupons: list[UUID]
    benefits: list[str]
    fulfilled: Fulfilled | None
    placed_at: datetime
    pay_by: datetime | None
    fulfilled_at: datetime | None
    settled_at: datetime | None
    reason: str | None

    @property
    def granted(self) -> Granted:
        """What was promised, as the rules of fulfilment want it."""
        return Granted(lines=tuple(self.lines), delivery_fen=self.delivery_fen, packaging_fen=self.packaging_fen)


class OrderGift(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule gave with an order: pieces of a sku, coupons of a template, or points; worth value_fen in all.
    refused: the code of why it could not be given."""

    gift_no: int
    rule: str
    kind: Literal["goods", "coupon", "points"]
    what: str
    count: int
    value_fen: int
    refused: str | None


class PlacedSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order on its way in a list, without its lines; cash_fen as in `Placed`."""

    order_id: UUID
    order_number: str
    state: PlacedState
    payment: Payment
    store_id: str | None
    channel: str
    cash_fen: int
    points: int
    placed_at: datetime
    pay_by: datetime | None


class OrderFulfilment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was picked. Lines that are not named were picked as they were ordered."""

    picked: Annotated[list[Picked], Meta(max_length=LINES_MAX)] = []


class OrderCompletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """paid: what was due has been paid, such as at the door."""

    paid: bool = False


class OrderCancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class QuoteNotHonoured(DomainError):
    """Of a quote something no longer holds. `errors` say what: a rule that was switched off or is used up, a coupon,
    points. Beside them stands `quote`: of the same basket as it is now."""

    code = "quote_not_honoured"
    status = 409
    title = Text(zh="报价已无法兑现", en="The quote cannot be honoured")
    detail = Text(
        zh="报价中有 {count} 项已不成立；请按新的报价确认后再下单。",
        en="{count} of what the quote promised no longer holds; confirm the new quote, then place it.",
    )


class GuestCannotPlace(DomainError):
    code = "guest_cannot_place"
    status = 409
    title = Text(zh="散客报价不能下单", en="A guest's quote")
    detail = Text(
        zh="该报价没有会员；请先注册或登录，再按会员报价下单。",
        en="The quote names no member; let the buyer join or sign in, and quote for the member.",
    )


class PlacedUnknown(DomainError):
    code = "placed_unknown"
    status = 404
    title = Text(zh="没有这笔下单", en="Not placed here")
    detail = Text(
        zh="订单 {order_id} 不存在，或不是按报价下的单。",
        en="Order {order_id} is unknown, or was not placed on a quote.",
    )


class PlacedStateFixed(DomainError):
    code = "placed_state_fixed"
    status = 409
    title = Text(zh="订单状态不允许", en="Not in this state")
    detail = Text(
        zh="订单 {order_id} 的状态为 {state}，不能再这样操作。",
        en="Order {order_id} is {state}: this cannot be done any more.",
    )


class PlacedConflict(DomainError):
    code = "placed_conflict"
    status = 409
    title = Text(zh="订单号已被使用", en="Order number used before")
    detail = Text(
        zh="{source} 的订单号 {external_id} 已用于另一笔订单。",
        en="{source} has used the number {external_id} for another order before.",
    )


class OrderUnpaid(DomainError):
    code = "order_unpaid"
    status = 409
    title = Text(zh="订单尚未付款", en="Not paid yet")
    detail = Text(
        zh="订单 {order_id} 尚有 {due_fen} 分未付；确认付款后再完成。",
        en="Of order {order_id} {due_fen} fen are still to be paid; confirm the payment, then complete it.",
    )


class OrderMoving(DomainError):
    """For a moment: the order's member is being merged with another, and some of what it has went ahead."""

    code = "order_moving"
    status = 409
    title = Text(zh="订单正在迁移", en="The order is moving")
    detail = Text(
        zh="订单 {order_id} 的会员正在合并，请稍后重试。",
        en="The member of order {order_id} is being merged; try again in a moment.",
    )


class NothingPicked(DomainError):
    code = "nothing_picked"
    status = 409
    title = Text(zh="没有拣到任何商品", en="Nothing was picked")
    detail = Text(
        zh="订单 {order_id} 一件商品也没有拣到；请取消订单。",
        en="Nothing of order {order_id} was picked; cancel it instead.",
    )
