"""The vault: what is sealed opens for its member and field alone; keys rotate; wrong keys are refused."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.ids import new_id
from huixiang.members import service
from huixiang.members.adapters.key_file import FileKeys, KeyFileRefused
from huixiang.members.model import NewMember
from huixiang.members.ports import WrongKeys
from huixiang.members.service.vault import Safe
from huixiang.platform.db import Database

KEY = bytes(range(32))
MEMBER = UUID(int=7)


@pytest.mark.requirement("MEM-11")
@given(value=st.text(max_size=300), field=st.sampled_from(["name", "phone", "address"]))
def test_what_is_sealed_opens_again(value: str, field: str) -> None:
    sealed = Safe(MEMBER, KEY).seal(field, value)
    assert Safe(MEMBER, KEY).open(field, sealed) == value
    assert sealed != Safe(MEMBER, KEY).seal(field, value)


@pytest.mark.requirement("MEM-11")
@given(value=st.text(max_size=40), data=st.data())
def test_changed_bytes_do_not_open(value: str, data: st.DataObject) -> None:
    sealed = bytearray(Safe(MEMBER, KEY).seal("name", value))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidTag):
        Safe(MEMBER, KEY).open("name", bytes(sealed))


@pytest.mark.requirement("MEM-11")
@pytest.mark.parametrize(
    ("member_id", "field", "key"),
    [(UUID(int=8), "name", KEY), (MEMBER, "phone", KEY), (MEMBER, "name", KEY[::-1])],
)
def test_bytes_moved_to_another_member_or_field_do_not_open(member_id: UUID, field: str, key: bytes) -> None:
    sealed = Safe(MEMBER, KEY).seal("name", "王小明")
    with pytest.raises(InvalidTag):
        Safe(member_id, key).open(field, sealed)


@pytest.mark.requirement("MEM-11")
async def test_a_wrapped_key_opens_for_its_member_alone(keys: FileKeys) -> None:
    one, other = new_id(), new_id()
    wrapped = await keys.wrap({one: KEY, other: KEY[::-1]})
    assert await keys.unwrap(wrapped) == [KEY, KEY[::-1]]
    assert KEY not in wrapped[0].wrapped
    with pytest.raises(InvalidTag):
        await keys.unwrap([msgspec.structs.replace(wrapped[0], member_id=other)])


def test_secrets_are_the_same_in_every_process_and_differ_by_purpose(keys: FileKeys, tmp_path: Path) -> None:
    again = FileKeys.open(tmp_path / "home" / "master-keys.json")
    other = FileKeys.open(tmp_path / "other" / "master-keys.json", create=True)
    assert keys.secret("blind index") == again.secret("blind index")
    assert len({keys.secret("blind index"), keys.secret("staff"), other.secret("blind index")}) == 3


def test_the_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master-keys.json"
    FileKeys.open(path, create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    for mode in (0o640, 0o604, 0o610):
        path.chmod(mode)
        with pytest.raises(KeyFileRefused, match="can be read by others; run: chmod 600"):
            FileKeys.open(path, create=True)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b'{"version":1,"current":"k","keys":{},"root":""}', b'{"version":2}']
)
def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master-keys.json"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(KeyFileRefused, match="put back the one"):
        FileKeys.open(path, create=True)
    assert path.read_bytes() == content


def test_a_key_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="there is no key file"):
        FileKeys.open(tmp_path / "master-keys.json")


def test_processes_that_start_at_once_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master-keys.json"
    with ThreadPoolExecutor(16) as threads:
        opened = list(threads.map(lambda _: FileKeys.open(path, create=True), range(16)))
    assert {keys.current_key_id for keys in opened} == {FileKeys.open(path).current_key_id}


def test_keys_added_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "master-keys.json"
    FileKeys.open(path, create=True)
    with ThreadPoolExecutor(8) as threads:
        added = set(threads.map(lambda _: FileKeys.open(path).add_key(), range(8)))
    assert added < set(FileKeys.open(path).fingerprints())


@pytest.mark.requirement("MEM-11")
async def test_master_keys_rotate_while_others_read(db: Database, keys: FileKeys, tmp_path: Path) -> None:
    elsewhere = FileKeys.open(tmp_path / "home" / "master-keys.json")
    former = keys.current_key_id
    async with db.transaction() as tx:
        await service.check_keys(tx)
        old = await service.register(tx, NewMember(channel="h5", phone="13812345678", name="王小明"))
        current = keys.add_key()
        new = await service.register(tx, NewMember(channel="h5", phone="13912345678", name="李雷"))
        await service.check_keys(tx)
        by_key = dict(await tx.fetch("SELECT member_id, key_id FROM members.wrapped_key"))
        assert by_key == {old.member_id: former, new.member_id: current}
        assert [await service.rewrap(tx, 1), await service.rewrap(tx, 1)] == [1, 0]
        assert set(dict(await tx.fetch("SELECT member_id, key_id FROM members.wrapped_key")).values()) == {current}
        # A process that read the file before the rotation finds the new key by itself.
        service.use_keys(elsewhere)
        names = [card.display_name for card in await service.cards(tx, [old.member_id, new.member_id], own=True)]
    assert names == ["王小明", "李雷"]


@pytest.mark.requirement("MEM-11")
async def test_a_database_of_other_keys_is_refused(db: Database, keys: FileKeys, tmp_path: Path) -> None:
    async with db.transaction() as tx:
        await service.check_keys(tx)
        await service.check_keys(tx)
        service.use_keys(FileKeys.open(tmp_path / "other" / "master-keys.json", create=True))
        with pytest.raises(WrongKeys, match="does not hold"):
            await service.check_keys(tx)
        service.use_keys(keys)
        await service.check_keys(tx)


async def test_processes_that_start_at_once_agree_on_the_keys(db: Database, keys: FileKeys) -> None:
    async def check() -> None:
        async with db.transaction() as tx:
            await service.check_keys(tx)

    await asyncio.gather(*(check() for _ in range(8)))
    async with db.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM members.key_check") == len(keys.fingerprints())
