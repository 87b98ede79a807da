"""What time brings to many accounts: `rules.due.settle` on columns, for accounts without holds and without a debt.

Lots are sorted by (account, place), and are all that have something remaining.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huixiang.kernel.epoch import days, microseconds
from huixiang.kernel.layout import Bytes, Flags, Layout, Numbers, decimal_width, decimals, groups, pick
from huixiang.points.model import NEVER, Book, Moment
from huixiang.points.model.columns import Blocks, Heading, OpenLots, Sheet, Standing
from huixiang.points.rules.due import NOTHING_ASKED

MATURE = "mature"
EXPIRE = "expire"
_NOTHING_ASKED = np.frombuffer(NOTHING_ASKED, np.uint8)


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of accounts that are common and have something due (`which`): their postings in blocks, one after
    the other, and what is left of the lots that changed."""

    which: Flags
    blocks: Blocks
    sheets: list[Sheet]
    after: Standing
    changed: OpenLots


def common(standing: Standing) -> Flags:
    """Accounts that are settled here."""
    mine: Flags = standing.found & (standing.held == 0) & (standing.debt == 0)
    return mine


def settle(book: Book, members: Bytes, standing: Standing, lots: OpenLots, moment: Moment) -> Settled:
    now, today = microseconds(moment.recorded_at), days(moment.today)
    mine = common(standing)[lots.account]
    matured = mine & (lots.matures >= 0) & (lots.matures <= now)
    past = mine & (lots.expires < today)
    still = past & ~matured & (lots.matures >= 0)
    count = len(members)

    def sums(which: Flags, values: Numbers) -> Numbers:
        found = np.zeros(count, np.int64)
        np.add.at(found, lots.account[which], values[which])
        return found

    ones = np.ones(len(lots.account), np.int64)
    matures, expires = sums(matured, ones), sums(past, ones)
    freed, expired, unfreed = sums(matured, lots.remaining), sums(past, lots.remaining), sums(still, lots.remaining)
    recorded = np.maximum(standing.recorded, now)
    postings = (matures > 0).astype(np.int64) + (expires > 0)
    which = postings > 0
    first = np.cumsum(postings) - postings  # the row of each account's first posting
    nothing = np.zeros(count, np.int64)
    maturing = _Postings(first, standing.seq + 1, nothing, -freed, recorded, matures)
    expiring = _Postings(
        first + (matures > 0), standing.seq + 1 + (matures > 0), -expired, -unfreed, recorded, expires
    )  # fmt: skip
    sheets = [
        *_sheets(Heading(book, MATURE, "mature", ""), maturing, lots.take(np.flatnonzero(matured)), members),
        *_sheets(Heading(book, EXPIRE, "expiry", "expired"), expiring, lots.take(np.flatnonzero(past)), members),
    ]
    open_from, open_lot = _marks(standing, lots, past, expires > 0)
    after = Standing(
        found=standing.found, place=standing.place, balance=standing.balance - expired, held=standing.held,
        pending=standing.pending - freed - unfreed, debt=standing.debt, seq=standing.seq + postings,
        last_lot=standing.last_lot, head=standing.head.copy(), recorded=recorded, open_from=open_from,
        open_lot=open_lot, counters=standing.counters,
    )  # fmt: skip
    touched = np.flatnonzero(matured | past)
    changed = lots.take(touched)
    changed.lapsed[:] += np.where(past[touched], changed.remaining, 0)
    changed.remaining[past[touched]] = 0
    return Settled(which, Blocks.sized(postings[which]), sheets, after, changed)


@dataclass(frozen=True, slots=True)
class _Postings:
    """One posting of each account that has lots for it (`lots` of them), by account."""

    rows: Numbers
    seq: Numbers
    points: Numbers
    pending: Numbers
    recorded: Numbers
    lots: Numbers


def _sheets(heading: Heading, postings: _Postings, lots: OpenLots, members: Bytes) -> list[Sheet]:
    """Alike in how many lots they are about, and in the length of their keys."""
    accounts = np.flatnonzero(postings.lots)
    starts = (np.cumsum(postings.lots) - postings.lots)[accounts]
    found = []
    for (size, width), at in groups(postings.lots[accounts], decimal_width(postings.seq[accounts])):
        its = accounts[at]
        key = Layout()
        key.constant(heading.cause.encode() + b":")
        key.octets(decimals(postings.seq[its], width))
        taken = starts[at][:, None] + np.arange(size)
        change = -lots.remaining[taken] if heading.kind == EXPIRE else np.zeros((len(its), size), np.int64)
        alloc = np.stack((lots.lot[taken], change, np.zeros_like(change)), axis=2).reshape(len(its), 3 * size)
        points, recorded = postings.points[its], postings.recorded[its]
        found.append(
            Sheet(
                heading, postings.rows[its], pick(members, its), postings.seq[its], points, points,
                postings.pending[its], recorded, recorded, None, key.rows(len(its)),
                np.tile(_NOTHING_ASKED, (len(its), 1)), alloc, np.empty((len(its), 0), np.int64),
            )
        )  # fmt: skip
    return found


def _marks(standing: Standing, lots: OpenLots, past: Flags, closing: Flags) -> tuple[Numbers, Numbers]:
    """Where accounts' open lots begin when those past their day are gone; others keep their mark."""
    open_from = np.where(closing, days(NEVER), standing.open_from)
    open_lot = np.where(closing, standing.last_lot, standing.open_lot)
    left = np.flatnonzero(~past & closing[lots.account])
    accounts, first = np.unique(lots.account[left], return_index=True)
    open_from[accounts] = lots.expires[left[first]]
    open_lot[accounts] = lots.lot[left[first]]
    return open_from, open_lot
