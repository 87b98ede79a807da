"""Hand out the file of a batch's codes: each part is stored before it is sent, and the codes themselves stand nowhere.

Who did not get the end of it may ask again until it was finished; then all codes are new, and those of before are good
for nothing. A finished file is not handed out again.
"""

from __future__ import annotations

import secrets
from uuid import UUID

import msgspec
from msgspec.structs import replace

from huixiang.coupons.model.codes import Batch, CodeBatchStateFixed
from huixiang.coupons.rules import codes as rules
from huixiang.coupons.service.batches import find, record
from huixiang.coupons.service.code_key import key
from huixiang.coupons.store import batches, codes
from huixiang.platform.db import Transaction

AT_ONCE = 10_000


class Drawn(msgspec.Struct, frozen=True):
    """Some codes: what is stored of them, and the lines of the file."""

    hashes: list[bytes]
    lines: bytes


async def begin(tx: Transaction, batch_id: UUID, by: UUID) -> Batch:
    """One more attempt. Raises CodeBatchUnknown, CodeBatchStateFixed for what is not approved, voided, or was handed
    out to its end."""
    batch = await find(tx, batch_id, lock=True)
    if batch.state not in {"ready", "handing"}:
        raise CodeBatchStateFixed(batch_id=batch_id, state=batch.state)
    begun = replace(batch, state="handing", attempt=batch.attempt + 1, stored=0, handed_by=by)
    await batches.save(tx, begun)
    await record(tx, begun, "code_batch.handed_out", f"staff:{by}", None)
    return begun


def draw(count: int) -> Drawn:
    """So many codes. Some microseconds each, in a thread where others wait."""
    drawn = rules.drawn(secrets.token_bytes(rules.DRAWN * count))
    octets, secret = drawn.tobytes(), key()
    hashes = [
        rules.hashed(secret, octets[place : place + rules.LENGTH]) for place in range(0, len(octets), rules.LENGTH)
    ]
    return Drawn(hashes, rules.file_of(drawn))


async def keep(tx: Transaction, batch: Batch, stored: int, drawn: Drawn) -> None:
    """Store codes before they are sent; `stored` were before them. Raises CodeBatchStateFixed where the batch was
    voided meanwhile, or somebody else began to hand it out."""
    if not await batches.advance(tx, batch.batch_id, batch.attempt, stored, len(drawn.hashes)):
        raise await _fixed(tx, batch)
    await codes.insert(tx, batch.batch_id, batch.attempt, drawn.hashes)


async def finish(tx: Transaction, batch: Batch) -> None:
    """All parts were sent: from now on the codes are good, and the file is never handed out again. Raises as `keep`."""
    if not await batches.finish(tx, batch.batch_id, batch.attempt):
        raise await _fixed(tx, batch)


async def _fixed(tx: Transaction, batch: Batch) -> CodeBatchStateFixed:
    return CodeBatchStateFixed(batch_id=batch.batch_id, state=(await find(tx, batch.batch_id)).state)
