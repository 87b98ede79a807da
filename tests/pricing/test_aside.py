"""What takes long is priced beside the loop: others are answered meanwhile, and no more wait for it than a bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from uuid import UUID

import pytest

from bench.pricing_hard_draw import draw_hard
from huixiang.entry.attributes import REGISTRY
from huixiang.platform.failures import Overloaded
from huixiang.pricing.model.effects import Off, OffStep, PriceRate, Scope
from huixiang.pricing.model.rules import OrderRule, UnitRule
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.engine import price
from huixiang.pricing.service.aside import ON_LOOP, ON_LOOP_NODES, THREADS, WAITING, aside, breathe
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


async def test_what_turns_out_to_be_hard_goes_on_aside(shop: Shop, member: UUID) -> None:
    """A small basket whose search is long waits for a thread; it is found to be so on the loop, with few nodes."""
    skus = [f"s{number}" for number in range(24)]
    await shop.stock(*(good(sku, 299 + 137 * at) for at, sku in enumerate(skus)))
    cheaper = [
        UnitRule(code=f"unit-{sku}", name=named(sku), scope=Scope(skus=(sku,)), effect=PriceRate(9_100 + 31 * at))
        for at, sku in enumerate(skus)
    ]
    steps = tuple(OffStep(at=at, off_fen=at // 8) for at in range(1_900, 20_000, 1_000))
    scopes = [skus[at :: 2 + at] if at < 4 else skus[at::3] + skus[:at] for at in range(7)]
    overlapping = [
        OrderRule(code=f"order-{at}", name=named("order"), scope=Scope(skus=tuple(some)), effect=Off(steps=steps))
        for at, some in enumerate(scopes)
    ]
    await shop.publish([*cheaper, *overlapping])
    asked = [pieces(sku) for sku in skus]
    free = await shop.quote(asked, member)
    assert free["priced"]["nodes"] > ON_LOOP_NODES
    async with busy(THREADS):
        waits = asyncio.create_task(shop.quote(asked, member))
        assert (await shop.quote(asked[:1], member))["priced"]["proven"]
        assert not waits.done()
    assert (await waits)["priced"] == free["priced"]


async def test_the_loop_has_its_turns_while_a_search_runs_aside() -> None:
    """Also where the search is machine code, which hands nothing over by itself."""
    hard = draw_hard(1, 1)
    rule_set = compile_promotions(hard.promotions, 1, REGISTRY)
    [(basket, situation)] = hard.asked
    search = asyncio.create_task(aside(lambda: price(rule_set, basket, situation, nodes_max=5_000, pause=breathe)))
    turns = 0
    while not search.done():
        await asyncio.sleep(0)
        turns += 1
    assert search.result().nodes > 1_000
    assert turns > 10
