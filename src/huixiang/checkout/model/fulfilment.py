"""What was granted of a placed order, what was picked of it, and what is charged for that. Amounts are fen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.checkout.model.orders import QUANTITY_MAX, Measure, Name, Quantity
from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text

KIND = "fulfilment"  # of rule documents
DOCUMENT = (KIND, "default")

Price = Callable[[Mapping[str, int]], Mapping[str, int]]
"""What lines would cost under the quote's version, facts and moment, before points: quantities by line id, of the lines
that are left alone, to payables by line id."""


class Policy(StrEnum):
    """What is charged for the rest of an order. proportional: of each line the same part of what was to be paid for it;
    keep: its own price, less the discounts of order and coupons, which stay whole; reckon: the price of the rest alone,
    and never more than was charged before, so that it depends on which request came first."""

    PROPORTIONAL = "proportional"
    KEEP = "keep"
    RECKON = "reckon"


NotReckoned = Literal["quote_facts_changed"]
"""Why the rest of an order could not be reckoned: what the quote knew of its member is another by now."""


class FulfilmentRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule document of kind `fulfilment`. policy: for what was not picked; refund_policy: for what comes back after.
    overweight_bp: how much more than was ordered is charged for, of goods by weight; substitutes: whether other goods
    may be charged for in place of those that were missing. coupons_back: whether coupons may be used again when all of
    their order came back; used_gifts: whether gift coupons that were used by then come off what is paid back.
    late_days: for how many days an order is on its way before it counts as late, whatever was in force when it was
    placed."""

    name: Text
    policy: Policy = Policy.PROPORTIONAL
    refund_policy: Policy = Policy.PROPORTIONAL
    overweight_bp: Annotated[int, Meta(ge=0, le=5000)] = 0
    substitutes: bool = True
    coupons_back: bool = True
    used_gifts: Literal["off_refund", "let_go"] = "off_refund"
    late_days: Annotated[int, Meta(ge=1, le=365)] = 3


class GrantedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was placed, or the goods that took the place of some.

    quantity: ordered, of goods by weight the estimate. payable_fen: after all discounts, before points, of which
    `points` pay `points_fen`. unit_fen, group_fen, order_fen, coupon_fen: what rules of these layers took off list_fen.
    replaces: the line whose goods were missing; the quote does not know this one.
    """

    line_id: str
    sku: str
    measure: Measure
    quantity: int
    list_fen: int
    unit_fen: int = 0
    group_fen: int = 0
    order_fen: int = 0
    coupon_fen: int = 0
    points: int = 0
    points_fen: int = 0
    replaces: str | None = None

    @property
    def own_fen(self) -> int:
        """After unit and group: its own price, whatever else is in the order."""
        return self.list_fen - self.unit_fen - self.group_fen

    @property
    def granted_fen(self) -> int:
        """What the order and its coupons took off it."""
        return self.order_fen + self.coupon_fen

    @property
    def payable_fen(self) -> int:
        return self.own_fen - self.granted_fen


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """What was granted of a placed order. Fees are not of the goods: what is picked does not change them."""

    lines: tuple[GrantedLine, ...]
    delivery_fen: int = 0
    packaging_fen: int = 0

    @property
    def goods_fen(self) -> int:
        return sum(line.payable_fen for line in self.lines)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def points_fen(self) -> int:
        return sum(line.points_fen for line in self.lines)


class Substitute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods in place of what is missing of a line, as a line of their own. price_fen: for all of them; left out, what
    they would have cost by the unit layer if they had been ordered then, which is also the most that counts."""

    line_id: Name
    sku: Name
    measure: Measure
    quantity: Quantity
    price_fen: FenNonNegative | None = None


class Picked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was picked of a line, in its own measure; more than was ordered where it weighs more."""

    line_id: Name
    quantity: Annotated[int, Meta(ge=0, le=QUANTITY_MAX)]
    substitute: Substitute | None = None


class FulfilledLine(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a line, and what the last step gave back of it.

    quantity: what is charged for, and can come back. payable_fen: its share of what is charged for the goods, not below
    zero, of which `points` pay `points_fen`. back_fen: what it gave back is worth, in points_back and cash_back_fen;
    below zero where it is charged for more. Under *keep* and *reckon* it may be more than was paid for the line: the
    shares of the others are so much lower.
    """

    line_id: str
    quantity: int
    payable_fen: int
    points: int = 0
    points_fen: int = 0
    back_fen: int = 0
    points_back: int = 0
    cash_back_fen: int = 0


class Fulfilled(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands, and what the last step (picking, or one refund) gave back. Sums of the lines are exact.
    not_reckoned: why it goes line by line from some step on, where the rules say *reckon*."""

    lines: tuple[FulfilledLine, ...]
    substitutes: tuple[GrantedLine, ...] = ()
    delivery_fen: int = 0
    packaging_fen: int = 0
    not_reckoned: NotReckoned | None = None

    @property
    def goods_fen(self) -> int:
        return sum(line.payable_fen for line in self.lines)

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def points_fen(self) -> int:
        return sum(line.points_fen for line in self.lines)

    @property
    def cash_fen(self) -> int:
        """What is to be paid beside points, fees included."""
        return self.goods_fen - self.points_fen + self.delivery_fen + self.packaging_fen

    @property
    def back_fen(self) -> int:
        """The worth of what came back; below zero where more is charged, as a tolerance allows."""
        return sum(line.back_fen for line in self.lines)

    @property
    def points_back(self) -> int:
        return sum(line.points_back for line in self.lines)

    @property
    def cash_back_fen(self) -> int:
        """To give back; below zero: to charge."""
        return sum(line.cash_back_fen for line in self.lines)


class PickedLineUnknown(DomainError):
    code = "picked_line_unknown"
    status = 422
    title = Text(zh="订单没有该行", en="Unknown order line")
    detail = Text(zh="拣货的行 {line_id} 不在订单中。", en="Line {line_id} was picked, but the order has none.")


class PickedLineTwice(DomainError):
    code = "picked_line_twice"
    status = 422
    title = Text(zh="行号重复", en="One line twice")
    detail = Text(
        zh="行 {line_id} 出现了两次：每行只报一次，替换商品用新的行号。",
        en="Line {line_id} is there twice: name each line once, and give substitutes a line_id of their own.",
    )


class SubstitutesNotAllowed(DomainError):
    code = "substitutes_not_allowed"
    status = 409
    title = Text(zh="不允许替换商品", en="No substitutes")
    detail = Text(
        zh="履约规则不允许替换行 {line_id} 的商品；请只报实际拣到的数量。",
        en="The rules allow no substitute for line {line_id}; tell what was picked of it alone.",
    )


class SubstitutePriceNeeded(DomainError):
    code = "substitute_price_needed"
    status = 422
    title = Text(zh="替换商品缺少价格", en="A substitute without a price")
    detail = Text(
        zh="商品目录不按 {measure} 销售 {sku}，无法定价；请为替换行 {line_id} 提供 price_fen。",
        en="The catalogue does not sell {sku} by the {measure}: send price_fen with the substitute {line_id}.",
    )


class SubstituteNotNeeded(DomainError):
    code = "substitute_not_needed"
    status = 422
    title = Text(zh="没有缺货，无需替换", en="Nothing is missing")
    detail = Text(
        zh="行 {line_id} 已拣到 {quantity}，没有缺货，不能再报替换商品。",
        en="All of line {line_id} was picked ({quantity}): there is nothing to take the place of.",
    )
