"""What time brings to many accounts: `rules.due.settle` on columns, for accounts without holds and without a debt.

Lots are sorted by (account, place), and are all that have something remaining.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes, Flags, Layout, Numbers, decimal_width, decimals, groups, pick
from huixiang.points.model import NEVER, Book, Moment
from huixiang.points.rules.canonical import days, microseconds
from huixiang.points.rules.column_postings import Blocks, Heading, Sheet
from huixiang.points.rules.columns import Standing
from huixiang.points.rules.due import NOTHING_ASKED

MATURE = "mature"
EXPIRE = "expire"
_EMPTY = np.frombuffer(NOTHING_ASKED, np.uint8)


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


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of accounts that are common and have something due (`which`): their postings in blocks, one after
    the other, and what is left of the lots that changed."""

    which: Flags
    blocks: Blocks
    sheets: list[Sheet]
    after: Standing
    changed: OpenLots


def settle(book: Book, members: Bytes, standing: Standing, lots: OpenLots, moment: Moment) -> Settled:
    now, today = microseconds(moment.recorded_at), days(moment.today)
    common = standing.found & (standing.held == 0) & (standing.debt == 0)
    mine = common[lots.account]
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
    sheets = [
        *_sheets(
            Heading(book, MATURE, MATURE, ""), matures, lots.take(np.flatnonzero(matured)), first, standing.seq + 1,
            np.zeros(count, np.int64), -freed, recorded, members,
        ),
        *_sheets(
            Heading(book, EXPIRE, "expiry", "expired"), expires, lots.take(np.flatnonzero(past)),
            first + (matures > 0), standing.seq + 1 + (matures > 0), -expired, -unfreed, recorded, members,
        ),
    ]  # fmt: skip
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


def _sheets(
    heading: Heading, counts: Numbers, lots: OpenLots, rows: Numbers, seq: Numbers, points: Numbers, pending: Numbers,
    recorded: Numbers, members: Bytes,
) -> list[Sheet]:  # fmt: skip
    """One posting for each account that has lots here (`counts` of them), alike in that count and in their keys."""
    accounts = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[accounts]
    found = []
    for (size, width), at in groups(counts[accounts], decimal_width(seq[accounts])):
        its = accounts[at]
        key = Layout()
        key.constant(heading.cause.encode() + b":")
        key.octets(decimals(seq[its], width))
        taken = starts[at][:, None] + np.arange(size)
        change = -lots.remaining[taken] if heading.kind == EXPIRE else np.zeros((len(its), size), np.int64)
        alloc = np.stack((lots.lot[taken], change, np.zeros_like(change)), axis=2).reshape(len(its), 3 * size)
        found.append(
            Sheet(
                heading, rows[its], pick(members, its), seq[its], points[its], points[its], pending[its],
                recorded[its], recorded[its], None, key.rows(len(its)), np.tile(_EMPTY, (len(its), 1)), alloc,
                np.empty((len(its), 0), np.int64),
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
