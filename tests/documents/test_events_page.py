"""docs/domain/events.md lists every event with every field."""

from __future__ import annotations

import importlib
import pkgutil
import types
import typing
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

import huixiang
from huixiang.checkout.events import OrderRefunded
from huixiang.platform import backlog, relay
from huixiang.platform.outbox import Event, event_type
from tests.documents.pages import json_blocks, page, sections, table

SECTIONS = sections(page("events"))
NAMES = {UUID: "uuid", datetime: "instant", date: "day", str: "text", int: "integer", bool: "yes or no"}


def events() -> dict[str, type[Event]]:
    """Every event of the program, by its type."""
    for module in pkgutil.iter_modules(huixiang.__path__):
        folder = importlib.import_module(f"huixiang.{module.name}")
        if any(one.name == "events" for one in pkgutil.iter_modules(getattr(folder, "__path__", []))):
            importlib.import_module(f"huixiang.{module.name}.events")
    return {event_type(kind): kind for kind in Event.__subclasses__() if kind.__module__.startswith("huixiang.")}


EVENTS = events()


def printed(kind: object) -> str:
    """A field's type as the page prints it: `uuid`, `text?` where it may be null or left out."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        (one,) = (option for option in typing.get_args(kind) if option not in (type(None), msgspec.UnsetType))
        return f"{printed(one)}?"
    assert isinstance(kind, type)
    return NAMES[kind]


@pytest.mark.requirement("INT-02")
def test_the_page_lists_every_event_and_no_other() -> None:
    listed = {name.strip("`") for name in SECTIONS if name.startswith("`")}
    assert listed == set(EVENTS)
    assert len(listed) >= 5


@pytest.mark.requirement("INT-02")
@pytest.mark.parametrize("name", sorted(EVENTS))
def test_the_page_lists_every_field_with_its_type(name: str) -> None:
    types_of_fields = typing.get_type_hints(EVENTS[name])
    expected = [(field, printed(types_of_fields[field])) for field in EVENTS[name].__struct_fields__]
    rows = table(SECTIONS[f"`{name}`"])
    assert [(row["field"], row["type"]) for row in rows] == expected
    assert all(row["meaning"] for row in rows)


@pytest.mark.requirement("INV-6")
@pytest.mark.parametrize("name", sorted(EVENTS))
def test_no_event_has_a_field_for_what_says_who_a_person_is(name: str) -> None:
    personal = {"name", "phone", "mobile", "email", "address", "birthday", "display_name", "id_card", "external_id"}
    assert not personal & set(EVENTS[name].__struct_fields__)


def test_the_example_is_an_event_as_it_is_stored() -> None:
    (example,) = json_blocks(SECTIONS["Envelope"])
    event = msgspec.convert(example, OrderRefunded)
    assert msgspec.json.decode(msgspec.json.encode(event)) == example


def test_the_figures_of_delivery_are_those_of_the_relay() -> None:
    text = " ".join(SECTIONS["Delivery"].split())
    assert f"up to {backlog.ROWS_PER_BATCH:,} rows, those that have waited longest, about 4 MB" in text
    assert backlog.BYTES_PER_BATCH == 4_000_000
    assert "1 s, 2 s, 4 s, ... up to an hour" in text
    assert (timedelta(seconds=1), timedelta(hours=1)) == (backlog.RETRY_FIRST, backlog.RETRY_MAX)
    assert f"every {relay.POLL_BUSY_S * 1000:.0f} ms" in text
    assert relay.POLL_IDLE_MAX_S == 1 / 4  # four times a second
