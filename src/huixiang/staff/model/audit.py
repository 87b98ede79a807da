"""The audit log: who did what to whom, when and why; its chains, and the signed roots of its days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text

FIRST_PREVIOUS = bytes(32)
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="SHA-256, in hex.")]


class Personal(msgspec.Struct, frozen=True):
    """A personal value of the member that an entry concerns. It is sealed under the member's key before it is kept."""

    value: str


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What is recorded. `actor` is `staff:<id>`, `key:<id>`, `name:<hash of a name tried>` or `cli`; `action` is
    `noun.past` as in `key.created`; `subject` is `<kind>:<id>`. Values of `before` and `after` that say something of a
    person are `Personal`, and need `member_id`."""

    actor: str
    action: str
    subject: str
    member_id: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log as its hash sees it. `before` and `after`: the JSON that is kept, to the byte. seq: from 1, in
    the chain of `actor` and `day`."""

    audit_id: UUID
    actor: str
    day: date
    seq: int
    action: str
    subject: str
    member_id: UUID | None
    before: str | None
    after: str | None
    reason: str | None
    recorded_at: datetime
    previous_hash: bytes
    hash: bytes = b""


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log as it is shown: personal values stay sealed, as `{"sealed": "<base64>"}`; null in place of the
    base64 where the member's key was gone already. `seq` counts from 1 in the chain of its actor and business day.
    `actor_name`: of a console user or a key."""

    audit_id: UUID
    actor: str
    actor_name: str | None
    action: str
    subject: str
    member_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    recorded_at: datetime
    day: date
    seq: int
    hash: Hash


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are asked for: all that is given has to hold. [since, until); first_day to last_day, business days
    of recording, both included."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    member_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None


class ChainEnd(msgspec.Struct, frozen=True):
    """Where the chain of an actor ended on a day."""

    actor: str
    seq: int
    hash: bytes


class AuditRoot(msgspec.Struct, frozen=True, kw_only=True):
    """The signed root of a business day (`rules.audit.statement`)."""

    day: date
    chains: int
    entries: int
    ends: bytes
    previous: bytes
    root: bytes = b""
    key_id: str = ""
    public_key: bytes = b""
    signature: bytes = b""


class ShownRoot(msgspec.Struct, frozen=True, kw_only=True):
    """A signed root as it is shown. `problem`: why it is not to be trusted, None of a sound one: signed with a key of
    this installation, over the root of the day before."""

    day: date
    chains: int
    entries: int
    root: Hash
    key_id: str
    problem: str | None


class ChainCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What walking the chain of an entry came to. `signed`: every entry of the chain is as it was recorded, and the
    day's root says so; `open`: as recorded, and the day has no root yet; `broken`: see `problems`."""

    state: Literal["signed", "open", "broken"]
    entries: int
    problems: list[str]
    root: ShownRoot | None


class AuditDetail(msgspec.Struct, frozen=True):
    """An entry with its chain, verified at this moment."""

    entry: ShownEntry
    chain: ChainCheck


class AuditUnknown(DomainError):
    """Field: audit_id."""

    code = "audit_unknown"
    status = 404
    title = Text(zh="没有该审计记录", en="No such entry")
    detail = Text(zh="没有审计记录 {audit_id}。", en="There is no entry {audit_id} of the audit log.")


class AuditFinding(msgspec.Struct, frozen=True):
    """What is wrong with the log. actor: whose chain, None where it is the day's root; seq: which entry."""

    day: date
    actor: str | None
    seq: int | None
    problem: str


class AuditVerification(msgspec.Struct, frozen=True):
    """What was walked and what was found; `findings` stop at a limit, `differences` does not."""

    entries: int
    chains: int
    roots: int
    differences: int
    findings: list[AuditFinding]


class AuditKeyMissing(DomainError):
    """The file of signing keys is not there, and it was before. Field: key_id, of the last root's."""

    code = "audit_key_missing"
    status = 409
    title = Text(zh="缺少签名密钥", en="Signing key missing")
    detail = Text(zh="没有密钥文件，上次使用的密钥是 {key_id}。", en="There is no file of keys; {key_id} signed last.")
