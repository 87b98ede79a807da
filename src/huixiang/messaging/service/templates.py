"""Messages that templates say: versioned documents of the rulebook, in both languages."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.messaging.model import NewMessage, Receipt
from huixiang.messaging.model.templates import (
    KIND,
    FromTemplate,
    MessageTemplate,
    Preview,
    PreviewRequest,
    TemplateUnknown,
)
from huixiang.messaging.rules import rendering as rules
from huixiang.messaging.service.send import send
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook


def check_template(template: MessageTemplate) -> None:
    """Raises InvalidInput for the first thing that keeps a template from being published."""
    rules.check_template(template)


async def send_template(tx: Transaction, member_id: UUID, asked: FromTemplate) -> Receipt:
    """Send what a template says now; the message keeps the version. Raises TemplateUnknown, InvalidInput for values
    and channels that are not the template's, and what `send` raises."""
    version, template = await _in_force(tx, asked.template)
    if asked.channel not in template.channels:
        raise InvalidInput(path="$.channel", problem=f"is none of the template {asked.template}")
    rules.check_values(template, asked.values)
    said = rules.rendered(template, asked.language, asked.values)
    message = NewMessage(
        key=asked.key,
        channel=asked.channel,
        message_class=template.message_class,
        template=asked.template,
        template_version=version,
        text=said.text,
        title=said.title,
        address=asked.address,
        values=asked.values,
        can_wait=template.can_wait,
        secret=template.secret,
        expires_at=asked.expires_at,
    )
    return await send(tx, member_id, message)


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


async def _in_force(tx: Transaction, name: str) -> tuple[int, MessageTemplate]:
    line = (await rulebook.timelines(tx, {(KIND, name)})).get((KIND, name))
    document = line.find(tx.now) if line else None
    if document is None:
        raise TemplateUnknown(template=name)
    return document.version, document.read(MessageTemplate)
