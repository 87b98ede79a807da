"""Conditions as JSON: what the published schema says, the decoder takes, and the other way round."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.conditions.model import Condition, decode, encode
from huixiang.kernel.errors import InvalidInput
from tests.conditions import draws
from tests.conditions.ground import REGISTRY
from tests.conditions.json_schema import accepts
from tools import condition_schema

SCHEMA = msgspec.json.decode(condition_schema.PAGE.read_bytes())
LEAVES = st.sampled_from(
    [draws.leaves_of(REGISTRY, lambda _: True), draws.of_history(), draws.of_time(), draws.of_basket()]
).flatmap(lambda leaf: leaf)
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 5, 10**13, 1.5, "", "x", "25:00", "2026-01-01T00:00:00", [], ["x"], {}]
)


def taken(written: Any) -> bool:
    try:
        decode(msgspec.json.encode(written))
    except InvalidInput:
        return False
    return True


@pytest.mark.requirement("PRC-06")
def test_the_published_schema_is_that_of_the_types() -> None:
    assert condition_schema.PAGE.read_text() == condition_schema.rendered()
    assert len(SCHEMA["anyOf"]) == len(get_args(Condition))


@given(written=draws.conditions(LEAVES))
def test_what_is_written_is_read_back_and_fits_the_schema(written: Condition) -> None:
    assert decode(encode(written)) == written
    assert accepts(SCHEMA, msgspec.json.decode(encode(written)))


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


@given(written=draws.conditions(LEAVES), data=st.data())
def test_the_schema_and_the_decoder_refuse_the_same(written: Condition, data: st.DataObject) -> None:
    """A field of a valid condition is given another value, left out or added."""
    spoilt = copy.deepcopy(msgspec.json.decode(encode(written)))
    node = data.draw(st.sampled_from(list(objects(spoilt))))
    field = data.draw(st.sampled_from([*sorted(node), "colour", "at_most", "values"]))
    if field in node and data.draw(st.booleans()):
        del node[field]
    else:
        node[field] = data.draw(STRANGE)
    assert accepts(SCHEMA, spoilt) is taken(spoilt), spoilt


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'{"type":"all","of":[{"type":"known","attribute":"Tier"}]}', "$.of[0].attribute"),
        (b'{"type":"all","of":[{"type":"nothing"}]}', "$.of[0].type"),
        (b'{"type":"known","attribute":"tier","colour":1}', "$"),
        (b'{"type":"compare","attribute":"visits","op":"eq","value":1.5}', "$.value"),
        (b'{"type":"compare","attribute":"visits","op":"is","value":1}', "$.op"),
        (b'{"type":"during","start":"2026-01-01T00:00:00"}', "$.start"),
        (b'{"type":"weekdays","days":[8]}', "$.days[0]"),
        (b'{"type":"hours","start":"24:00","end":"06:00"}', "$.start"),
        (b'{"type":"has","attribute":"labels","values":["a\\u0000"]}', "$.values[0]"),
        (b"[]", "$"),
        (b'{"type"', "$"),
        (b"\xff", "$"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: bytes, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(text)
    assert refused.value.fields["path"] == path
    assert refused.value.fields["problem"]


def test_no_more_values_than_a_statement_should_carry() -> None:
    with pytest.raises(InvalidInput, match="1000"):
        decode(msgspec.json.encode({"type": "has", "attribute": "labels", "values": ["x"] * 1001}))
