"""Transfers between owners: their rules as data, what a transfer is, and what is refused. Amounts are whole points."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import AMOUNT_MAX, BasisPoints, PointsNonNegative
from huixiang.kernel.text import Text
from huixiang.points.model.commands import Parcel
from huixiang.points.model.ledger import Book

IN_TRANSIT = "in_transit"
FEE = "fee"

PointsPositive = Annotated[int, Meta(gt=0, le=AMOUNT_MAX, description="Points, above zero.")]
Purpose = Literal["transfer", "pool_contribution", "pool_return", "merge", "unmerge"]
TransferState = Literal["on_the_way", "received", "returned"]


class TransferRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether and how members may give points to each other; a document of kind `transfer`.

    The fee is `fee_points` and `fee_bp` of the points, half up, paid by the sender on top; it comes back with points
    that could not be received. Limits are on the points without the fee. `waiting_days`: for how long after the
    registration a member may not send.
    """

    name: Text
    allowed: bool
    min_points: PointsPositive = 1
    max_points: PointsPositive
    daily_points: PointsPositive
    monthly_points: PointsPositive
    fee_points: PointsNonNegative = 0
    fee_bp: BasisPoints = 0
    waiting_days: Annotated[int, Meta(ge=0, le=3650)] = 0


class Sent(msgspec.Struct, frozen=True):
    """What a member sent on this business day and in this month, without what came back."""

    today: int
    this_month: int


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer as its sender (`out`) or its receiver (`in`) sees it. The receiver sees it when it has arrived. Of a
    merge `points` are below zero where a debt was moved."""

    transfer_id: UUID
    direction: Literal["out", "in"]
    purpose: Purpose
    other_id: UUID
    points: int
    fee: int
    state: TransferState
    created_at: datetime
    finished_at: datetime | None


class Counting(msgspec.Struct, frozen=True):
    """So much of a book that is only added up, of one business day: it counts from that day's start on."""

    points: int
    day: date
    since: datetime


class StoredTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """The sender's row, with what is on its way: parcels of a book with lots, days of one that is only added up."""

    member_id: UUID
    book: Book
    transfer: Transfer
    parcels: tuple[Parcel, ...] = ()
    days: tuple[Counting, ...] = ()


class ProposedTransfer(msgspec.Struct, frozen=True, kw_only=True):
    """What risk is asked about."""

    transfer_id: UUID
    sender_id: UUID
    receiver_id: UUID
    points: int
    fee: int


class TransferNotAllowed(DomainError):
    code = "transfer_not_allowed"
    status = 409
    title = Text(zh="不允许转赠", en="Transfers are not allowed")
    detail = Text(zh="当前规则不允许转赠积分。", en="The rules in force do not allow points to be transferred.")


class TransferTooSoon(DomainError):
    """Field: allowed_from (the first instant at which the member may send)."""

    code = "transfer_too_soon"
    status = 409
    title = Text(zh="入会时间不足", en="Too new to transfer")
    detail = Text(
        zh="新会员自 {allowed_from} 起方可转赠。", en="This member may transfer points from {allowed_from} on."
    )


class TransferOutsideLimit(DomainError):
    """Fields: limit (min_points, max_points, daily_points, monthly_points), points, left."""

    code = "transfer_outside_limit"
    status = 409
    title = Text(zh="超出转赠限额", en="Outside the limits of a transfer")
    detail = Text(
        zh="转赠 {points} 积分超出限额 {limit}：界限为 {left}。",
        en="A transfer of {points} points is outside the limit {limit}: its bound is {left} now.",
    )


class TransferToSelf(DomainError):
    code = "transfer_to_self"
    status = 409
    title = Text(zh="不能转给自己", en="Transfer to oneself")
    detail = Text(zh="转出方与转入方是同一会员。", en="Sender and receiver are the same member.")


class TransferRefused(DomainError):
    """Refused by risk. Says no more, so that nothing can be probed."""

    code = "transfer_refused"
    status = 409
    title = Text(zh="转赠未通过审核", en="Transfer refused")
    detail = Text(zh="这笔转赠未通过风险审核。", en="This transfer was refused by the risk check.")


class TransferUnknown(DomainError):
    code = "transfer_unknown"
    status = 404
    title = Text(zh="没有这笔转赠", en="Unknown transfer")
    detail = Text(zh="没有编号为 {transfer_id} 的转赠。", en="There is no transfer {transfer_id}.")


class MergeRefused(DomainError):
    """Field: open (holds, transfers, pool, paused_credits, adjustments): what must be ended first."""

    code = "points_merge_refused"
    status = 409
    title = Text(zh="暂不能合并积分", en="Points cannot be merged yet")
    detail = Text(zh="该会员仍有未了结的事项：{open}。", en="This member still has open matters: {open}.")


class PointsMergeUnknown(DomainError):
    code = "points_merge_unknown"
    status = 404
    title = Text(zh="没有这次合并", en="Unknown merge")
    detail = Text(zh="没有编号为 {merge_id} 的积分合并。", en="There is no merge {merge_id} of points.")


class MergeUnfinished(DomainError):
    code = "points_merge_unfinished"
    status = 409
    title = Text(zh="合并尚未完成", en="Points are not merged yet")
    detail = Text(zh="合并 {merge_id} 的积分还在途中。", en="The points of merge {merge_id} are still on their way.")


class MergeSpent(DomainError):
    code = "points_merge_spent"
    status = 409
    title = Text(zh="合并的积分已被使用", en="Merged points were used")
    detail = Text(
        zh="合并 {merge_id} 移入的积分或欠分已有变动，不能撤销。",
        en="Points or a debt that merge {merge_id} moved were used since; it cannot be undone.",
    )
