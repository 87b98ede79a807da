"""Instructions to charge and to give back over HTTP: the shop asks for them and says what became of each (CHK-09)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from huixiang.checkout import service
from huixiang.checkout.model.instructions import Instruction, PaymentConfirmation, PaymentFailure, State
from huixiang.checkout.model.statements import JudgedAs, JudgedDay, PaymentReconciliation, PaymentRow
from huixiang.checkout.schemas import payment_rows
from huixiang.checkout.service import instructions, on_way, paying, payment_days, payment_desk, reconciling
from huixiang.checkout.service.reconciling import Told
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff, system
from huixiang.platform.db import Transaction
from huixiang.platform.edge import Edge
from huixiang.platform.web.ndjson import BulkOutcome, RowOutcome, read_rows, summarise
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.platform.web.request import StrictRequest

InState = Annotated[State, QueryParameter(name="state", description="`sent` and `failed` ones are open")]
Outcome = Annotated[JudgedAs, QueryParameter(name="outcome", description="amiss: those that are missing or differ")]
Since = Annotated[datetime | None, QueryParameter(description="those that were last sent then or later")]
OF_ORDER = "/api/v1/orders/{order_id:uuid}/payments"
ONE = OF_ORDER + "/{instruction_id:uuid}"
STATEMENT = "/payments/statements/{day:date}"
IN_CONSOLE = "/api/console/v1/orders/{order_id:uuid}/payments"


@get("/api/v1/payments", **system("orders:read"))
async def list_payments(
    edge: NamedDependency[Edge],
    in_state: InState = "sent",
    since: Since = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Instruction]:
    """Sums to charge and to give back in a state, of all orders, the longest out first: what webhooks told, for who
    missed them (CHK-09)."""
    return await edge.query_once(lambda tx: instructions.listed(tx, in_state, since, cursor, limit))


@get(OF_ORDER, **system("orders:read"))
async def list_order_payments(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> list[Instruction]:
    """The sums to charge and to give back for an order, the first one first."""

    async def run(tx: Transaction) -> list[Instruction]:
        return await instructions.of_order(tx, await service.order_owner(tx, order_id), order_id)

    return await edge.query(run)


@get(ONE, **system("orders:read"))
async def read_payment(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], instruction_id: FromPath[UUID]
) -> Instruction:
    """One sum to charge or to give back, and how far it has come."""

    async def run(tx: Transaction) -> Instruction:
        return await instructions.read(tx, await service.order_owner(tx, order_id), order_id, instruction_id)

    return await edge.query(run)


@post(ONE + "/confirm", status_code=200, **system("orders:write"))
async def confirm_payment(
    edge: NamedDependency[Edge],
    order_id: FromPath[UUID],
    instruction_id: FromPath[UUID],
    data: JSONBody[PaymentConfirmation],
) -> Response[Instruction]:
    """The money moved. Where nobody needed the charge any more it is given back: `undone_by` says by which
    instruction."""

    async def run(tx: Transaction, owner: UUID) -> Instruction:
        return await instructions.confirm(tx, owner, instruction_id, data.reference, data.paid_at, paying.settle)

    return await _changed(edge, order_id, instruction_id, run)


@post(ONE + "/fail", status_code=200, **system("orders:write"))
async def fail_payment(
    edge: NamedDependency[Edge],
    order_id: FromPath[UUID],
    instruction_id: FromPath[UUID],
    data: JSONBody[PaymentFailure],
) -> Response[Instruction]:
    """The money did not move. It can be sent again, or confirmed where it came after all."""

    async def run(tx: Transaction, owner: UUID) -> Instruction:
        return await instructions.fail(tx, owner, instruction_id, data.reason)

    return await _changed(edge, order_id, instruction_id, run)


@post(ONE + "/retry", status_code=200, **system("orders:write"))
async def retry_payment(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], instruction_id: FromPath[UUID]
) -> Response[Instruction]:
    """Send what failed once more."""

    async def run(tx: Transaction, owner: UUID) -> Instruction:
        return await instructions.retry(tx, owner, instruction_id)

    return await _changed(edge, order_id, instruction_id, run)


@get("/api/console/v1/payments", **staff("finance:read"))
async def list_payments_in_console(
    edge: NamedDependency[Edge],
    in_state: InState = "sent",
    since: Since = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[Instruction]:
    """Sums to charge and to give back in a state, of all orders, the longest out first, for staff."""
    return await edge.query_once(lambda tx: instructions.listed(tx, in_state, since, cursor, limit))


@get(IN_CONSOLE, **staff("orders:read"))
async def list_order_payments_in_console(edge: NamedDependency[Edge], order_id: FromPath[UUID]) -> list[Instruction]:
    """The sums to charge and to give back for an order, for staff."""
    stores = edge.staff.stores

    async def run(tx: Transaction) -> list[Instruction]:
        return await instructions.of_order(tx, await on_way.seen_owner(tx, order_id, stores), order_id)

    return await edge.query(run)


@post(IN_CONSOLE + "/{instruction_id:uuid}/retry", status_code=200, **staff("payments:settle"))
async def retry_payment_in_console(
    edge: NamedDependency[Edge], order_id: FromPath[UUID], instruction_id: FromPath[UUID]
) -> Response[Instruction]:
    """Send what failed once more, by staff."""
    by = edge.staff
    return await edge.command(
        lambda tx: payment_desk.send_again(tx, order_id, instruction_id, by.staff_id, by.stores), keep_forever=True
    )


@post("/api/v1" + STATEMENT, status_code=200, **system("orders:write", rows=PaymentRow))
async def tell_payments(edge: NamedDependency[Edge], day: FromPath[date], request: StrictRequest) -> BulkOutcome:
    """The payments of a business day as the shop's books have them, one JSON object a line. A bad row is reported, the
    good rows are kept.

    A payment is known by its reference and kind, so a repeated body changes nothing and needs no key. Told again with
    other figures it is corrected, which is kept as a version; over 0 fen it was none after all. A body without lines
    says that the day had no payments.
    """
    return await _told(edge, request, lambda tx, rows: reconciling.tell(tx, day, rows))


@post("/api/console/v1" + STATEMENT, status_code=200, **staff("payments:settle", rows=PaymentRow))
async def tell_payments_in_console(
    edge: NamedDependency[Edge], day: FromPath[date], request: StrictRequest
) -> BulkOutcome:
    """The payments of a business day from a file, by staff, as systems tell them: one JSON object a line."""
    by = edge.staff.staff_id
    return await _told(edge, request, lambda tx, rows: payment_desk.tell(tx, day, rows, by))


@get("/api/v1" + STATEMENT, **system("orders:read"))
async def reconcile_payments(edge: NamedDependency[Edge], day: FromPath[date]) -> PaymentReconciliation:
    """A business day's payments here and in the shop's statement, and where they part, as both stand now (CHK-09)."""
    return await edge.query(lambda tx: reconciling.reconcile(tx, day))


@get("/api/console/v1" + STATEMENT, **staff("finance:read"))
async def reconcile_payments_in_console(edge: NamedDependency[Edge], day: FromPath[date]) -> PaymentReconciliation:
    """A business day's payments here and in the shop's statement, and where they part, for staff."""
    return await edge.query(lambda tx: reconciling.reconcile(tx, day))


@get("/api/console/v1/payments/days", **staff("finance:read"))
async def list_payment_days(
    edge: NamedDependency[Edge],
    judged_as: Outcome = "amiss",
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[JudgedDay]:
    """Business days by what holding them against the shop's statement came to, the latest first; first of all those
    whose statement is missing, or does not agree (CHK-09)."""
    return await edge.query_once(lambda tx: payment_days.judged(tx, judged_as, cursor, limit))


async def _told(
    edge: Edge, request: StrictRequest, tell: Callable[[Transaction, list[PaymentRow]], Awaitable[list[Told]]]
) -> BulkOutcome:
    """The rows of a statement, so many in a transaction."""
    rows = list(await read_rows(request, PaymentRow))
    outcomes: list[RowOutcome] = []
    for start in range(0, max(len(rows), 1), reconciling.CHUNK):
        chunk = rows[start : start + reconciling.CHUNK]
        values = [row.value for row in chunk if row.value is not None]
        if chunk and not values:  # what nobody can read is no statement, while one without rows is
            outcomes += payment_rows(chunk, [])
            continue
        outcomes += payment_rows(chunk, await edge.transact(lambda tx, values=values: tell(tx, values)))  # type: ignore[misc]
    return summarise(outcomes)


async def _changed(
    edge: Edge, order_id: UUID, instruction_id: UUID, run: Callable[[Transaction, UUID], Awaitable[Instruction]]
) -> Response[Instruction]:
    """A command on an instruction, for the order's owner. One of another order is unknown."""
    owner = await edge.query(lambda tx: service.order_owner(tx, order_id))

    async def found(tx: Transaction) -> Instruction:
        await instructions.read(tx, owner, order_id, instruction_id)
        return await run(tx, owner)

    return await edge.command(found, owner=owner, keep_forever=True)


ROUTES = [
    list_payments,
    list_order_payments,
    read_payment,
    confirm_payment,
    fail_payment,
    retry_payment,
    list_payments_in_console,
    list_order_payments_in_console,
    retry_payment_in_console,
    tell_payments,
    tell_payments_in_console,
    reconcile_payments,
    reconcile_payments_in_console,
    list_payment_days,
]
