"""Values of attributes in clear and sealed, and consents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from huixiang.members.model.attributes import Consent, GivenConsent, StoredAttributes
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction


async def attributes_of(tx: Transaction, member_id: UUID, sealed_as: str) -> StoredAttributes:
    """sealed_as: what stands before the codes of those that are sealed."""
    rows = await tx.fetch(
        """
        SELECT NULL AS field, attributes::text AS clear, NULL::bytea AS sealed FROM members.member WHERE member_id = $1
        UNION ALL
        SELECT field, NULL, sealed FROM members.personal WHERE member_id = $1 AND starts_with(field, $2)
        """,
        member_id,
        sealed_as,
    )
    clear = next((row["clear"] for row in rows if row["field"] is None), "{}")
    sealed = {row["field"].removeprefix(sealed_as): row["sealed"] for row in rows if row["field"] is not None}
    return StoredAttributes(member_id, msgspec.json.decode(clear), sealed)


async def delete_personal(tx: Transaction, member_id: UUID, fields: Sequence[str]) -> None:
    await tx.execute(
        "DELETE FROM members.personal WHERE member_id = $1 AND field = ANY ($2::text[])", member_id, fields
    )


async def consents_of(tx: Transaction, member_id: UUID) -> list[Consent]:
    """The last that is known of each purpose."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT ON (purpose) purpose, given, text_version, told_by, occurred_at
        FROM members.consent WHERE member_id = $1 ORDER BY purpose, seq DESC
        """,
        member_id,
    )
    return [Consent(**row) for row in rows]


async def consenting(tx: Transaction, member_ids: Collection[UUID], purpose: str) -> set[UUID]:
    """Those whose last word on a purpose is yes."""
    rows = await tx.fetch(
        """
        SELECT member_id FROM unnest($1::uuid[]) AS asked (member_id) CROSS JOIN LATERAL (
            SELECT given FROM members.consent c WHERE c.member_id = asked.member_id AND c.purpose = $2
            ORDER BY c.seq DESC LIMIT 1
        ) AS last WHERE last.given
        """,
        list(member_ids),
        purpose,
    )
    return {row["member_id"] for row in rows}


async def note_consents(tx: Transaction, member_id: UUID, given: Collection[GivenConsent], told_by: str) -> None:
    """Of a member who is locked."""
    await _note(tx, member_id, [(one.purpose, one.text_version) for one in given], told_by)


async def note_withdrawal(tx: Transaction, member_id: UUID, purpose: str, told_by: str) -> None:
    """Of a member who is locked."""
    await _note(tx, member_id, [(purpose, None)], told_by)


async def _note(tx: Transaction, member_id: UUID, told: Sequence[tuple[str, str | None]], told_by: str) -> None:
    await tx.execute(
        """
        INSERT INTO members.consent (member_id, seq, purpose, given, text_version, told_by, occurred_at)
        SELECT $1, place + coalesce((SELECT max(seq) FROM members.consent WHERE member_id = $1), 0),
               purpose, text_version IS NOT NULL, text_version, $4, $5
        FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS told (purpose, text_version, place)
        """,
        member_id,
        [purpose for purpose, _ in told],
        [text_version for _, text_version in told],
        told_by,
        tx.now,
    )


async def count_consents(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Of how many purposes each holds a consent, and has withdrawn it."""
    rows = await tx.fetch(
        """
        SELECT member_id, count(*) FILTER (WHERE given) AS now, count(*) FILTER (WHERE NOT given) AS past
        FROM (
            SELECT DISTINCT ON (member_id, purpose) member_id, given
            FROM members.consent WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id, purpose, seq DESC
        ) AS last GROUP BY member_id
        """,
        member_ids,
    )
    return {row["member_id"]: Held(row["now"], row["past"]) for row in rows}
