"""The doors for one command that is a transaction by itself, as a till sends it: one round trip where nothing about it
is uncommon, else the general door."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import UNSET

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Database
from huixiang.platform.outbox import encode_events
from huixiang.points.events import PointsPosted
from huixiang.points.model import Credit, InsufficientPoints, Outcome, Spend
from huixiang.points.rules.canonical import NO_LOTS, encode_posting
from huixiang.points.rules.journal import input_hash
from huixiang.points.service import pauses
from huixiang.points.service.post import post
from huixiang.points.store import doors


async def earn(db: Database, command: Credit) -> Outcome:
    """Post one credit. Raises PostingConflict."""
    if not is_common(command):
        return await _post(db, command)
    return await _outcome(db, command, await doors.earn(db, command, lay_out(command, db.clock.now(), db.calendar)))


async def spend(db: Database, command: Spend) -> Outcome:
    """Take points, all or none. Raises PostingConflict, InsufficientPoints, BookNotSpendable, CausePaused."""
    if not is_common(command):
        return await _post(db, command)
    return await _outcome(db, command, await doors.spend(db, command, lay_out(command, db.clock.now(), db.calendar)))


def is_common(command: Credit | Spend) -> bool:
    """Whether a door that decides in SQL can be asked: it may say that it is uncommon all the same."""
    if command.points <= 0 or not pauses.lets_pass(command):
        return False
    if isinstance(command, Spend):
        return command.book.has_lots
    return len(command.caps) < 2 or len({cap.counter for cap in command.caps}) == len(command.caps)


def lay_out(command: Credit | Spend, now: datetime, calendar: BusinessCalendar) -> doors.Asked:
    """What the door fills in: the posting's bytes, and the text of its event as a format of its seq and points."""
    source, requested = command.source, command.points if isinstance(command, Credit) else -command.points
    asked = input_hash(command)
    frame = encode_posting(
        command.member_id, command.book.number, 0, requested, requested, 0, 0, 0, 0, command.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        now, source.key, None, asked, (), (),
    )  # fmt: skip
    event = PointsPosted(
        member_id=command.member_id, occurred_at=source.occurred_at.astimezone(UTC), book=command.book.code, seq=0,
        kind=command.kind, cause=source.cause, points=0, business_day=calendar.day(source.occurred_at),
        order_id=source.order_ref, store_id=source.place or UNSET,
    )  # fmt: skip
    # A quote inside a text is escaped, so a key with its quotes is found in its place alone.
    text = (
        encode_events([event])
        .replace("%", "%%")
        .replace('"seq":0,', '"seq":%s,')
        .replace('"points":0,', '"points":%s,')
    )
    return doors.Asked(now, asked, frame.removesuffix(NO_LOTS), text)


async def _outcome(db: Database, command: Credit | Spend, answer: doors.Answer) -> Outcome:
    if answer.status == "short":
        raise InsufficientPoints(points=command.points, available=answer.available)
    return Outcome(answer.posting) if answer.posting else await _post(db, command)


async def _post(db: Database, command: Credit | Spend) -> Outcome:
    async with db.transaction() as tx:
        [outcome] = await post(tx, [command])
    return outcome
