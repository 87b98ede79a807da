"""The circuit breaker: pausing a cause, by hand or because its sums left their band, and what waits behind it (PTS-23).
How the doors see a pause stands in `pauses`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

from huixiang.kernel.fields import alike
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points.events import CausePaused, CauseResumed
from huixiang.points.model import POINTS, Book, BreakerRules, ClawBack, Clear, NewPause, Pause, Paused, Source, Verdict
from huixiang.points.model.breaker import PROGRAMME, Asset, Breach, Counted, Decided, Flow, PausedPosting
from huixiang.points.model.errors import PausedAlready, PauseEnded, PauseUnknown
from huixiang.points.rules import breaker
from huixiang.points.rules.origins import Origin
from huixiang.points.rules.pauses import covering
from huixiang.points.service import pauses
from huixiang.points.service.books import find_books
from huixiang.points.service.origins import load_origins
from huixiang.points.service.post import post
from huixiang.points.store import accounts as account_store
from huixiang.points.store import flows as flow_store
from huixiang.points.store import pauses as pause_store
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import RuleDocumentUnknown
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

BREAKER = "breaker"
SHOWN = timedelta(days=90)
HOUR = timedelta(hours=1)


async def pause(tx: Transaction, wanted: NewPause, by: str) -> Pause:
    """Pause a cause from now on. Raises PausedAlready."""
    made = Pause(pause_id=new_id(), started_at=tx.now, started_by=by, **alike(wanted, Pause))
    if not await pause_store.insert_pause(tx, made):
        raise PausedAlready(cause=wanted.cause)
    pauses.forget()
    tx.emit(CausePaused(member_id=PROGRAMME, occurred_at=tx.now, **alike(made, CausePaused)))
    await _audit(tx, "pause.started", made.pause_id, by, made.reason)
    return made


async def resume(tx: Transaction, pause_id: UUID, by: str, reason: str) -> Pause:
    """End a pause. What waits behind it goes on waiting. Raises PauseUnknown, PauseEnded."""
    found = await _find(tx, pause_id)
    if found.ended_at is not None:
        raise PauseEnded(pause_id=pause_id)
    await pause_store.end_pause(tx, pause_id, by, reason)
    pauses.forget()
    ended = alike(found, CauseResumed) | {"ended_by": by}
    tx.emit(CauseResumed(member_id=PROGRAMME, occurred_at=tx.now, **ended))
    await _audit(tx, "pause.ended", pause_id, by, reason)
    return await _find(tx, pause_id)


async def list_pauses(tx: Transaction) -> list[Pause]:
    """Those that are open, and those of the last ninety days."""
    return await pause_store.recent_pauses(tx, tx.now - SHOWN)


async def waiting(tx: Transaction, pause_id: UUID, cursor: str | None, limit: int) -> Page[Paused]:
    """The credits that wait behind a pause. Raises InvalidInput for a cursor of another list."""
    after = decode_cursor(cursor, datetime, UUID, str) if cursor else None
    found = await pause_store.waiting(tx, pause_id, after, limit + 1)
    return page_of(found, limit, lambda last: (last.posted_at, last.member_id, last.key))


async def judge(tx: Transaction, pause_id: UUID, verdict: Verdict, by: str) -> Decided:
    """Release credits, to be spendable when they would have been, or void them. Raises PauseUnknown.

    Those that do not wait behind this pause, or no longer, are passed over.
    """
    await _find(tx, pause_id)
    judged = await pause_store.lock_waiting(tx, pause_id, verdict.credits)
    if verdict.decision == "release":
        await pause_store.decide(tx, judged, "released", by, verdict.reason)
        await _clear(tx, [one for one in judged if one.due_at is None or one.due_at <= tx.now])
    else:
        await pause_store.decide(tx, judged, "voided", by, verdict.reason)
        await _void(tx, judged)
    action = "paused_credits.released" if verdict.decision == "release" else "paused_credits.voided"
    await _audit(tx, action, pause_id, by, verdict.reason)
    return Decided(len(judged))


async def clear_due(tx: Transaction, limit: int) -> int:
    """Make released credits spendable whose return window is over; how many."""
    due = await pause_store.lock_to_clear(tx, limit)
    await _clear(tx, due)
    return len(due)


async def _clear(tx: Transaction, those: Sequence[PausedPosting]) -> None:
    books = await find_books(tx, {one.book for one in those})
    commands = [
        Clear(
            member_id=one.member_id,
            book=books[one.book],
            origin_key=one.key,
            source=Source(key=f"clear:{one.key}", cause="released", counter_account="", occurred_at=tx.now),
        )
        for one in those
    ]
    await post(tx, commands)
    await pause_store.mark_cleared(tx, those)


async def _void(tx: Transaction, those: Sequence[PausedPosting]) -> None:
    """Take back what refunds have not taken back already."""
    books = await find_books(tx, {one.book for one in those})
    accounts = await account_store.lock_accounts(tx, {(one.member_id, one.book): books[one.book] for one in those})
    origins = await load_origins(tx, {(one.member_id, one.book, one.key) for one in those})
    commands = [_take_back(tx, books[book], origin) for (_, book, _), origin in origins.items()]
    await post(tx, commands, accounts)


def _take_back(tx: Transaction, book: Book, origin: Origin) -> ClawBack:
    posting = origin.posting
    return ClawBack(
        member_id=posting.member_id,
        book=book,
        points=posting.points - origin.reversed,
        origin_key=posting.key,
        source=Source(
            key=f"void:{posting.key}",
            cause="voided",
            counter_account=f"clawed_back:{posting.cause}",
            occurred_at=tx.now,
            order_ref=posting.order_ref,
        ),
    )


async def count(tx: Transaction, counted: Iterable[Counted]) -> None:
    """Count what another module issued or burned, or where points were, in this hour: what the breaker watches beside
    the journal. Rows that many write: not for a transaction of one member, but for a handler's batch."""
    sums = breaker.lines(counted)
    if sums:
        await flow_store.add(tx, _hour(tx), sums)


async def watch(tx: Transaction) -> list[Pause]:
    """Sum what was posted since the last time, and pause what is off its band; what was paused."""
    paused = []
    for asset in get_args(Asset):
        try:
            document = await rulebook.current(tx, BREAKER, "default" if asset == "points" else asset, tx.now)
        except RuleDocumentUnknown:
            continue
        paused += await _watch(tx, asset, document.read(BreakerRules))
    return paused


async def _watch(tx: Transaction, asset: Asset, rules: BreakerRules) -> list[Pause]:
    hour = _hour(tx)
    today = tx.calendar.day(tx.now)
    day, since = (tx.calendar.start_of(today - timedelta(days=days)) for days in (0, rules.history_days))
    await flow_store.forget_before(tx, asset, since)
    if asset == "points":
        # An hour more than was not summed: a transaction may commit after the hour of its instant.
        last = await flow_store.last_hour(tx)
        await flow_store.sum_hours(tx, POINTS, max(since, min(hour, last) - HOUR) if last else since)
    known = await pause_store.recent_pauses(tx, since)
    flows = [breaker.excused(flow, known, hour, day) for flow in await flow_store.flows(tx, asset, hour, day, since)]
    still = [one for one in known if one.ended_at is None]
    return [
        await pause(tx, _pause_for(flow, breach), BREAKER)
        for flow, breach in breaker.to_pause(rules, flows)
        if covering(still, flow) is None
    ]


def _pause_for(flow: Flow, breach: Breach) -> NewPause:
    return NewPause(
        asset=flow.asset, side=flow.side, cause=flow.cause, rule=flow.rule, place=flow.place, reason=breach.text
    )


def _hour(tx: Transaction) -> datetime:
    return tx.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


async def _find(tx: Transaction, pause_id: UUID) -> Pause:
    found = await pause_store.find_pause(tx, pause_id)
    if found is None:
        raise PauseUnknown(pause_id=pause_id)
    return found


async def _audit(tx: Transaction, action: str, pause_id: UUID, by: str, reason: str) -> None:
    await staff.record(tx, AuditEntry(actor=by, action=action, subject=f"pause:{pause_id}", reason=reason))
