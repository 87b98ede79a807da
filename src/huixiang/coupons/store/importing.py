"""References of other systems to copies, in the directory: each is one copy's, over all members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256

from huixiang.coupons.store.changes import Owned
from huixiang.platform.db import Transaction

DIRECTORY_REFERENCE = "coupon_reference"


async def claim(tx: Transaction, copies: Mapping[str, Owned]) -> set[str]:
    """The references that were nobody's, and are these copies' now. Whoever claims one meanwhile is waited for."""
    by_key = {_key(reference): reference for reference in copies}
    keys = sorted(by_key)  # the order in which all wait
    rows = await tx.fetch(
        """
        INSERT INTO platform.directory (kind, key, member_id, object_id, recorded_at)
        SELECT $1, o.key, o.member_id, o.coupon_id, $5
        FROM unnest($2::text[], $3::uuid[], $4::uuid[]) WITH ORDINALITY AS o (key, member_id, coupon_id, place)
        ORDER BY o.place
        ON CONFLICT DO NOTHING RETURNING key
        """,
        DIRECTORY_REFERENCE,
        keys,
        [copies[by_key[key]][0] for key in keys],
        [copies[by_key[key]][1] for key in keys],
        tx.now,
    )
    return {by_key[row["key"]] for row in rows}


async def found(tx: Transaction, references: Sequence[str]) -> dict[str, Owned]:
    """Whose each is, by the id that the member had then, and its copy."""
    by_key = {_key(reference): reference for reference in references}
    rows = await tx.fetch(
        "SELECT key, member_id, object_id FROM platform.directory WHERE kind = $1 AND key = ANY ($2::text[])",
        DIRECTORY_REFERENCE,
        list(by_key),
    )
    return {by_key[row["key"]]: (row["member_id"], row["object_id"]) for row in rows}


async def release(tx: Transaction, references: Collection[str]) -> None:
    """There is no copy of them: they may be claimed again."""
    await tx.execute(
        "DELETE FROM platform.directory WHERE kind = $1 AND key = ANY ($2::text[])",
        DIRECTORY_REFERENCE,
        [_key(reference) for reference in references],
    )


def _key(reference: str) -> str:
    return sha256(reference.encode()).hexdigest()
