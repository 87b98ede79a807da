"""Postings as columns: sheets of rows that are alike, the bytes that their hashes cover, and the chain over them.

`rules.canonical.encode_posting` and `link`, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from huixiang.kernel.layout import Bytes, Layout, split
from huixiang.points.model.columns import Blocks, Sheet
from huixiang.points.rules.canonical import NO_ID, VERSION, text

_NO_ORIGIN = text(None)


def canonical(sheet: Sheet) -> Bytes:
    """The bytes that the hashes cover."""
    heading = sheet.heading
    row = Layout()
    row.constant(VERSION.to_bytes(1))
    row.octets(sheet.members)
    row.constant(heading.book.number.to_bytes(2))
    row.numbers(sheet.seq, ">i8")
    row.numbers(sheet.points, ">i8")
    row.numbers(sheet.requested, ">i8")
    row.constant(bytes(16))  # lapsed, held_delta
    row.numbers(sheet.pending, ">i8")
    row.constant(bytes(8))  # debt_delta
    row.numbers(sheet.occurred, ">i8")
    row.numbers(sheet.recorded, ">i8")
    row.constant((-1 if heading.rule_version is None else heading.rule_version).to_bytes(4, signed=True))
    if sheet.orders is None:
        row.constant(NO_ID)
    else:
        row.octets(sheet.orders)
    for value in (heading.kind, heading.cause, heading.counter_account, heading.budget, heading.rule):
        row.constant(text(value))
    row.constant(sheet.keys.shape[1].to_bytes(4))
    row.octets(sheet.keys)
    row.constant(_NO_ORIGIN)
    row.octets(sheet.asked)
    for table in (sheet.alloc, sheet.opened):
        row.constant(table.shape[1].to_bytes(4))
        for place in range(table.shape[1]):
            row.numbers(table[:, place], ">i8")
    return row.rows(len(sheet))


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
