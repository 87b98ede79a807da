"""Points given or taken by staff: who, why and when is kept, and more than a little needs a second person (PTS-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.points.model import (
    POINTS,
    AdjustingRules,
    Adjustment,
    ClawBack,
    Command,
    Credit,
    EarningRules,
    NewAdjustment,
    Source,
    Spend,
)
from huixiang.points.model.adjusting import State
from huixiang.points.model.errors import AdjustmentUnknown
from huixiang.points.rules.validity import validity
from huixiang.points.service.batch import Accounts
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.store import adjustments as adjustment_store
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.approvals import Change, Granted, NewApproval

PROGRAMME = "default"
COMMAND = "points.adjust"
APPROVES, APPROVES_LARGE = "points:approve", "points:approve_large"


async def request(tx: Transaction, member_id: UUID, asked: NewAdjustment, made_by: UUID) -> Adjustment:
    """Post an adjustment, or keep it waiting for another person where it is above what one may move in a day.

    Raises InvalidInput where ground and sign do not agree, InsufficientPoints.
    """
    _check(asked)
    document = await rulebook.current(tx, "adjusting", PROGRAMME, tx.now)
    accounts = await lock_accounts(tx, [member_id], [POINTS])
    moved = await adjustment_store.moved_unchecked(tx, member_id, made_by, tx.calendar.day(tx.now))
    adjustment_id = new_id()
    await adjustment_store.insert(tx, member_id, adjustment_id, asked, made_by, document.version)
    made = await _find(tx, member_id, adjustment_id)
    rules = document.read(AdjustingRules)
    if moved + abs(asked.points) > rules.approval_above:
        await staff.request_approval(tx, _request(made, rules), made_by)
        return made
    await _post(tx, made, accounts, checked_by=None, note=None)
    await _audit(tx, made, "adjustment.posted", made_by, asked.reason)
    return await _find(tx, member_id, adjustment_id)


async def settle_approvals(tx: Transaction, events: Sequence[Event]) -> None:
    """Post what was approved, and close what will not be posted."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == COMMAND:
            refusal = await staff.carry_out(tx, event.approval_id, _post_granted)
            if refusal is not None:
                await _close(tx, event.member_id, event.approval_id, "failed", None, refusal.code)
        elif isinstance(event, ApprovalRefused) and event.command == COMMAND:
            await _close(tx, event.member_id, event.approval_id, event.outcome, event.checked_by, None)


async def _post_granted(tx: Transaction, granted: Granted) -> Mapping[str, object]:
    """Raises InsufficientPoints where what is to be taken is not there any more."""
    waiting = await _find(tx, _member(granted), granted.approval_id)
    accounts = await lock_accounts(tx, [waiting.member_id], [POINTS])
    await _post(tx, waiting, accounts, checked_by=granted.checked_by, note=granted.note)
    await _audit(tx, waiting, "adjustment.approved", granted.checked_by, granted.note)
    return {"seq": (await _find(tx, waiting.member_id, waiting.adjustment_id)).seq}


def _member(granted: Granted) -> UUID:
    if granted.member_id is None:
        raise InvariantBroken("an adjustment is of a member")
    return granted.member_id


async def _close(
    tx: Transaction, member_id: UUID, adjustment_id: UUID, state: str, checked_by: UUID | None, note: str | None
) -> None:
    await adjustment_store.insert_decision(
        tx, member_id, adjustment_id, state=state, checked_by=checked_by, note=note, seq=None
    )


async def list_adjustments(
    tx: Transaction, member_id: UUID | None, state: State | None, cursor: str | None, limit: int
) -> Page[Adjustment]:
    """The latest first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await adjustment_store.newest(tx, member_id, state, before, limit + 1)
    return page_of(found, limit, lambda last: (last.made_at, last.adjustment_id))


def _request(made: Adjustment, rules: AdjustingRules) -> NewApproval:
    """What the second person is asked. The request has the adjustment's id."""
    large = rules.large_above is not None and abs(made.points) > rules.large_above
    shown = {"points": made.points, "ground": made.ground, "attachment": made.attachment}
    return NewApproval(
        approval_id=made.adjustment_id,
        command=COMMAND,
        subject=f"adjustment:{made.adjustment_id}",
        member_id=made.member_id,
        payload={},
        difference=[Change(path=f"$.{name}", after=value) for name, value in shown.items() if value is not None],
        reason=made.reason,
        decided_by=APPROVES_LARGE if large else APPROVES,
    )


def _check(asked: NewAdjustment) -> None:
    if not asked.points:
        raise InvalidInput(path="$.points", problem="must not be 0")
    if asked.ground == "goodwill" and asked.points < 0:
        raise InvalidInput(path="$.points", problem="goodwill gives points")
    if asked.ground == "breach" and asked.points > 0:
        raise InvalidInput(path="$.points", problem="a breach of terms takes points")


async def _post(
    tx: Transaction, adjustment: Adjustment, accounts: Accounts, *, checked_by: UUID | None, note: str | None
) -> None:
    [outcome] = await post(tx, [await _command(tx, adjustment)], accounts)
    if outcome.posting is None:
        raise InvariantBroken("an adjustment of some points makes a posting")
    await adjustment_store.insert_decision(
        tx,
        adjustment.member_id,
        adjustment.adjustment_id,
        state="posted",
        checked_by=checked_by,
        note=note,
        seq=outcome.posting.seq,
    )


async def _command(tx: Transaction, adjustment: Adjustment) -> Command:
    member_id, points = adjustment.member_id, abs(adjustment.points)
    source = Source(
        key=f"adjustment:{adjustment.adjustment_id}",
        cause=adjustment.ground,
        counter_account="clawed_back:breach" if adjustment.ground == "breach" else "adjusted",
        occurred_at=tx.now,
    )
    if adjustment.ground == "breach":
        return ClawBack(member_id=member_id, book=POINTS, points=points, source=source, origin_key=None)
    if adjustment.points < 0:
        return Spend(member_id=member_id, book=POINTS, points=points, source=source, kind="adjust")
    rules = (await rulebook.current(tx, "earning", PROGRAMME, tx.now)).read(EarningRules)
    valid = validity(rules, tx.now, tx.calendar, cause=adjustment.ground, pending_days=0)
    return Credit(
        member_id=member_id, book=POINTS, points=points, source=source, kind="adjust", expires_on=valid.expires_on
    )


async def _find(tx: Transaction, member_id: UUID, adjustment_id: UUID) -> Adjustment:
    found = await adjustment_store.find(tx, member_id, adjustment_id)
    if found is None:
        raise AdjustmentUnknown(adjustment_id=adjustment_id)
    return found


async def _audit(tx: Transaction, adjustment: Adjustment, action: str, by: UUID, reason: str) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=f"staff:{by}",
            action=action,
            subject=f"adjustment:{adjustment.adjustment_id}",
            member_id=adjustment.member_id,
            after={"points": adjustment.points, "ground": adjustment.ground},
            reason=reason,
        ),
    )
