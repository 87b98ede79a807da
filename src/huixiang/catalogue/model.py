"""Nouns of the catalogue: what the shop sells, where, and for how much, as the shop itself says it.

Prices are fen of one piece, or of 1,000 grams of what is sold by weight. `version` is the shop's own number per row.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text

# No space at either end, no control character: what two systems can agree on.
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f\x7f]+( [^\s\x00-\x1f\x7f]+)*$(?!\n)")]
Version = Annotated[int, Meta(ge=1, le=2**53 - 1, description="The shop's version of this row; the highest wins.")]
Grams = Annotated[int, Meta(ge=1, le=1_000_000)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
Attributes = Annotated[dict[Code, str | int | bool], Meta(max_length=64)]
State = Literal["active", "retired"]
Unit = Literal["piece", "gram"]

NAME_LENGTH = 200
CATEGORY_DEPTH = 8
EVERY_STORE = "*"
PUBLIC_LIST = "public"
PRICE_BASIS: dict[Unit, int] = {"piece": 1, "gram": 1000}


class Entity(StrEnum):
    """What comes in by bulk. Later ones name earlier ones."""

    CATEGORIES = "categories"
    BRANDS = "brands"
    STORES = "stores"
    CHANNELS = "channels"
    SKUS = "skus"
    PRICES = "prices"


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    version: Version


class CategoryRow(_Row, frozen=True, kw_only=True):
    category: Code
    name: Text
    parent: Code | None = None
    position: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    state: State = "active"

    @property
    def key(self) -> tuple[str]:
        return (self.category,)


class BrandRow(_Row, frozen=True, kw_only=True):
    brand: Code
    name: Text
    state: State = "active"

    @property
    def key(self) -> tuple[str]:
        return (self.brand,)


class StoreRow(_Row, frozen=True, kw_only=True):
    store: Code
    name: Text
    city: Code
    region: Code
    time_zone: str | None = None
    attributes: Attributes = {}
    state: State = "active"

    @property
    def key(self) -> tuple[str]:
        return (self.store,)


class ChannelRow(_Row, frozen=True, kw_only=True):
    channel: Code
    name: Text
    state: State = "active"

    @property
    def key(self) -> tuple[str]:
        return (self.channel,)


class SkuRow(_Row, frozen=True, kw_only=True):
    """A good. `estimated_g` is what one pick of it usually weighs; a brand may be unknown to the catalogue."""

    sku: Code
    name: Text
    category: Code
    unit: Unit
    list_price_fen: FenNonNegative
    cost_fen: FenNonNegative | None = None
    brand: Code | None = None
    tags: Annotated[list[Code], Meta(max_length=64)] = []
    estimated_g: Grams | None = None
    shelf_life_days: Days | None = None
    attributes: Attributes = {}
    state: State = "active"

    @property
    def key(self) -> tuple[str]:
        return (self.sku,)


class PriceRow(_Row, frozen=True, kw_only=True):
    """A price on one list, in one store or in every store (`*`), from an instant on or for a period."""

    sku: Code
    price_fen: FenNonNegative
    valid_from: datetime
    valid_to: datetime | None = None
    store: Code = EVERY_STORE
    price_list: Code = PUBLIC_LIST

    @property
    def key(self) -> tuple[str, str, str, datetime]:
        return (self.sku, self.price_list, self.store, self.valid_from)


Row = CategoryRow | BrandRow | StoreRow | ChannelRow | SkuRow | PriceRow
Key = tuple[str] | tuple[str, str, str, datetime]


class Stored(msgspec.Struct, frozen=True):
    """What the catalogue has of a row: enough to decide what a new one does."""

    version: int
    hash: bytes


Result = Literal["created", "updated", "unchanged", "stale", "refused"]


class RowError(msgspec.Struct, frozen=True):
    """Why a row was refused: a stable code, the JSON path in the row, and what was expected there."""

    code: str
    path: str
    problem: str


class RowOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one row; `line` counts from 1."""

    line: int
    outcome: Result
    error: RowError | None = None


class Sku(msgspec.Struct, frozen=True, kw_only=True):
    """A good as the catalogue has it. `categories` runs from its own category to the root of the tree; `price_basis`
    is the quantity that the prices are for: 1 piece or 1,000 grams."""

    sku: str
    name: Text
    categories: list[str]
    brand: str | None
    tags: list[str]
    unit: Unit
    price_basis: int
    list_price_fen: int
    cost_fen: int | None
    estimated_g: int | None
    shelf_life_days: int | None
    attributes: dict[str, str | int | bool]
    state: State
    version: int


class Category(msgspec.Struct, frozen=True):
    category: str
    parent: str | None
    name: Text
    position: int
    state: State
    path: list[str]


class CategoryChoice(msgspec.Struct, frozen=True):
    """A category that members may choose as a favourite. parent: its code, null at the root of the tree."""

    category: str
    parent: str | None
    name: Text


class Price(msgspec.Struct, frozen=True):
    """What a sku costs in a store at an instant, and where that stands: on a price list, or `list` for its list
    price."""

    price_fen: int
    unit: Unit
    source: str


class PriceChange(msgspec.Struct, frozen=True):
    """One version of one price row, as it was taken in."""

    price_list: str
    store: str
    valid_from: datetime
    valid_to: datetime | None
    price_fen: int
    version: int
    recorded_at: datetime


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of rules names. weighed: all goods that are sold by weight are wanted too."""

    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    price_lists: frozenset[str] = frozenset()
    weighed: bool = False


class NamedGood(msgspec.Struct, frozen=True, kw_only=True):
    """A good that is named by its sku, a category at or above its own, its brand or a tag. sold: not retired."""

    sku: str
    categories: tuple[str, ...]
    brand: str | None
    tags: tuple[str, ...]
    weighed: bool
    list_price_fen: int
    sold: bool


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue has of that. filled: whether it has any goods at all; price_lists: those with a price."""

    filled: bool
    price_lists: frozenset[str]
    goods: list[NamedGood]


class CategoryUnknown(DomainError):
    code = "category_unknown"
    status = 404
    title = Text(zh="没有这个品类", en="Unknown category")
    detail = Text(zh="目录中没有品类 {category}。", en="The catalogue has no category {category}.")
