"""Nouns of stock: resources that several owners compete for, and the tickets that give each a part of one.

Amounts are whole units of the resource: pieces, uses, places, or fen of a budget.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class Kind(StrEnum):
    """What a resource is: of each kind something takes parts. Who adds one defines its keys, too."""

    PROMOTION_CAP = "promotion_cap"
    COUPON_TEMPLATE = "coupon_template"
    BUDGET = "budget"
    SLOT = "slot"


Unit = Literal["pieces", "uses", "fen", "places"]
State = Literal["reserved", "confirmed", "freed"]
Fate = Literal["stands", "gone"]  # of a holder
Outcome = Literal["created", "updated", "unchanged", "stale"]
# No space, no control character, and characters that need no escaping in an address.
Key = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/@+-]*$(?!\n)")]
Amount = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Capacity = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Instant = Annotated[datetime, Meta(tz=True)]

SHARDS_MAX = 64
WHY_LENGTH = 200
_IDS = UUID("6c1f0f5e-9b0d-5d0e-8a43-2f2b7a3c9e51")


def resource_id(kind: Kind, key: str) -> UUID:
    """The id of a resource follows from its name, so that nobody has to look it up."""
    return uuid5(_IDS, f"{kind}/{key}")


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much there is of a resource, and for whom.

    shards: over how many sub-counters it is spread: 1 for a few hundred takings a second, 8 for a hot budget.
    per_member: what one member may have at a time, null for no limit. Open from `opens_at` until before `closes_at`.
    version: of whoever defines it; only a newer one changes anything. source: who defines it, for people.
    """

    unit: Unit
    capacity: Capacity
    version: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    shards: Annotated[int, Meta(ge=1, le=SHARDS_MAX)] = 1
    per_member: Amount | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    source: Annotated[str, Meta(min_length=1, max_length=100)] = "api"


class ResourceRow(Definition, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A resource as somebody defines it."""

    kind: Kind
    key: Key

    @property
    def resource_id(self) -> UUID:
        return resource_id(self.kind, self.key)


class RowOutcome(msgspec.Struct, frozen=True):
    """What became of a definition, or why it was refused."""

    resource_id: UUID
    outcome: Outcome | DomainError


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of a resource. definition: makes the resource at first use, or brings it up to a newer version."""

    kind: Kind
    key: Key
    amount: Amount
    definition: Definition | None = None

    @property
    def resource_id(self) -> UUID:
        return resource_id(self.kind, self.key)


class Holder(NamedTuple):
    """What tickets are for: an order, a claim. Its id is never used for another, nor again once it was freed."""

    kind: str
    holder_id: UUID


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A holder's part of a resource. `wanted` at first, `amount` now; `expires_at` counts while it is reserved: its
    holder's transaction has to be over by then."""

    resource_id: UUID
    holder_kind: str
    holder_id: UUID
    member_id: UUID
    wanted: int
    amount: int
    state: State
    reserved_at: datetime
    expires_at: datetime


class Standing(NamedTuple):
    """How much there is of a resource by which version, and what of it is left."""

    version: int
    capacity: int
    left: int


class ResourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A resource, and what is left of it: below zero where the capacity was lowered below what is taken."""

    resource_id: UUID
    kind: Kind
    key: str
    unit: Unit
    capacity: int
    left: int
    per_member: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    version: int


class Resource(ResourceLine, frozen=True, kw_only=True):
    """One resource with what its tickets come to. `reserved` and `confirmed` are amounts, `freed` is a number of
    tickets."""

    shards: int
    source: str
    defined_at: datetime
    reserved: int
    confirmed: int
    freed: int


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """Why one resource is not given. left: of it, or of the member's own part; instant: when it opens or closed."""

    resource_id: UUID
    why: Literal["unknown", "fixed", "conflict", "freed", "not_open", "closed", "held", "exhausted", "too_much"]
    wanted: int
    left: int | None = None
    instant: datetime | None = None


class StockRefusal(DomainError):
    """One of the refusals below. lacks: every resource that is lacking, typed; the fields tell of the first."""

    lacks: tuple[Lack, ...] = ()


class StockExhausted(StockRefusal):
    code = "stock_exhausted"
    status = 409
    title = Text(zh="已被领完", en="Exhausted")
    detail = Text(
        zh="{kind} {key} 剩余 {left}，不足 {wanted}。", en="Of {kind} {key} there is {left} left, not {wanted}."
    )


class AlreadyHeld(StockRefusal):
    """The member has as much of it as one member may have at a time."""

    code = "stock_already_held"
    status = 409
    title = Text(zh="已达每人上限", en="As much as one member may have")
    detail = Text(
        zh="该会员还可获得 {kind} {key} 共 {left}，不足 {wanted}。",
        en="The member may have {left} more of {kind} {key}, not {wanted}.",
    )


class StockNotOpen(StockRefusal):
    code = "stock_not_open"
    status = 409
    title = Text(zh="尚未开始", en="Not open yet")
    detail = Text(zh="{kind} {key} 于 {instant} 开始。", en="{kind} {key} opens at {instant}.")


class StockClosed(StockRefusal):
    code = "stock_closed"
    status = 409
    title = Text(zh="已经结束", en="Closed")
    detail = Text(zh="{kind} {key} 已于 {instant} 结束。", en="{kind} {key} closed at {instant}.")


class TicketConflict(StockRefusal):
    """The same holder, or the same key of a giving back, asked for something else before."""

    code = "ticket_conflict"
    status = 409
    title = Text(zh="与先前的请求不符", en="Not what was asked before")
    detail = Text(
        zh="同一持有者先前对 {kind} {key} 的请求与本次不同。",
        en="This holder has asked for something else of {kind} {key} before.",
    )


class TicketFreed(StockRefusal):
    """The holder's ticket is over. It takes a new holder to have another."""

    code = "ticket_freed"
    status = 409
    title = Text(zh="占用已释放", en="Freed before")
    detail = Text(
        zh="该持有者对 {kind} {key} 的占用已释放。", en="What this holder had of {kind} {key} has been freed."
    )


class TicketTooSmall(StockRefusal):
    code = "ticket_too_small"
    status = 409
    title = Text(zh="超过占用数量", en="More than the ticket has")
    detail = Text(
        zh="该持有者占用 {kind} {key} 共 {left}，不足 {wanted}。",
        en="The holder has {left} of {kind} {key}, not {wanted}.",
    )


class ResourceFixed(StockRefusal):
    """A newer version names another unit, or limits members where the former did not, or the other way round."""

    code = "stock_resource_fixed"
    status = 409
    title = Text(zh="不可更改", en="Cannot change")
    detail = Text(
        zh="{kind} {key} 的单位以及是否限制每人数量不可更改；请换一个 key。",
        en="The unit of {kind} {key}, and whether members are limited, cannot change: use another key.",
    )


class ResourceDerived(StockRefusal):
    """Somebody outside defines what the published rules define: the next that takes from it would not find what its
    rule says."""

    code = "stock_kind_derived"
    status = 422
    title = Text(zh="由规则确定", en="Follows from rules")
    detail = Text(
        zh="{kind} {key} 的数量由已发布的促销规则或券模板确定，不能在此定义；请改规则并发布新版本。此处只能定义 slot。",
        en="How much there is of {kind} {key} follows from published promotions or coupon templates: change them and"
        " publish a new version. Only a slot is defined here.",
    )


class ResourceVersionReused(StockRefusal):
    code = "stock_version_reused"
    status = 409
    title = Text(zh="版本号重复", en="Version used before")
    detail = Text(
        zh="{kind} {key} 的版本 {version} 先前内容不同；请使用更大的版本号。",
        en="Version {version} of {kind} {key} said something else before: use a higher one.",
    )


class ResourceUnknown(StockRefusal):
    code = "stock_resource_unknown"
    status = 404
    title = Text(zh="没有这项资源", en="Unknown resource")
    detail = Text(zh="没有资源 {resource}。", en="There is no resource {resource}.")
