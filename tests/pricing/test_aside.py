"""What takes long is priced beside the loop: others are answered meanwhile, and no more wait for it than a bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from uuid import UUID

import pytest

from huixiang.platform.failures import Overloaded
from huixiang.pricing.model.effects import PriceRate
from huixiang.pricing.model.rules import UnitRule
from huixiang.pricing.service.aside import ON_LOOP, THREADS, WAITING, aside
from tests.pricing.quoting import Shop, good, named, pieces, refused

MANY = [pieces(f"s{number}") for number in range(ON_LOOP + 1)]
ALL_OFF = UnitRule(code="all", name=named("all"), effect=PriceRate(9_000))


@asynccontextmanager
async def busy(count: int) -> AsyncIterator[None]:
    """So many at work or waiting, for as long as it is entered."""
    go_on = Event()
    under_way = [asyncio.create_task(aside(go_on.wait)) for _ in range(count)]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        go_on.set()
        assert all(await asyncio.gather(*under_way))


async def test_others_are_answered_while_what_takes_long_is_priced(shop: Shop, member: UUID) -> None:
    """Explanations in full, hints, and baskets of many lines wait for a thread, small quotes for nobody."""
    await shop.stock(*(good(f"s{number}", 300) for number in range(len(MANY))))
    await shop.publish([ALL_OFF])
    small = await shop.quote([pieces("s1")], member)
    asked = (
        shop.quote([pieces("s1")], member, explain="full"),
        shop.quote([pieces("s1")], member, hints=True),
        shop.quote(MANY, member),
        shop.why(small["token"]),
    )
    async with busy(THREADS):
        long = [asyncio.create_task(one) for one in asked]
        for _ in range(len(long)):
            assert (await shop.quote([pieces("s1")], member))["priced"] == small["priced"]
        assert not any(one.done() for one in long)
    answers = await asyncio.gather(*long)
    assert [one["priced"]["payable_fen"] for one in answers] == [270, 270, 270 * len(MANY), 270]


async def test_what_waits_is_bounded(shop: Shop, member: UUID) -> None:
    """Who comes when it is full is told so at once."""
    await shop.stock(good("s1", 300))
    await shop.publish([ALL_OFF])
    lines = [{"line_id": "1", **pieces("s1")}]
    async with busy(THREADS + WAITING):
        with pytest.raises(Overloaded):
            await aside(lambda: None)
        refused(await shop.ask("/api/v1/quotes", {"lines": lines, "explain": "full"}), 503, "overloaded")
        assert (await shop.quote([pieces("s1")], member))["priced"]["payable_fen"] == 270
    assert (await shop.quote([pieces("s1")], member, explain="full"))["priced"]["payable_fen"] == 270
