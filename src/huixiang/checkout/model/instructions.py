"""Sums to charge and to give back. Huixiang takes no money itself: each is an instruction to the shop (CHK-09)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.checkout.model.orders import Instant
from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

Kind = Literal["charge", "give_back"]
State = Literal["sent", "failed", "confirmed", "voided"]
Reference = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$(?!\n)",
        description="The payment provider's own name for the payment, or for what was paid back.",
        examples=["4200002026031812345678"],
    ),
]
# A code and not a sentence, which would say who somebody is sooner or later.
FailureReason = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)",
        description="A code of the payment provider or of the shop.",
        examples=["NOTENOUGH"],
    ),
]


class Instruction(msgspec.Struct, frozen=True, kw_only=True):
    """One sum of one order, to be charged or given back. cause: what it is for. key: the order's own name for it.

    sent_at: when the shop was last told; tries: how often. settled_at: when it was confirmed or voided here. reference,
    paid_at: of the payment that confirmed it. reason: of the last failure. undone_by: the give-back of a charge that
    was paid though nobody needed it any more.
    """

    instruction_id: UUID
    order_id: UUID
    member_id: UUID
    key: str
    kind: Kind
    fen: int
    cause: str
    state: State
    tries: int
    asked_at: datetime
    sent_at: datetime
    settled_at: datetime | None = None
    reference: str | None = None
    paid_at: datetime | None = None
    reason: str | None = None
    undone_by: UUID | None = None


class PaymentConfirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The money moved."""

    reference: Reference
    paid_at: Instant


class PaymentFailure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The money did not move."""

    reason: FailureReason


class InstructionUnknown(DomainError):
    code = "instruction_unknown"
    status = 404
    title = Text(zh="收付指令不存在", en="Unknown payment instruction")
    detail = Text(
        zh="该订单没有收付指令 {instruction_id}。", en="The order has no payment instruction {instruction_id}."
    )


class InstructionStateFixed(DomainError):
    """Fields: instruction_id, state."""

    code = "instruction_state_fixed"
    status = 409
    title = Text(zh="收付指令状态不允许", en="Not in this state")
    detail = Text(
        zh="收付指令 {instruction_id} 的状态为 {state}，不能这样变更。",
        en="Payment instruction {instruction_id} is {state}, which does not allow this.",
    )


class InstructionPaidBefore(DomainError):
    """Fields: instruction_id, reference of the payment that confirmed it."""

    code = "instruction_paid_before"
    status = 409
    title = Text(zh="收付指令已由另一笔支付确认", en="Confirmed by another payment")
    detail = Text(
        zh="收付指令 {instruction_id} 已由支付 {reference} 确认；若又付了一笔，请原路退回多付的这笔。",
        en="Payment instruction {instruction_id} was confirmed by payment {reference}; where money moved twice, undo"
        " the second payment where it was made.",
    )


class PaymentInFuture(DomainError):
    code = "payment_in_future"
    status = 422
    title = Text(zh="支付时间在未来", en="Paid in the future")
    detail = Text(
        zh="paid_at {paid_at} 晚于当前时间；请检查时区。",
        en="paid_at {paid_at} is later than now; check the time zone.",
    )
