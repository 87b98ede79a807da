"""By what ways members came: touches, the first and the last of them, and sums by source."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import Channel, Origin

Instant = Annotated[datetime, Meta(tz=True)]
By = Literal["channel", "scene", "store", "guide", "campaign", "referrer"]
Which = Literal["first", "last"]


class NewTouch(Origin, frozen=True, kw_only=True):
    """A way by which a member came, now unless `occurred_at` says when."""

    channel: Channel
    occurred_at: Instant | None = None


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """The `seq`th that was told of a member."""

    seq: int
    channel: str
    scene: str | None
    store: str | None
    guide: str | None
    campaign: str | None
    referrer_id: UUID | None
    occurred_at: datetime


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """The first and the last way by which a member came, in order of time, and how many are known."""

    member_id: UUID
    first: Touch | None
    last: Touch | None
    touches: int


class SourceSum(msgspec.Struct, frozen=True):
    """How many members came first, or last, by a source; null: none was told."""

    source: str | None
    members: int


class OwnReferrer(DomainError):
    code = "own_referrer"
    status = 409
    title = Text(zh="不能推荐自己", en="Brought by themselves")
    detail = Text(zh="推荐人与会员是同一人。", en="The referrer and the member are one.")
