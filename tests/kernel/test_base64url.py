"""One spelling for any bytes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel import base64url

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=80))
def test_bytes_come_back(raw: bytes) -> None:
    text = base64url.encode(raw)
    assert base64url.decode(text) == raw
    assert base64.urlsafe_b64decode(text + "==") == raw


@given(st.text(LETTERS, max_size=12))
def test_what_is_read_is_written_so(text: str) -> None:
    try:
        raw = base64url.decode(text)
    except ValueError:
        return
    assert base64url.encode(raw) == text


@pytest.mark.parametrize("text", ["A", "AB", "AAB", "AAAAA", "AA==", "A A", "A\n", "é", "AA+A", "AA/A", "AAA="])
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        base64url.decode(text)
