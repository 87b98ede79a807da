"""What coupons do by the clock: announce ends and write them down; give back gifts that nobody took; free codes that
somebody took and did not finish."""

from __future__ import annotations

import msgspec

from huixiang.coupons import service
from huixiang.coupons.service import gifts, given_on, redeeming
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

END = "coupons.end_chunk"
END_GIFTS = "coupons.end_gifts_chunk"
FREE_CODES = "coupons.free_codes_chunk"


class EndCoupons(msgspec.Struct, frozen=True):
    """Announce ends that are near, and write down those that have come, of a number of copies each."""

    copies: int = 500


class EndGifts(msgspec.Struct, frozen=True):
    """Give back a chunk of the gifts that nobody took in time."""

    gifts: int = 500


class FreeCodes(msgspec.Struct, frozen=True):
    """Free a chunk of the codes whose taking was not finished in time."""


async def end_chunk(tx: Transaction, chunk: EndCoupons) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    announced = await service.announce_due(tx, chunk.copies)
    expired = await service.expire_due(tx, chunk.copies)
    if max(announced, expired) >= chunk.copies:
        await enqueue(tx, END, chunk)


async def end_coupons(tx: Transaction) -> None:
    await enqueue(tx, END, EndCoupons(), key="scheduled")


async def end_gifts_chunk(tx: Transaction, chunk: EndGifts) -> None:
    if await gifts.end_due(tx, chunk.gifts) == chunk.gifts:
        await enqueue(tx, END_GIFTS, chunk)


async def end_gifts(tx: Transaction) -> None:
    await enqueue(tx, END_GIFTS, EndGifts(), key="scheduled")


async def free_codes_chunk(tx: Transaction, chunk: FreeCodes) -> None:
    if await redeeming.free_lapsed(tx):
        await enqueue(tx, FREE_CODES, chunk)


async def free_codes(tx: Transaction) -> None:
    await enqueue(tx, FREE_CODES, FreeCodes(), key="scheduled")


JOB_HANDLERS = (
    JobHandler(given_on.GIVE, given_on.GivePack, given_on.give),
    JobHandler(END, EndCoupons, end_chunk),
    JobHandler(END_GIFTS, EndGifts, end_gifts_chunk),
    JobHandler(FREE_CODES, FreeCodes, free_codes_chunk),
)
SCHEDULES = (
    Schedule("coupons.end", "* * * * *", end_coupons),
    Schedule("coupons.end_gifts", "* * * * *", end_gifts),
    Schedule("coupons.free_codes", "* * * * *", free_codes),
)
