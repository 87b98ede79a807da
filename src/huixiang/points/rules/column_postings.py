"""Postings as columns: sheets of rows that are alike, the bytes that their hashes cover, and the chain over them.

`rules.canonical.encode_posting` and `link`, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from huixiang.kernel.layout import Bytes, Layout, Numbers, pick, runs, split
from huixiang.points.model.columns import Blocks, Sheet, Table
from huixiang.points.rules.canonical import NO_ID, VERSION, text

_NO_ORIGIN = text(None)


def canonical(sheet: Sheet) -> Bytes:
    """The bytes that the hashes cover."""
    heading = sheet.heading
    row = Layout()
    lay_numbers(
        row, sheet.members, heading.book.number, sheet.seq,
        (sheet.points, sheet.requested, 0, 0, sheet.pending, 0, sheet.occurred, sheet.recorded),
        -1 if heading.rule_version is None else heading.rule_version, sheet.orders,
    )  # fmt: skip
    for value in (heading.kind, heading.cause, heading.counter_account, heading.budget, heading.rule):
        row.constant(text(value))
    row.constant(sheet.keys.shape[1].to_bytes(4))
    row.octets(sheet.keys)
    row.constant(_NO_ORIGIN)
    lay_lists(row, sheet.asked, sheet.alloc, sheet.opened)
    return row.rows(len(sheet))


def lay_numbers(
    row: Layout,
    members: Bytes,
    book: Numbers | int,
    seq: Numbers,
    amounts: Sequence[Numbers | int],
    rule_version: Numbers | int,
    orders: Bytes | None,
) -> None:
    """How the bytes begin, up to the texts. amounts: points, requested, lapsed, held_delta, pending_delta, debt_delta,
    occurred_at and recorded_at; a number is that of all rows."""
    row.constant(VERSION.to_bytes(1))
    row.octets(members)
    _lay(row, book, ">i2")
    row.numbers(seq, ">i8")
    for amount in amounts:
        _lay(row, amount, ">i8")
    _lay(row, rule_version, ">i4")
    if orders is None:
        row.constant(NO_ID)
    else:
        row.octets(orders)


def lay_lists(row: Layout, asked: Bytes, alloc: Table, opened: Table) -> None:
    """How they end, from the texts on."""
    row.octets(asked)
    for table in (alloc, opened):
        row.constant(table.shape[1].to_bytes(4))
        for place in range(table.shape[1]):
            row.numbers(table[:, place], ">i8")


def _lay(row: Layout, values: Numbers | int, kind: str) -> None:
    if isinstance(values, int):
        row.constant(values.to_bytes(int(kind[2]), signed=True))
    else:
        row.numbers(values, kind)


def chain(sheets: Sequence[Sheet], heads: Bytes, blocks: Blocks) -> tuple[Bytes, Bytes]:
    """The hash of each row, which is its account's head after it, and the heads of the blocks afterwards.

    `rules.canonical.link`: the first rows of all blocks, then the second, and so on. Of rows in no sheet, and of blocks
    that have such rows, it says nothing.
    """
    hashes, latest = np.zeros((len(blocks.member), 32), np.uint8), heads.copy()
    for sheet in sheets:
        for part in sheet.parts():
            hashes[part.rows] = digests(canonical(part))
    laid = np.zeros(len(hashes), np.bool_)
    for sheet in sheets:
        laid[sheet.rows] = True
    left = np.flatnonzero(np.logical_and.reduceat(laid, blocks.starts))
    place = 0
    while len(left):
        for run in runs(len(left)):
            chosen = left[run]
            rows = blocks.starts[chosen] + place
            latest[chosen] = digests(np.concatenate((pick(latest, chosen), pick(hashes, rows)), axis=1))
            hashes[rows] = latest[chosen]
        place += 1
        left = left[blocks.sizes[left] > place]
    return hashes, latest


def digests(rows: Bytes) -> Bytes:
    """SHA-256 of each row."""
    return as_rows([sha256(row).digest() for row in split(rows)])


def as_rows(hashes: list[bytes]) -> Bytes:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)
