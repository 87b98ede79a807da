"""`huixiang ledger root`, `proof`, `balances`, `new-key`: what the journal says of a day, and proves to others."""

from __future__ import annotations

import csv
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
import typer

from huixiang.entry.cli import on_database
from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from huixiang.platform.db import Transaction
    from huixiang.points.model import Proof, PublishedRoot

CARD_NUMBER = re.compile(r"[0-9]{12}")

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A business day; the last one if not given.")]


def root(day: Day = None) -> None:
    """Print the signed root of a day as JSON: what may be published, and what proofs are checked against."""
    from huixiang.points import service  # noqa: PLC0415 - loaded when run

    async def find(tx: Transaction) -> PublishedRoot:
        if day is not None:
            return await service.root(tx, day.date())
        page = await service.roots(tx, None, 1)
        if not page.items:
            raise CannotRun("no day is closed yet; the worker closes a business day three hours after its end")
        return page.items[0]

    _print(on_database.run(find))


def proof(
    member: Annotated[str, typer.Argument(help="The member's id, or the number on the card.")],
    seq: Annotated[int, typer.Argument(min=1, help="The posting's place in the account, as the statement has it.")],
    book: Annotated[str, typer.Option(help="The book's code.")] = "points",
) -> None:
    """Print the proof that a posting stood in the journal when its day was signed. docs/domain/proof.md says how to
    check it without this program."""
    from huixiang.points import service  # noqa: PLC0415 - loaded when run

    async def prove(tx: Transaction) -> Proof:
        owner = await _owner(tx, member)
        return await service.prove(tx, owner, await service.find_book(tx, book), seq)

    _print(on_database.run(prove))


async def _owner(tx: Transaction, member: str) -> UUID:
    """An id may also be that of a pool."""
    from huixiang.members import service as members  # noqa: PLC0415 - loaded when run
    from huixiang.members.model import MemberRef  # noqa: PLC0415

    if CARD_NUMBER.fullmatch(member):
        return await members.resolve(tx, MemberRef(number=member))
    try:
        return UUID(member)
    except ValueError:
        raise CannotRun(f"{member} is neither a member's id nor a card number of 12 digits") from None


def balances(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A business day.")],
) -> None:
    """Print what every account stood at when a day ended, as CSV, from the journal alone."""
    from huixiang.points import service  # noqa: PLC0415 - loaded when run

    async def write(tx: Transaction) -> None:
        if day.date() > tx.calendar.day(tx.now):
            raise CannotRun(f"{day.date()} lies in the future")
        out = csv.writer(sys.stdout)
        out.writerow(("member_id", "book", "balance", "available", "held", "pending", "debt"))
        async for one in service.balances_at_end(tx, day.date()):
            book = (await service.find_books(tx, [one.book]))[one.book]
            available = one.balance - one.held - one.pending
            out.writerow((one.member_id, book.code, one.balance, available, one.held, one.pending, one.debt))

    on_database.run(write)


def new_key() -> None:
    """Make a new key for signing roots; the next root is signed with it. The key before endorses it, if it is there."""
    from huixiang.entry.keys import signer  # noqa: PLC0415 - loaded when run
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    typer.echo(f"roots will be signed with key {signer(endpoints.connect(Settings.load())).add_key()}")


def _print(answer: object) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
