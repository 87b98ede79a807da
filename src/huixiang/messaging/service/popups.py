"""Pop-ups of a member: what is to be shown, and the evidence that it was."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvariantBroken
from huixiang.messaging import rules, store
from huixiang.messaging.model import (
    Channel,
    Content,
    Evidence,
    MessageClass,
    MessageState,
    MessageUnknown,
    MessagingRules,
    Outcome,
    Step,
    StoredMessage,
)
from huixiang.messaging.model.popups import Popup, PopupOver, Popups
from huixiang.messaging.service import receiving
from huixiang.messaging.service.ruling import quiet_hours, ruling
from huixiang.messaging.service.wiring import open_contents
from huixiang.messaging.store import popups as popup_store
from huixiang.messaging.store import receiving as receiving_store
from huixiang.platform.db import Transaction

AT_ONCE = 5
APP = "app"  # whoever shows it, in the place of a provider


async def popups(tx: Transaction, member_id: UUID) -> Popups:
    """What is to be shown to the member, notices first, then the oldest; a few. Changes nothing."""
    ruled = await ruling(tx)
    waiting = await popup_store.waiting(tx, member_id, AT_ONCE)
    withheld = await receiving.withheld(tx, waiting)
    contents = await open_contents(tx, waiting)
    may = [one for one in waiting if one.message_id not in withheld and one.message_id in contents]
    shown = [_popup(one, contents[one.message_id]) for one in may if not await _waits(tx, ruled, one)]
    return Popups(shown)


async def show(tx: Transaction, member_id: UUID, message_id: UUID) -> Popup:
    """Say that it is shown now, before it is: of several devices one may. Raises MessageUnknown, PopupOver."""
    message = await _lock(tx, member_id, message_id)
    if message.message_class is MessageClass.MARKETING:
        await receiving_store.count_alone(tx, member_id)
    contents = await open_contents(tx, [message])
    due = message.state is MessageState.QUEUED and message.due_at is not None and message.due_at <= tx.now
    over = not due or message.expires_at is None or message.expires_at <= tx.now or message_id not in contents
    if over or await receiving.withheld(tx, [message]) or await _waits(tx, await ruling(tx), message):
        raise PopupOver
    await store.count_request(tx, message, APP, send=True)
    await store.insert_evidence(tx, message.member_id, message_id, _evidence(tx, message, "show"))
    await store.move(tx, message, Step(MessageState.SENT))
    return _popup(msgspec.structs.replace(message, sent_at=tx.now), contents[message_id])


async def dismiss(tx: Transaction, member_id: UUID, message_id: UUID) -> Popup:
    """Say that the member closed it; when first stays. Raises MessageUnknown for what was not shown."""
    message = await _lock(tx, member_id, message_id)
    contents = await open_contents(tx, [message])
    if message.state is not MessageState.SENT or message_id not in contents:
        raise MessageUnknown(message_id=message_id)
    if message.dismissed_at is None:
        await store.insert_evidence(tx, message.member_id, message_id, _evidence(tx, message, "dismiss"))
        await popup_store.mark_dismissed(tx, message)
        message = msgspec.structs.replace(message, dismissed_at=tx.now)
    return _popup(message, contents[message_id])


async def _lock(tx: Transaction, member_id: UUID, message_id: UUID) -> StoredMessage:
    message = await store.lock_own(tx, member_id, message_id)
    if message is None or message.channel is not Channel.POPUP:
        raise MessageUnknown(message_id=message_id)
    return message


async def _waits(tx: Transaction, ruled: MessagingRules, message: StoredMessage) -> bool:
    """Whether it is not to be shown now: it can wait, and it is quiet, or the member has had enough marketing."""
    if message.urgent:
        return False
    if rules.after_quiet(quiet_hours(ruled), tx.calendar, tx.now) > tx.now:
        return True
    marketing = message.message_class is MessageClass.MARKETING
    return marketing and await receiving.is_capped(tx, ruled, message.member_id, message.channel, message.message_id)


def _evidence(tx: Transaction, message: StoredMessage, action: Literal["show", "dismiss"]) -> Evidence:
    return Evidence(
        number=message.requests + 1,
        action=action,
        provider=APP,
        began_at=tx.now,
        ended_at=tx.now,
        outcome=Outcome.TAKEN,
        reason=None,
        provider_ref=None,
    )


def _popup(message: StoredMessage, content: Content) -> Popup:
    if message.expires_at is None:
        raise InvariantBroken("a pop-up without an end")
    return Popup(
        message_id=message.message_id,
        message_class=message.message_class,
        template=message.template,
        title=content.title,
        text=content.text,
        expires_at=message.expires_at,
        shown_at=message.sent_at,
        dismissed_at=message.dismissed_at,
    )
