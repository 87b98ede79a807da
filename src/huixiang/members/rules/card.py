"""The code of the card: a signed token that whoever has the public keys can verify, without asking anybody.

18 bytes and a signature of 64 (Ed25519), as one decimal number of 196 digits: scanners type digits the same on every
keyboard, and a QR code holds them most densely. The bytes, big end first:

    1  version, 1
    4  id of the key that signed
    4  second of issue, since 1970
    5  member number
    4  points that may be spent while the till is cut off; 0

Signed is a line that says what this is, and then these bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from huixiang.members.model.card import CardKeysRotatedLately, KeyTurn

VERSION = 1
CODE_LIFE = timedelta(seconds=60)
# How far the clock of the machine that reads a code may be behind that of the one that made it.
CODE_EARLY = timedelta(seconds=5)
DIGITS = 196  # whatever the bytes are: the first of them is 1

# For so long a reader may go without asking for the keys anew: nobody is kept out for longer than that by a new key,
# and a key that was stolen is worth something to a thief no longer than that.
KEYS_GOOD_FOR = timedelta(days=7)
# Processes learn of a new key before the first code is signed with it.
TURN_AFTER = timedelta(seconds=60)
FIRST = 0

_LAYOUT = struct.Struct(">B4sI5sI")
_SIGNATURE_BYTES = 64
_CONTEXT = b"Huixiang card 1\n"
_CODE = re.compile(rf"[1-9][0-9]{{{DIGITS - 1}}}")
_NUMBERS = 10**12


class ReadCode(msgspec.Struct, frozen=True):
    """What a code says, not yet verified. number: of the member. allowance: in points. signed: what is signed."""

    key_id: bytes
    number: str
    issued_at: datetime
    allowance: int
    signed: bytes
    signature: bytes


def key_id(public: bytes) -> bytes:
    return sha256(b"Huixiang card key 1\n" + public).digest()[:4]


def said(of_key: bytes, number: str, issued_at: datetime, allowance: int = 0) -> bytes:
    """What a code says, before it is signed. issued_at: to the second."""
    return _LAYOUT.pack(VERSION, of_key, int(issued_at.timestamp()), int(number).to_bytes(5), allowance)


def to_sign(what: bytes) -> bytes:
    return _CONTEXT + what


def shown(what: bytes, signature: bytes) -> str:
    """The digits of a code."""
    return str(int.from_bytes(what + signature))


def read(code: str) -> ReadCode | None:
    """None for what cannot be a code of this version."""
    if _CODE.fullmatch(code) is None:
        return None
    token = int(code).to_bytes(_LAYOUT.size + _SIGNATURE_BYTES)
    version, of_key, second, number, allowance = _LAYOUT.unpack_from(token)
    if version != VERSION or int.from_bytes(number) >= _NUMBERS:
        return None
    return ReadCode(
        key_id=of_key,
        number=f"{int.from_bytes(number):012d}",
        issued_at=datetime.fromtimestamp(second, UTC),
        allowance=allowance,
        signed=to_sign(token[: _LAYOUT.size]),
        signature=token[_LAYOUT.size :],
    )


def is_early(code: ReadCode, now: datetime) -> bool:
    return code.issued_at > now + CODE_EARLY


def holds(code: ReadCode, now: datetime) -> bool:
    return not is_early(code, now) and now <= code.issued_at + CODE_LIFE


def next_turn(turns: Sequence[KeyTurn], now: datetime, *, at_once: bool) -> KeyTurn:
    """Which key signs next, and from when. turns: those there were. The next key was published all the time since the
    last turn: readers that ask in time know it. Raises CardKeysRotatedLately where they need not know it yet."""
    last = max(turns, key=lambda turn: turn.generation, default=None)
    if last is not None and not at_once and now < last.signs_from + KEYS_GOOD_FOR:
        raise CardKeysRotatedLately(free_at=last.signs_from + KEYS_GOOD_FOR)
    after = timedelta(0) if at_once else TURN_AFTER
    return KeyTurn(FIRST + 1 if last is None else last.generation + 1, (now + after).replace(microsecond=0))
