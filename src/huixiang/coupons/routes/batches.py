"""Batches of codes over HTTP: asked for, handed out once as a file, reported, voided (CPN-02)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from huixiang.coupons.model.codes import Batch, BatchReport, NewBatch, VoidBatch
from huixiang.coupons.service import batches, handing
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.kernel.sheet import CSV_MEDIA_TYPE
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

PATH = "/api/console/v1/coupons/batches"
HEAD = b"code\n"
_FILE = staff("coupons:batches")
_FILE["opt"]["streamed"] = {CSV_MEDIA_TYPE: "code\n7K3QX-0M5TB-RW2E\n"}


@post(PATH, status_code=202, **staff("coupons:batches"))
async def make_code_batch(edge: NamedDependency[Edge], data: JSONBody[NewBatch]) -> Response[Batch]:
    """Ask for a batch of codes, each good once for a copy of a template; it waits for another person with
    `coupons:approve` (CPN-02, CON-02)."""
    return await edge.command(lambda tx: batches.make(tx, data, edge.staff.staff_id), keep_forever=True)


@get(PATH, **staff("coupons:batches"))
async def list_code_batches(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[Batch]:
    """Batches of codes, the latest first."""
    return await edge.query(lambda tx: batches.listed(tx, cursor, limit))


@get(PATH + "/{batch_id:uuid}", **staff("coupons:batches"))
async def read_code_batch(edge: NamedDependency[Edge], batch_id: FromPath[UUID]) -> BatchReport:
    """One batch: how many of its codes were made, taken and voided."""
    return await edge.query(lambda tx: batches.report(tx, batch_id))


@post(PATH + "/{batch_id:uuid}/codes", status_code=200, **_FILE)
async def hand_out_codes(edge: NamedDependency[Edge], batch_id: FromPath[UUID]) -> Stream:
    """The codes of an approved batch as CSV, a code a line, this one time: nobody can read them again. A file that
    broke off may be asked for anew; its codes are other ones, and those of the part before are good for nothing."""
    begun = await edge.transact(lambda tx: handing.begin(tx, batch_id, edge.staff.staff_id))
    named = {"Content-Disposition": f'attachment; filename="codes-{batch_id}.csv"'}
    return Stream(_parts(edge, begun), media_type=CSV_MEDIA_TYPE, headers=named)


async def _parts(edge: Edge, batch: Batch) -> AsyncIterator[bytes]:
    """Each part in a transaction of its own, committed before it is sent; the end of the file is sent when the batch is
    finished, so who has the end has a file that is good, and who was cut off may ask again."""
    yield HEAD
    for stored in range(0, batch.codes, handing.AT_ONCE):
        yield await _part(edge, batch, stored)
    await edge.transact(lambda tx: handing.finish(tx, batch))


async def _part(edge: Edge, batch: Batch, stored: int) -> bytes:
    drawn = await asyncio.to_thread(handing.draw, min(handing.AT_ONCE, batch.codes - stored))
    await edge.transact(lambda tx: handing.keep(tx, batch, stored, drawn))
    return drawn.lines


@post(PATH + "/{batch_id:uuid}/void", status_code=200, **staff("coupons:batches"))
async def void_code_batch(
    edge: NamedDependency[Edge], batch_id: FromPath[UUID], data: JSONBody[VoidBatch]
) -> Response[BatchReport]:
    """Let the codes that nobody has taken be good no more; copies that members have stay."""
    return await edge.command(lambda tx: batches.void(tx, batch_id, data.reason, edge.staff.staff_id))


ROUTES = [make_code_batch, list_code_batches, read_code_batch, hand_out_codes, void_code_batch]
