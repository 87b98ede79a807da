"""The directory: whom a phone, an external id or a number names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from huixiang.members.model import State
from huixiang.platform.db import Transaction

DirectoryKey = tuple[str, str]  # kind and key


async def owners(tx: Transaction, keys: Iterable[DirectoryKey]) -> dict[DirectoryKey, UUID]:
    """Whom the directory names for each key; keys it does not know are left out."""
    wanted = list(set(keys))
    rows = await tx.fetch(
        """
        SELECT kind, key, d.member_id
        FROM unnest($1::text[], $2::text[]) AS wanted (kind, key) JOIN platform.directory AS d USING (kind, key)
        """,
        [kind for kind, _ in wanted],
        [key for _, key in wanted],
    )
    return {(row["kind"], row["key"]): row["member_id"] for row in rows}


async def claim(tx: Transaction, entries: Mapping[DirectoryKey, UUID]) -> set[DirectoryKey]:
    """Enter keys that nobody has; which of them somebody has. Waits for others who are entering the same ones."""
    # In one order for everybody, so that two batches cannot wait for each other.
    ordered = sorted(entries)
    entered = await tx.execute(
        """
        INSERT INTO platform.directory (kind, key, member_id, recorded_at)
        SELECT kind, key, member_id, $4
        FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY AS entry (kind, key, member_id, place)
        ORDER BY place
        ON CONFLICT (kind, key) DO NOTHING
        """,
        [kind for kind, _ in ordered],
        [key for _, key in ordered],
        [entries[key] for key in ordered],
        tx.now,
    )
    if entered == len(ordered):
        return set()
    found = await owners(tx, ordered)
    return {key for key in ordered if found.get(key) != entries[key]}


async def release(tx: Transaction, keys: Sequence[DirectoryKey]) -> None:
    """Take back what this transaction has claimed."""
    await tx.execute(
        """
        DELETE FROM platform.directory AS d USING unnest($1::text[], $2::text[]) AS entry (kind, key)
        WHERE d.kind = entry.kind AND d.key = entry.key
        """,
        [kind for kind, _ in keys],
        [key for _, key in keys],
    )


async def own_keys(tx: Transaction, member_ids: Sequence[UUID]) -> set[tuple[UUID, str, str]]:
    """What the members' own rows say finds them: (member, kind, key), numbers included."""
    rows = await tx.fetch(
        """
        SELECT member_id, kind, key FROM members.identity WHERE member_id = ANY ($1::uuid[])
        UNION ALL
        SELECT member_id, 'number', number FROM members.member WHERE member_id = ANY ($1::uuid[])
        """,
        member_ids,
    )
    return {(row["member_id"], row["kind"], row["key"]) for row in rows}


Identity = tuple[UUID, State, str | None]  # member, state, birthday without its year
# The member of a row, or the one whom that one was merged into.
_WHO = """
    SELECT m.member_id, m.state, m.birth_month, m.birth_day WHERE m.merged_into IS NULL
    UNION ALL
    SELECT i.member_id, i.state, i.birth_month, i.birth_day FROM members.member AS i WHERE i.member_id = m.merged_into
"""


async def identify(
    tx: Transaction, keys: Collection[DirectoryKey], member_ids: Collection[UUID]
) -> tuple[dict[DirectoryKey, Identity], dict[UUID, Identity]]:
    """Whose keys these are, and who has these ids. A key counts where the member's own rows agree that it is theirs."""
    rows = await tx.fetch(
        f"""
        SELECT wanted.kind, wanted.key, m.member_id AS named, who.*
        FROM unnest($1::text[], $2::text[]) AS wanted (kind, key)
        JOIN platform.directory AS d ON d.kind = wanted.kind AND d.key = wanted.key
        JOIN members.member AS m ON m.member_id = d.member_id
        CROSS JOIN LATERAL ({_WHO}) AS who
        WHERE (wanted.kind = 'number' AND m.number = wanted.key) OR EXISTS (
            SELECT FROM members.identity AS i
            WHERE i.member_id = m.member_id AND i.kind = wanted.kind AND i.key = wanted.key
        )
        UNION ALL
        SELECT NULL, NULL, m.member_id, who.* FROM members.member AS m CROSS JOIN LATERAL ({_WHO}) AS who
        WHERE m.member_id = ANY ($3::uuid[])
        """,
        [kind for kind, _ in keys],
        [key for _, key in keys],
        list(member_ids),
    )
    by_key: dict[DirectoryKey, Identity] = {}
    by_id: dict[UUID, Identity] = {}
    for kind, key, named, member_id, state, birth_month, birth_day in rows:
        birthday = f"{birth_month:02d}-{birth_day:02d}" if birth_month and birth_day else None
        identity = (member_id, State(state), birthday)
        if kind is None:
            by_id[named] = identity
        else:
            by_key[kind, key] = identity
    return by_key, by_id
