"""What a quote keeps, so that it can be priced again to the fen: its inputs, but for personal data, and its totals."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.conditions.facts import Facts, Purchase, Value
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.pricing.model.basket import Basket, HeldCoupon, Line, Measure, Room, Situation
from huixiang.pricing.rules.needs import is_personal

UNPACKED_MAX = 4 << 20
DIGEST_BYTES = 16


class KeptLine(msgspec.Struct, frozen=True, array_like=True):
    """`basket.Line`, without names."""

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    list_price_fen: int
    categories: tuple[str, ...]
    brand: str | None
    tags: tuple[str, ...]
    prices: dict[str, int]
    cost_fen: int | None
    hours_left: int | None


class KeptTotals(msgspec.Struct, frozen=True, array_like=True):
    """What was answered."""

    payable_fen: int
    goods_fen: int
    delivery_fen: int
    packaging_fen: int
    points: int
    points_off_fen: int
    proven: bool


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """member: the bytes of the id. numbers, days, sets: members' attributes by type. hidden: those that are personal,
    and so only in `digest`, which is of all. coupons: id, rule, when it expires. room: fen, uses, pieces.
    programme: whose earning rules count. rate: so many points take so many fen off."""

    version: int
    issued_at: datetime
    expires_at: datetime
    member: bytes | None
    lines: list[KeptLine]
    delivery_fen: int
    packaging_fen: int
    context: dict[str, str]
    numbers: dict[str, bool | int | str]
    days: dict[str, date]
    sets: dict[str, list[str]]
    hidden: list[str]
    digest: bytes
    purchases: list[tuple[date, str | None, str | None, int, int, int]] | None
    coupons: list[tuple[str, str, datetime | None]]
    codes: list[str]
    payment_method: str | None
    left_out: list[str]
    killed: list[str]
    room: dict[str, tuple[int | None, int | None, int | None]]
    chosen_points: int
    totals: KeptTotals
    programme: str = "default"
    rate: tuple[int, int] = (1, 1)

    @property
    def member_id(self) -> UUID | None:
        return None if self.member is None else UUID(bytes=self.member)


class Choices(msgspec.Struct, frozen=True):
    """What of a quote is neither basket nor situation."""

    version: int
    member_id: UUID | None
    issued_at: datetime
    expires_at: datetime
    points: int
    totals: KeptTotals
    programme: str
    rate: tuple[int, int]


_decoder = msgspec.msgpack.Decoder(Kept)


def packed(kept: Kept) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(kept), 1)


def unpacked(content: bytes) -> Kept:
    """Raises ValueError for what is not a packed quote."""
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(content, UNPACKED_MAX)
    except zlib.error as error:
        raise ValueError("not compressed") from error
    return _decoder.decode(plain)


def digest_of(member: Mapping[str, Value]) -> bytes:
    """Of all that was known of a member."""
    known = {code: sorted(value) if isinstance(value, frozenset) else value for code, value in member.items()}
    return hashlib.sha256(msgspec.msgpack.encode(known, order="deterministic")).digest()[:DIGEST_BYTES]


def keep(basket: Basket, situation: Situation, choices: Choices) -> Kept:
    facts = situation.facts
    open_values = {code: value for code, value in facts.member.items() if not is_personal(code)}
    return Kept(
        version=choices.version,
        issued_at=choices.issued_at,
        expires_at=choices.expires_at,
        member=choices.member_id.bytes if choices.member_id is not None else None,
        lines=[KeptLine(*_fields(line)) for line in basket.lines],
        delivery_fen=basket.delivery_fen,
        packaging_fen=basket.packaging_fen,
        context={code: str(value) for code, value in facts.context.items()},
        numbers={code: value for code, value in open_values.items() if isinstance(value, bool | int | str)},
        days={code: value for code, value in open_values.items() if isinstance(value, date)},
        sets={code: sorted(value) for code, value in open_values.items() if isinstance(value, frozenset)},
        hidden=sorted(facts.member.keys() - open_values.keys()),
        digest=digest_of(facts.member),
        purchases=None
        if facts.purchases is None
        else [(one.day, one.category, one.sku, one.orders, one.quantity, one.spend_fen) for one in facts.purchases],
        coupons=[(one.coupon_id, one.rule, one.expires_at) for one in situation.coupons],
        codes=list(situation.codes),
        payment_method=situation.payment_method,
        left_out=sorted(situation.left_out),
        killed=sorted(situation.killed),
        room={rule: (room.fen, room.uses, room.pieces) for rule, room in situation.room.items()},
        chosen_points=choices.points,
        totals=choices.totals,
        programme=choices.programme,
        rate=choices.rate,
    )


def _fields(line: Line) -> tuple[Any, ...]:
    return (
        line.line_id,
        line.sku,
        line.measure,
        line.quantity,
        line.list_price_fen,
        line.categories,
        line.brand,
        line.tags,
        dict(line.prices),
        line.cost_fen,
        line.hours_left,
    )


def basket_of(kept: Kept) -> Basket:
    lines = tuple(Line(**{name: getattr(line, name) for name in KeptLine.__struct_fields__}) for line in kept.lines)
    return Basket(lines=lines, delivery_fen=kept.delivery_fen, packaging_fen=kept.packaging_fen)


def situation_of(kept: Kept, calendar: BusinessCalendar, hidden: Mapping[str, Value]) -> Situation | None:
    """As the quote saw it; `hidden` are the personal attributes as they are now. None where they are not what they were
    then."""
    member: dict[str, Value] = {**kept.numbers, **kept.days, **hidden}
    member |= {code: frozenset(values) for code, values in kept.sets.items()}
    if digest_of(member) != kept.digest:
        return None
    facts = Facts(
        now=kept.issued_at,
        calendar=calendar,
        member=member,
        context=dict(kept.context),
        purchases=None
        if kept.purchases is None
        else [
            Purchase(day=day, category=category, sku=sku, orders=orders, quantity=quantity, spend_fen=fen)
            for day, category, sku, orders, quantity, fen in kept.purchases
        ],
    )
    return Situation(
        facts=facts,
        coupons=tuple(HeldCoupon(*one) for one in kept.coupons),
        codes=tuple(kept.codes),
        payment_method=kept.payment_method,
        room={rule: Room(*left) for rule, left in kept.room.items()},
        left_out=frozenset(kept.left_out),
        killed=frozenset(kept.killed),
    )
