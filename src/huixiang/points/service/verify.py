"""Proving that the ledger holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

from huixiang.platform.db import Transaction
from huixiang.points.model import AccountKey, Book, Finding, Posting, Verification
from huixiang.points.rules.verification import Walk
from huixiang.points.store.books import all_books
from huixiang.points.store.walk import walk_accounts, walk_postings

FINDINGS_SHOWN = 100


class _Tally:
    def __init__(self) -> None:
        self.accounts = 0
        self.postings = 0
        self.differences = 0
        self.findings: list[Finding] = []

    def note(self, found: Iterator[Finding]) -> None:
        for finding in found:
            self.differences += 1
            if len(self.findings) < FINDINGS_SHOWN:
                self.findings.append(finding)


async def verify(tx: Transaction) -> Verification:
    """Walk the whole journal once, account by account: the hash chain, the sums over postings, the sums over lots.

    The transaction must be one snapshot (`Database.snapshot`), or postings made meanwhile look like differences. Names
    the first broken posting of each account; an account without a row or a posting without an account is a finding.
    """
    tally = _Tally()
    books = await all_books(tx)
    journal = _Journal(walk_postings(tx))
    async for account, lots in walk_accounts(tx, books):
        key = account.key
        async for posting in journal.until(key):
            tally.note(_orphan(posting, books))
        walk = Walk(account)
        async for posting in journal.of(key):
            tally.postings += 1
            tally.note(walk.feed(posting))
        tally.note(walk.close(lots))
        tally.accounts += 1
    async for posting in journal.until(None):
        tally.note(_orphan(posting, books))
    return Verification(tally.accounts, tally.postings, tally.differences, tally.findings)


def _orphan(posting: Posting, books: Mapping[int, Book]) -> Iterator[Finding]:
    yield Finding(posting.member_id, books[posting.book].code, posting.seq, "there is no account for this posting")


class _Journal:
    """The walk over all postings, read one posting ahead."""

    def __init__(self, postings: AsyncIterator[Posting]) -> None:
        self._postings = postings
        self._next: Posting | None = None
        self._begun = False

    async def until(self, key: AccountKey | None) -> AsyncIterator[Posting]:
        """Postings of accounts before `key`; None: all that is left."""
        if not self._begun:
            self._begun = True
            await self._advance()
        while (posting := self._next) is not None and (key is None or (posting.member_id, posting.book) < key):
            await self._advance()
            yield posting

    async def of(self, key: AccountKey) -> AsyncIterator[Posting]:
        while (posting := self._next) is not None and (posting.member_id, posting.book) == key:
            await self._advance()
            yield posting

    async def _advance(self) -> None:
        self._next = await anext(self._postings, None)
