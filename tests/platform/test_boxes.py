"""What is sealed at rest says how, so that another cipher can come beside it."""

from __future__ import annotations

import os

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from huixiang.platform.boxes import Box

KEY = bytes(range(32))
pytestmark = pytest.mark.requirement("INV-6")


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_what_is_sealed_opens_with_what_it_is_bound_to(content: bytes, bound_to: bytes) -> None:
    sealed = Box(KEY).seal(content, bound_to)
    assert Box(KEY).open(sealed, bound_to) == content
    assert Box(KEY).seal(content, bound_to) != sealed, "another nonce each time"
    for box, other in ((Box(bytes(32)), bound_to), (Box(KEY), bound_to + b"\0")):
        with pytest.raises(InvalidTag):
            box.open(sealed, other)


@given(st.data())
def test_no_byte_can_be_changed_nor_left_out(data: st.DataObject) -> None:
    sealed = bytearray(Box(KEY).seal(b"content", b"whose"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    for changed in (
        sealed[:place],
        [*sealed[:place], sealed[place] ^ data.draw(st.integers(1, 255)), *sealed[place + 1 :]],
    ):
        with pytest.raises(InvalidTag):
            Box(KEY).open(bytes(changed), b"whose")


def test_the_form_is_said_first_and_bound() -> None:
    """As another program would read it; and nobody turns one form into another."""
    sealed = Box(KEY).seal(b"content", b"whose")
    assert (sealed[0], len(sealed)) == (1, 1 + 12 + len(b"content") + 16)
    assert AESGCM(KEY).decrypt(sealed[1:13], sealed[13:], b"\x01whose") == b"content"
    nonce = os.urandom(12)
    unbound = b"\x01" + nonce + AESGCM(KEY).encrypt(nonce, b"content", b"whose")
    for other in (unbound, b"\x02" + sealed[1:], unbound[1:], b"", b"\x01"):
        with pytest.raises(InvalidTag):
            Box(KEY).open(other, b"whose")
