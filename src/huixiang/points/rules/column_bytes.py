"""The bytes that hashes cover, for many earnings at once: `rules.canonical.encode_posting` and
`rules.journal.input_hash` on columns, byte for byte."""

from __future__ import annotations

from hashlib import sha256

import numpy as np

from huixiang.kernel.layout import Bytes, Layout, Numbers, decimal_width, decimals, groups, hex_text, pick, split
from huixiang.points.model import EarnBatch
from huixiang.points.rules.canonical import VERSION, text
from huixiang.points.rules.columns import Blocks, Decided, Earnings

_NO_ORIGIN = text(None)


def input_hashes(batch: EarnBatch, earnings: Earnings) -> Bytes:
    """Of each row, the hash of what was asked."""
    parts = (batch.cause, batch.counter_account, batch.budget or "", batch.rule or "", str(batch.rule_version))
    middle = "\0".join(("", *parts, "")).encode()
    hashes = np.empty((len(earnings), 32), np.uint8)
    for (width,), rows in groups(decimal_width(earnings.points)):
        row = Layout()
        row.constant(b"Credit\0")
        row.octets(decimals(earnings.points[rows], width))
        row.constant(middle)
        row.octets(decimals(earnings.occurred[rows], 16))
        row.constant(b"\0")
        row.octets(hex_text(pick(earnings.orders, rows)))
        row.constant(b"\0")
        hashes[rows] = _as_rows(b"".join(_digests(row.rows(len(rows)))))
    return hashes


def chain(batch: EarnBatch, earnings: Earnings, decided: Decided, blocks: Blocks, asked: Bytes) -> Bytes:
    """The hash of each row: its account's head after it. Sets the heads that accounts have afterwards."""
    digests: list[bytes] = [b""] * len(earnings)
    for (length, opens), rows in groups(earnings.key_lengths, decided.lot > 0):
        canonical = _canonical(batch, earnings.take(rows), decided, rows, asked, key_length=length, opens=bool(opens))
        if len(rows) == len(digests):
            digests = _digests(canonical)
        else:
            for row, digest in zip(rows.tolist(), _digests(canonical), strict=True):
                digests[row] = digest
    heads = _linked(digests, decided.after.head, blocks)
    hashes = _as_rows(b"".join(heads))
    decided.after.head[:] = hashes[blocks.starts + blocks.sizes - 1]
    return hashes


def _canonical(
    batch: EarnBatch, earnings: Earnings, decided: Decided, rows: Numbers, asked: Bytes, *, key_length: int, opens: bool
) -> Bytes:
    """Canonical bytes of rows that are alike in the length of their keys and in whether they open a lot."""
    row = Layout()
    row.constant(VERSION.to_bytes(1))
    row.octets(earnings.members)
    row.constant(batch.book.number.to_bytes(2))
    row.numbers(decided.seq[rows], ">i8")
    row.numbers(decided.granted[rows], ">i8")
    row.numbers(earnings.points, ">i8")
    row.constant(bytes(16))  # lapsed, held_delta
    row.numbers(decided.pending[rows], ">i8")
    row.constant(bytes(8))  # debt_delta
    row.numbers(earnings.occurred, ">i8")
    row.numbers(decided.recorded[rows], ">i8")
    row.constant((-1 if batch.rule_version is None else batch.rule_version).to_bytes(4, signed=True))
    row.octets(earnings.orders)
    for value in ("earn", batch.cause, batch.counter_account, batch.budget, batch.rule):
        row.constant(text(value))
    row.constant(key_length.to_bytes(4))
    row.octets(earnings.key_rows(np.arange(len(rows)), key_length))
    row.constant(_NO_ORIGIN)
    row.octets(pick(asked, rows))
    row.constant(bytes(4))  # nothing done to other lots
    row.constant((5 if opens else 0).to_bytes(4))
    if opens:
        row.numbers(decided.lot[rows], ">i8")
        row.numbers(decided.granted[rows], ">i8")
        row.numbers(earnings.expires, ">i8")
        row.numbers(earnings.matures, ">i8")
        row.constant(bytes(8))  # no lot that these points were in before
    return row.rows(len(rows))


def _digests(rows: Bytes) -> list[bytes]:
    return [sha256(row).digest() for row in split(rows)]


def _linked(digests: list[bytes], heads: Bytes, blocks: Blocks) -> list[bytes]:
    """`rules.canonical.link`, over one block after the other."""
    before = heads.tobytes()
    linked: list[bytes] = []
    if len(blocks.starts) == len(digests):
        return [
            sha256(before[at : at + 32] + digest).digest()
            for at, digest in zip(range(0, len(before), 32), digests, strict=True)
        ]
    head = b""
    block = -1
    for number, digest in zip(blocks.member.tolist(), digests, strict=True):
        if number != block:
            block = number
            head = before[32 * block : 32 * block + 32]
        head = sha256(head + digest).digest()
        linked.append(head)
    return linked


def _as_rows(hashes: bytes) -> Bytes:
    return np.frombuffer(hashes, np.uint8).reshape(-1, 32)
