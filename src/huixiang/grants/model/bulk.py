"""A bulk grant: whom it is for, what it would come to, how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.grants.model.gifts import Gift

State = Literal[
    "draft",
    "waiting",
    "refused",
    "running",
    "paused",
    "stopping",
    "stopped",
    "done",
    "undo_waiting",
    "undoing",
    "undone",
]
RowState = Literal["planned", "left", "granted", "skipped", "failed"]
Which = Literal["planned", "granted", "skipped", "failed", "rest"]
CAP_REACHED, STOPPED, EXHAUSTED = "cap_reached", "stopped", "stock_exhausted"

GrantName = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,80}$(?!\n)", description="What staff call it.")]
Reason = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for who reads the history.")]
Cap = Annotated[int, Meta(ge=1, le=10**12)]
Table = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=8_000_000,
        description="CSV. A header names the columns: one of member_id, number, phone, or source and external_id; "
        "for points also amount. Without a header: a member id, number or phone a line.",
    ),
]


class ByList(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="list"):
    """The members whom a file names. rows: how many it had; set here."""

    csv: Table


class ByCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="condition"):
    """The members for whom a condition holds now, in the language of docs/domain/conditions.md."""

    condition: dict[str, Any]


Audience = ByList | ByCondition


class NewGrant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grant to be previewed. Caps are in points, copies or entitlements: what one member gets is cut to `per_member`;
    who comes after `in_all` is used up is skipped. budget_points: all that may ever have been issued from the gift's
    budget, this grant included."""

    name: GrantName
    gift: Gift
    audience: Audience
    reason: Reason
    per_member: Cap | None = None
    in_all: Cap | None = None
    budget_points: Cap | None = None


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """Members who would get nothing, by reason: a state that may not earn, `cap_reached`; of coupons also
    `coupon_limit_reached`, and `stock_exhausted` where there are no copies for them. sample: some of them."""

    reason: str
    members: int
    sample: list[UUID]


class BudgetRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A budget in points: issued so far less what was taken back, promised to grants that are not over, and how much
    is left of the limit that this grant states; None without one."""

    budget: str
    issued: int
    promised: int
    limit: int | None
    room: int | None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a grant would come to. listed = planned + those excluded. rows, rows_refused: of a list. cut: members who
    get less than the list says, by `per_member`. total: points, copies or entitlements. cost_fen: of points their
    stated value (liability); of coupons at most this, if all are used; else by the unit cost; None where that is not
    known."""

    listed: int
    planned: int
    excluded: list[Excluded]
    total: int
    rows: int | None = None
    rows_refused: int = 0
    cut: int = 0
    cost_fen: int | None = None
    budget: BudgetRoom | None = None


class Bulk(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as it stands. granted + skipped + failed = listed once it has ended. given: points, copies or
    entitlements. kept: copies that were kept for it of those that all members share, once it is carried out. looked_at,
    taken: of undoing it."""

    grant_id: UUID
    name: str
    gift: Gift
    audience: dict[str, Any]
    per_member: int | None
    in_all: int | None
    budget_points: int | None
    reason: str
    preview: Preview
    state: State
    ended_as: Literal["done", "stopped"] | None
    made_by: UUID
    made_at: datetime
    approval_id: UUID | None
    undo_id: UUID | None
    generation: int
    after: UUID | None
    listed: int
    granted: int
    skipped: int
    failed: int
    given: int
    kept: int | None
    looked_at: int
    taken: int
    started_at: datetime | None
    ended_at: datetime | None
    undone_at: datetime | None


class BulkSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A grant in a list."""

    grant_id: UUID
    name: str
    gift: Gift
    state: State
    made_by: UUID
    made_at: datetime
    listed: int
    granted: int
    skipped: int
    failed: int
    given: int
    taken: int


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One member's row. reason: why nothing was given. taken: what came back, None before it was looked at; rest: why
    not all of it did."""

    member_id: UUID
    amount: int
    state: RowState
    reason: str | None
    given: int
    taken: int | None
    rest: str | None


class Step(msgspec.Struct, frozen=True):
    """A job: the next rows of a grant. A chain of an earlier generation ends."""

    grant_id: UUID
    generation: int
