"""Proving that the ledger holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.model import Finding, JournalRow, MemberRange, Members, StoredAccount, Verification
from huixiang.points.model.walked import JournalColumns, WalkedColumns
from huixiang.points.rules.column_proof import prove
from huixiang.points.rules.column_walk import walk
from huixiang.points.rules.verification import Walk
from huixiang.points.service.verify_roots import rooted_days, verify_root, verify_root_chain
from huixiang.points.store import walk as walk_store
from huixiang.points.store import walk_columns
from huixiang.points.store.books import all_books

FINDINGS_SHOWN = 100
ACCOUNTS_AT_ONCE = 5_000


async def verify(tx: Transaction, accounts_at_once: int = ACCOUNTS_AT_ONCE) -> Verification:
    """Walk the whole journal, account by account: the hash chain, and the tables against what the postings make. Then
    reckon the signed roots again.

    The transaction must be one snapshot (`Database.snapshot`), or postings made meanwhile look like differences. Names
    the first broken posting of each account; an account without a row or a posting without an account is a finding.
    """
    parts = [await verify_members(tx, members) for members in await member_ranges(tx, accounts_at_once)]
    parts.append(await verify_root_chain(tx))
    parts += [await verify_root(tx, root.day) for root in await rooted_days(tx)]
    return total(parts)


async def member_ranges(tx: Transaction, accounts_at_once: int = ACCOUNTS_AT_ONCE) -> list[MemberRange]:
    """All members that there may be, cut where so many accounts lie between; each member is in one range whole."""
    return await walk_store.member_ranges(tx, accounts_at_once)


async def verify_members(tx: Transaction, members: MemberRange) -> Verification:
    """As `verify`, the accounts of some members. One snapshot each is enough, for no posting is of two members.

    Accounts are proven sound on columns; those that are not are walked, posting by posting, to say what is wrong.
    """
    books = await all_books(tx)
    walked: list[WalkedColumns] = []

    def take(postings: JournalColumns) -> None:
        if len(postings):
            walked.append(walk(postings))

    await walk_columns.copy_columns(tx, members, take)
    proven = prove(await walk_columns.load_columns(tx, members), walked, books)
    postings = proven.postings
    findings: list[Finding] = []
    others = set(proven.others)

    def look(account: Walk, stored: StoredAccount) -> None:
        nonlocal postings
        if account.member_id + account.book.to_bytes(2) in others:
            postings += account.postings
            findings.extend(account.findings(stored, books[account.book]))

    if others:
        await walk_members(tx, sorted({UUID(bytes=name[:16]) for name in others}), look)
    findings.sort(key=lambda finding: (finding.member_id, finding.book))
    return Verification(
        accounts=proven.accounts, postings=postings, differences=len(findings), findings=findings[:FINDINGS_SHOWN]
    )


async def walk_members(tx: Transaction, members: Members, look: Callable[[Walk, StoredAccount], None]) -> None:
    """Show each account of the members with its journal walked to the end, and what the tables say of it."""
    stored = await walk_store.load_stored(tx, members)
    walk: Walk | None = None

    def feed(rows: Iterator[JournalRow]) -> None:
        nonlocal walk
        for row in rows:
            if walk is None or walk.member_id != row.member_id or walk.book != row.book:
                if walk is not None:
                    look(walk, stored.pop(walk.key, StoredAccount()))
                walk = Walk(row.member_id, row.book)
            walk.feed(row)

    await walk_store.copy_postings(tx, members, feed)
    if walk is not None:
        look(walk, stored.pop(walk.key, StoredAccount()))
    for key, without_postings in stored.items():
        look(Walk(*key), without_postings)


def total(verified: Iterable[Verification]) -> Verification:
    """What parts found, put together."""
    parts = list(verified)
    findings = [finding for part in parts for finding in part.findings]
    root_findings = [finding for part in parts for finding in part.root_findings]
    return Verification(
        accounts=sum(part.accounts for part in parts),
        postings=sum(part.postings for part in parts),
        roots=sum(part.roots for part in parts),
        differences=sum(part.differences for part in parts),
        findings=findings[:FINDINGS_SHOWN],
        root_findings=root_findings[:FINDINGS_SHOWN],
    )
