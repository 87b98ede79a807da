"""What coupons do by the clock: announce ends and write them down; free codes that somebody took and did not finish."""

from __future__ import annotations

import msgspec

from huixiang.coupons import service
from huixiang.coupons.service import redeeming
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

END = "coupons.end_chunk"
FREE_CODES = "coupons.free_codes_chunk"


class EndCoupons(msgspec.Struct, frozen=True):
    """Announce ends that are near, and write down those that have come, up to a number of copies each."""

    copies: int = 500


class FreeCodes(msgspec.Struct, frozen=True):
    """Free a chunk of the codes whose taking was not finished in time."""


async def end_chunk(tx: Transaction, chunk: EndCoupons) -> None:
    """One chunk; where it was full, another follows in a transaction of its own."""
    announced = await service.announce_due(tx, chunk.copies)
    expired = await service.expire_due(tx, chunk.copies)
    if max(announced, expired) == chunk.copies:
        await enqueue(tx, END, chunk)


async def end_coupons(tx: Transaction) -> None:
    await enqueue(tx, END, EndCoupons(), key="scheduled")


async def free_codes_chunk(tx: Transaction, chunk: FreeCodes) -> None:
    if await redeeming.free_lapsed(tx):
        await enqueue(tx, FREE_CODES, chunk)


async def free_codes(tx: Transaction) -> None:
    await enqueue(tx, FREE_CODES, FreeCodes(), key="scheduled")


JOB_HANDLERS = (JobHandler(END, EndCoupons, end_chunk), JobHandler(FREE_CODES, FreeCodes, free_codes_chunk))
SCHEDULES = (
    Schedule("coupons.end", "* * * * *", end_coupons),
    Schedule("coupons.free_codes", "* * * * *", free_codes),
)
