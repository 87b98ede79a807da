"""The journal and the tables beside it as columns of numpy, for verification.

Times are microseconds and days are days since 1970-01-01 UTC; -1 stands for no maturity. An account is named by 18
bytes: its member's id and its book's number, as the server has them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Flags, Numbers
from huixiang.points.model.columns import Table
from huixiang.points.model.proof import HoldState


@dataclass(frozen=True, slots=True)
class JournalSheet:
    """Postings whose texts and lists are of one length; `rows`: their places among all. texts: the seven of each, one
    after the other, as the canonical bytes have them."""

    rows: Numbers
    texts: Bytes
    alloc: Table
    opened: Table


@dataclass(frozen=True, slots=True)
class JournalColumns:
    """Postings of one account after the other's, in their order."""

    accounts: Bytes
    seq: Numbers
    points: Numbers
    requested: Numbers
    lapsed: Numbers
    held: Numbers
    pending: Numbers
    debt: Numbers
    occurred: Numbers
    recorded: Numbers
    rule_version: Numbers
    orders: Bytes
    hash: Bytes
    asked: Bytes
    sheets: list[JournalSheet]

    def __len__(self) -> int:
        return len(self.seq)


@dataclass(frozen=True, slots=True)
class LotColumns:
    """Lots, in the table or replayed; `account`: the number of the account of each. origin_lot: 0 for none."""

    account: Numbers
    lot: Numbers
    expires: Numbers
    original: Numbers
    remaining: Numbers
    held: Numbers
    lapsed: Numbers
    matures: Numbers
    origin_posting: Numbers
    origin_lot: Numbers

    def take(self, which: npt.NDArray[Any]) -> LotColumns:
        return LotColumns(*(column[which] for column in self.columns))

    def moved(self, numbers: Numbers) -> LotColumns:
        """The same lots under other numbers of accounts."""
        return replace(self, account=numbers[self.account])

    @property
    def columns(self) -> tuple[Numbers, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    @classmethod
    def joined(cls, parts: list[LotColumns]) -> LotColumns:
        nothing = [np.empty(0, np.int64) for _ in fields(cls)]
        return cls(*map(np.concatenate, zip(nothing, *(part.columns for part in parts), strict=True)))


OpenHold = tuple[int, bytes]  # the number of the account, and the hold's id as text


@dataclass(frozen=True, slots=True)
class WalkedColumns:
    """What some postings leave behind, by account, in the journal's order. sound: whether each of the account's
    postings follows from those before it."""

    accounts: Bytes
    sound: Flags
    postings: Numbers
    net: Numbers
    held: Numbers
    pending: Numbers
    debt: Numbers
    last_lot: Numbers
    recorded: Numbers
    head: Bytes
    lots: LotColumns
    holds: dict[OpenHold, HoldState]


@dataclass(frozen=True, slots=True)
class StoredColumns:
    """What the tables say. `lots` of accounts without a row have the number -1, and are named in `astray`, as are such
    holds."""

    accounts: Bytes
    book: Numbers
    balance: Numbers
    held: Numbers
    pending: Numbers
    debt: Numbers
    seq: Numbers
    last_lot: Numbers
    recorded: Numbers
    open_from: Numbers
    open_lot: Numbers
    head: Bytes
    numbers: dict[bytes, int]  # of the accounts
    lots: LotColumns
    holds: dict[OpenHold, HoldState]
    astray: set[bytes]
