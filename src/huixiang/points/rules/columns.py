"""Earnings decided on columns: what `rules.credits.credit` makes of each, for accounts where nothing is uncommon.

Rows are sorted by (member, time, place in the batch) and stand in one block per member. An account is uncommon where it
has a debt, where a cap's count has to be read from the journal, or where a row is itself uncommon: those are left out
here, whole accounts at a time, for the general door.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.epoch import days, microseconds
from huixiang.kernel.layout import Bytes, Flags, Layout, Numbers, decimal_width, decimals, groups, hex_text, pick, runs
from huixiang.points.model import EarnBatch, EarnEvent, Moment
from huixiang.points.model.columns import Blocks, Decided, Earnings, Heading, Sheet, Standing
from huixiang.points.rules.canonical import NO_ID
from huixiang.points.rules.column_caps import ROWS_OF_ONE_MEMBER, cut
from huixiang.points.rules.column_postings import digests

FIRST_INSTANT = 10**15  # in microseconds: from 2001 on they have 16 digits
LAST_INSTANT = 10**16


def earnings_of(events: Sequence[EarnEvent]) -> Earnings:
    """Events as columns."""
    keys, starts, lengths = keys_of([event.key for event in events])
    orders = [event.order_ref for event in events]
    return Earnings(
        members=_ids(b"".join([event.member_id.bytes for event in events])),
        keys=keys,
        key_starts=starts,
        key_lengths=lengths,
        points=np.array([event.points for event in events], np.int64),
        occurred=np.array([microseconds(event.occurred_at) for event in events], np.int64),
        orders=_ids(b"".join([NO_ID if order is None else order.bytes for order in orders])),
        has_order=np.array([order is not None for order in orders], np.bool_),
        expires=np.array([days(event.expires_on) for event in events], np.int64),
        matures=np.array(
            [-1 if event.matures_at is None else microseconds(event.matures_at) for event in events], np.int64
        ),
    )


def keys_of(keys: Sequence[str]) -> tuple[npt.NDArray[np.uint8], Numbers, Numbers]:
    """Texts as one run of bytes, where each starts, and its length."""
    joined = "".join(keys)
    encoded: list[str] | list[bytes] = list(keys) if joined.isascii() else [key.encode() for key in keys]
    lengths = np.fromiter(map(len, encoded), np.int64, len(keys))
    return np.frombuffer(joined.encode(), np.uint8), np.cumsum(lengths) - lengths, lengths


def _ids(joined: bytes) -> Bytes:
    return np.frombuffer(joined, np.uint8).reshape(-1, 16)


def order_by_member(members: Bytes, occurred: Numbers) -> Numbers:
    """The rows by member, time and place."""
    halves = np.ascontiguousarray(members).view(">u8").astype(np.uint64)
    return np.lexsort((occurred, halves[:, 1], halves[:, 0]))


def common(earnings: Earnings, blocks: Blocks, standing: Standing) -> Flags:
    """Which blocks have nothing uncommon, but for their caps."""
    rows = (
        (earnings.points > 0)
        & (earnings.occurred >= FIRST_INSTANT)
        & (earnings.occurred < LAST_INSTANT)
        & (earnings.key_lengths > 0)
    )
    fit = np.logical_and.reduceat(rows, blocks.starts)
    fit &= (standing.debt == 0) & (blocks.sizes <= ROWS_OF_ONE_MEMBER)
    return fit & ~_repetitive(earnings, blocks, fit)


def _repetitive(earnings: Earnings, blocks: Blocks, fit: Flags) -> Flags:
    """Of these blocks, those in which a key is there twice: rows beside one another are compared, then rows two apart,
    and so on."""
    found = np.zeros(len(fit), np.bool_)
    member, lengths = blocks.member, earnings.key_lengths
    for apart in range(1, int(blocks.sizes[fit].max(initial=1))):
        alike = (member[apart:] == member[:-apart]) & (lengths[apart:] == lengths[:-apart]) & fit[member[apart:]]
        rows = np.flatnonzero(alike)
        for (length,), at in groups(lengths[rows]):
            one, other = (earnings.key_rows(rows[at] + step, length) for step in (0, apart))
            found[member[rows[at][(one == other).all(axis=1)]]] = True
    return found


def decide(
    batch: EarnBatch, earnings: Earnings, blocks: Blocks, standing: Standing, moment: Moment, calendar: BusinessCalendar
) -> Decided:
    """Decide sorted rows. What it says of blocks that are not common means nothing."""
    fit = common(earnings, blocks, standing)
    granted, counters = earnings.points, standing.counters
    if batch.caps:
        granted, counters, counted = cut(
            batch.caps,
            earnings.points,
            earnings.occurred,
            blocks.member,
            standing.counters,
            standing.seq == 0,
            calendar,
        )
        fit &= counted
    opens = (granted > 0) if batch.book.has_lots else np.zeros(len(granted), np.bool_)
    lot = np.where(opens, standing.last_lot[blocks.member] + blocks.running(opens.astype(np.int64)), 0)
    pending = np.where(opens & (earnings.matures >= 0), granted, 0)
    recorded = np.maximum(standing.recorded, microseconds(moment.recorded_at))
    open_from, open_lot = _reopened(earnings.expires, lot, opens, blocks, standing)
    after = Standing(
        found=standing.found, place=standing.place, balance=standing.balance + blocks.sums(granted), held=standing.held,
        pending=standing.pending + blocks.sums(pending), debt=standing.debt, seq=standing.seq + blocks.sizes,
        last_lot=standing.last_lot + blocks.sums(opens.astype(np.int64)), head=standing.head, recorded=recorded,
        open_from=open_from, open_lot=open_lot, counters=counters,
    )  # fmt: skip
    return Decided(
        fit, granted, standing.seq[blocks.member] + blocks.rank() + 1, lot, pending, recorded[blocks.member], after
    )


def _reopened(
    expires: Numbers, lot: Numbers, opens: Flags, blocks: Blocks, standing: Standing
) -> tuple[Numbers, Numbers]:
    """The accounts' marks: no lot before them has anything remaining."""
    beyond = np.iinfo(np.int64).max
    day = np.minimum.reduceat(np.where(opens, expires, beyond), blocks.starts)
    first = opens & (expires == day[blocks.member])
    number = np.minimum.reduceat(np.where(first, lot, beyond), blocks.starts)
    earlier = (day < standing.open_from) | ((day == standing.open_from) & (number < standing.open_lot))
    return np.where(earlier, day, standing.open_from), np.where(earlier, number, standing.open_lot)


def input_hashes(batch: EarnBatch, earnings: Earnings) -> Bytes:
    """Of each row, `rules.journal.input_hash`."""
    parts = (batch.cause, batch.counter_account, batch.budget or "", batch.rule or "", str(batch.rule_version))
    middle = "\0".join(("", *parts, "")).encode()
    hashes = np.empty((len(earnings), 32), np.uint8)
    for run in runs(len(earnings)):
        for (width,), at in groups(decimal_width(earnings.points[run])):
            rows = at + run.start
            row = Layout()
            row.constant(b"Credit\0")
            row.octets(decimals(earnings.points[rows], width))
            row.constant(middle)
            row.octets(decimals(earnings.occurred[rows], 16))
            row.constant(b"\0")
            row.octets(hex_text(pick(earnings.orders, rows)))
            row.constant(b"\0")
            hashes[rows] = digests(row.rows(len(rows)))
    return hashes


def sheets(batch: EarnBatch, earnings: Earnings, blocks: Blocks, decided: Decided, asked: Bytes) -> list[Sheet]:
    """The postings of what is decided here."""
    heading = Heading(
        batch.book, "earn", batch.cause, batch.counter_account, batch.budget, batch.rule, batch.rule_version
    )
    chosen = np.flatnonzero(decided.common[blocks.member])
    kinds = (earnings.key_lengths, earnings.has_order, decided.lot > 0)
    found = []
    for run in runs(len(chosen)):
        for (length, has_order, opens), at in groups(*(kind[chosen[run]] for kind in kinds)):
            rows = chosen[run][at]
            mine, granted, none = earnings.take(rows), decided.granted[rows], np.empty((len(rows), 0), np.int64)
            opened = (decided.lot[rows], granted, mine.expires, mine.matures, np.zeros(len(rows), np.int64))
            found.append(
                Sheet(
                    heading, rows, mine.members, decided.seq[rows], granted, mine.points, decided.pending[rows],
                    mine.occurred, decided.recorded[rows], mine.orders if has_order else None,
                    mine.key_rows(np.arange(len(rows)), length), pick(asked, rows), none,
                    np.stack(opened, axis=1) if opens else none,
                )
            )  # fmt: skip
    return found
