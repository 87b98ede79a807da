"""Attributes that operators define: what they are, what is shown of them to whom, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import AttributeCode, AttributeText, AttributeValue
from huixiang.members.model.states import Reason

KIND, CODE = "attributes", "main"  # of the rule document
TEXT_MAX = 200

Purpose = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)", description="What a member consents to, such as marketing.")
]
TextVersion = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$(?!\n)", description="Which text they were shown.")
]
Reader = Annotated[
    str, Meta(pattern=r"^[a-z][a-z_]{0,31}$(?!\n)", description="A role of the console, or `systems`: keys of systems.")
]
Type = Literal["text", "integer", "boolean", "date", "choice", "choices"]
Sight = Literal["full", "masked", "absent"]
Changes = Annotated[dict[AttributeCode, AttributeValue | None], Meta(min_length=1, max_length=64)]


class AttributeDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An attribute that operators define. `purpose` says what it is used for. `choices` are given for the types
    `choice` and `choices` and only there; a date is text, `2026-01-31`.

    consent: what a member has to consent to before it is stored; personal: it says who somebody is, so it is sealed,
    and rules cannot ask for it. seen_by: who sees it in full, everybody who sees members where it is empty; the others
    see `otherwise`. member: what the member may do with it. profile: it counts for how complete their profile is.
    retired: it is neither shown, nor set, nor used any more.
    """

    code: AttributeCode
    type: Type
    title: Text
    purpose: Annotated[str, Meta(min_length=1, max_length=200)]
    choices: Annotated[tuple[AttributeText, ...], Meta(max_length=200)] = ()
    max_length: Annotated[int, Meta(ge=1, le=TEXT_MAX)] = TEXT_MAX
    consent: Purpose | None = None
    personal: bool = False
    seen_by: Annotated[tuple[Reader, ...], Meta(max_length=20)] = ()
    otherwise: Literal["masked", "absent"] = "absent"
    member: Literal["hidden", "read", "write"] = "read"
    profile: bool = False
    retired: bool = False

    def __post_init__(self) -> None:
        if (self.type in {"choice", "choices"}) != bool(self.choices):
            raise ValueError("choices are given for the types choice and choices, and only there")
        if len(set(self.choices)) < len(self.choices):
            raise ValueError("a choice is given twice")
        if self.max_length != TEXT_MAX and self.type != "text":
            raise ValueError("max_length is given for the type text, and only there")
        if self.profile and self.member != "write":
            raise ValueError("what counts for a profile is the member's to write")


class Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rule document of kind `attributes`: every attribute that was ever defined."""

    attributes: Annotated[tuple[AttributeDefinition, ...], Meta(max_length=200)] = ()

    def __post_init__(self) -> None:
        codes = [one.code for one in self.attributes]
        if len(set(codes)) < len(codes):
            raise ValueError("two attributes have the same code")


class DefinedAttributes(msgspec.Struct, frozen=True):
    """The definitions in force. version: of the rule document, 0 before the first."""

    version: int
    attributes: list[AttributeDefinition]


class NewDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shall be defined, or how a definition shall change, and why."""

    attribute: AttributeDefinition
    reason: Reason


class Retirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an attribute is retired."""

    reason: Reason


class GivenConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member consents to a purpose, having been shown a text."""

    purpose: Purpose
    text_version: TextVersion


class WithdrawnConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member consents to a purpose no more."""

    purpose: Purpose


class StaffWithdrawal(WithdrawnConsent, frozen=True, kw_only=True):
    """The same as a person of the console was told it, and how they were."""

    reason: Reason


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """How the member's consent to a purpose stands. told_by: the member, or the system or person who stated it."""

    purpose: str
    given: bool
    text_version: str | None
    told_by: str
    occurred_at: datetime


class AttributeChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Values to set; null, or an empty list, removes one; what is not named stays. `consents` are noted first."""

    attributes: Changes
    consents: Annotated[tuple[GivenConsent, ...], Meta(max_length=16)] = ()


class StaffAttributeChanges(AttributeChanges, frozen=True, kw_only=True):
    """The same by a person of the console, and why."""

    reason: Reason


class ShownAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute of one member, as somebody may see it. value: null where it is unknown, or `masked`: there is one
    that they may not see. consent: the purpose that has to be consented to, and whether it is. writable: by who asks.
    """

    code: str
    type: Type
    title: Text
    purpose: str
    choices: tuple[str, ...]
    consent: str | None
    consented: bool
    value: AttributeValue | None
    masked: bool
    writable: bool


class Viewer(msgspec.Struct, frozen=True):
    """Who asks for attributes, or sets them. role: of the console; none of a system and of the member. by: as the
    audit log names them."""

    kind: Literal["system", "staff", "member"]
    by: str
    role: str | None = None


class StoredAttributes(msgspec.Struct, frozen=True):
    """clear: by code. sealed: by code, as it is kept."""

    member_id: UUID
    clear: Mapping[str, AttributeValue]
    sealed: Mapping[str, bytes]


class ConsentMissing(DomainError):
    """Fields: attribute, purpose."""

    code = "consent_missing"
    status = 409
    title = Text(zh="缺少会员同意", en="Consent is missing")
    detail = Text(
        zh="属性 {attribute} 须先取得会员对 {purpose} 的同意。",
        en="The attribute {attribute} is kept only with the member's consent to {purpose}.",
    )


class AttributeClosed(DomainError):
    """Field: attribute."""

    code = "attribute_closed"
    status = 403
    title = Text(zh="无权设置该属性", en="Not theirs to set")
    detail = Text(zh="您不能设置属性 {attribute}。", en="You may not set the attribute {attribute}.")


class AttributeRetired(DomainError):
    """Field: attribute."""

    code = "attribute_retired"
    status = 409
    title = Text(zh="属性已停用", en="Attribute is retired")
    detail = Text(zh="属性 {attribute} 已停用。", en="The attribute {attribute} is retired.")
