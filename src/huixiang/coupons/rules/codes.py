"""Codes that coupons are got by, as people type them: 13 random letters and one that checks them.

The letters are Crockford's base 32: digits and capitals without I, L, O and U, so that no two look alike. 13 of them
are 65 random bits. The check letter makes a weighted sum over the field of 32 elements zero; each place has a weight of
its own, so one wrong letter is always seen, and so are two that changed places, neighbours or not.
"""

from __future__ import annotations

import hmac
import re
import unicodedata

import numpy as np
import numpy.typing as npt

from huixiang.kernel.layout import Bytes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 13  # letters that are drawn; one more checks them
LENGTH = DRAWN + 1
HASH_BYTES = 16  # of 32: two of a billion codes meet once in 10^20 installations
_GROUPS = (5, 5, 4)
_READ_AS = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−]+")
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_OCTETS = np.frombuffer(ALPHABET.encode(), np.uint8)


def _times(a: int, b: int) -> int:
    """The product in the field of 32 elements, of which x^5 + x^2 + 1 is zero."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = a << 1, b >> 1
        if a & 32:
            a ^= 0b100101
    return product


def _weights() -> list[int]:
    """Powers of x from the first on: all different, and none is that of the check letter, 1."""
    powers, power = list[int](), 1
    for _ in range(DRAWN):
        power = _times(power, 2)
        powers.append(power)
    return powers


# What a letter adds to the check letter, by place and value.
_PART = np.array([[_times(weight, value) for value in range(32)] for weight in _weights()], np.uint8)
_PARTS: list[list[int]] = _PART.tolist()


def drawn(random: bytes) -> Bytes:
    """Codes as rows of 14 octets, each from 13 random bytes."""
    values = np.frombuffer(random, np.uint8).reshape(-1, DRAWN) & 31
    check = np.zeros(len(values), np.uint8)
    for place in range(DRAWN):
        check ^= _PART[place][values[:, place]]
    return _OCTETS[np.column_stack([values, check])]


def file_of(codes: Bytes) -> bytes:
    """Codes as lines of a file, in groups for people."""
    columns: list[npt.NDArray[np.uint8]] = []
    dash, end = (np.full((len(codes), 1), octet, np.uint8) for octet in b"-\n")
    at = 0
    for size in _GROUPS:
        columns += [codes[:, at : at + size], dash]
        at += size
    return np.hstack([*columns[:-1], end]).tobytes()


def shown(code: str) -> str:
    """A code in groups, such as `7K3QX-0M5TB-RW2E`."""
    groups, at = [], 0
    for size in _GROUPS:
        groups.append(code[at : at + size])
        at += size
    return "-".join(groups)


def entered(text: str) -> str:
    """The normal form of what somebody typed: capitals without spaces and dashes, O read as 0, I and L as 1."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)


def is_unique(code: str) -> bool:
    """Whether a code in normal form could be one of a batch: its letters, and the one that checks them."""
    if len(code) != LENGTH or not set(code) <= _VALUE.keys():
        return False
    check = _VALUE[code[DRAWN]]
    for parts, letter in zip(_PARTS, code, strict=False):
        check ^= parts[_VALUE[letter]]
    return check == 0


def hashed(key: bytes, code: bytes) -> bytes:
    """What is kept of a code in normal form."""
    return hmac.digest(key, code, "sha256")[:HASH_BYTES]
