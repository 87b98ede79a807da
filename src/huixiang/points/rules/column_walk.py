"""Proving on columns that accounts are sound: what `rules.verification` checks, at a fraction of the cost.

What is proven here is sound. What is not may be broken, or only uncommon: `verification.Walk` says which, and names
what is broken. So a test here may be stricter than the one there, never looser. Amounts are added up without a look at
overflow, so an account with a larger one than LARGEST is left to the walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Flags, Layout, Numbers, pick, split
from huixiang.points.model import CHAIN_START, HoldState
from huixiang.points.model.columns import Blocks
from huixiang.points.model.walked import JournalColumns, JournalSheet, OpenHold, WalkedColumns
from huixiang.points.rules.column_lots import LARGEST, are, replay_lots
from huixiang.points.rules.column_postings import as_rows, lay_lists, lay_numbers

_HOLD = b"\0\0\0\x29hold:"
_ABSENT = b"\xff\xff\xff\xff"
_ID_BYTES = 36
_DASHES = np.isin(np.arange(_ID_BYTES), (8, 13, 18, 23))
_HEXADECIMAL = np.array([(chr(octet) in "0123456789abcdef") + 2 * (octet == ord("-")) for octet in range(256)])


def walk(postings: JournalColumns) -> WalkedColumns:
    """The postings of whole accounts: their chains, and what they add up to."""
    blocks = Blocks.of(postings.accounts)
    sound = (postings.seq == blocks.rank() + 1) & _in_time(postings) & _linked(postings) & _balanced(postings)
    lots, last_lot = replay_lots(postings, blocks, sound)
    holds = _holds(postings, blocks, sound)
    last = blocks.starts + blocks.sizes - 1
    return WalkedColumns(
        pick(postings.accounts, blocks.starts), np.logical_and.reduceat(sound, blocks.starts), blocks.sizes,
        blocks.sums(postings.points), blocks.sums(postings.held), blocks.sums(postings.pending),
        blocks.sums(postings.debt), last_lot, postings.recorded[last], pick(postings.hash, last), lots, holds,
    )  # fmt: skip


def _in_time(postings: JournalColumns) -> Flags:
    """Whether none was recorded before the one that it follows."""
    ordered: Flags = postings.seq == 1
    ordered[1:] |= postings.recorded[1:] >= postings.recorded[:-1]
    return ordered


def _linked(postings: JournalColumns) -> Flags:
    """Whether each posting's hash is that of its bytes and of the hash before it."""
    digests = np.empty((len(postings), 32), np.uint8)
    for sheet in postings.sheets:
        digests[sheet.rows] = as_rows([sha256(row).digest() for row in split(canonical(postings, sheet))])
    link = np.empty((len(postings), 64), np.uint8)
    link[1:, :32] = postings.hash[:-1]
    link[postings.seq == 1, :32] = np.frombuffer(CHAIN_START, np.uint8)
    link[:, 32:] = digests
    hashes = as_rows([sha256(row).digest() for row in split(link)])
    same: Flags = (hashes == postings.hash).all(axis=1)
    return same


def canonical(postings: JournalColumns, sheet: JournalSheet) -> Bytes:
    """The bytes that the hashes cover."""

    def its(column: Numbers) -> Numbers:
        return column[sheet.rows]

    accounts, row = pick(postings.accounts, sheet.rows), Layout()
    amounts = (
        postings.points, postings.requested, postings.lapsed, postings.held, postings.pending, postings.debt,
        postings.occurred, postings.recorded,
    )  # fmt: skip
    lay_numbers(
        row, accounts[:, :16], accounts[:, 16:].copy().view(">i2")[:, 0], its(postings.seq),
        [its(amount) for amount in amounts], its(postings.rule_version), pick(postings.orders, sheet.rows),
    )  # fmt: skip
    row.octets(sheet.texts)
    lay_lists(row, pick(postings.asked, sheet.rows), sheet.alloc, sheet.opened)
    return row.rows(len(sheet.rows))


def _balanced(postings: JournalColumns) -> Flags:
    """Whether what a posting says of points, debt and holds is what it did to lots, and no number is too large."""
    sound = np.ones(len(postings), np.bool_)
    for amounts in (
        postings.points, postings.requested, postings.lapsed, postings.held, postings.pending, postings.debt,
    ):  # fmt: skip
        sound &= _within(amounts)
    for sheet in postings.sheets:
        rows, alloc, opened = sheet.rows, sheet.alloc, sheet.opened
        if alloc.shape[1] % 3 or opened.shape[1] % 5:
            sound[rows] = False
        elif alloc.shape[1] or opened.shape[1]:
            points, lots = postings.points[rows], (alloc[:, ::3], opened[:, ::5])
            moved = alloc[:, 1::3].sum(axis=1) + opened[:, 1::5].sum(axis=1)
            sound[rows] &= (
                (moved == points + postings.debt[rows])
                & (alloc[:, 2::3].sum(axis=1) == postings.held[rows])
                & (np.abs(points) + postings.lapsed[rows] <= np.abs(postings.requested[rows]))
                & _within(alloc).all(axis=1)
                & _within(opened[:, 1::5]).all(axis=1)
            )
            for named in lots:
                sound[rows] &= ((named > 0) & (named < LARGEST)).all(axis=1)
    return sound


def _within(numbers: npt.NDArray[np.int64]) -> Flags:
    return (numbers > -LARGEST) & (numbers < LARGEST)


def _holds(postings: JournalColumns, blocks: Blocks, sound: Flags) -> dict[OpenHold, HoldState]:
    """The holds that are open in the end. A posting that begins one has its key, one that ends it has that as the key
    of its origin; others that change what is held are not sound."""
    begun: dict[OpenHold, tuple[JournalSheet, int]] = {}
    for row, name, sheet, place in sorted(_hold_keys(postings, sound), key=itemgetter(0)):
        hold = (int(blocks.member[row]), name)
        if (postings.held[row] > 0) == (hold in begun):
            sound[row] = False
        elif begun.pop(hold, None) is None:
            begun[hold] = (sheet, place)
    return {hold: _hold(postings, *of) for hold, of in begun.items()}


def _hold_keys(postings: JournalColumns, sound: Flags) -> Iterator[tuple[int, bytes, JournalSheet, int]]:
    """(posting, hold id as text, its sheet, its place there) of each posting that begins or ends a hold. The key stands
    last but for an absent origin, or is the origin and stands last: no text has the bytes that could deceive here."""
    for sheet in postings.sheets:
        moves = postings.held[sheet.rows]
        for places, end in (
            (np.flatnonzero(moves > 0), sheet.texts.shape[1] - len(_ABSENT)),
            (np.flatnonzero(moves < 0), sheet.texts.shape[1]),
        ):
            if len(places):
                rows, texts = sheet.rows[places], sheet.texts[places]
                begin = max(end - _ID_BYTES - len(_HOLD), 0)
                ids = texts[:, max(end - _ID_BYTES, 0) : end]
                fit = are(texts[:, end:], _ABSENT) if end < texts.shape[1] else np.ones(len(places), np.bool_)
                fit &= are(texts[:, begin : begin + len(_HOLD)], _HOLD) & _named(ids)
                sound[rows[~fit]] = False
                yield from zip(rows[fit].tolist(), split(ids[fit]), repeat(sheet), places[fit].tolist(), strict=False)


def _named(ids: Bytes) -> Flags:
    """Whether texts are ids as the server writes them."""
    if ids.shape[1] != _ID_BYTES:
        return np.zeros(len(ids), np.bool_)
    named: Flags = (_HEXADECIMAL[ids] == np.where(_DASHES, 2, 1)).all(axis=1)
    return named


def _hold(postings: JournalColumns, sheet: JournalSheet, place: int) -> HoldState:
    row = sheet.rows[place]
    pinned = np.delete(sheet.alloc[place].reshape(-1, 3), 1, axis=1).reshape(-1)
    return HoldState(int(postings.held[row]), tuple(pinned.tolist()), postings.orders[row].tobytes())
