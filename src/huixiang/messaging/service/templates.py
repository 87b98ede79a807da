"""Messages that templates say: versioned documents of the rulebook, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput, InvariantBroken, Problem
from huixiang.kernel.text import Text
from huixiang.messaging.model import Channel, NewMessage, Receipt
from huixiang.messaging.model.templates import (
    KIND,
    FromTemplate,
    MessageTemplate,
    Preview,
    PreviewRequest,
    Said,
    TemplateUnknown,
    Worded,
)
from huixiang.messaging.rules import rendering as rules
from huixiang.messaging.service.ruling import DOCUMENT, ruling_in
from huixiang.messaging.service.send import send
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Name, Timeline


def check_template(template: MessageTemplate) -> None:
    """Raises InvalidInput for the first thing that keeps a template from being published."""
    rules.check_template(template)


def check_said(*said: Said) -> Callable[[str, MessageTemplate], Sequence[Problem]]:
    """What asks of a template under its name whether the program can say it; any other is a campaign's own."""
    known = {one.name: one for one in said}

    def check(name: str, template: MessageTemplate) -> Sequence[Problem]:
        return rules.check_said(known[name], template) if name in known else ()

    return check


async def word(tx: Transaction, said: Said, given: Mapping[str, str | Text]) -> Worded:
    """What a message of the program's own says now, in the language of `messaging/default`. given: all that it has
    values for. Where no template is in force, the shipped one says it: a code has to reach who signs in."""
    lines = await rulebook.timelines(tx, {(KIND, said.name), DOCUMENT})
    version, template = _found(lines, said.name, tx.now) or (None, rulebook.shipped(KIND, said.name))
    language = ruling_in(lines, tx.now).language
    values = rules.own_values(template, given, language)
    rules.check_values(template, values)
    return Worded(
        name=said.name, version=version, template=template, language=language, values=values, given=dict(given)
    )


async def say(
    tx: Transaction,
    member_id: UUID,
    worded: Worded,
    *,
    key: str,
    channel: Channel,
    address: str | None = None,
    expires_at: datetime | None = None,
    can_wait: bool | None = None,
) -> Receipt:
    """Send what was worded. can_wait: where the channel decides it, not the template. A repetition is the same message
    whatever the template says by then. Raises what `send` raises."""
    if channel not in worded.template.channels:
        raise InvariantBroken(f"{worded.name} is not sent by {channel}")
    message = _message(worded, key, channel, address, expires_at)
    if can_wait is not None:
        message = msgspec.structs.replace(message, can_wait=can_wait)
    return await send(tx, member_id, message, known_by=[worded.name, channel, address, worded.given])


async def send_template(tx: Transaction, member_id: UUID, asked: FromTemplate) -> Receipt:
    """Send what a template says now; the message keeps the version, and a repetition is answered with it whatever is in
    force by then. Raises TemplateUnknown, InvalidInput for values and channels that are not the template's, and what
    `send` raises."""
    version, template = await _in_force(tx, asked.template)
    if asked.channel not in template.channels:
        raise InvalidInput(path="$.channel", problem=f"is none of the template {asked.template}")
    rules.check_values(template, asked.values)
    worded = Worded(
        name=asked.template,
        version=version,
        template=template,
        language=asked.language,
        values=asked.values,
        given=asked.values,
    )
    message = _message(worded, asked.key, asked.channel, asked.address, asked.expires_at)
    known_by = [asked.template, asked.channel, asked.address, asked.values, asked.language]
    return await send(tx, member_id, message, known_by)


async def preview(tx: Transaction, asked: PreviewRequest) -> Preview:
    """What a template would say, in both languages. Raises TemplateUnknown, and InvalidInput for a body that could not
    be published and for values that are not its own."""
    version: int | None = None
    if asked.body is not None:
        template = asked.body
        rules.check_template(template)
    else:
        version, template = await _in_force(tx, asked.template or "")
    examples = {name: variable.example for name, variable in template.variables.items()}
    values = examples | dict(asked.values)
    rules.check_values(template, values)
    return Preview(version, rules.rendered(template, "zh", values), rules.rendered(template, "en", values))


def _message(
    worded: Worded, key: str, channel: Channel, address: str | None, expires_at: datetime | None
) -> NewMessage:
    template = worded.template
    said = rules.rendered(template, worded.language, worded.values)
    provider_template, values = rules.provided(template, channel, worded.language, worded.values)
    return NewMessage(
        key=key,
        channel=channel,
        message_class=template.message_class,
        template=worded.name,
        template_version=worded.version,
        provider_template=provider_template,
        text=said.text,
        title=said.title,
        address=address,
        values=values,
        can_wait=template.can_wait,
        secret=template.secret,
        expires_at=expires_at,
    )


async def _in_force(tx: Transaction, name: str) -> tuple[int, MessageTemplate]:
    found = _found(await rulebook.timelines(tx, {(KIND, name)}), name, tx.now)
    if found is None:
        raise TemplateUnknown(template=name)
    return found


def _found(lines: Mapping[Name, Timeline], name: str, now: datetime) -> tuple[int, MessageTemplate] | None:
    line = lines.get((KIND, name))
    document = line.find(now) if line else None
    return None if document is None else (document.version, document.read(MessageTemplate))
