"""Nouns of proofs: the journal as it is hashed and replayed, and the signed root of a day.

Here times are microseconds and days are days since 1970-01-01 UTC, as the hashed bytes have them; ids are 16 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.points.model.ledger import PostingFields

NOT_PENDING = -1  # matures_at of a lot that can be spent
SERVER_EPOCH_US = 10_957 * 86_400_000_000  # 2000-01-01, from which the server counts, since 1970-01-01
FIRST_PREVIOUS = b"\0" * 32  # what the first root is bound to

RawKey = tuple[bytes, int]


class MemberRange(msgspec.Struct, frozen=True, tag="members"):
    """Members from `first` on and before `end`; None: without a bound."""

    first: UUID | None = None
    end: UUID | None = None


Members = MemberRange | Sequence[UUID]  # a range, or these


class RootChain(msgspec.Struct, frozen=True, tag="roots"):
    """All roots: each bound to the one before, of the day after it, and signed."""


class RootOfDay(msgspec.Struct, frozen=True, tag="root"):
    """The root of one day."""

    day: date


class JournalRow(msgspec.Struct, gc=False):
    """A posting as it is hashed, read from the server. Times are the server's: microseconds since 2000-01-01 UTC.

    numbers: alloc, which is the first `changed` of them, then opened. texts: its texts one after the other as the
    canonical bytes have them, the last two at `key_at`.
    """

    member_id: bytes
    book: int
    seq: int
    points: int
    requested: int
    lapsed: int
    held_delta: int
    pending_delta: int
    debt_delta: int
    occurred_at: int
    recorded_at: int
    rule_version: int
    order_ref: bytes
    key_at: int
    hash: bytes
    input_hash: bytes
    changed: int
    numbers: tuple[int, ...]
    texts: bytes

    @property
    def key(self) -> bytes:
        return self._text(self.key_at)

    @property
    def origin_key(self) -> bytes:
        """Only of a posting that has one."""
        return self._text(self.key_at + 4 + len(self.key))

    def _text(self, at: int) -> bytes:
        begin = at + 4
        return self.texts[begin : begin + int.from_bytes(self.texts[at:begin], "big")]


class LotState(msgspec.Struct, gc=False):
    """A lot, in the table or replayed."""

    lot_no: int
    expires_on: int
    original: int
    remaining: int
    held: int
    lapsed: int
    matures_at: int
    origin_posting: int
    origin_lot: int


class HoldState(msgspec.Struct, gc=False):
    """An open hold, in the table or replayed; `alloc` is (lot number, points) laid flat. When it ends by itself is
    not in the journal."""

    points: int
    alloc: tuple[int, ...]
    order_ref: bytes


class AccountState(msgspec.Struct, gc=False):
    """A row of accounts."""

    balance: int
    held: int
    pending: int
    debt: int
    seq: int
    last_lot: int
    recorded_at: int
    open_from: int
    open_lot: int
    head: bytes


class StoredAccount(msgspec.Struct):
    """What the tables say of one account. No row: there are only lots, holds or postings of it."""

    row: AccountState | None = None
    lots: dict[int, LotState] = {}
    holds: dict[UUID, HoldState] = {}


class SigningKey(msgspec.Struct, frozen=True):
    """The public half of a key that signs roots. `endorsement`: the signature over it by the key before it, where that
    one was still at hand."""

    key_id: str
    public_key: bytes
    endorsed_by: str | None
    endorsement: bytes | None


class Root(msgspec.Struct, frozen=True):
    """The signed root of one business day: [starts_at, ends_at) by recorded_at.

    leaves: how many accounts changed. tree: the Merkle root over them. previous: the root of the day before.
    root: sha256 of the statement that binds all of these, which is what is signed.
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    leaves: int
    tree: bytes
    previous: bytes
    root: bytes
    key_id: str
    signature: bytes


class Branch(msgspec.Struct, frozen=True):
    """The digest over 256 leaves of a day one after the other (fewer in the last), and whose leaf is the first."""

    number: int
    first_member: UUID
    first_book: int
    digest: bytes


class PublishedRoot(msgspec.Struct, frozen=True):
    """A root as it is given out. Bytes are hexadecimal."""

    day: date
    starts_at: datetime
    ends_at: datetime
    leaves: int
    tree: str
    previous: str
    root: str
    key_id: str
    public_key: str
    endorsed_by: str | None
    endorsement: str | None
    signature: str


class ProvenPosting(PostingFields, frozen=True):
    """The fields of a posting that its hash covers. Bytes are hexadecimal."""

    input_hash: str
    alloc: list[int]
    opened: list[int]


class Proof(msgspec.Struct, frozen=True):
    """That a posting stood in the journal when its day was signed. All that the stand-alone verifier needs.

    head_before: of the account. later: sha256 of the canonical bytes of each later posting of that day.
    place, path: of the account's leaf in the day's tree.
    """

    version: int
    posting: ProvenPosting
    head_before: str
    later: list[str]
    place: int
    path: list[str]
    root: PublishedRoot


class PostingUnknown(DomainError):
    code = "posting_unknown"
    status = 404
    title = Text(zh="没有这笔流水", en="Unknown posting")
    detail = Text(zh="账户没有序号为 {seq} 的流水。", en="The account has no posting {seq}.")


class RootUnknown(DomainError):
    code = "points_root_unknown"
    status = 404
    title = Text(zh="没有当日根", en="No root of the day")
    detail = Text(zh="{day} 没有已签名的根。", en="There is no signed root of {day}.")


class PostingNotSigned(DomainError):
    """A day is closed some minutes after its end."""

    code = "posting_not_signed_yet"
    status = 409
    title = Text(zh="流水尚未签名", en="Posting is not signed yet")
    detail = Text(
        zh="序号 {seq} 的流水记于 {day}，当日的根尚未签名。",
        en="Posting {seq} was recorded on {day}, whose root is not signed yet.",
    )


class SigningKeyMissing(DomainError):
    """Signing goes on with the key that signed before, or with one that an operator made on purpose."""

    code = "signing_key_missing"
    status = 503
    title = Text(zh="缺少签名密钥", en="Signing key is missing")
    detail = Text(
        zh="签名密钥 {key_id} 不在密钥文件中；请恢复该文件，或运行 huixiang ledger new-key。",
        en="The signing key {key_id} is not in the key file: put the file back, or run `huixiang ledger new-key`.",
    )
