"""Cursors: what was given out comes back, anything else is refused before a statement sees it."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import Page, decode_cursor, encode_cursor, page_of

PARTS: dict[type, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    UUID: st.uuids(),
    datetime: st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    date: st.dates(),
    bool: st.booleans(),
}


@st.composite
def sort_keys(draw: st.DrawFn) -> tuple[tuple[type, ...], tuple[Any, ...]]:
    types = tuple(draw(st.lists(st.sampled_from(list(PARTS)), min_size=1, max_size=4)))
    return types, tuple(draw(PARTS[kind]) for kind in types)


def raw(text: str) -> str:
    """A cursor over any text at all."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@given(sort_keys())
def test_what_was_given_out_comes_back(key: tuple[tuple[type, ...], tuple[Any, ...]]) -> None:
    types, parts = key
    cursor = encode_cursor(*parts)
    assert decode_cursor(cursor, *types) == parts
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=60), st.sampled_from(list(PARTS)))
@example("", int)
@example("Ï", int)
def test_garbage_is_refused(text: str, kind: type) -> None:
    with suppress(InvalidInput):
        assert encode_cursor(*decode_cursor(text, kind)) == text  # then it was no garbage


def test_a_refusal_names_the_cursor() -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cursor("garbage", int)
    assert caught.value.fields["path"] == "cursor"


@pytest.mark.parametrize(
    ("cursor", "types"),
    [
        (encode_cursor("a"), (int,)),
        (encode_cursor(1), (str,)),
        (encode_cursor(1), (int, int)),
        (encode_cursor(1, 2), (int,)),
        (encode_cursor(1, "a"), (int, UUID)),
        (encode_cursor(True), (int,)),  # noqa: FBT003
        (encode_cursor(1.5), (int,)),
        (encode_cursor(None), (int,)),
        (encode_cursor([1]), (int,)),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str, types: tuple[type, ...]) -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, *types)


@pytest.mark.parametrize(
    ("cursor", "kind"),
    [
        (raw(f"[{10**30}]"), int),
        (raw(f"[{2**63}]"), int),
        (raw('["\\u0000"]'), str),
        (raw('["a\\u0000b"]'), str),
        (raw('["0001-01-01T00:00:00+14:00"]'), datetime),
        (raw('["9999-12-31T23:59:59-14:00"]'), datetime),
        (raw('["2026-01-01T00:00:00"]'), datetime),
    ],
)
def test_what_the_database_could_not_compare_with_is_refused(cursor: str, kind: type) -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, kind)


@pytest.mark.parametrize("cursor", [raw("[1] "), raw("[1]") + "=", raw("[ 1]"), raw("[1]") + "\n", " " + raw("[1]")])
def test_a_cursor_has_one_spelling(cursor: str) -> None:
    assert decode_cursor(raw("[1]"), int) == (1,)
    with pytest.raises(InvalidInput):
        decode_cursor(cursor, int)


def test_an_instant_in_another_offset_stays_the_same_instant() -> None:
    instant = datetime(2026, 3, 18, 10, 30, tzinfo=UTC)
    shown = instant.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo)
    (decoded,) = decode_cursor(encode_cursor(shown), datetime)
    assert decoded == instant
    assert decoded.utcoffset() == timedelta(hours=8)


def test_a_page_is_written_with_its_cursor() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Page([1, 2], "abc"))) == {"items": [1, 2], "next_cursor": "abc"}
    assert msgspec.json.decode(b'{"items":[1]}', type=Page[int]) == Page([1], None)


def test_a_page_shows_as_many_as_asked_for_and_says_whether_more_follow() -> None:
    assert page_of([], 2, lambda last: (last,)) == Page([])
    assert page_of(["a", "b"], 2, lambda last: (last,)) == Page(["a", "b"])
    assert page_of(["a", "b", "c"], 2, lambda last: (last, 1)) == Page(["a", "b"], encode_cursor("b", 1))
