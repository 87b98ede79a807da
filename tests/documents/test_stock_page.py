"""docs/domain/stock.md says what stock does."""

from __future__ import annotations

from uuid import UUID, uuid5

import msgspec
import pytest

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.stock.model import Holder, Kind, ResourceRow
from tests.documents.pages import json_blocks, page, sections, table
from tests.stock.ground import breaches, confirm, define, free, give_back, left, reserve, row, want

SECTIONS = sections(page("stock"))
IDS = UUID(int=41)


async def done(db: Database, who: str, holder: Holder, asks: str) -> str:
    """What becomes of a line of the example."""
    verb, _, number = asks.rpartition(" ") if asks[-1].isdigit() else (asks, "", "0")
    try:
        match verb:
            case "reserve":
                [ticket] = await reserve(db, holder, want("example", int(number)), member=uuid5(IDS, who))
            case "confirm":
                [ticket] = await confirm(db, holder)
            case "free":
                [ticket] = await free(db, holder)
            case "give back":
                [ticket] = await give_back(db, holder, "refund", example=int(number))
            case _:
                lowered = row("example", int(number), shards=3, per_member=4, version=2)
                return (await define(db, lowered))[0]
    except DomainError as refusal:
        return refusal.code
    return ticket.state


@pytest.mark.requirement("BEN-05")
async def test_the_worked_example(db: Database) -> None:
    await define(db, row("example", 10, shards=3, per_member=4))
    lines = table(SECTIONS["Worked example"])
    assert len(lines) == 13
    for line in lines:
        holder = Holder("order", uuid5(IDS, line["holder"]))
        assert await done(db, line["who"], holder, line["asks"]) == line["answer"], line
        assert await left(db, "example") == [int(line["left"])], line
    again = {name: Holder("order", uuid5(IDS, name)) for name in ("order-3", "order-6")}
    assert await done(db, "dora", again["order-6"], "reserve 1") == "reserved"
    assert await done(db, "ben", again["order-3"], "reserve 4") == "ticket_freed"
    assert await breaches(db) == []


async def test_the_kinds_and_the_line_of_the_bulk_route(db: Database) -> None:
    kinds = table(page("stock"))
    assert [one["kind"].strip("`") for one in kinds] == [kind.value for kind in Kind]
    for one in kinds:
        named = {"kind": one["kind"].strip("`"), "key": one["key"].strip("`")}
        msgspec.convert(named | {"unit": "uses", "capacity": 1, "version": 1}, ResourceRow)
    [line] = json_blocks(page("stock"))
    assert await define(db, msgspec.convert(line, ResourceRow)) == ["created"]
