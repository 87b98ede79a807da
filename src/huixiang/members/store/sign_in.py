"""Codes sent to phones, and how often they were asked for and tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from huixiang.members.model.sign_in import Pace, PaceKind, StoredCode
from huixiang.platform.db import Transaction

PaceKey = tuple[PaceKind, str]  # what is done, and the blind index of who does it


async def insert_code(tx: Transaction, challenge: bytes, code: StoredCode, kept_until: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO members.sign_in_code (challenge, code_hash, expires_at, guesses, used_at, kept_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        challenge,
        code.code_hash,
        code.expires_at,
        code.guesses,
        code.used_at,
        kept_until,
    )


async def lock_codes(tx: Transaction, challenges: Iterable[bytes]) -> dict[bytes, StoredCode]:
    """Locked in one order, so that two batches cannot wait for each other."""
    rows = await tx.fetch(
        """
        SELECT challenge, code_hash, expires_at, guesses, used_at
        FROM members.sign_in_code WHERE challenge = ANY ($1::bytea[]) ORDER BY challenge FOR UPDATE
        """,
        sorted(set(challenges)),
    )
    return {row["challenge"]: StoredCode(**{name: row[name] for name in StoredCode.__struct_fields__}) for row in rows}


async def save_codes(tx: Transaction, codes: Mapping[bytes, StoredCode]) -> None:
    """What has become of codes: guesses, and whether they were used."""
    await tx.execute(
        """
        UPDATE members.sign_in_code AS code SET guesses = kept.guesses, used_at = kept.used_at
        FROM unnest($1::bytea[], $2::smallint[], $3::timestamptz[]) AS kept (challenge, guesses, used_at)
        WHERE code.challenge = kept.challenge
        """,
        list(codes),
        [code.guesses for code in codes.values()],
        [code.used_at for code in codes.values()],
    )


async def lock_paces(tx: Transaction, keys: Sequence[PaceKey]) -> dict[PaceKey, Pace]:
    """How often each was done, locked even where it never was: of two at once one comes first."""
    rows = await tx.fetch(
        """
        INSERT INTO members.sign_in_pace AS pace (kind, key, counted, last_at, free_at, kept_until)
        SELECT kind, key, 0, $3, $3, $3 FROM unnest($1::text[], $2::text[]) AS wanted (kind, key) ORDER BY kind, key
        ON CONFLICT (kind, key) DO UPDATE SET counted = pace.counted
        RETURNING kind, key, counted, last_at, free_at
        """,
        [kind for kind, _ in keys],
        [key for _, key in keys],
        tx.now,
    )
    return {(row["kind"], row["key"]): Pace(row["counted"], row["last_at"], row["free_at"]) for row in rows}


async def find_paces(tx: Transaction, keys: Sequence[PaceKey]) -> dict[PaceKey, Pace]:
    rows = await tx.fetch(
        """
        SELECT kind, key, counted, last_at, free_at
        FROM members.sign_in_pace JOIN unnest($1::text[], $2::text[]) AS wanted (kind, key) USING (kind, key)
        """,
        [kind for kind, _ in keys],
        [key for _, key in keys],
    )
    return {(row["kind"], row["key"]): Pace(row["counted"], row["last_at"], row["free_at"]) for row in rows}


async def save_paces(tx: Transaction, paces: Mapping[PaceKey, Pace], kept_for: timedelta) -> None:
    await tx.execute(
        """
        UPDATE members.sign_in_pace AS pace
        SET counted = kept.counted, last_at = kept.last_at, free_at = kept.free_at, kept_until = kept.last_at + $6
        FROM unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[])
             AS kept (kind, key, counted, last_at, free_at)
        WHERE pace.kind = kept.kind AND pace.key = kept.key
        """,
        [kind for kind, _ in paces],
        [key for _, key in paces],
        [pace.counted for pace in paces.values()],
        [pace.last_at for pace in paces.values()],
        [pace.free_at for pace in paces.values()],
        kept_for,
    )


async def delete_paces(tx: Transaction, keys: Sequence[PaceKey]) -> None:
    await tx.execute(
        """
        DELETE FROM members.sign_in_pace AS pace USING unnest($1::text[], $2::text[]) AS done (kind, key)
        WHERE pace.kind = done.kind AND pace.key = done.key
        """,
        [kind for kind, _ in keys],
        [key for _, key in keys],
    )


async def delete_sign_in(tx: Transaction, limit: int) -> int:
    """Remove codes and counts that are kept no longer, up to a number of each; how many went."""
    codes = await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT challenge FROM members.sign_in_code WHERE kept_until <= $1
            ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.sign_in_code WHERE challenge IN (TABLE due)
        """,
        tx.now,
        limit,
    )
    return codes + await tx.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT kind, key FROM members.sign_in_pace WHERE kept_until <= $1
            ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        DELETE FROM members.sign_in_pace WHERE (kind, key) IN (TABLE due)
        """,
        tx.now,
        limit,
    )
