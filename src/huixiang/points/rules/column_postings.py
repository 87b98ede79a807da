"""Postings as columns: sheets of rows that are alike, the bytes that their hashes cover, and the chain over them.

`rules.canonical.encode_posting` and `link`, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from huixiang.kernel.layout import Bytes, Layout, Numbers, split
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
    """The hash of each row, which is its account's head after it, and the heads of the blocks afterwards."""
    digests: list[bytes] = [b""] * len(blocks.member)
    for sheet in sheets:
        if len(sheet) == len(digests):
            digests = _digests(canonical(sheet))
        else:
            for row, digest in zip(sheet.rows.tolist(), _digests(canonical(sheet)), strict=True):
                digests[row] = digest
    hashes = as_rows(_linked(digests, split(heads), blocks))
    return hashes, hashes[blocks.starts + blocks.sizes - 1]


def _digests(rows: Bytes) -> list[bytes]:
    return [sha256(row).digest() for row in split(rows)]


def _linked(digests: list[bytes], heads: list[bytes], blocks: Blocks) -> list[bytes]:
    """`rules.canonical.link`, over one block after the other."""
    if len(heads) == len(digests):
        return [sha256(head + digest).digest() for head, digest in zip(heads, digests, strict=True)]
    linked: list[bytes] = []
    head, current = b"", -1
    for block, digest in zip(blocks.member.tolist(), digests, strict=True):
        if block != current:
            head, current = heads[block], block
        head = sha256(head + digest).digest()
        linked.append(head)
    return linked


def as_rows(hashes: list[bytes]) -> Bytes:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)
