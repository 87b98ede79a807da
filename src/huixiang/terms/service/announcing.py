"""Telling members of a change before it takes effect, and of one that was called off: all of them, once, whatever dies
meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from huixiang.members.model import Ability
from huixiang.members.service import reach, states
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel, ChannelNotConfigured
from huixiang.platform.db import Transaction
from huixiang.platform.queue import enqueue
from huixiang.rulebook import service as rulebook
from huixiang.terms import rules, store
from huixiang.terms.model import KIND, PROGRAMME, SAID, Announcement, AnnouncementKind, ProgrammeTerms, Tell
from huixiang.terms.service.reading import notice

TELL = "terms.tell"
TOLD_AT_ONCE = 200
# A chain that has not moved for so long is taken for lost, and another begins where it stood.
LOST_AFTER = timedelta(minutes=15)


async def look(tx: Transaction) -> None:
    """Begin to tell of what was published and is to come, and of what members were told of and was withdrawn; begin
    again what has come to rest."""
    there = {(one.version, one.kind): one for one in await store.announcements(tx)}
    for one in (await rulebook.standing(tx, KIND, PROGRAMME)).versions:
        to_come = one.period.start > tx.now
        told = (one.version, "coming") in there
        if one.state == "published" and to_come and not told:
            await _begin(tx, one.version, "coming", one.period.start)
        elif one.state == "withdrawn" and told and (one.version, "called_off") not in there:
            await _begin(tx, one.version, "called_off", one.period.start)
    for announcement in there.values():
        if announcement.ended_at is None and announcement.moved_at <= tx.now - LOST_AFTER:
            await _again(tx, announcement)


async def tell(tx: Transaction, job: Tell, at_once: int = TOLD_AT_ONCE) -> None:
    """Tell the next members; the job for those after them is there when this transaction commits."""
    told = await store.lock_announcement(tx, job.version, job.kind)
    if told is None or told.ended_at is not None or told.generation != job.generation:
        return
    found = await store.members_after(tx, told.after, states.states_that(Ability.SIGN_IN), at_once)
    if not found:
        await store.save_announcement(tx, replace(told, ended_at=tx.now, moved_at=tx.now))
        return
    sent = await _send(tx, told.version, told.kind, told.effective_at, told.channels, found)
    await store.save_announcement(
        tx,
        replace(
            told,
            after=found[-1],
            moved_at=tx.now,
            members=told.members + len(found),
            messages=told.messages + sent,
        ),
    )
    await enqueue(tx, TELL, job)


async def tell_newcomers(tx: Transaction, members: Sequence[UUID]) -> None:
    """Tell who has just registered of what is to come and others have been told of."""
    standing = {one.version: one for one in (await rulebook.standing(tx, KIND, PROGRAMME)).versions}
    for told in await store.announcements(tx):
        known = standing.get(told.version)
        to_come = told.effective_at > tx.now and known is not None and known.state == "published"
        if told.kind == "coming" and to_come:
            await _send(tx, told.version, told.kind, told.effective_at, told.channels, members)


async def _begin(tx: Transaction, version: int, kind: AnnouncementKind, effective_at: datetime) -> None:
    announcement = Announcement(
        version=version,
        kind=kind,
        effective_at=effective_at,
        channels=list((await notice(tx)).channels),
        began_at=tx.now,
        moved_at=tx.now,
        after=None,
        generation=1,
        members=0,
        messages=0,
        ended_at=None,
    )
    if await store.insert_announcement(tx, announcement):
        await enqueue(tx, TELL, Tell(version, kind, 1))


async def _again(tx: Transaction, seen: Announcement) -> None:
    told = await store.lock_announcement(tx, seen.version, seen.kind)
    if told is not None and told.ended_at is None and told.generation == seen.generation:
        await store.save_announcement(tx, replace(told, generation=told.generation + 1, moved_at=tx.now))
        await enqueue(tx, TELL, Tell(told.version, told.kind, told.generation + 1))


async def _send(
    tx: Transaction,
    version: int,
    kind: AnnouncementKind,
    effective_at: datetime,
    channels: Sequence[str],
    members: Sequence[UUID],
) -> int:
    """Messages that were accepted. Who has no phone, or an installation no provider, is told in the inbox alone."""
    terms = (await rulebook.version(tx, KIND, PROGRAMME, version)).read(ProgrammeTerms)
    worded = await messaging.word(tx, SAID[kind], rules.notice_of(terms, effective_at, tx.calendar))
    phones = await reach.phones_of(tx, members) if "sms" in channels else {}
    sent = 0
    for member_id in members:
        for name in channels:
            channel = Channel(name)
            if channel is Channel.SMS and member_id not in phones:
                continue
            try:
                receipt = await messaging.say(
                    tx,
                    member_id,
                    worded,
                    key=f"{KIND}:{version}:{kind}:{name}",
                    channel=channel,
                    address=phones.get(member_id) if channel is Channel.SMS else None,
                    can_wait=channel is Channel.SMS,
                )
            except ChannelNotConfigured:
                continue
            sent += not receipt.repeated
    return sent
