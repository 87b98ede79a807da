"""What a journal did to lots, on columns: `rules.replay` for postings that are alike in nothing but their soundness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from huixiang.kernel.layout import Bytes, Flags, Numbers
from huixiang.points.model import NOT_PENDING
from huixiang.points.model.columns import Blocks, Table
from huixiang.points.model.walked import JournalColumns, JournalSheet, LotColumns
from huixiang.points.rules.replay import EXPIRE, MATURE

LARGEST = 2**40  # numbers of lots, and amounts, are below: then a number of an account goes before one in 62 bits


def replay_lots(postings: JournalColumns, blocks: Blocks, sound: Flags) -> tuple[LotColumns, Numbers]:
    """The lots as they stand in the end, by account and number, and each account's last. Postings that change a lot
    which was not opened before, or open one again, are not sound."""
    codes = blocks.member * LARGEST
    opened = _opened(postings.sheets, sound)
    code = codes[opened[:, 0]] + opened[:, 1]
    order = np.lexsort((opened[:, 0], code))
    opened, code = opened[order], code[order]
    row, lot, points, expires, matures, origin = opened.T
    changed = _changed(postings.sheets, sound)
    asked = codes[changed[:, 0]] + changed[:, 1]
    at = np.searchsorted(code, asked)
    known = at < len(code)
    at[~known] = 0
    known[known] = (code[at[known]] == asked[known]) & (row[at[known]] < changed[known, 0])
    sound[changed[~known, 0]] = False
    sound[row[1:][code[1:] == code[:-1]]] = False
    remaining, held, lapsed, ended = _left(points, at[known], changed[known])
    last_lot = np.zeros(len(blocks.starts), np.int64)
    np.maximum.at(last_lot, blocks.member[row], lot)
    lots = LotColumns(
        blocks.member[row], lot, expires, points, remaining, held, lapsed, np.where(ended, NOT_PENDING, matures),
        postings.seq[row], origin,
    )  # fmt: skip
    return lots, last_lot


def _opened(sheets: Sequence[JournalSheet], sound: Flags) -> Table:
    """(posting, lot, points, last day, maturity, origin) of each lot that a sound posting opened."""
    parts: list[Table] = [np.empty((0, 6), np.int64)]
    for sheet in sheets:
        if sheet.opened.shape[1] and sheet.opened.shape[1] % 5 == 0:
            row = np.repeat(sheet.rows, sheet.opened.shape[1] // 5)
            opened: Table = np.column_stack((row, sheet.opened.reshape(-1, 5)))
            parts.append(opened[sound[row]])
    return np.concatenate(parts)


def _changed(sheets: Sequence[JournalSheet], sound: Flags) -> Table:
    """(posting, lot, change of remaining, change of held, whether it expires, whether it matures) of each change that a
    sound posting made, in their order."""
    parts: list[Table] = [np.empty((0, 6), np.int64)]
    for sheet in sheets:
        times, odd = divmod(sheet.alloc.shape[1], 3)
        if times and not odd:
            row = np.repeat(sheet.rows, times)
            kinds = [np.repeat(are(sheet.texts[:, : len(kind)], kind), times) for kind in (EXPIRE, MATURE)]
            changed: Table = np.column_stack((row, sheet.alloc.reshape(-1, 3), *kinds))
            parts.append(changed[sound[row]])
    joined = np.concatenate(parts)
    return joined[np.argsort(joined[:, 0], kind="stable")]


def _left(points: Numbers, lots: Numbers, changed: Table) -> tuple[Numbers, Numbers, Numbers, Flags]:
    """Of lots opened with so many points: what remains, what is held, what lapsed, and whether the waiting ended, which
    it does where a lot matures or nothing remains, be it for a moment. lots: that of each change."""
    count = len(points)
    remaining, ended = points.copy(), np.zeros(count, np.bool_)
    held, lapsed = np.zeros(count, np.int64), np.zeros(count, np.int64)
    if not len(lots):
        return remaining, held, lapsed, ended
    order = np.argsort(lots, kind="stable")
    lots, (_, _, change, holds, expires, matures) = lots[order], changed[order].T
    first = np.flatnonzero(np.diff(lots, prepend=-1))
    touched, sums = lots[first], np.cumsum(change)
    before = np.repeat((sums - change)[first], np.diff(np.append(first, len(lots))))
    ended[lots[(points[lots] + sums - before == 0) | (matures > 0)]] = True
    remaining[touched] += np.add.reduceat(change, first)
    held[touched] = np.add.reduceat(holds, first)
    lapsed[touched] = np.add.reduceat(-change * expires, first)
    return remaining, held, lapsed, ended


def are(octets: Bytes, expected: bytes) -> Flags:
    """Which rows are these bytes."""
    if octets.shape[1] != len(expected):
        return np.zeros(len(octets), np.bool_)
    same: Flags = (octets == np.frombuffer(expected, np.uint8)).all(axis=1)
    return same
