"""Further identities of a member: what is linked, and what is refused."""

from __future__ import annotations

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import ExternalId, ExternalKey, Phone, Source
from huixiang.members.model.states import Reason


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A phone, or what another system (`source`) calls the member, and why it is linked or taken off."""

    reason: Reason
    phone: Phone | None = None
    source: Source | None = None
    external_id: ExternalKey | None = None

    def __post_init__(self) -> None:
        if (self.source is None) != (self.external_id is None):
            raise ValueError("source and external_id belong together")
        if (self.phone is None) == (self.external_id is None):
            raise ValueError("give a phone, or source with external_id")

    @property
    def external(self) -> ExternalId | None:
        if self.source is None or self.external_id is None:
            return None
        return ExternalId(self.source, self.external_id)


class IdentityOfAnother(DomainError):
    """What was to be linked belongs to somebody else; if the two are one, merge them. Fields: kind, member_id (whose it
    is)."""

    code = "identity_of_another"
    status = 409
    title = Text(zh="身份属于另一位会员", en="Identity of another member")
    detail = Text(
        zh="该 {kind} 属于会员 {member_id}；若为同一人，请合并这两位会员。",
        en="This {kind} identity belongs to the member {member_id}; if the two are one person, merge them.",
    )


class IdentitySourceHeld(DomainError):
    """Field: source."""

    code = "identity_source_held"
    status = 409
    title = Text(zh="该来源已有身份", en="One id from each system")
    detail = Text(
        zh="该会员在 {source} 已有编号，请先解除。",
        en="The member has an id of {source} already: unlink that one first.",
    )


class IdentitiesFull(DomainError):
    """Field: most."""

    code = "identities_full"
    status = 409
    title = Text(zh="身份过多", en="Too many identities")
    detail = Text(zh="一位会员至多有 {most} 个身份。", en="A member has at most {most} identities.")


class IdentityUnknown(DomainError):
    """Field: kind. The value is not repeated."""

    code = "identity_unknown"
    status = 404
    title = Text(zh="该会员没有此身份", en="Not an identity of the member")
    detail = Text(zh="该会员没有这个 {kind}。", en="The member has no such {kind} identity.")


class LastIdentity(DomainError):
    code = "identity_last"
    status = 409
    title = Text(zh="不能解除最后的身份", en="The last identity stays")
    detail = Text(
        zh="这是该会员唯一的身份，解除后将无人能找到该会员。",
        en="It is the only identity of the member: without it nothing would find them.",
    )
