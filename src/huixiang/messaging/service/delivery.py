"""Delivery in two transactions with the request between them: claim what is due, then record what came of it.

A claim that is never recorded (its process died with the request under way) runs out, and leaves the message unknown:
its provider is asked by the stable id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from huixiang.messaging import rules, store
from huixiang.messaging.model import (
    Answer,
    Channel,
    Content,
    Evidence,
    MessageClass,
    MessageState,
    Outcome,
    Parcel,
    Step,
    StoredMessage,
    Task,
)
from huixiang.messaging.service.quiet import quiet_hours
from huixiang.messaging.service.wiring import open_contents, wiring
from huixiang.platform.db import Transaction


async def claim(
    tx: Transaction, *, urgent: bool, room: Mapping[Channel, int], providers: Mapping[Channel, str]
) -> list[Task]:
    """Take up what is due, of what is urgent or of the rest; the requests to be made now.

    room: how many of each channel. providers: their names, for the evidence. Make the requests outside of any
    transaction, and record each.
    """
    due = await store.lock_due(tx, urgent=urgent, room=room)
    due = due if urgent else await _not_quiet(tx, due)
    contents = await open_contents(tx, due)
    unwanted = await _unwanted(tx, due)
    tasks = []
    for message in due:
        if message in unwanted:
            await store.move(tx, message, Step(MessageState.FAILED, reason="not_wanted"))
        elif message.message_id not in contents:
            await _give_up(tx, message)
        else:
            task = await _take(tx, message, contents[message.message_id], providers[message.channel])
            tasks += [] if task is None else [task]
    return tasks


async def record(tx: Transaction, task: Task, answer: Answer, provider: str, began_at: datetime) -> MessageState:
    """Keep what a request came to, and take the message on; its state now.

    A request that was given up as lost may answer after all: its evidence is kept, and it counts where it says that the
    provider took the message.
    """
    parcel = task.parcel
    await store.insert_evidence(
        tx, parcel.member_id, parcel.message_id, _evidence(task, answer, provider, began_at, tx.now)
    )
    message = await store.lock(tx, parcel.member_id, parcel.message_id)
    if message is None:
        return MessageState.FAILED
    if answer.provider_ref is not None:
        await store.name_reference(tx, message, answer.provider_ref)
    late = message.requests != task.number
    if late and answer.outcome is not Outcome.TAKEN:
        return message.state
    decide = rules.answered if task.action == "send" else rules.told
    step = decide(message, answer, tx.now)
    if not rules.may_become(message.state, step.state):
        return message.state
    await store.move(tx, message, step)
    return step.state


async def _take(tx: Transaction, message: StoredMessage, content: Content, provider: str) -> Task | None:
    step, action = rules.claimed(message, tx.now)
    await store.move(tx, message, step)
    if message.state is MessageState.SENDING:
        await _note_lost(tx, message)
    if action is None:
        return None
    await store.count_request(tx, message, provider, send=action == "send")
    parcel = Parcel(
        member_id=message.member_id,
        message_id=message.message_id,
        channel=message.channel,
        message_class=message.message_class,
        template=message.template,
        content=content,
        created_at=message.created_at,
        tried_at=tx.now if action == "send" or message.tried_at is None else message.tried_at,
    )
    return Task(parcel, action, message.requests + 1)


async def _note_lost(tx: Transaction, message: StoredMessage) -> None:
    """A request was begun and nothing is known of it: that is evidence, too."""
    lost = Evidence(
        number=message.requests,
        action="send",
        provider=message.provider or "",
        began_at=message.tried_at or tx.now,
        ended_at=tx.now,
        outcome=Outcome.UNKNOWN,
        reason="no_record",
        provider_ref=None,
    )
    await store.insert_evidence(tx, message.member_id, message.message_id, lost)


async def _give_up(tx: Transaction, message: StoredMessage) -> None:
    """Its owner is erased, and what it said with them."""
    if message.state is MessageState.QUEUED:
        await store.move(tx, message, Step(MessageState.FAILED, reason="erased"))
    else:
        await store.move(tx, message, Step(MessageState.UNKNOWN, reason="erased"))


async def _not_quiet(tx: Transaction, due: list[StoredMessage]) -> list[StoredMessage]:
    """Without what has come so late that it is quiet by now: that waits for the morning."""
    if not due:
        return due
    until = rules.after_quiet(await quiet_hours(tx), tx.calendar, tx.now)
    if until == tx.now:
        return due
    for message in due:
        if message.state is MessageState.QUEUED:
            await store.move(tx, message, Step(MessageState.QUEUED, until, message.reason))
    return [message for message in due if message.state is not MessageState.QUEUED]


async def _unwanted(tx: Transaction, due: list[StoredMessage]) -> list[StoredMessage]:
    """Marketing that is still to be sent, and whose owner takes none by now."""
    unwanted = []
    for channel in Channel:
        marketing = [
            one
            for one in due
            if one.channel is channel
            and one.message_class is MessageClass.MARKETING
            and one.state is MessageState.QUEUED
        ]
        if marketing:
            wanted = await wiring().consents.marketing(tx, {one.member_id for one in marketing}, channel)
            unwanted += [one for one in marketing if one.member_id not in wanted]
    return unwanted


def _evidence(task: Task, answer: Answer, provider: str, began_at: datetime, ended_at: datetime) -> Evidence:
    return Evidence(
        number=task.number,
        action=task.action,
        provider=provider,
        began_at=began_at,
        ended_at=ended_at,
        outcome=answer.outcome,
        reason=answer.reason,
        provider_ref=answer.provider_ref,
    )
