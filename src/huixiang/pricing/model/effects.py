"""What a rule does: to the price of a line, to pieces taken together, to a scope of the order, to the delivery fee.

Prices are fen of one piece or of 1,000 grams, like list prices. `rate_bp` is what is paid: 8800 is 88 %. A rate is
rounded half up, once, on the amount that it is applied to.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.conditions.model import Scope as Goods
from huixiang.conditions.model import Term
from huixiang.kernel.money import AMOUNT_MAX, FenNonNegative, FenPositive

Rate = Annotated[int, Meta(ge=0, le=9999, description="What is paid, in basis points: 8800 is 88 %.")]
Pieces = Annotated[int, Meta(ge=1, le=10_000)]
At = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="The threshold: fen, or pieces where pieces are counted.")]
Hours = Annotated[int, Meta(ge=0, le=8760)]


class Scope(Goods, frozen=True):
    """Goods as in conditions: a line has to match every list given. `but` takes goods out again; `weighed: false` takes
    out what is sold by weight or by amount."""

    but: Goods | None = None
    weighed: bool = True


class _Effect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    pass


class Price(_Effect, frozen=True, tag="price"):
    """A fixed price instead of the list price."""

    price_fen: FenNonNegative


class PriceOff(_Effect, frozen=True, tag="off"):
    """So much less than the list price; not below zero."""

    off_fen: FenPositive


class PriceRate(_Effect, frozen=True, tag="rate"):
    """A share of the list amount."""

    rate_bp: Rate


class ListedPrice(_Effect, frozen=True, tag="listed"):
    """The sku's price on a price list; a line whose sku has none there has no such candidate."""

    price_list: Term


class MarkdownStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With at most so many hours left to sell."""

    hours_left: Hours
    rate_bp: Rate


class Markdown(_Effect, frozen=True, tag="markdown"):
    """Near expiry: the rate of the least `hours_left` that is not passed, but never below cost plus a margin (where
    the cost is known). Lines that do not say how many hours are left have no such candidate."""

    steps: Annotated[tuple[MarkdownStep, ...], Meta(min_length=1, max_length=20)]
    least_margin_bp: Annotated[int, Meta(ge=-10_000, le=10_000)] = 0


UnitEffect = Price | PriceOff | PriceRate | ListedPrice | Markdown


class GroupPrice(_Effect, frozen=True, tag="price"):
    """The pieces of one group together at a price."""

    price_fen: FenNonNegative


class GroupOff(_Effect, frozen=True, tag="off"):
    """So much off each group."""

    off_fen: FenPositive


class GroupRate(_Effect, frozen=True, tag="rate"):
    """The `cheapest` so many pieces of each group at a rate, each piece rounded by itself; all pieces where it is left
    out. Buy 3 get 1: groups of 4, the cheapest 1 at 0; the second at half: groups of 2, the cheapest 1 at 5000."""

    rate_bp: Rate
    cheapest: Pieces | None = None


GroupEffect = GroupPrice | GroupOff | GroupRate


class OffStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: At
    off_fen: FenPositive


class RateStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: At
    rate_bp: Rate


class Off(_Effect, frozen=True, tag="off"):
    """The highest step reached; with `repeat`, the one step as often as it fits, at most `times`."""

    steps: Annotated[tuple[OffStep, ...], Meta(min_length=1, max_length=20)]
    repeat: bool = False
    times: Pieces | None = None


class RateOff(_Effect, frozen=True, tag="rate"):
    """The rate of the highest step reached, at most `max_off_fen`."""

    steps: Annotated[tuple[RateStep, ...], Meta(min_length=1, max_length=20)]
    max_off_fen: FenPositive | None = None


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`what`: a sku or a coupon template; `count`: pieces, coupons or points. `value_fen` is what it is declared to be
    worth, all together: among equal prices the higher one is chosen."""

    kind: Literal["goods", "coupon", "points"]
    what: Term
    count: Annotated[int, Meta(ge=1, le=1_000_000)]
    value_fen: FenNonNegative


class GiftOver(_Effect, frozen=True, tag="gift"):
    """A gift once the threshold is reached. It costs nothing and is no line."""

    at: At
    gift: Gift


class AddOn(_Effect, frozen=True, tag="add_on"):
    """Once the threshold is reached, up to `pieces` pieces of some goods in the basket at a special price. They count
    for no threshold, this one included, and take no other discount."""

    at: At
    goods: Scope
    price_fen: FenNonNegative
    pieces: Pieces = 1


class Exchange(_Effect, frozen=True, tag="exchange"):
    """A coupon for up to `pieces` pieces of one sku of its scope at a price, of the line with the highest list price
    (ties by line); above a threshold."""

    pieces: Pieces
    price_fen: FenNonNegative = 0
    at: At = 0


class Fee(_Effect, frozen=True, tag="fee"):
    """Delivery at most at this fee from a threshold on; 0 is free."""

    fee_fen: FenNonNegative = 0
    at: At = 0


class FeeOff(_Effect, frozen=True, tag="fee_off"):
    """So much off the delivery fee from a threshold on."""

    off_fen: FenPositive
    at: At = 0


OrderEffect = Off | RateOff | GiftOver | AddOn
CouponEffect = Off | RateOff | Exchange | Fee | FeeOff | GiftOver
DeliveryEffect = Fee | FeeOff
