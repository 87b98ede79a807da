"""What a condition is asked of: what is known of a member, of a basket and of the occasion, at an instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from huixiang.kernel.calendar import BusinessCalendar

Value = bool | int | str | date | frozenset[str]
Values = Mapping[str, Value]
NOTHING: Values = {}


class BasketLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. categories: its own and all above it; pieces or grams, the other is 0; list_fen: at list price."""

    sku: str
    categories: Sequence[str] = ()
    brand: str | None = None
    tags: Sequence[str] = ()
    pieces: int = 0
    grams: int = 0
    list_fen: int


class Basket(msgspec.Struct, frozen=True):
    lines: Sequence[BasketLine]


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What a member bought on a business day: of a category with all below it, of a sku, or, with neither, of anything.
    Sums of one kind are not parts of another's: an order with goods of two categories is in both, and once in all."""

    day: date
    category: str | None = None
    sku: str | None = None
    orders: int
    quantity: int
    spend_fen: int


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute that is not in its mapping is unknown, and so is a basket or a history that is None: a basket sum
    over no basket is false, while over an empty one it is 0.

    goods: of the one line that is being judged, where a rule asks line by line.
    """

    now: datetime
    calendar: BusinessCalendar
    member: Values = NOTHING
    context: Values = NOTHING
    goods: Values = NOTHING
    basket: Basket | None = None
    purchases: Sequence[Purchase] | None = None
