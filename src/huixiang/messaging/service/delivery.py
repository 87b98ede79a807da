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
    MessagingRules,
    Outcome,
    Parcel,
    Step,
    StoredMessage,
    Task,
)
from huixiang.messaging.service import receiving
from huixiang.messaging.service.receipts import apply_early
from huixiang.messaging.service.ruling import quiet_hours, ruling
from huixiang.messaging.service.wiring import open_contents
from huixiang.messaging.store import receiving as receiving_store
from huixiang.platform.db import Transaction

ROUNDS = 100  # of one claim, each of which settles what is not to be sent


async def claim(
    tx: Transaction, *, urgent: bool, room: Mapping[Channel, int], providers: Mapping[Channel, str]
) -> list[Task]:
    """Take up what is due, of what is urgent or of the rest; the requests to be made now.

    room: how many of each channel. providers: their names, for the evidence. Make the requests outside of any
    transaction, and record each.
    """
    tasks: list[Task] = []
    for _ in range(ROUNDS):
        tasks, settled = await _claim_once(tx, urgent=urgent, room=room, providers=providers)
        if tasks or not settled:
            break
    return tasks


async def _claim_once(
    tx: Transaction, *, urgent: bool, room: Mapping[Channel, int], providers: Mapping[Channel, str]
) -> tuple[list[Task], int]:
    """The requests to be made, and how many messages were settled without one, so that others may have come up."""
    due = await store.lock_due(tx, urgent=urgent, room=room, order_kept=rules.ORDER_KEPT)
    if not due:
        return [], 0
    ruled = None if urgent else await ruling(tx)  # what is urgent keeps to no rule
    due = due if ruled is None else await _not_quiet(tx, due, ruled)
    contents = await open_contents(tx, due)
    withheld = await receiving.withheld(tx, [one for one in due if one.state is MessageState.QUEUED])
    tasks, settled = [], 0
    for message in sorted(due, key=lambda one: (one.due_at or tx.now, one.message_id)):
        task = None
        if message.message_id in withheld:
            await store.move(tx, message, Step(MessageState.FAILED, reason=withheld[message.message_id]))
        elif message.message_id not in contents:
            await _give_up(tx, message)
        elif not await receiving_store.try_counting(tx, message):
            continue  # it stays due
        elif await _is_capped(tx, ruled, message):
            await store.move(tx, message, Step(MessageState.FAILED, reason="capped"))
        else:
            task = await _take(tx, message, contents[message.message_id], providers[message.channel])
        tasks += [] if task is None else [task]
        settled += task is None
    return tasks, settled


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
        if await apply_early(tx, message, answer.provider_ref):
            message = await store.lock(tx, parcel.member_id, parcel.message_id) or message
    late = message.requests != task.number
    if late and answer.outcome is not Outcome.TAKEN:
        return message.state
    decide = rules.answered if task.action == "send" else rules.told
    step = decide(message, answer, tx.now)
    if not rules.may_become(message.state, step.state):
        return message.state
    await store.move(tx, message, step)
    if step.due_at is not None and message.expires_at is None:
        await store.hold_back(tx, message, step.due_at)
    return step.state


async def _is_capped(tx: Transaction, ruled: MessagingRules | None, message: StoredMessage) -> bool:
    marketing = message.message_class is MessageClass.MARKETING
    if ruled is None or not marketing or message.state is not MessageState.QUEUED:
        return False
    return await receiving.is_capped(tx, ruled, message.member_id, message.channel, message.message_id)


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


async def _not_quiet(tx: Transaction, due: list[StoredMessage], ruled: MessagingRules) -> list[StoredMessage]:
    """Without what has come so late that it is quiet by now: that waits for the morning."""
    until = rules.after_quiet(quiet_hours(ruled), tx.calendar, tx.now)
    if until == tx.now:
        return due
    for message in due:
        if message.state is MessageState.QUEUED:
            await store.move(tx, message, Step(MessageState.QUEUED, until, message.reason))
    return [message for message in due if message.state is not MessageState.QUEUED]


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
