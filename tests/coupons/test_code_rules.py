"""The letters of codes: what is drawn, what is read, and which slips of the hand are seen."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.coupons.rules.codes import (
    ALPHABET,
    DRAWN,
    HASH_BYTES,
    LENGTH,
    drawn,
    entered,
    file_of,
    hashed,
    is_unique,
    shown,
)

pytestmark = pytest.mark.requirement("CPN-02")

codes = st.binary(min_size=DRAWN, max_size=DRAWN).map(lambda random: drawn(random).tobytes().decode())
places = st.integers(0, LENGTH - 1)
letters = st.sampled_from(ALPHABET)
# What people write between groups, and what they take letters for.
SLIPS = {"0": "0Oo", "1": "1IiLl"}


@given(codes)
def test_a_code_that_was_drawn_is_read_as_it_is(code: str) -> None:
    assert len(code) == LENGTH
    assert entered(code) == code
    assert is_unique(code)
    assert entered(shown(code)) == code


@given(codes, places, letters)
def test_every_single_wrong_letter_is_seen(code: str, place: int, letter: str) -> None:
    wrong = code[:place] + letter + code[place + 1 :]
    assert is_unique(wrong) == (wrong == code)


@given(codes, places, places)
def test_any_two_letters_that_changed_places_are_seen(code: str, one: int, other: int) -> None:
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert is_unique("".join(swapped)) == ("".join(swapped) == code)


def test_every_wrong_letter_and_every_swap_of_neighbours_of_some_codes_is_seen() -> None:
    for row in drawn(os.urandom(DRAWN * 50)):
        code = row.tobytes().decode()
        single = {code[:n] + letter + code[n + 1 :] for n in range(LENGTH) for letter in ALPHABET}
        swaps = {code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(LENGTH - 1)}
        assert {one for one in single | swaps if is_unique(one)} == {code}


@given(codes, st.data())
def test_it_is_read_as_people_write_it(code: str, data: st.DataObject) -> None:
    written = ""
    for letter in code:
        choices = SLIPS.get(letter, letter + letter.lower())
        as_wide = chr(ord(letter) + 0xFEE0)
        written += data.draw(st.sampled_from(choices + as_wide)) + data.draw(st.sampled_from(["", "", "-", " ", " – "]))
    assert entered(written) == code


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read(text: str) -> None:
    code = entered(text)
    assert is_unique(code) <= (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_codes_are_drawn_from_all_of_their_bits() -> None:
    seen = drawn(os.urandom(DRAWN * 20_000))
    assert len({row.tobytes() for row in seen}) == 20_000
    for place in range(LENGTH):
        counts = [int((seen[:, place] == ord(letter)).sum()) for letter in ALPHABET]
        assert min(counts) > 450  # 625 each, with a deviation of 25
        assert max(counts) < 800
    for bit in range(5 * DRAWN):  # each bit of the 65 changes the code, and no two alike
        random = bytearray(DRAWN)
        random[bit // 5] = 1 << bit % 5
        assert drawn(bytes(random)).tobytes() != drawn(bytes(DRAWN)).tobytes()


def test_a_file_has_a_code_a_line() -> None:
    rows = drawn(os.urandom(DRAWN * 100))
    lines = file_of(rows).decode().splitlines()
    assert [entered(line) for line in lines] == [row.tobytes().decode() for row in rows]
    assert all(line == shown(entered(line)) and len(line) == LENGTH + 2 for line in lines)


def test_what_is_kept_of_a_code_takes_the_key() -> None:
    one, other = hashed(bytes(32), b"7K3QX0M5TBRW2E"), hashed(b"k" * 32, b"7K3QX0M5TBRW2E")
    assert len(one) == len(other) == HASH_BYTES
    assert one != other
    assert hashed(bytes(32), b"7K3QX0M5TBRW2F") != one
