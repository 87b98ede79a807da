"""A day's payments as the shop's books have them, held against the instructions that it was given (CHK-09)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.checkout.model.instructions import Instruction, Kind, Reference
from huixiang.checkout.model.orders import Instant
from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import FenNonNegative
from huixiang.kernel.text import Text
from huixiang.messaging.model.rules import WallClock

DIFFERENCES_SHOWN = 500
KIND = "payment_statement"  # of rule documents
DOCUMENT = (KIND, "default")

# only_ours: confirmed here, in no statement; only_theirs: in the statement, and confirms nothing here; figures: both
# have it, with another sum, kind or reference; open: sent that day, and neither confirmed nor voided for too long.
DifferenceKind = Literal["only_ours", "only_theirs", "figures", "open"]
# missing: money moved or was to move, and no statement came; agrees: also a day without any payment.
DayOutcome = Literal["missing", "differs", "agrees"]


# amiss: missing or differs.
JudgedAs = Literal["amiss", "missing", "differs", "agrees"]


class JudgedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What a business day came to when it was last looked at, after its statement was due; as it stands now it is
    reckoned anew where it is opened. told_at, changed_at: as of `PaymentReconciliation`. came_since: its statement came
    once more since it was looked at."""

    day: date
    outcome: DayOutcome
    judged_at: datetime
    told_at: datetime | None
    changed_at: datetime | None
    came_since: bool


class StatementRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule document of kind `payment_statement`. by: the wall clock of the business time zone by which a day's
    statement is to be there, on the day after."""

    name: Text
    by: WallClock


# Where the database has no document.
USUAL = StatementRules(name=Text(zh="默认支付对账规则", en="Default rules of payment statements"), by="12:00")


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A payment of a day, known by its reference and kind. Told again with other figures it is corrected; over 0 fen it
    was none. instruction_id: none where the shop knows of none."""

    reference: Reference
    kind: Kind
    fen: FenNonNegative
    paid_at: Instant
    instruction_id: UUID | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it was told last, the version-th time that it was told otherwise."""

    reference: str
    kind: Kind
    instruction_id: UUID | None
    fen: int
    paid_at: datetime
    version: int


class PaymentDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Where the two sides part. instruction: as it stands here; payment: as the shop told it."""

    what: DifferenceKind
    instruction: Instruction | None = None
    payment: Payment | None = None


class PaymentSums(msgspec.Struct, frozen=True):
    """Of a day: how many, and over how much."""

    charges: int = 0
    charge_fen: int = 0
    give_backs: int = 0
    give_back_fen: int = 0


class PaymentReconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """A business day's payments held against each other, as both stand now. told_at: when the shop last sent the
    day's statement; changed_at: when it last said something new; null: not yet. due_at: by when it is to be there.

    outcome: `missing` where there is anything of ours and no statement; else `differs` or `agrees`. agreed: payments of
    the statement that are as they are here. ours: what was confirmed here as paid that day; theirs: what the statement
    has. found: how many differences of each kind; the first 500 are in `differences`.
    """

    day: date
    told_at: datetime | None
    changed_at: datetime | None
    due_at: datetime
    outcome: DayOutcome
    agreed: int
    ours: PaymentSums
    theirs: PaymentSums
    found: dict[DifferenceKind, int]
    differences: list[PaymentDifference]


class Overdue(msgspec.Struct, frozen=True):
    """Instructions that are open for too long; oldest_sent_at: none where there are none."""

    sums: PaymentSums
    oldest_sent_at: datetime | None


class PaymentOfAnotherDay(DomainError):
    """Fields: reference, day, paid_on."""

    code = "payment_of_another_day"
    status = 422
    title = Text(zh="不是当日的支付", en="A payment of another day")
    detail = Text(
        zh="支付 {reference} 属于营业日 {paid_on}，不属于对账单的 {day}；请放入该日的对账单。",
        en="Payment {reference} is of the business day {paid_on}, not of the statement's {day}; send it with that.",
    )


class PaymentToldTwice(DomainError):
    """Fields: reference."""

    code = "payment_told_twice"
    status = 409
    title = Text(zh="同一支付出现两次", en="A payment told twice")
    detail = Text(
        zh="支付 {reference} 在同一次请求中以不同内容出现两次；请只保留一行。",
        en="Payment {reference} stands twice in this request, with different figures; keep one row of it.",
    )
