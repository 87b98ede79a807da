"""What the ledger refuses."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class BookUnknown(DomainError):
    code = "book_unknown"
    status = 404
    title = Text(zh="没有这本账", en="Unknown book")
    detail = Text(zh="没有名为 {book} 的账本。", en="There is no book {book}.")


class PostingConflict(DomainError):
    code = "posting_conflict"
    status = 409
    title = Text(zh="积分流水冲突", en="Posting conflict")
    detail = Text(zh="键 {key} 已用于另一笔内容不同的流水。", en="Key {key} was used for a posting with other content.")


class InsufficientPoints(DomainError):
    code = "points_insufficient"
    status = 409
    title = Text(zh="积分不足", en="Not enough points")
    detail = Text(
        zh="需要 {points} 积分，可用 {available}。", en="{points} points are needed, {available} are available."
    )


class BookNotSpendable(DomainError):
    code = "book_not_spendable"
    status = 409
    title = Text(zh="此账本不可消费", en="Book cannot be spent from")
    detail = Text(
        zh="账本 {book} 只作累计，不能消费或冻结。", en="Book {book} only adds up; nothing can be spent from it."
    )


class HoldUnknown(DomainError):
    code = "hold_unknown"
    status = 404
    title = Text(zh="没有这笔冻结", en="Unknown hold")
    detail = Text(zh="没有编号为 {hold_id} 的冻结。", en="There is no hold {hold_id}.")


class HoldFinished(DomainError):
    code = "hold_finished"
    status = 409
    title = Text(zh="冻结已结束", en="Hold is finished")
    detail = Text(
        zh="冻结 {hold_id} 已经结束（{kind}），不能再次操作。", en="Hold {hold_id} was finished before ({kind})."
    )


class CaptureExceedsHold(DomainError):
    code = "capture_exceeds_hold"
    status = 409
    title = Text(zh="扣减超过冻结", en="Capture exceeds the hold")
    detail = Text(
        zh="冻结 {hold_id} 为 {held} 积分，不能扣减 {points}。",
        en="Hold {hold_id} is of {held} points; {points} cannot be captured from it.",
    )


class OriginUnknown(DomainError):
    code = "posting_origin_unknown"
    status = 404
    title = Text(zh="没有原流水", en="Unknown origin")
    detail = Text(zh="没有键为 {key} 的流水。", en="There is no posting with key {key} to give or take back.")


class ExceedsOrigin(DomainError):
    code = "posting_exceeds_origin"
    status = 409
    title = Text(zh="超过原流水", en="Exceeds the origin")
    detail = Text(
        zh="键 {key} 的流水还剩 {left} 积分可以退回，不能退回 {points}。",
        en="Of the posting with key {key} {left} points are left to reverse; {points} are too many.",
    )
