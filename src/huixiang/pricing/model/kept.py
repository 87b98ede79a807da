"""What a quote keeps: its inputs, but for personal data, so that it can be priced again to the fen, and its answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from huixiang.pricing.model.basket import Measure
from huixiang.pricing.model.rules import Layer


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


class KeptApplied(msgspec.Struct, frozen=True, array_like=True):
    """`priced.Applied`, without what the rule's document says. coupon: the place of its copy among those that are
    kept, or the public code that was shown."""

    rule: str
    layer: Layer
    saved_fen: int
    cut_fen: int
    coupon: int | str | None
    times: int
    pieces: int | None


class KeptTotals(msgspec.Struct, frozen=True, array_like=True):
    """What was answered in all."""

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
    programme: whose earning rules count. rate: so many points take so many fen off.

    sums: what was answered for each line: its list amount, then pairs of what took something off (a place in `applied`)
    and the fen that it took.
    """

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
    programme: str
    rate: tuple[int, int]
    applied: list[KeptApplied]
    sums: list[list[int]]

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
