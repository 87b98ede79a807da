"""Templates of messages: rule documents of kind `message_template`, by the name of the template."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.messaging.model import Key, TemplateName, Title, ValueName
from huixiang.messaging.model.channels import Channel, MessageClass

KIND = "message_template"
Language = Literal["zh", "en"]
Values = Annotated[dict[ValueName, Title], Meta(max_length=32)]


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is put in for `{name}`. example: for previews. at_most: characters that it may have."""

    example: Title
    at_most: Annotated[int, Meta(ge=1, le=128)] = 64


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a message says in both languages. `{name}` stands for a declared variable; a brace is written no other way.
    can_wait, secret: as of a message."""

    name: Text
    message_class: MessageClass
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=8)]
    text: Text
    title: Text | None = None
    variables: Annotated[dict[ValueName, Variable], Meta(max_length=32)] = {}
    can_wait: bool = False
    secret: bool = False


class FromTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a template says. values: one for each of its variables. The rest as of a message."""

    key: Key
    template: TemplateName
    channel: Channel
    language: Language
    values: dict[str, str] = {}
    address: str | None = None
    expires_at: datetime | None = None


class PreviewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be looked at: the template of this name as it is in force, or a body that may become one. values: in
    place of the examples."""

    template: TemplateName | None = None
    body: MessageTemplate | None = None
    values: Values = {}

    def __post_init__(self) -> None:
        if (self.template is None) == (self.body is None):
            raise ValueError("one of template and body is given")


class Rendered(msgspec.Struct, frozen=True):
    """What the member would get. characters: of the text. sms_parts: text messages that it is charged as."""

    title: str | None
    text: str
    characters: int
    sms_parts: int


class Preview(msgspec.Struct, frozen=True):
    """version: None for a body that is no version yet."""

    version: int | None
    zh: Rendered
    en: Rendered


class TemplateUnknown(DomainError):
    """Field: template."""

    code = "message_template_unknown"
    status = 404
    title = Text(zh="没有这个消息模板", en="No such message template")
    detail = Text(zh="没有生效中的消息模板 {template}。", en="No message template {template} is in force.")
