"""Codes that coupons are got by: batches of codes of which each is good once, and what somebody types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.coupons.model.copies import TemplateCode
from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

CODES_MAX = 1_000_000

BatchState = Literal["waiting", "refused", "ready", "handing", "handed", "voided"]
Instant = Annotated[datetime, Meta(tz=True)]


class CodeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code as somebody typed it: case, spaces and dashes do not matter, and O, I and L are read as 0 and 1."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]


class NewBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many codes for copies of a template. They are good from `opens_at` until `closes_at`, without them always. It
    waits for a second person; then the file of the codes is handed out, once."""

    name: Annotated[str, Meta(min_length=1, max_length=100, description="Whom it is for, as staff read it.")]
    template: TemplateCode
    codes: Annotated[int, Meta(ge=1, le=CODES_MAX)]
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class VoidBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch. `waiting` for the request of `approval_id` to be decided; `ready` for its file to be handed out;
    `handing`, begun and not finished; `handed`; `refused`; `voided`, with its codes that nobody had taken.

    attempt: of handing out; only the codes of the last one are good. stored: codes of this attempt."""

    batch_id: UUID
    name: str
    template: str
    codes: int
    opens_at: datetime | None
    closes_at: datetime | None
    state: BatchState
    attempt: int = 0
    stored: int = 0
    made_by: UUID
    made_at: datetime
    handed_by: UUID | None = None
    handed_at: datetime | None = None
    voided_by: UUID | None = None
    voided_at: datetime | None = None
    approval_id: UUID


class BatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """A batch with what became of its codes. taken: members have copies by them; open: can still be taken, once the
    batch is handed out and within its hours; voided: can be taken no more."""

    batch: Batch
    taken: int
    open: int
    voided: int


class KnownCode(msgspec.Struct, frozen=True):
    """A unique code as it stands. good: its batch is handed out, not voided, and within its hours. coupon_id: of the
    copy for which somebody has taken it, for good where it is `settled`."""

    template: str
    good: bool
    coupon_id: UUID | None
    settled: bool


class CouponCodeRefused(DomainError):
    """Unknown, used, not open, closed or voided: which of them is not said, so that guessing teaches nothing."""

    code = "coupon_code_refused"
    status = 422
    title = Text(zh="兑换码无效", en="The code is not good")
    detail = Text(
        zh="该兑换码不存在、已被使用或不在有效期内，请核对后再试。",
        en="There is no such code, or it is used, or this is not its time. Check it and try again.",
    )


class CouponCodeTooOften(DomainError):
    """Too many codes that are not good. Field: retry_after_s."""

    code = "coupon_code_too_often"
    status = 429
    title = Text(zh="尝试次数过多", en="Too many tries")
    detail = Text(
        zh="尝试次数过多，请在 {retry_after_s} 秒后再试。", en="Too many tries; try again in {retry_after_s} s."
    )


class CodeBatchUnknown(DomainError):
    """Field: batch_id."""

    code = "code_batch_unknown"
    status = 404
    title = Text(zh="没有这批兑换码", en="Unknown batch of codes")
    detail = Text(zh="没有编号为 {batch_id} 的兑换码批次。", en="There is no batch of codes {batch_id}.")


class CodeBatchStateFixed(DomainError):
    """What is asked does not follow from the state that the batch is in. Fields: batch_id, state."""

    code = "code_batch_state_fixed"
    status = 409
    title = Text(zh="批次状态不允许此操作", en="The batch is in another state")
    detail = Text(
        zh="批次 {batch_id} 的状态为 {state}，不能执行此操作。",
        en="The batch {batch_id} is {state}; this cannot follow.",
    )
