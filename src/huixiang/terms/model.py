"""Nouns of terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.messaging.model import Channel
from huixiang.messaging.model.templates import Said

KIND, NOTICE_KIND, PROGRAMME = "terms", "terms_notice", "default"
How = Literal["registration", "page"]
AnnouncementKind = Literal["coming", "called_off"]
NoticeChannel = Literal["inbox", "sms"]
_TOLD_BY = (Channel.INBOX, Channel.SMS)
# What members are told; what it says is a message template.
SAID: Mapping[AnnouncementKind, Said] = {
    "coming": Said(
        name="terms_changed",
        variables={"title": "text", "summary": "text", "day": "day"},
        channels=_TOLD_BY,
    ),
    "called_off": Said(
        name="terms_unchanged",
        variables={"title": "text", "summary": "text", "day": "day"},
        optional=frozenset({"summary"}),
        channels=_TOLD_BY,
    ),
}


class ProgrammeTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `terms`. text: paragraphs, parted by blank lines; one that begins with `## ` is a
    heading. summary: what changed, in a few sentences, as members are told of it."""

    title: Text
    text: Text
    summary: Text


class TermsNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `terms_notice`. days: so long before it takes effect a change is published and told of.
    channels: by which; the inbox always, a text message to those whose phone is known."""

    days: Annotated[int, Meta(ge=0, le=365)]
    channels: Annotated[tuple[NoticeChannel, ...], Meta(min_length=1, max_length=2)]


class TermsVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version without its text. effective_at: null for what holds from the beginning of the programme."""

    version: int
    title: Text
    summary: Text
    effective_at: datetime | None
    published_at: datetime | None


class TermsText(TermsVersion, frozen=True, kw_only=True):
    """A version with its text."""

    text: Text


class TermsOverview(msgspec.Struct, frozen=True, kw_only=True):
    """What holds now, what is to come, and what held before, the latest first."""

    current: TermsText | None
    coming: list[TermsText]
    former: list[TermsVersion]


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    how: How
    accepted_at: datetime


class NewAcceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that was shown: the one that holds, or one that is to come."""

    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class MyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """current: the version that holds. accepted: what the member accepted, the latest version first."""

    current: int | None
    accepted: list[Acceptance]


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """How far members have been told of a version. ended_at: null while it goes on."""

    version: int
    kind: AnnouncementKind
    effective_at: datetime
    channels: list[str]
    began_at: datetime
    moved_at: datetime
    after: UUID | None
    generation: int
    members: int
    messages: int
    ended_at: datetime | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement as staff are shown it."""

    version: int
    kind: AnnouncementKind
    effective_at: datetime
    channels: list[str]
    began_at: datetime
    members: int
    messages: int
    ended_at: datetime | None


class TermsEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What holds, what is to come and what held; whom it was told to; how many have accepted which version."""

    terms: TermsOverview
    told: list[Told]
    accepted: dict[str, int]


class Tell(msgspec.Struct, frozen=True):
    """A job: tell the next members of a version. A chain of an earlier generation ends."""

    version: int
    kind: AnnouncementKind
    generation: int


class TermsUnknown(DomainError):
    """Field: version."""

    code = "terms_unknown"
    status = 404
    title = Text(zh="没有该版本的条款", en="No such version of the terms")
    detail = Text(zh="会员条款没有第 {version} 版。", en="The terms have no version {version}.")


class TermsNotOpen(DomainError):
    """A version that held before is not accepted any more. Field: version."""

    code = "terms_not_open"
    status = 409
    title = Text(zh="该版本条款已失效", en="These terms hold no more")
    detail = Text(
        zh="会员条款第 {version} 版已失效，请阅读现行版本。",
        en="Version {version} holds no more: read the present one.",
    )


class TermsBinding(DomainError):
    """Field: version."""

    code = "terms_binding"
    status = 409
    title = Text(zh="条款已生效，不能撤回", en="Terms that hold are not withdrawn")
    detail = Text(
        zh="会员条款第 {version} 版已生效，撤回等于未经公示变更条款。请发布新版本。",
        en="Version {version} has taken effect: to withdraw it would change the terms unannounced. Publish a new one.",
    )
