"""Comparing what the tables say with what the journal made, on columns: `verification.differences` by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from huixiang.kernel.layout import Bytes, Flags, Numbers, split
from huixiang.points.model import CHAIN_START, NOT_PENDING, Book, HoldState
from huixiang.points.model.walked import LotColumns, OpenHold, StoredColumns, WalkedColumns
from huixiang.points.rules.column_lots import LARGEST


@dataclass(frozen=True, slots=True)
class Proven:
    """How many accounts have a row, how many postings the proven ones have, and the names of the others."""

    accounts: int
    postings: int
    others: list[bytes]


def prove(stored: StoredColumns, walked: Sequence[WalkedColumns], books: Mapping[int, Book]) -> Proven:
    """What is proven of the accounts whose whole journal was walked."""
    made = _Made.nothing(len(stored.seq))
    others = set(stored.astray)
    lots, holds = [], dict[OpenHold, HoldState]()
    for part in walked:
        names = split(part.accounts)
        numbers = np.array([stored.numbers.get(name, -1) for name in names], np.int64)
        others.update(names[place] for place in np.flatnonzero(numbers < 0))
        made.add(part, numbers)
        its = part.lots.moved(numbers)
        lots.append(its.take(its.account >= 0))
        holds |= {(int(numbers[account]), name): held for (account, name), held in part.holds.items()}
    sound = made.sound & _same(stored, made) & _lawful(stored)
    table = stored.lots.take(stored.lots.account >= 0)
    sound &= _covered(stored, table, books)
    sound[_unlike(table, LotColumns.joined(lots))] = False
    sound[[hold[0] for hold in stored.holds.keys() | holds.keys() if stored.holds.get(hold) != holds.get(hold)]] = False
    others.update(row.tobytes() for row in stored.accounts[~sound])
    return Proven(len(sound), int(made.postings[sound].sum()), sorted(others))


@dataclass(frozen=True, slots=True)
class _Made:
    """What the journal made, by the number of the account."""

    sound: Flags
    postings: Numbers
    net: Numbers
    held: Numbers
    pending: Numbers
    debt: Numbers
    last_lot: Numbers
    recorded: Numbers
    head: Bytes

    @classmethod
    def nothing(cls, count: int) -> Self:
        zeros = np.zeros((7, count), np.int64)
        return cls(
            np.ones(count, np.bool_), zeros[0], zeros[1], zeros[2], zeros[3], zeros[4], zeros[5], zeros[6],
            np.zeros((count, len(CHAIN_START)), np.uint8),
        )  # fmt: skip

    def add(self, part: WalkedColumns, numbers: Numbers) -> None:
        """An account that was not walked whole is not sound, whatever is put down of it."""
        mine = numbers >= 0
        its = numbers[mine]
        self.sound[its] &= part.sound[mine]
        for name in ("postings", "net", "held", "pending", "debt", "last_lot", "recorded", "head"):
            getattr(self, name)[its] = getattr(part, name)[mine]


def _same(stored: StoredColumns, made: _Made) -> Flags:
    same: Flags = (stored.head == made.head).all(axis=1)
    for one, other in (
        (stored.seq, made.postings), (stored.balance - stored.debt, made.net), (stored.held, made.held),
        (stored.pending, made.pending), (stored.debt, made.debt), (stored.last_lot, made.last_lot),
        (stored.recorded, made.recorded),
    ):  # fmt: skip
        same &= one == other
    return same


def _lawful(stored: StoredColumns) -> Flags:
    lawful = stored.balance - stored.held - stored.pending >= 0
    lawful &= (stored.debt <= 0) | (stored.balance <= stored.held)
    for amount in (stored.balance, stored.held, stored.pending, stored.debt):
        lawful &= (amount > -LARGEST) & (amount < LARGEST)
    return lawful


def _covered(stored: StoredColumns, lots: LotColumns, books: Mapping[int, Book]) -> Flags:
    """Whether lots add up to what accounts say, in books with lots, and no mark stands behind an open lot."""
    count = len(stored.seq)
    covered = np.ones(count, np.bool_)
    for number in np.unique(stored.book).tolist():
        if number not in books:
            covered[stored.book == number] = False
    bare = np.isin(stored.book, [number for number, book in books.items() if not book.has_lots])
    for said, amounts in (
        (stored.balance, lots.remaining),
        (stored.held, lots.held),
        (stored.pending, np.where(lots.matures != NOT_PENDING, lots.remaining, 0)),
    ):
        sums = np.zeros(count, np.int64)
        np.add.at(sums, lots.account, amounts)
        covered &= bare | (sums == said)
    its = lots.account
    behind = (stored.open_from[its] > lots.expires) | (
        (stored.open_from[its] == lots.expires) & (stored.open_lot[its] > lots.lot)
    )
    covered[its[behind & (lots.remaining != 0)]] = False
    return covered


def _unlike(stored: LotColumns, made: LotColumns) -> list[int]:
    """The accounts whose lots are not the same."""
    tables = [lots.take(np.lexsort((lots.lot, lots.account))).columns for lots in (stored, made)]
    if all(map(np.array_equal, *tables)):
        return []
    rows = [set(zip(*(column.tolist() for column in columns), strict=True)) for columns in tables]
    return sorted({account for account, *_ in rows[0] ^ rows[1]})
