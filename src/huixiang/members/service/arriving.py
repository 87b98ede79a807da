"""By what ways those come who sign in or join there (MEM-05). Whoever asks is told nothing of a referrer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members.model import MemberRef, Origin
from huixiang.members.model.arrivals import Arrival
from huixiang.members.model.attribution import NewTouch
from huixiang.members.service.attribution import tell
from huixiang.members.service.look_up import resolve_many
from huixiang.platform.db import Transaction


async def origins(tx: Transaction, arrivals: Sequence[Arrival | None]) -> list[Origin | None]:
    """The same as registrations say it."""
    numbers = sorted({one.referrer for one in arrivals if one is not None and one.referrer is not None})
    found = await resolve_many(tx, [MemberRef(number=number) for number in numbers]) if numbers else []
    referrers = {number: member for number, member in zip(numbers, found, strict=True) if member is not None}
    return [None if one is None else _origin(one, referrers.get(one.referrer or "")) for one in arrivals]


async def arrived(tx: Transaction, member_id: UUID, channel: str, arrival: Arrival | None) -> None:
    """Note a further way by which a member came, where one was told."""
    (origin,) = await origins(tx, [arrival])
    if origin is None or origin == Origin():
        return
    referrer = origin.referrer if origin.referrer != MemberRef(member_id=member_id) else None
    touch = NewTouch(
        channel=channel,
        scene=origin.scene,
        store=origin.store,
        guide=origin.guide,
        campaign=origin.campaign,
        referrer=referrer,
    )
    await tell(tx, member_id, touch)


def _origin(arrival: Arrival, referrer: UUID | None) -> Origin:
    return Origin(
        scene=arrival.scene,
        store=arrival.store,
        guide=arrival.guide,
        campaign=arrival.campaign,
        referrer=None if referrer is None else MemberRef(member_id=referrer),
    )
