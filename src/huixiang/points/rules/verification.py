"""What must hold of a journal and of the accounts reckoned from it. Pure: one pass over each account's postings."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import astuple

from huixiang.points.model import CHAIN_START, Account, Finding, LotSums, Posting
from huixiang.points.rules.canonical import encode_posting, link


class Walk:
    """The postings of one account, fed in order, and what they add up to."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._seq = 0
        self._head = CHAIN_START
        self._net = self._held = self._pending = self._debt = 0
        self._broken = False

    def feed(self, posting: Posting) -> Iterator[Finding]:
        """Only the first broken link of an account is named: everything after it is suspect by that alone."""
        self._seq += 1
        self._net += posting.points
        self._held += posting.held_delta
        self._pending += posting.pending_delta
        self._debt += posting.debt_delta
        if self._broken:
            return
        if posting.seq != self._seq:
            yield self._finding(self._seq, f"posting {self._seq} is missing; {posting.seq} follows")
        self._head = link(self._head, encode_posting(*astuple(posting)[:-1]))
        if self._head != posting.hash:
            yield self._finding(posting.seq, "the hash does not match the posting and the one before it")

    def close(self, lots: LotSums) -> Iterator[Finding]:
        account = self._account
        if self._broken:
            return
        if (self._seq, self._head) != (account.seq, account.head):
            yield self._finding(self._seq + 1, f"the journal ends at {self._seq}, the account at {account.seq}")
        sums = (self._net, self._held, self._pending, self._debt)
        states = (account.balance - account.debt, account.held, account.pending, account.debt)
        for name, reckoned, stored in zip(("balance less debt", "held", "pending", "debt"), sums, states, strict=True):
            if reckoned != stored:
                yield self._finding(None, f"{name} is {stored}, the postings add up to {reckoned}")
        if account.book.has_lots:
            lot_states = (account.balance, account.held, account.pending)
            lot_sums = (lots.remaining, lots.held, lots.pending)
            for name, reckoned, stored in zip(("balance", "held", "pending"), lot_sums, lot_states, strict=True):
                if reckoned != stored:
                    yield self._finding(None, f"{name} is {stored}, the lots add up to {reckoned}")
        if account.available < 0 or (account.debt > 0 and account.balance > account.held):
            yield self._finding(None, "available is negative, or there is a debt beside available points")

    def _finding(self, seq: int | None, problem: str) -> Finding:
        self._broken = self._broken or seq is not None
        return Finding(self._account.member_id, self._account.book.code, seq, problem)
