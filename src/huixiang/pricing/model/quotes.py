"""What a quote is asked for, and what it answers. Amounts are fen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.money import AMOUNT_MAX, FenNonNegative, PointsNonNegative
from huixiang.members.model import MemberRef
from huixiang.pricing.model.hints import Hint
from huixiang.pricing.model.priced import Priced

LINES_MAX = 500
CODES_MAX = 50
COUPONS_MAX = 200  # held copies that are looked at, the earliest expiring first

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)")]
Channel = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)")]
Quantity = Annotated[int, Meta(ge=1, le=1_000_000)]
ShownCode = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[A-Z0-9-]+$(?!\n)")]
ExperimentCode = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,47}$(?!\n)")]
Token = Annotated[str, Meta(min_length=1, max_length=65_536)]
Unit = Literal["piece", "gram"]


class GivenGoods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a shop says of goods that the catalogue does not have. Prices are of one piece, or of 1,000 grams."""

    category: Name
    unit: Unit
    list_price_fen: FenNonNegative
    cost_fen: FenNonNegative | None = None
    brand: Name | None = None
    tags: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line: exactly one of pieces, grams and amount_fen. Pieces of goods by weight are reckoned at the weight that
    the catalogue estimates. amount_fen: of a value without units. hours_left: until what lies in the shop may no longer
    be sold. goods: for what the catalogue does not have."""

    line_id: Name
    sku: Name
    pieces: Quantity | None = None
    grams: Quantity | None = None
    amount_fen: FenNonNegative | None = None
    hours_left: Annotated[int, Meta(ge=0, le=8760)] | None = None
    goods: GivenGoods | None = None

    def __post_init__(self) -> None:
        if (self.pieces is not None) + (self.grams is not None) + (self.amount_fen is not None) != 1:
            raise ValueError("a line needs exactly one of pieces, grams and amount_fen")


class Delivery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """fee_fen: by distance and slot, before any rule."""

    fee_fen: FenNonNegative


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A basket to price. city: the store's if left out. codes: public codes of coupons that are shown. left_out: rules
    and coupon ids that the buyer does not want. payment_methods: of each the total is told. points: how many the member
    would use at most. experiments: the variant that the buyer has in each. programme: whose earning rules count.
    hints: whether to say what would save more, which takes some more searches. standing: whether to say where the
    member's growth and tier stand after it, which is read apart."""

    channel: Channel
    lines: Annotated[tuple[QuoteLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    store: Name | None = None
    city: Name | None = None
    delivery: Delivery | None = None
    packaging_fen: FenNonNegative = 0
    codes: Annotated[tuple[ShownCode, ...], Meta(max_length=CODES_MAX)] = ()
    left_out: Annotated[tuple[Name, ...], Meta(max_length=COUPONS_MAX)] = ()
    payment_method: Name | None = None
    payment_methods: Annotated[tuple[Name, ...], Meta(max_length=10)] = ()
    points: PointsNonNegative = 0
    experiments: Annotated[Mapping[ExperimentCode, Name], Meta(max_length=50)] = {}
    programme: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,31}$(?!\n)")] = "default"
    explain: Literal["brief", "full"] = "brief"
    hints: bool = False
    standing: bool = False

    def __post_init__(self) -> None:
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have the same line_id")
        given = sum(line.amount_fen or 0 for line in self.lines)
        if given > AMOUNT_MAX:
            raise ValueError(f"amounts come to at most {AMOUNT_MAX} fen")


class MemberQuoteLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line as a member may ask for it: pieces or grams of what the catalogue sells."""

    line_id: Name
    sku: Name
    pieces: Quantity | None = None
    grams: Quantity | None = None

    def __post_init__(self) -> None:
        if (self.pieces is not None) + (self.grams is not None) != 1:
            raise ValueError("a line needs exactly one of pieces and grams")


class MemberQuoteRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A basket as a member may ask for it. What changes the price and the shop alone knows is not theirs to say: fees,
    hours left, the variant of an experiment."""

    channel: Channel
    lines: Annotated[tuple[MemberQuoteLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    store: Name | None = None
    codes: Annotated[tuple[ShownCode, ...], Meta(max_length=CODES_MAX)] = ()
    left_out: Annotated[tuple[Name, ...], Meta(max_length=COUPONS_MAX)] = ()
    payment_method: Name | None = None
    payment_methods: Annotated[tuple[Name, ...], Meta(max_length=10)] = ()
    points: PointsNonNegative = 0
    hints: bool = False
    standing: bool = False

    def __post_init__(self) -> None:
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have the same line_id")

    def whole(self) -> QuoteRequest:
        """The same as a system would ask it."""
        lines = tuple(
            QuoteLine(line_id=one.line_id, sku=one.sku, pieces=one.pieces, grams=one.grams) for one in self.lines
        )
        others = {name: getattr(self, name) for name in self.__struct_fields__ if name != "lines"}
        return QuoteRequest(lines=lines, **others)


class SystemQuoteRequest(QuoteRequest, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """For a member, or without one for a guest."""

    member: MemberRef | None = None


class LinePoints(msgspec.Struct, frozen=True):
    """A line's share: points used on it, what they take off, what is then paid for it, and what it earns."""

    line_id: str
    used: int
    off_fen: int
    cash_fen: int
    earned: int


class QuotedPoints(msgspec.Struct, frozen=True, kw_only=True):
    """What points can do for the order: from `minimum` to `maximum` in steps, 0 where none can be used. used, off_fen:
    of those that were asked for. limit_fen: the share of the goods that points may take off. reasons: what keeps the
    maximum from being more. rule_version: of the spending rules."""

    available: int
    minimum: int
    step: int
    maximum: int
    limit_fen: int
    rate_points: int
    rate_fen: int
    raised_by: str | None
    reasons: list[str]
    used: int
    off_fen: int
    rule_version: int


class QuotedEarning(msgspec.Struct, frozen=True, kw_only=True):
    """What the order earns when it is completed as quoted, before caps of a day, week or month. growth: fen."""

    points: int
    growth: int
    rule_version: int


class QuotedStanding(msgspec.Struct, frozen=True, kw_only=True):
    """Where the member stands when the order is completed as quoted today. growth: of the window that ends today, with
    the order's. rises_from: the tier that the order lifts them out of; null where it does not. missing: growth to the
    next tier; null in the last."""

    growth: int
    tier: str
    rises_from: str | None
    next: str | None
    missing: int | None


class MethodTotal(msgspec.Struct, frozen=True):
    """The payable with one payment method."""

    payment_method: str
    payable_fen: int
    proven: bool


class Joining(msgspec.Struct, frozen=True):
    """What a guest would pay for the same, and save, as a member who joined now."""

    payable_fen: int
    saved_fen: int


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A basket priced for one buyer at one moment under one version of the promotions.

    due_fen: payable less what points take off. references: by sku, the lowest public price of one piece or 1,000 grams
    in the store in the days before, for a price that is struck through; a sku that had none is absent. hints: the
    largest gain first, where they were asked for; standing: of a member, where it was. without_method_fen: the best
    without any payment method, where another was asked for. token: what an order is placed on, until expires_at.
    """

    version: int
    priced: Priced
    due_fen: int
    points: QuotedPoints | None
    earning: QuotedEarning | None
    standing: QuotedStanding | None
    by_line: tuple[LinePoints, ...]
    by_method: tuple[MethodTotal, ...]
    without_method_fen: int
    references: Mapping[str, int]
    hints: tuple[Hint, ...]
    joining: Joining | None
    issued_at: datetime
    expires_at: datetime
    token: str


class WhyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: Token


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """A quote priced again under its version and moment, with every rule that touched it and what each would cost."""

    version: int
    issued_at: datetime
    expires_at: datetime
    priced: Priced
