"""What must hold of a journal and of the tables reckoned from it. Pure: one pass over each account's postings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from struct import Struct, error
from typing import TypeVar
from uuid import UUID

from huixiang.points.model import (
    CHAIN_START,
    NOT_PENDING,
    SERVER_EPOCH_US,
    AccountState,
    Book,
    Finding,
    HoldState,
    JournalRow,
    LotState,
    RawKey,
    StoredAccount,
)
from huixiang.points.rules.canonical import FIXED, VERSION
from huixiang.points.rules.replay import Replay, Unreplayable

Name = TypeVar("Name", int, UUID)

BROKEN_LINK = "the hash does not match the posting and the one before it"


def canonical_bytes(row: JournalRow) -> bytes:
    """As `canonical.encode_posting` has them. Raises struct.error for what cannot have been encoded."""
    opened = len(row.numbers) - row.changed
    if opened:
        numbers = _two_lists(row.changed, opened).pack(
            row.changed, *row.numbers[: row.changed], opened, *row.numbers[row.changed :]
        )
    else:
        numbers = _two_lists(row.changed, 0).pack(row.changed, *row.numbers, 0)
    fixed = FIXED.pack(
        VERSION, row.member_id, row.book, row.seq, row.points, row.requested, row.lapsed, row.held_delta,
        row.pending_delta, row.debt_delta, row.occurred_at + SERVER_EPOCH_US, row.recorded_at + SERVER_EPOCH_US,
        row.rule_version, row.order_ref,
    )  # fmt: skip
    return b"".join((fixed, row.texts, row.input_hash, numbers))


@cache
def _two_lists(first: int, second: int) -> Struct:
    return Struct(f">I{first}qI{second}q")


class Walk:
    """The postings of one account, fed in order: their chain, and what they add up to.

    Only the first broken posting is kept: everything after it is suspect by that alone.
    """

    __slots__ = ("_head", "_seq", "book", "broken", "member_id", "postings", "replay")

    def __init__(self, member_id: bytes, book: int) -> None:
        self.member_id = member_id
        self.book = book
        self.broken: tuple[int, str] | None = None
        self.replay = Replay()
        self.postings = 0
        self._seq = 0
        self._head = CHAIN_START

    @property
    def key(self) -> RawKey:
        return (self.member_id, self.book)

    def feed(self, row: JournalRow) -> None:
        self.postings += 1
        if self.broken:
            return
        self._seq += 1
        if row.seq != self._seq:
            self.broken = (self._seq, f"posting {self._seq} is missing; {row.seq} follows")
            return
        try:
            self._head = sha256(self._head + sha256(canonical_bytes(row)).digest()).digest()
        except error:
            self._head = b""
        if self._head != row.hash:
            self.broken = (row.seq, BROKEN_LINK)
            return
        try:
            self.replay.feed(row)
        except Unreplayable as reason:
            self.broken = (row.seq, str(reason))

    def findings(self, stored: StoredAccount, book: Book) -> Iterator[Finding]:
        """What the tables do not agree with. An account without a row is named by its first posting."""
        member = UUID(bytes=self.member_id)
        if stored.row is None:
            first = 1 if self.postings else None
            yield Finding(member, book.code, first, "there is no account for this posting, lot or hold")
        elif self.broken:
            yield Finding(member, book.code, *self.broken)
        elif (self.replay.seq, self.replay.head) != (stored.row.seq, stored.row.head):
            problem = f"the journal ends at {self.replay.seq}, the account at {stored.row.seq}"
            yield Finding(member, book.code, self.replay.seq + 1, problem)
        else:
            for problem in differences(stored, self.replay, has_lots=book.has_lots):
                yield Finding(member, book.code, None, problem)


def differences(stored: StoredAccount, replay: Replay, *, has_lots: bool) -> Iterator[str]:
    """Where the tables say something else than the journal, in words; the chain is whole and as long as the account
    says."""
    row, reckoned = stored.row, replay.account
    if row is None:
        return
    yield from _unlike_sums(row, replay)
    if has_lots:
        yield from _unlike_lots(row, stored.lots)
    if row.balance - row.held - row.pending < 0 or (row.debt > 0 and row.balance > row.held):
        yield "available is negative, or there is a debt beside available points"
    for name in ("last_lot", "recorded_at"):
        if getattr(row, name) != getattr(reckoned, name):
            yield f"{name} is {getattr(row, name)}, the journal says {getattr(reckoned, name)}"
    # The mark is a hint to look no earlier: it may stand before the first open lot, not behind it.
    if (row.open_from, row.open_lot) > (reckoned.open_from, reckoned.open_lot) and replay.has_open_lots:
        yield f"the mark of open lots stands behind lot {reckoned.open_lot}, which has something remaining"
    if stored.lots != replay.lots:
        yield from _unlike("lot", stored.lots, replay.lots)
    if stored.holds != replay.holds:
        yield from _unlike("hold", stored.holds, replay.holds)


def _unlike_sums(row: AccountState, replay: Replay) -> Iterator[str]:
    for name, stored, reckoned in (
        ("balance less debt", row.balance - row.debt, replay.net),
        ("held", row.held, replay.held),
        ("pending", row.pending, replay.pending),
        ("debt", row.debt, replay.debt),
    ):
        if stored != reckoned:
            yield f"{name} is {stored}, the postings add up to {reckoned}"


def _unlike_lots(row: AccountState, lots: dict[int, LotState]) -> Iterator[str]:
    remaining = held = pending = 0
    for lot in lots.values():
        remaining += lot.remaining
        held += lot.held
        pending += lot.remaining if lot.matures_at != NOT_PENDING else 0
    for name, stored, reckoned in (
        ("balance", row.balance, remaining),
        ("held", row.held, held),
        ("pending", row.pending, pending),
    ):
        if stored != reckoned:
            yield f"{name} is {stored}, the lots add up to {reckoned}"


def _unlike(
    noun: str, stored: Mapping[Name, LotState | HoldState], replayed: Mapping[Name, LotState | HoldState]
) -> Iterator[str]:
    """Entries that are missing, too many, or unlike, with the fields."""
    for name in sorted(stored.keys() | replayed.keys()):
        one, other = stored.get(name), replayed.get(name)
        if one is None:
            yield f"{noun} {name} is missing"
        elif other is None:
            yield f"{noun} {name} is not in the journal"
        elif one != other:
            fields = [field for field in one.__struct_fields__ if getattr(one, field) != getattr(other, field)]
            yield f"{noun} {name}: {', '.join(fields)} is not what the journal says"
