"""Events of very many owners in one transaction: what `outbox.store_events` does, on texts laid out already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from huixiang.kernel.layout import Bytes, Numbers, interleave, pick
from huixiang.platform import copying
from huixiang.platform.copying import CopyRow, Fetched, id_lists, ids_of, places, streamed
from huixiang.platform.db import Transaction

Parts = Sequence[tuple[Numbers, Bytes]]


async def store_laid_events(tx: Transaction, owners: Bytes, events: Iterable[Parts]) -> None:
    """Write one outbox row per owner.

    owners: ids, 16 bytes each, ascending. events: for one run of owners after the other, each owner's list of events as
    JSON, in parts of one width: (places in `owners`, texts). The caller answers for it that they say what their event
    types say.
    """
    seq, recorded = await _number(tx, owners)
    columns = ("member_id", "seq", "recorded_at", "events")
    await tx.copy_rows("platform.outbox", columns, streamed(_rows(owners, seq, recorded, run) for run in events))


def _rows(owners: Bytes, seq: Numbers, recorded: Numbers, run: Parts) -> bytes:
    """In the order of owners: nearly all are recorded at one instant, so the table's index grows at its end."""
    first = min(int(at.min()) for at, _ in run)
    laid = []
    for at, texts in run:
        row = CopyRow(4)
        row.octets_of(pick(owners, at))
        row.int8(seq[at])
        row.int8(recorded[at])
        row.octets_of(texts)
        laid.append((at - first, row.rows(len(at))))
    return interleave(laid)


async def _number(tx: Transaction, owners: Bytes) -> tuple[Numbers, Numbers]:
    """The next number of each owner, whose head is locked to the commit, and when it is recorded, in microseconds as
    the server counts them. Heads are locked in the order of owners."""
    await tx.execute(copying.JOIN_BY_INDEX)
    await tx.execute("CREATE TEMPORARY TABLE outbox_owner (ids uuid[] NOT NULL) ON COMMIT DROP")
    await tx.copy_rows("outbox_owner", ("ids",), id_lists(owners))
    copied = await tx.copy_out(
        """
        UPDATE platform.outbox_head AS h SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, $1)
        FROM outbox_owner AS o WHERE h.member_id = ANY (o.ids)
        RETURNING h.member_id, h.seq, h.recorded_at
        """,
        tx.now,
    )
    seq, recorded = np.zeros(len(owners), np.int64), np.zeros(len(owners), np.int64)
    _note(copied, owners, seq, recorded)
    if not seq.all():
        await _open(tx, owners, seq, recorded)
    return seq, recorded


def _note(copied: bytes, owners: Bytes, seq: Numbers, recorded: Numbers) -> None:
    for _, fields, _ in Fetched(copied, ["V16", ">i8", ">i8"], array=False).parts():
        at = places(ids_of(fields["f0"]), owners)
        seq[at], recorded[at] = fields["f1"], fields["f2"]


async def _open(tx: Transaction, owners: Bytes, seq: Numbers, recorded: Numbers) -> None:
    """Number the owners that have no head yet, or had none a moment ago."""
    await tx.execute("TRUNCATE outbox_owner")
    await tx.copy_rows("outbox_owner", ("ids",), id_lists(owners[seq == 0]))
    copied = await tx.copy_out(
        """
        INSERT INTO platform.outbox_head AS h (member_id, seq, recorded_at)
        SELECT o.member_id, 1, $1 FROM outbox_owner CROSS JOIN unnest(ids) AS o (member_id) ORDER BY o.member_id
        ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, $1)
        RETURNING h.member_id, h.seq, h.recorded_at
        """,
        tx.now,
    )
    _note(copied, owners, seq, recorded)
