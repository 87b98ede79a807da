"""A database with the shipped rules and a few members: the ground of checkout's tests."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from huixiang.checkout.model import NewLine, NewOrder, Tender
from huixiang.entry.messaging import use_messaging
from huixiang.entry.wiring import register_rule_kinds
from huixiang.members import service as members
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.model import ExternalId, MemberRef, NewMember
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook

SOURCE = "till"


async def load_programme(db: Database) -> None:
    """The shipped rule documents, as the program loads them, and keys for personal data and messages that die with the
    process."""
    register_rule_kinds()
    members.use_keys(_keys())
    use_messaging(Settings(environment="test"), _keys())
    async with db.transaction() as tx:
        await rulebook.load_shipped(tx)


@cache
def _keys() -> FileKeys:
    return FileKeys.open(Path(tempfile.mkdtemp(prefix="huixiang-keys-")) / "master.json", create=True)


async def register_members(
    db: Database, count: int, prefix: str = "m", registered_at: datetime | None = None
) -> list[UUID]:
    """Members known to the till as m0, m1, ...; registered now, or elsewhere before: then nobody welcomes them."""
    async with db.transaction() as tx:
        registrations = await members.register_bulk(
            tx,
            [
                NewMember(
                    channel="till", registered_at=registered_at, external_ids=(ExternalId(SOURCE, f"{prefix}{n}"),)
                )
                for n in range(count)
            ],
        )
    return [registration.member_id for registration in registrations if registration.member_id is not None]


def line(line_id: str, payable_fen: int, *, sku: str = "apple", pieces: int = 1) -> NewLine:
    return NewLine(line_id=line_id, sku=sku, payable_fen=payable_fen, pieces=pieces)


def till_order(
    member: UUID,
    external_id: str,
    completed_at: datetime,
    lines: Sequence[NewLine],
    *,
    programme: str = "base",
    tenders: Sequence[Tender] = (),
) -> NewOrder:
    return NewOrder(
        source=SOURCE,
        external_id=external_id,
        member=MemberRef(member_id=member),
        channel="till",
        completed_at=completed_at,
        lines=list(lines),
        programme=programme,
        tenders=list(tenders),
    )
