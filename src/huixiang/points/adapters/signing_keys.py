"""Keys that sign the roots of days, in one file that nobody but its owner can read. It stands beside the master keys
and only the process that closes days reads it; machines that serve requests do well without it.

Losing it loses nothing that was signed: public halves are in the database. Signing then goes on with a new key, which
an operator makes on purpose.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huixiang.platform import private_file
from huixiang.platform.settings import CannotRun
from huixiang.points.rules.merkle import key_id

FILE_NAME = "signing-keys.json"


class SigningKeysRefused(CannotRun):
    """The file is readable by others or damaged. The message names it and the remedy."""


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    current: str
    keys: dict[str, bytes]  # private halves by id


class FileSigner:
    """A RootSigner over a file, which is read each time: a day is closed once a day, and a key may have been added."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def current(self, *, create: bool) -> bytes | None:
        contents = self._read()
        if contents is None and create:
            self.add_key()
            contents = self._read()
        return None if contents is None else _public(contents.keys[contents.current])

    def holds(self, key_id: str) -> bool:
        contents = self._read()
        return contents is not None and key_id in contents.keys

    def sign(self, key_id: str, message: bytes) -> bytes:
        contents = self._read()
        if contents is None or key_id not in contents.keys:
            raise SigningKeysRefused(f"{self._path} holds no signing key {key_id}")
        return Ed25519PrivateKey.from_private_bytes(contents.keys[key_id]).sign(message)

    def add_key(self) -> str:
        """Make a new key current and keep the others, so that the one before can endorse it. Its id."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with private_file.locked(self._path.parent):
            private = Ed25519PrivateKey.generate().private_bytes_raw()
            added = key_id(_public(private))
            before = self._read()
            keys = {**(before.keys if before else {}), added: private}
            encoded = msgspec.json.encode(_Contents(1, added, keys))
            private_file.replace(self._path, msgspec.json.format(encoded, indent=2))
        return added

    def _read(self) -> _Contents | None:
        try:
            contents = msgspec.json.decode(private_file.read(self._path), type=_Contents)
        except FileNotFoundError:
            return None
        except private_file.ReadableByOthers as error:
            raise SigningKeysRefused(str(error)) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise SigningKeysRefused(f"{self._path} is not a file of signing keys; put back the right one") from None
        sound = contents.version == 1 and contents.current in contents.keys
        if not sound or any(len(key) != 32 or key_id(_public(key)) != of for of, key in contents.keys.items()):
            raise SigningKeysRefused(f"{self._path} is damaged; put back the right one")
        return contents


def _public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
