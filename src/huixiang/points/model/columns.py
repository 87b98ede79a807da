"""Accounts, earnings, postings and lots by the hundred thousand, as columns of numpy.

Instants are microseconds since 1970-01-01 UTC, days are days since then; -1 stands for no maturity.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import ROWS_AT_A_TIME, Bytes, Flags, Numbers, pick, runs
from huixiang.points.model.ledger import Book

Table = npt.NDArray[np.int64]  # (rows, numbers)


@dataclass(frozen=True, slots=True)
class Counters:
    """What caps have counted, by account: `entries` of them as (counter, period, points) in a table (accounts, most
    entries, 3), each account's first `sizes` rows."""

    entries: np.ndarray[tuple[int, int, int], np.dtype[np.int64]]
    sizes: Numbers

    @classmethod
    def empty(cls, accounts: int, most: int = 0) -> Counters:
        return cls(np.zeros((accounts, most, 3), np.int64), np.zeros(accounts, np.int64))

    @property
    def kept(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        return np.arange(self.entries.shape[1]) < self.sizes[:, None]


@dataclass(frozen=True, slots=True)
class Earnings:
    """Events as columns. Instants in microseconds since 1970-01-01 UTC, days since then; matures: -1 for at once."""

    members: Bytes
    keys: npt.NDArray[np.uint8]
    key_starts: Numbers
    key_lengths: Numbers
    points: Numbers
    occurred: Numbers
    orders: Bytes
    has_order: Flags
    expires: Numbers
    matures: Numbers

    def __len__(self) -> int:
        return len(self.points)

    def take(self, rows: Numbers) -> Earnings:
        return Earnings(
            pick(self.members, rows), self.keys, self.key_starts[rows], self.key_lengths[rows], self.points[rows],
            self.occurred[rows], pick(self.orders, rows), self.has_order[rows], self.expires[rows], self.matures[rows],
        )  # fmt: skip

    def key(self, row: int) -> bytes:
        start = int(self.key_starts[row])
        return self.keys[start : start + int(self.key_lengths[row])].tobytes()

    def key_rows(self, rows: Numbers, length: int) -> Bytes:
        """The keys of rows whose keys have this length."""
        starts = self.key_starts[rows]
        if length and len(self.keys) % length == 0 and not (starts % length).any():
            return pick(self.keys.reshape(-1, length), starts // length)
        rest: Bytes = self.keys[starts[:, None] + np.arange(length)]
        return rest


@dataclass(slots=True)
class Standing:
    """Accounts as they were read, by block: those without a row have `found` false and are empty."""

    found: Flags
    place: npt.NDArray[np.void]
    balance: Numbers
    held: Numbers
    pending: Numbers
    debt: Numbers
    seq: Numbers
    last_lot: Numbers
    head: Bytes
    recorded: Numbers
    open_from: Numbers
    open_lot: Numbers
    counters: Counters


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of sorted rows, and of their accounts. `common`: blocks that are decided here."""

    common: Flags
    granted: Numbers
    seq: Numbers
    lot: Numbers  # 0 where there is none
    pending: Numbers
    recorded: Numbers
    after: Standing


@dataclass(frozen=True, slots=True)
class Heading:
    """What all postings of a sheet have in common."""

    book: Book
    kind: str
    cause: str
    counter_account: str
    budget: str | None = None
    rule: str | None = None
    rule_version: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Postings whose texts and arrays are of one length. `rows`: their places among all rows of a batch.

    Instants in microseconds since 1970-01-01 UTC. orders: None for no order. What is not here is 0 or absent.
    """

    heading: Heading
    rows: Numbers
    members: Bytes
    seq: Numbers
    points: Numbers
    requested: Numbers
    pending: Numbers
    occurred: Numbers
    recorded: Numbers
    orders: Bytes | None
    keys: Bytes
    asked: Bytes
    alloc: Table
    opened: Table

    def __len__(self) -> int:
        return len(self.rows)

    def kept(self, which: Flags) -> Sheet:
        """The rows that are flagged, by their place among all rows."""
        mine = which[self.rows]
        return self if mine.all() else self._only(mine)

    def parts(self) -> list[Sheet]:
        """Itself, some rows at a time."""
        return [self] if len(self) <= ROWS_AT_A_TIME else [self._only(run) for run in runs(len(self))]

    def _only(self, which: Flags | slice) -> Sheet:
        kept: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, value in kept.items():
            if isinstance(value, np.ndarray):
                kept[name] = value[which]
        return Sheet(**kept)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of one account after the other's."""

    starts: Numbers
    sizes: Numbers
    member: Numbers  # of each row, the number of its block

    @classmethod
    def of(cls, members: Bytes) -> Blocks:
        ids = np.ascontiguousarray(members).view(f"V{members.shape[1]}")[:, 0]
        first = np.ones(len(ids), np.bool_)
        first[1:] = ids[1:] != ids[:-1]
        starts = np.flatnonzero(first)
        return cls(starts, np.diff(np.append(starts, len(ids))), np.cumsum(first) - 1)

    @classmethod
    def sized(cls, sizes: Numbers) -> Blocks:
        return cls(np.cumsum(sizes) - sizes, sizes, np.repeat(np.arange(len(sizes)), sizes))

    def rank(self) -> Numbers:
        return np.arange(len(self.member)) - self.starts[self.member]

    def sums(self, values: Numbers) -> Numbers:
        return np.add.reduceat(values, self.starts)

    def running(self, values: Numbers) -> Numbers:
        """Sums of a block up to and with each row."""
        total = np.cumsum(values)
        return total - (total - values)[self.starts][self.member]


@dataclass(frozen=True, slots=True)
class OpenLots:
    """Lots as columns. account: the number of the account; matures: -1 for not pending."""

    account: Numbers
    place: npt.NDArray[np.void]
    lot: Numbers
    expires: Numbers
    remaining: Numbers
    lapsed: Numbers
    matures: Numbers

    def take(self, which: Numbers) -> OpenLots:
        return OpenLots(
            self.account[which], self.place[which], self.lot[which], self.expires[which], self.remaining[which],
            self.lapsed[which], self.matures[which],
        )  # fmt: skip

    @property
    def sorted(self) -> OpenLots:
        return self.take(np.lexsort((self.lot, self.expires, self.account)))
