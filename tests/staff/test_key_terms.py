"""What a key is let in for: until when, from where, with which of its secrets; and who is told of changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import InvalidInput
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database
from huixiang.platform.web.client import Address, address_of
from huixiang.staff import service
from huixiang.staff.model import (
    AddressRefused,
    KeyChange,
    KeyEnded,
    KeyRotating,
    KeyTerms,
    NewKey,
    ScopeUnknown,
    SystemKey,
)

pytestmark = [pytest.mark.postgres15, pytest.mark.requirement("INT-01")]

HOUR = timedelta(hours=1)


@pytest.fixture
def ground(db: Database, clock: SettableClock) -> Ground:
    return Ground(db, clock)


class Ground:
    def __init__(self, db: Database, clock: SettableClock) -> None:
        self.db, self.clock = db, clock

    async def make(self, **terms: object) -> NewKey:
        wanted = msgspec.convert({"name": "till", "scopes": ["orders:write"], **terms}, KeyTerms)
        async with self.db.transaction() as tx:
            return await service.make_key(tx, wanted, by="cli")

    async def change(self, key: SystemKey, **changes: object) -> SystemKey:
        async with self.db.transaction() as tx:
            return await service.change_key(tx, key.key_id, msgspec.convert(changes, KeyChange), by="cli")

    async def rotate(self, key: SystemKey, overlap: timedelta = HOUR) -> NewKey:
        async with self.db.transaction() as tx:
            return await service.rotate_key(tx, key.key_id, overlap, by="cli")

    async def admits(self, made: NewKey, address: Address | None = None) -> bool:
        try:
            await service.authenticate_key(self.db, made.token, address, self.clock.now())
        except NotAuthenticated:
            return False
        return True

    async def audited(self, key: SystemKey) -> list[tuple[str, str | None, str | None]]:
        async with self.db.transaction() as tx:
            rows = await tx.fetch(
                "SELECT action, before::text, after::text FROM staff.audit WHERE object = $1 ORDER BY audit_id",
                f"key:{key.key_id}",
            )
        return [(row["action"], row["before"], row["after"]) for row in rows]


async def test_both_secrets_are_let_in_until_the_overlap_is_over(ground: Ground) -> None:
    first = await ground.make()
    assert await ground.admits(first)
    second = await ground.rotate(first.key)
    assert [await ground.admits(one) for one in (first, second)] == [True, True]
    assert first.key.key_id == second.key.key_id
    ground.clock.advance(HOUR - timedelta(seconds=1))
    assert [await ground.admits(one) for one in (first, second)] == [True, True]
    ground.clock.advance(timedelta(seconds=1))  # a second after it was let in: what is kept of it ends on time
    assert [await ground.admits(one) for one in (first, second)] == [False, True]
    assert [secret.secret_no for secret in second.key.secrets] == [2, 1]


async def test_a_rotation_under_way_is_ended_before_the_next(ground: Ground) -> None:
    first = await ground.make()
    second = await ground.rotate(first.key)
    with pytest.raises(KeyRotating) as refusal:
        await ground.rotate(first.key)
    assert refusal.value.fields["ends_at"] == ground.clock.now() + HOUR
    for _ in range(2):
        async with ground.db.transaction() as tx:
            await service.finish_rotation(tx, first.key.key_id, by="cli")
    assert [await ground.admits(one) for one in (first, second)] == [False, True]
    third = await ground.rotate(first.key, timedelta())  # what leaked is let in no longer
    assert [await ground.admits(one) for one in (first, second, third)] == [False, False, True]
    actions = [action for action, _, _ in await ground.audited(first.key)]
    assert actions == ["key.created", "key.rotated", "key.rotation_finished", "key.rotated"]


async def test_the_use_of_each_secret_is_known(ground: Ground) -> None:
    first = await ground.make()
    await ground.admits(first)
    used_at = ground.clock.now()
    second = await ground.rotate(first.key)
    ground.clock.advance(timedelta(minutes=10))
    await ground.admits(second)
    async with ground.db.transaction() as tx:
        key = await service.read_key(tx, first.key.key_id)
    assert [secret.last_used_at for secret in key.secrets] == [ground.clock.now(), used_at]
    assert key.last_used_at == ground.clock.now()


async def test_a_key_ends_on_time_and_is_not_rotated_after(ground: Ground) -> None:
    made = await ground.make(expires_at=ground.clock.now() + HOUR)
    ground.clock.advance(HOUR - timedelta(seconds=1))
    assert await ground.admits(made)
    ground.clock.advance(timedelta(seconds=1))
    assert not await ground.admits(made)
    with pytest.raises(KeyEnded):
        await ground.rotate(made.key)
    await ground.change(made.key, expires_at=ground.clock.now() + HOUR)
    assert await ground.admits(made)


@pytest.mark.parametrize(
    ("allowed", "address", "admitted"),
    [
        ([], "198.51.100.7", True),
        ([], None, True),
        (["203.0.113.0/24", "198.51.100.7"], "198.51.100.7", True),
        (["203.0.113.0/24"], "203.0.113.255", True),
        (["203.0.113.0/24"], "203.0.114.0", False),
        (["203.0.113.0/24"], None, False),
        (["203.0.113.0/24"], "::ffff:203.0.113.5", True),
        (["::ffff:203.0.113.0/120"], "203.0.113.5", True),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["0.0.0.0/0", "::/0"], "2001:db8::1", True),
    ],
)
@pytest.mark.requirement("SEC-01")
async def test_a_key_is_let_in_from_where_it_may_come(
    ground: Ground,
    allowed: list[str],
    address: str | None,
    admitted: bool,  # noqa: FBT001 - a cell
) -> None:
    made = await ground.make(addresses=allowed)
    from_there = address_of(address) if address else None
    for _ in range(2):  # asked of the database, then of what is kept of it
        if admitted:
            assert await ground.admits(made, from_there)
        else:
            with pytest.raises(AddressRefused) as refusal:
                await ground.admits(made, from_there)
            assert refusal.value.fields == {"address": str(from_there)}


@pytest.mark.parametrize("text", ["203.0.113.5/24", "203.0.113.0/33", "2001:db8::/129", "till.example", "10.0.0", "1"])
async def test_what_is_no_network_is_refused(ground: Ground, text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await ground.make(addresses=["10.0.0.0/8", text.ljust(2)])
    assert refusal.value.fields["path"] == "$.addresses[1]"


async def test_changes_hold_at_once_and_are_told_by_what_changed(ground: Ground) -> None:
    made = await ground.make(requests_per_minute=60)
    await ground.admits(made)
    changed = await ground.change(made.key, scopes=["orders:read", "members:read"], addresses=["10.0.0.1"])
    assert (changed.name, changed.scopes, changed.addresses) == (
        "till",
        ["members:read", "orders:read"],
        ["10.0.0.1/32"],
    )
    with pytest.raises(AddressRefused):
        await ground.admits(made)
    principal = await service.authenticate_key(ground.db, made.token, address_of("10.0.0.1"), ground.clock.now())
    assert (principal.scopes, principal.requests_per_minute) == (frozenset({"orders:read", "members:read"}), 60)
    await ground.change(made.key)
    told = (await ground.audited(made.key))[1:]
    assert [(action, before and msgspec.json.decode(before)) for action, before, _ in told] == [
        ("key.changed", {"scopes": ["orders:write"], "addresses": []})
    ]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"scopes": ["orders:burn"]}, ScopeUnknown),
        ({"addresses": ["nowhere"]}, InvalidInput),
        ({"expires_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}, InvalidInput),
    ],
)
async def test_terms_that_cannot_be_are_refused_at_first_and_later(
    ground: Ground, change: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await ground.make(**change)
    made = await ground.make()
    with pytest.raises(refusal):
        await ground.change(made.key, **change)


async def test_a_revoked_key_stays_as_it_is(ground: Ground) -> None:
    made = await ground.make()
    async with ground.db.transaction() as tx:
        await service.revoke_key(tx, made.key.key_id, by="cli")
    with pytest.raises(KeyEnded):
        await ground.change(made.key, name="other")
    with pytest.raises(KeyEnded):
        await ground.rotate(made.key)
    assert not await ground.admits(made)
