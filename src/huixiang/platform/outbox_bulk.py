"""Events of very many owners in one transaction: what `outbox.store_events` does, on texts laid out already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from huixiang.kernel.layout import Bytes, Numbers, interleave, pick
from huixiang.platform import copying
from huixiang.platform.copying import EPOCH_DAYS, CopyRow, Fetched, stream
from huixiang.platform.db import Transaction

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=EPOCH_DAYS)
_MICROSECOND = timedelta(microseconds=1)


async def store_laid_events(tx: Transaction, owners: Bytes, events: list[tuple[Numbers, Bytes]]) -> None:
    """Write one outbox row per owner.

    owners: ids, 16 bytes each, ascending. events: each owner's list of events as JSON, in parts of one width: (places
    in `owners`, texts). The caller answers for it that they say what their event types say.
    """
    seq = await _number(tx, owners)
    parts = []
    for at, texts in events:
        row = CopyRow(4)
        row.octets_of(pick(owners, at))
        row.int8(seq[at])
        row.int8((tx.now - _EPOCH) // _MICROSECOND)
        row.octets_of(texts)
        parts.append((at, row.rows(len(at))))
    await tx.copy_rows("platform.outbox", ("member_id", "seq", "recorded_at", "events"), stream(interleave(parts)))


async def _number(tx: Transaction, owners: Bytes) -> Numbers:
    """The next number of each owner, whose head is locked to the commit. Heads are locked in the order of owners."""
    await tx.execute(copying.JOIN_BY_INDEX)
    await tx.execute(
        "CREATE TEMPORARY TABLE outbox_owner (place integer NOT NULL, member_id uuid NOT NULL) ON COMMIT DROP"
    )
    row = CopyRow(2)
    row.int4(np.arange(len(owners)))
    row.octets_of(owners)
    await tx.copy_rows("outbox_owner", ("place", "member_id"), stream(row.rows(len(owners)).tobytes()))
    seq = np.zeros(len(owners), np.int64)
    copied = await tx.copy_out(
        """
        UPDATE platform.outbox_head AS h SET seq = h.seq + 1
        FROM outbox_owner AS o WHERE h.member_id = o.member_id
        RETURNING o.place, h.seq
        """
    )
    for _, fields, _ in Fetched(copied, [">i4", ">i8"], array=False).parts():
        seq[fields["f0"]] = fields["f1"]
    if not seq.all():
        await _open(tx, owners, seq)
    return seq


async def _open(tx: Transaction, owners: Bytes, seq: Numbers) -> None:
    """Number the owners that have no head yet, or had none a moment ago."""
    missing = np.flatnonzero(seq == 0)
    copied = await tx.copy_out(
        """
        INSERT INTO platform.outbox_head AS h (member_id, seq)
        SELECT o.member_id, 1 FROM outbox_owner AS o WHERE o.place = ANY ($1::integer[]) ORDER BY o.place
        ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1
        RETURNING h.member_id, h.seq
        """,
        missing.tolist(),
    )
    for _, fields, _ in Fetched(copied, ["V16", ">i8"], array=False).parts():
        numbers = {member.tobytes(): number for member, number in zip(fields["f0"], fields["f1"], strict=True)}
        seq[missing] = [numbers[owner.tobytes()] for owner in owners[missing]]
