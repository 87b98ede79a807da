"""The edge of a request: one transaction, committed here and nowhere else.

A handler gets an `Edge`, hands it a function of a transaction, and returns what comes back. `query` and
`query_once` read, `command` changes state under the Idempotency-Key law, `transact` changes state where something else
makes repetition harmless. Where the row that a command writes keeps the key itself, `asked`, `direct` and `answer` are
what the law needs.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Never, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.enums import MediaType

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.platform.access import (
    PRESENCE_HEADER,
    VOUCH,
    MemberPrincipal,
    Principal,
    Shown,
    StaffPrincipal,
    SystemPrincipal,
)
from huixiang.platform.db import GAVE_WAY, Database, Transaction
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
from huixiang.platform.idempotency import Answer, Asked, Command, IdempotencyLog, hash_input, single_key
from huixiang.platform.web.request import StrictRequest

T = TypeVar("T")
P = TypeVar("P", SystemPrincipal, MemberPrincipal, StaffPrincipal)
Begin = Callable[[], AbstractAsyncContextManager[Transaction]]
Owner = UUID | Callable[[Transaction], Awaitable[UUID]]
Prove = Callable[[Transaction, UUID, Shown], Awaitable[DomainError | None]]

IDEMPOTENCY_KEY_HEADER = "idempotency-key"
REPLAYED_HEADER = "Idempotency-Replayed"
ATTEMPTS = 4
RETRY_FIRST_S = 0.01


class Edge:
    """One request's way to the database. Injected into handlers as `edge: NamedDependency[Edge]`."""

    __slots__ = ("_begin_within_s", "_db", "_log", "_request", "now")

    def __init__(self, request: StrictRequest, db: Database, log: IdempotencyLog, begin_within_s: float) -> None:
        self._request = request
        self._db = db
        self._log = log
        self._begin_within_s = begin_within_s
        self.now: datetime = db.clock.now()

    @property
    def principal(self) -> Principal | None:
        """Who calls; None on a public route."""
        principal: Principal | None = self._request.scope["user"]
        return principal

    @property
    def calendar(self) -> BusinessCalendar:
        return self._db.calendar

    @property
    def system(self) -> SystemPrincipal:
        return self._expect(SystemPrincipal)

    @property
    def member(self) -> MemberPrincipal:
        return self._expect(MemberPrincipal)

    @property
    def staff(self) -> StaffPrincipal:
        return self._expect(StaffPrincipal)

    async def query(self, run: Callable[[Transaction], Awaitable[T]], *, one_moment: bool = True) -> T:
        """Run a read: all its statements see one moment, unless it says that it waits for others. Writing inside is
        refused by the database."""
        return await self._attempt(
            run, partial(self._db.transaction, now=self.now, read_only=True, one_moment=one_moment)
        )

    async def query_once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a read of one statement, at a third of the round trips. A second statement raises InvariantBroken."""
        return await self._attempt(run, partial(self._db.single_read, now=self.now))

    async def transact(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a change that needs no key: bulk rows with their own identity, signing in and out."""
        return await self._attempt(run, partial(self._db.transaction, now=self.now))

    async def command(
        self,
        run: Callable[[Transaction], Awaitable[T]],
        *,
        owner: Owner | None = None,
        status: int | Callable[[T], int] | None = None,
        keep_forever: bool = False,
    ) -> Response[T]:
        """Run a change under the request's Idempotency-Key and answer it, or replay the first answer.

        owner: the member concerned, or a function that finds them inside the transaction; None: the caller itself.
        status: of the first answer, or what tells it of that answer; None: the one the handler declares.
        keep_forever: for ledger and money commands; others are kept 30 days.
        """
        asked = await self.asked()

        async def keyed(tx: Transaction) -> tuple[Answer, bool]:
            command = Command(await self._owner(tx, owner), asked.key, asked.input_hash, keep_forever)
            first = await self._log.claim(tx, command)
            if first is not None:
                return first, True
            result = await run(tx)
            code = status(result) if callable(status) else status or self._request.route_handler.status_code
            answer = Answer(code, msgspec.json.encode(result))
            await self._log.keep(tx, command, answer)
            return answer, False

        answer, replayed = await self._attempt(keyed, partial(self._db.transaction, now=self.now))
        return Response(
            content=answer.body,  # type: ignore[arg-type]  # the JSON of a T, kept as it was first said
            status_code=answer.status,
            media_type=MediaType.JSON,
            headers={REPLAYED_HEADER: "true"} if replayed else None,
        )

    async def attest(
        self, prove: Prove, member_id: UUID, *, owner: UUID | None = None, book: str | None = None
    ) -> None:
        """Raise what `prove` refuses, unless the calling system vouches for its members.

        What `prove` notes is kept, also when it refuses: a guess counts. A command that was answered before takes
        nothing more, and needs no proof. owner: of the command's key, where it is not the member. book: where one key
        can be used in several.
        """
        if VOUCH in self.system.scopes:
            return
        asked = await self.asked()
        named = f"{self.system.key_id} {self._request.method} {self._request.target} {book}\n{asked.key}"
        shown = Shown(self._request.headers.get(PRESENCE_HEADER.lower()), sha256(named.encode()).digest())

        async def judged(tx: Transaction) -> DomainError | None:
            if await self._log.knows(tx, owner or member_id, asked):
                return None
            return await prove(tx, member_id, shown)

        refusal = await self.transact(judged)
        if refusal is not None:
            raise refusal

    async def asked(self) -> Asked:
        """The request's Idempotency-Key, and the hash of what it asks."""
        key = single_key(self._request.headers.getall(IDEMPOTENCY_KEY_HEADER, []))
        return Asked(key, hash_input(self._request.method, self._request.target, await self._request.canonical_body()))

    async def was_answered(self, owner: UUID) -> bool:
        """Whether this command was answered before, so that `command` would replay it."""
        asked = await self.asked()
        return await self.query_once(lambda tx: self._log.knows(tx, owner, asked))

    async def replay(self, owner: UUID) -> Response[Any] | None:
        """The first answer, where this command was answered before: for what is refused by looks that come before
        `command`, of which some may have changed since."""
        if not await self.was_answered(owner):
            return None

        async def gone(_: Transaction) -> Never:
            raise InvariantBroken("an answer was there a moment ago")

        return await self.command(gone, owner=owner)

    async def direct(self, run: Callable[[Database], Awaitable[T]]) -> T:
        """Run what makes a transaction of its own, under a key that its own row keeps."""
        db = self._db.within(self._begin_within_s)
        return await self._again(lambda: run(db))

    def answer(self, content: T, *, replayed: bool) -> Response[T]:
        """The answer to a command whose own row keeps the key."""
        return Response(content, headers={REPLAYED_HEADER: "true"} if replayed else None)

    async def _owner(self, tx: Transaction, owner: Owner | None) -> UUID:
        if owner is None:
            if self.principal is None:
                raise InvariantBroken("a public command has no caller to own its key")
            return self.principal.caller_id
        return owner if isinstance(owner, UUID) else await owner(tx)

    async def _attempt(self, run: Callable[[Transaction], Awaitable[T]], begin: Begin) -> T:
        """Run in a transaction of its own."""

        async def once() -> T:
            async with self._bounded(begin) as tx:
                return await run(tx)

        return await self._again(once)

    async def _again(self, run: Callable[[], Awaitable[T]]) -> T:
        """Run, and again where the database made it give way to others."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await run()
            except GAVE_WAY as error:
                if attempt == ATTEMPTS:
                    raise Overloaded from error
                await asyncio.sleep(random.uniform(0.5, 1.5) * RETRY_FIRST_S * 2**attempt)  # noqa: S311 - jitter
            except OSError as error:
                raise DatabaseUnavailable from error
        raise InvariantBroken("unreachable: the last attempt returns or raises")

    @asynccontextmanager
    async def _bounded(self, begin: Begin) -> AsyncIterator[Transaction]:
        """Wait a bounded time for a connection; what runs after that is bounded by the statement timeout."""
        limit = asyncio.timeout(self._begin_within_s)
        try:
            async with limit, begin() as tx:
                limit.reschedule(None)
                yield tx
        except TimeoutError as error:
            raise Overloaded from error

    def _expect(self, kind: type[P]) -> P:
        principal = self.principal
        if not isinstance(principal, kind):
            raise InvariantBroken(f"the mark of {self._request.route_handler} does not admit a {kind.__name__}")
        return principal


def provide_edge(request: StrictRequest) -> Edge:
    """Litestar dependency `edge`."""
    state = request.app.state
    return Edge(request, state.db, state.idempotency, state.begin_within_s)
