"""Decisions of messaging: addresses, quiet hours, what an answer means, when to try and to ask again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal

import msgspec

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.messaging.model import (
    OWN,
    Answer,
    Channel,
    MessageClass,
    MessageState,
    NewMessage,
    Outcome,
    Step,
    StoredMessage,
)

# Every change of state that there is. What is sent or failed stays so. From queued to sent go a pop-up that is shown
# and what arrived by its provider's receipt, though its answer had said that it was not taken.
TRANSITIONS: Mapping[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.SENT, MessageState.FAILED}),
    MessageState.SENDING: frozenset(
        {MessageState.SENT, MessageState.FAILED, MessageState.QUEUED, MessageState.UNKNOWN}
    ),
    MessageState.UNKNOWN: frozenset(
        {MessageState.SENT, MessageState.FAILED, MessageState.QUEUED, MessageState.UNKNOWN}
    ),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset(),
}

CALL_TIME = timedelta(seconds=20)  # a provider that has not answered by then has not answered
LEASE = timedelta(seconds=60)  # a claim that brought nothing by then is lost, with the process that held it
# What a provider says it never had may only not have come to its books yet: believed this long after the request.
BELIEVED_ABSENT_AFTER = timedelta(minutes=2)
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600, 10_800))
# For so long after the last request one that is unknown keeps its followers waiting; then they overtake it.
ORDER_KEPT = timedelta(hours=1)
ASK_AFTER = tuple(timedelta(seconds=s) for s in (15, 60, 150, 600, 3600, 21_600, 86_400))

_ADDRESSES: Mapping[Channel, tuple[re.Pattern[str], str]] = {
    Channel.SMS: (re.compile(r"\+[1-9][0-9]{6,14}"), "must be a phone in E.164, such as +8613800000000"),
    Channel.WECHAT_TEMPLATE: (re.compile(r"[A-Za-z0-9_-]{6,64}"), "must be a WeChat open id"),
    Channel.EMAIL: (
        re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{2,63}"),
        "must be an email address",
    ),
    Channel.WECOM: (
        re.compile(r"(?:user|external):[A-Za-z0-9_.@-]{1,64}"),
        "must be a user's or an external contact's id of WeCom, such as external:wmAbc",
    ),
    Channel.PUSH: (re.compile(r"[\x21-\x7e]{8,512}"), "must be a device token"),
    Channel.WEBHOOK: (re.compile(r"[a-z][a-z0-9_-]{0,31}"), "must be the name of a webhook"),
}  # fmt: skip


class QuietHours(msgspec.Struct, frozen=True):
    """From when until when, in the business time zone, nothing is sent that can wait. May span midnight; equal: none.
    To the minute."""

    begin: time = time(21)
    end: time = time(9)


def may_become(before: MessageState, after: MessageState) -> bool:
    return after in TRANSITIONS[before]


def refused_address(channel: Channel, address: str | None) -> str | None:
    """What is wrong with an address; None where it is good."""
    if channel in OWN:
        return None if address is None else "the inbox and pop-ups have no address"
    pattern, problem = _ADDRESSES[channel]
    return None if address is not None and len(address) <= 512 and pattern.fullmatch(address) else problem


def masked(address: str | None) -> str | None:
    """An address for staff: enough to tell one from another."""
    if address is None:
        return None
    kind, colon, name = address.partition(":")
    if colon and kind in {"user", "external"}:
        return f"{kind}:****{name[-2:]}" if len(name) > 6 else f"{kind}:****"
    if "@" in address:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-4:]}" if len(address) >= 11 else "****"


def waits(message: NewMessage) -> bool:
    """Whether it keeps to quiet hours: all marketing does, and service notices that can wait."""
    return message.message_class is MessageClass.MARKETING or message.can_wait


def after_quiet(quiet: QuietHours, calendar: BusinessCalendar, now: datetime) -> datetime:
    """Now, or the end of the quiet hours that it is in."""
    local = calendar.local(now)
    clock = local.time()
    overnight = quiet.begin > quiet.end
    within = (clock >= quiet.begin or clock < quiet.end) if overnight else quiet.begin <= clock < quiet.end
    if not within:
        return now
    day = local.date() + timedelta(days=1) if overnight and clock >= quiet.begin else local.date()
    return calendar.at(day, quiet.end)


def claimed(message: StoredMessage, now: datetime) -> tuple[Step, Literal["send", "ask"] | None]:
    """What to do with a message that is due, and whether a request is to be made of its provider."""
    if message.state is MessageState.QUEUED:
        if _expired(message, now):
            return Step(MessageState.FAILED, reason="expired"), None
        return Step(MessageState.SENDING, now + LEASE), "send"
    lost = message.state is MessageState.SENDING
    return Step(MessageState.UNKNOWN, now + LEASE, "no_record" if lost else message.reason), "ask"


def answered(message: StoredMessage, answer: Answer, now: datetime) -> Step:
    """What a request to send came to."""
    match answer.outcome:
        case Outcome.TAKEN:
            return Step(MessageState.SENT)
        case Outcome.REFUSED:
            return Step(MessageState.FAILED, reason=answer.reason)
        case Outcome.NOT_TAKEN:
            return _again(message, answer.reason, now)
        case _:
            return Step(MessageState.UNKNOWN, now + ASK_AFTER[0], answer.reason)


def told(message: StoredMessage, answer: Answer, now: datetime) -> Step:
    """What asking came to. Nothing is sent again unless the provider never had it, or, for a service notice, can not be
    asked: better twice than never. Marketing that nobody can tell of stays unknown."""
    match answer.outcome:
        case Outcome.TAKEN:
            return Step(MessageState.SENT)
        case Outcome.REFUSED:
            return Step(MessageState.FAILED, reason=answer.reason)
        case Outcome.NOT_TAKEN if message.tried_at is None or now - message.tried_at >= BELIEVED_ABSENT_AFTER:
            return _again(message, answer.reason, now, at_once=True)
        case Outcome.UNTELLABLE:
            if message.message_class is MessageClass.SERVICE:
                return _again(message, "untellable", now, at_once=True)
            return Step(MessageState.UNKNOWN, None, "untellable")
        case _:
            left = message.asks < len(ASK_AFTER)
            return Step(
                MessageState.UNKNOWN, now + ASK_AFTER[message.asks] if left else None, answer.reason or message.reason
            )


def _again(message: StoredMessage, reason: str | None, now: datetime, *, at_once: bool = False) -> Step:
    if message.tries > len(RETRY_AFTER):
        return Step(MessageState.FAILED, reason=reason)
    due = now if at_once else now + RETRY_AFTER[message.tries - 1]
    if message.expires_at is not None and due >= message.expires_at:
        return Step(MessageState.FAILED, reason="expired")
    return Step(MessageState.QUEUED, due, reason)


def _expired(message: StoredMessage, now: datetime) -> bool:
    return message.expires_at is not None and now >= message.expires_at
