"""Master keys in one file that nobody but its owner can read: the key provider of a single machine.

The file holds the master keys by id, which of them is current, and a root secret from which secrets for single purposes
are derived. Losing it loses every personal field; it is to be backed up apart from the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from huixiang.members.model import WrappedKey
from huixiang.members.ports import WrongKeys
from huixiang.platform import private_file
from huixiang.platform.boxes import Box
from huixiang.platform.settings import CannotRun

FILE_NAME = "master-keys.json"
_KEY_BYTES = 32


class KeyFileRefused(CannotRun):
    """The key file is missing, readable by others, or damaged. The message names the file and the remedy."""


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    current: str
    keys: dict[str, bytes]  # master keys by id
    root: bytes


class FileKeys:
    """A KeyProvider over a file. Other processes may add a key at any time: an unknown key id makes it read again."""

    def __init__(self, path: Path, contents: _Contents) -> None:
        self._path = path
        self._use(contents)

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> FileKeys:
        """Read the file; with `create`, make it first where there is none. Raises KeyFileRefused."""
        if create and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            key_id = _new_key_id()
            _write_new(path, _Contents(1, key_id, {key_id: _new_key()}, _new_key()))
        return cls(path, _read(path))

    def add_key(self) -> str:
        """Make a new master key current and keep the others, which data keys are still wrapped under. Its id."""
        key_id = _new_key_id()
        with private_file.locked(self._path.parent):
            contents = _read(self._path)
            added = msgspec.structs.replace(contents, current=key_id, keys={**contents.keys, key_id: _new_key()})
            _write(self._path, added)
        self._use(added)
        return key_id

    @property
    def current_key_id(self) -> str:
        return self._contents.current

    async def wrap(self, data_keys: Mapping[UUID, bytes]) -> list[WrappedKey]:
        key_id = self._contents.current
        box = self._boxes[key_id]
        wrapped = []
        for member_id, data_key in data_keys.items():
            wrapped.append(WrappedKey(member_id, key_id, box.seal(data_key, _context(key_id, member_id))))
        return wrapped

    async def unwrap(self, wrapped: Sequence[WrappedKey]) -> list[bytes]:
        return [self._box(key.key_id).open(key.wrapped, _context(key.key_id, key.member_id)) for key in wrapped]

    def secret(self, purpose: str) -> bytes:
        info = b"huixiang secret 1|" + purpose.encode()
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(self._contents.root)

    def fingerprints(self) -> Mapping[str, bytes]:
        keys = {**self._contents.keys, "root": self._contents.root}
        return {key_id: _fingerprint(key) for key_id, key in keys.items()}

    def _use(self, contents: _Contents) -> None:
        self._contents = contents
        self._boxes = {key_id: Box(key) for key_id, key in contents.keys.items()}

    def _box(self, key_id: str) -> Box:
        if key_id not in self._boxes:
            self._use(_read(self._path))
        if key_id not in self._boxes:
            raise WrongKeys(f"{self._path} holds no master key {key_id}")
        return self._boxes[key_id]


def _new_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def _new_key_id() -> str:
    return f"k{secrets.token_hex(6)}"


def _context(key_id: str, member_id: UUID) -> bytes:
    return b"huixiang data key 1|" + key_id.encode() + b"|" + member_id.bytes


def _fingerprint(key: bytes) -> bytes:
    mac = HMAC(key, SHA256())
    mac.update(b"huixiang key fingerprint 1")
    return mac.finalize()


def _read(path: Path) -> _Contents:
    try:
        raw = private_file.read(path)
    except FileNotFoundError:
        raise KeyFileRefused(f"there is no key file {path}; put back the one this installation was made with") from None
    except private_file.ReadableByOthers as error:
        raise KeyFileRefused(str(error)) from None
    try:
        contents = msgspec.json.decode(raw, type=_Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise KeyFileRefused(f"{path} is not a key file; put back the one this installation was made with") from None
    lengths = {len(key) for key in (*contents.keys.values(), contents.root)}
    if contents.version != 1 or contents.current not in contents.keys or lengths != {_KEY_BYTES}:
        raise KeyFileRefused(f"{path} is damaged; put back the one this installation was made with")
    return contents


def _write_new(path: Path, contents: _Contents) -> None:
    """Of several processes that start at once, one makes the file and all use it."""
    with private_file.locked(path.parent):
        if not path.exists():
            _write(path, contents)


def _write(path: Path, contents: _Contents) -> None:
    private_file.replace(path, msgspec.json.format(msgspec.json.encode(contents), indent=2))
