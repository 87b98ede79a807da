"""Templates of messages: rule documents of kind `message_template`, by the name of the template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Language, Text
from huixiang.messaging.model import Key, TemplateName, ValueName
from huixiang.messaging.model.channels import Channel, MessageClass

KIND = "message_template"
Line = Annotated[str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,1000}$(?!\n)", description="One line.")]
Values = Annotated[dict[ValueName, Line], Meta(max_length=32)]
VariableType = Literal["text", "code", "number", "day"]
# Channels whose providers fill in templates of their own.
Filled = Literal["sms", "wechat_template"]
ProviderTemplateId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is put in for `{name}`. example: for previews. at_most: characters that it may have. type: text is one line,
    a code 4 to 12 letters and digits, a number digits, a day 2026-04-01, which is put in as people write it."""

    example: Line
    at_most: Annotated[int, Meta(ge=1, le=1000)] = 64
    type: VariableType = "text"


class ProviderTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider calls its own template for this one: in Chinese, and in English where it has one. names: the
    provider's names to our variables, those that it gets; empty: all, under our names."""

    zh: ProviderTemplateId
    en: ProviderTemplateId | None = None
    names: Annotated[dict[ValueName, ValueName], Meta(max_length=32)] = {}


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a message says in both languages. `{name}` stands for a declared variable; a brace is written no other way.
    can_wait, secret: as of a message. providers: their own templates for it, by channel."""

    name: Text
    message_class: MessageClass
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=8)]
    text: Text
    title: Text | None = None
    variables: Annotated[dict[ValueName, Variable], Meta(max_length=32)] = {}
    can_wait: bool = False
    secret: bool = False
    providers: dict[Filled, ProviderTemplate] = {}


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message that the program itself sends, for which there is always a template: the shipped one where none is in
    force. variables: what it has values for; a template has to use them all but the optional ones."""

    name: TemplateName
    variables: Mapping[str, VariableType]
    channels: tuple[Channel, ...]
    optional: frozenset[str] = frozenset()
    secret: bool = False


class Worded(msgspec.Struct, frozen=True, kw_only=True):
    """What a template says with its values, before it is sent to anybody. version: None for the shipped one where none
    is in force. given: the values as they were asked for, which a repetition is known by."""

    name: str
    version: int | None
    template: MessageTemplate
    language: Language
    values: dict[str, str]
    given: Mapping[str, str | Text]


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
