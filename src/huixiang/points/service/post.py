"""The general door: any commands of any members in one transaction, decided in memory and written as sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.points.model import Book, Command, Outcome
from huixiang.points.service.batch import Accounts, Batch
from huixiang.points.store import accounts as account_store

R = TypeVar("R")


async def lock_accounts(tx: Transaction, member_ids: Collection[UUID], books: Sequence[Book]) -> Accounts:
    """Lock members' accounts to the end of the transaction, for a caller that must read more before it posts."""
    return await account_store.lock_accounts(
        tx, {(member_id, book.number): book for member_id in member_ids for book in books}
    )


async def post(
    tx: Transaction, commands: Sequence[Command], locked: Accounts | None = None, *, fresh: bool = False
) -> list[Outcome]:
    """Post commands of any number of members, in the order given per account; one outcome per command.

    A command whose key was used before is not applied again: same content, and the outcome is the first posting;
    other content raises PostingConflict. The first refusal is raised, and nothing may be committed then. `locked` are
    accounts from `lock_accounts` that nothing was posted to since. `fresh` says that no key can have been used before,
    and no origin is named: then the journal is not asked.
    """

    def refuse(refusal: DomainError) -> Outcome:
        raise refusal

    return await _post(tx, commands, locked, refuse, fresh=fresh)


async def try_post(
    tx: Transaction, commands: Sequence[Command], locked: Accounts | None = None
) -> list[Outcome | DomainError]:
    """As `post`, but each command stands alone: a refused one has its refusal for an outcome and leaves no trace."""
    return await _post(tx, commands, locked, lambda refusal: refusal)


async def _post(
    tx: Transaction,
    commands: Sequence[Command],
    locked: Accounts | None,
    refuse: Callable[[DomainError], R],
    *,
    fresh: bool = False,
) -> list[Outcome | R]:
    if not commands:
        return []
    batch = await Batch.load(tx, commands, locked, fresh=fresh)
    outcomes: list[Outcome | R] = []
    for asked in batch.asked:
        try:
            outcomes.append(batch.decide(asked))
        except DomainError as refusal:
            outcomes.append(refuse(refusal))
    await batch.save(tx)
    return outcomes
