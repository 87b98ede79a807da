"""Schedules and jobs of members."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.members import service
from huixiang.members.service import derived, exports
from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue

FORGET_CODES = "members.forget_codes_chunk"
FORGET_SIGN_IN = "members.forget_sign_in_chunk"
AGE = "members.age_chunk"
FORGET_EXPORTS = "members.forget_exports_chunk"
REWRAP = "members.rewrap_chunk"


class ForgetCodes(msgspec.Struct, frozen=True):
    """Delete a chunk of the codes that can show nobody's presence any more."""


class ForgetSignIn(msgspec.Struct, frozen=True):
    """Delete a chunk of the codes, counts and sessions that let nobody in any more."""


class ForgetExports(msgspec.Struct, frozen=True):
    """Delete a chunk of the files that are over."""


class Rewrap(msgspec.Struct, frozen=True):
    """Wrap a chunk of the data keys anew that a former master key wraps."""


class Age(msgspec.Struct, frozen=True):
    """Bring age bands up to date after birthdays, of up to so many members beyond one."""

    members: int = 1_000
    after: UUID | None = None


async def age_chunk(tx: Transaction, chunk: Age) -> None:
    if (last := await derived.follow_birthdays(tx, chunk.after, chunk.members)) is not None:
        await enqueue(tx, AGE, Age(chunk.members, last))


async def age(tx: Transaction) -> None:
    await enqueue(tx, AGE, Age(), key="scheduled")


async def forget_codes_chunk(tx: Transaction, chunk: ForgetCodes) -> None:
    if await service.forget_codes(tx):
        await enqueue(tx, FORGET_CODES, chunk)


async def forget_codes(tx: Transaction) -> None:
    await enqueue(tx, FORGET_CODES, ForgetCodes(), key="scheduled")


async def forget_sign_in_chunk(tx: Transaction, chunk: ForgetSignIn) -> None:
    if await service.forget_sign_in(tx):
        await enqueue(tx, FORGET_SIGN_IN, chunk)


async def forget_sign_in(tx: Transaction) -> None:
    await enqueue(tx, FORGET_SIGN_IN, ForgetSignIn(), key="scheduled")


async def forget_exports_chunk(tx: Transaction, chunk: ForgetExports) -> None:
    if await exports.forget_exports(tx):
        await enqueue(tx, FORGET_EXPORTS, chunk)


async def forget_exports(tx: Transaction) -> None:
    await enqueue(tx, FORGET_EXPORTS, ForgetExports(), key="scheduled")


async def rewrap_chunk(tx: Transaction, chunk: Rewrap) -> None:
    if await service.rewrap(tx):
        await enqueue(tx, REWRAP, chunk)


async def rewrap(tx: Transaction) -> None:
    await enqueue(tx, REWRAP, Rewrap(), key="scheduled")


JOB_HANDLERS: tuple[JobHandler, ...] = (
    JobHandler(REWRAP, Rewrap, rewrap_chunk),
    JobHandler(FORGET_EXPORTS, ForgetExports, forget_exports_chunk),
    JobHandler(FORGET_CODES, ForgetCodes, forget_codes_chunk),
    JobHandler(FORGET_SIGN_IN, ForgetSignIn, forget_sign_in_chunk),
    JobHandler(AGE, Age, age_chunk),
)
SCHEDULES: tuple[Schedule, ...] = (
    Schedule("members.rewrap", "41 * * * *", rewrap),
    Schedule("members.forget_exports", "19 * * * *", forget_exports),
    Schedule("members.forget_codes", "*/5 * * * *", forget_codes),
    Schedule("members.forget_sign_in", "2-59/5 * * * *", forget_sign_in),
    Schedule("members.age", "5 0 * * *", age),
)
