"""What the ledger refuses."""

from __future__ import annotations

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class BookUnknown(DomainError):
    code = "book_unknown"
    status = 404
    title = Text(zh="没有这本账", en="Unknown book")
    detail = Text(zh="没有名为 {book} 的账本。", en="There is no book {book}.")


class BookTaken(DomainError):
    code = "book_taken"
    status = 409
    title = Text(zh="账本已存在", en="Book exists")
    detail = Text(zh="账本 {book} 已以不同性质开立。", en="There is a book {book} of the other kind already.")


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


class BehaviourUnknown(DomainError):
    code = "behaviour_unknown"
    status = 404
    title = Text(zh="没有这种行为奖励", en="Unknown behaviour")
    detail = Text(zh="规则里没有对“{behaviour}”的奖励，或已停用。", en="The rules reward no behaviour {behaviour} now.")


class BehaviourLimitReached(DomainError):
    code = "behaviour_limit_reached"
    status = 409
    title = Text(zh="奖励次数已满", en="Rewarded often enough")
    detail = Text(
        zh="“{behaviour}”的奖励次数已满（{times} 次，周期 {per}）。",
        en="The behaviour {behaviour} was rewarded {times} times already (per {per}).",
    )


class CausePaused(DomainError):
    code = "points_cause_paused"
    status = 409
    title = Text(zh="已暂停", en="Paused")
    detail = Text(
        zh="“{cause}”的积分使用已暂停，请稍后再试。", en="Spending points by {cause} is paused; try again later."
    )


class PauseUnknown(DomainError):
    code = "points_pause_unknown"
    status = 404
    title = Text(zh="没有这次暂停", en="Unknown pause")
    detail = Text(zh="没有编号为 {pause_id} 的暂停。", en="There is no pause {pause_id}.")


class PauseEnded(DomainError):
    code = "points_pause_ended"
    status = 409
    title = Text(zh="暂停已结束", en="Pause is over")
    detail = Text(zh="暂停 {pause_id} 已经结束。", en="Pause {pause_id} is over already.")


class PausedAlready(DomainError):
    code = "points_paused_already"
    status = 409
    title = Text(zh="已在暂停中", en="Paused already")
    detail = Text(zh="“{cause}”已在暂停中。", en="The cause {cause} is paused already.")


class AdjustmentUnknown(DomainError):
    code = "adjustment_unknown"
    status = 404
    title = Text(zh="没有这笔调整", en="Unknown adjustment")
    detail = Text(zh="没有编号为 {adjustment_id} 的调整。", en="There is no adjustment {adjustment_id}.")
