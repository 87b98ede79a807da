"""Sums to charge and to give back, carried out by a shop in a process of its own: told by webhooks of a worker,
confirmed by the API, reconciled in the end; also where it dies when the money has moved and nobody knows yet."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio

from huixiang.checkout.model.instructions import Kind
from huixiang.checkout.service import instructions
from huixiang.kernel.clock import SystemClock
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from huixiang.staff import service as staff
from tests.checkout.paying import breaches, buy
from tests.checkout.shop_process import POOR
from tests.messaging.test_worker import start_worker
from tests.support.programme import load_programme, register_members

pytestmark = [pytest.mark.requirement("CHK-09"), pytest.mark.requirement("INT-02")]

ROOT = Path(__file__).parents[2]
EVENTS = ["checkout.payment_instructed.v1", "checkout.payment_changed.v1"]
ANSWERS_WITHIN_S = 120


class Shop:
    """One process in a folder. It can be brought back at the same port."""

    def __init__(self, directory: Path, api: str) -> None:
        self.directory, self.api, self.port = directory, api, 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.checkout.shop_process", str(self.port), str(self.directory), self.api],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def is_dead(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate(timeout=10)

    def books(self) -> list[dict[str, object]]:
        file = self.directory / "books.ndjson"
        return [msgspec.json.decode(line) for line in file.read_text().splitlines()] if file.exists() else []


@contextmanager
def api_of(settings: Settings) -> Iterator[str]:
    """The application in a process of its own; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    command = ["-m", "uvicorn", "--factory", "huixiang.entry.http:create_app", "--log-level", "warning"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *command, "--fd", str(listener.fileno())],
        env=environment | settings.as_environment(), pass_fds=[listener.fileno()], cwd=ROOT,
    )  # fmt: skip
    listener.close()
    try:
        begun = time.monotonic()
        while not _answers(address):
            assert process.poll() is None
            assert time.monotonic() - begun < ANSWERS_WITHIN_S
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
            return True
    except OSError:
        return False


async def until(done: Callable[[], Awaitable[bool]], what: str) -> None:
    begun = time.monotonic()
    while not await done():
        assert time.monotonic() - begun < 60, what
        await asyncio.sleep(0.1)


class Ground:
    """A member's order, what is asked for it, and the API as the shop's own key sees it."""

    def __init__(self, db: Database, client: httpx.AsyncClient, member: UUID, order_id: UUID) -> None:
        self.db, self.client, self.member, self.order_id = db, client, member, order_id

    async def ask(self, key: str, fen: int, kind: Kind = "charge") -> None:
        async with self.db.transaction() as tx:
            await instructions.ask(
                tx, member_id=self.member, order_id=self.order_id, key=key, kind=kind, fen=fen, cause="order"
            )

    async def stand(self) -> dict[str, tuple[str, int]]:
        """State and tries by key."""
        answer = await self.client.get(f"/api/v1/orders/{self.order_id}/payments")
        assert answer.status_code == 200, answer.text
        return {one["key"]: (one["state"], one["tries"]) for one in answer.json()}

    async def until_stand(self, wanted: dict[str, tuple[str, int]]) -> None:
        async def there() -> bool:
            return await self.stand() == wanted

        await until(there, str(wanted))


@pytest_asyncio.fixture
async def now_db(database_url: str, db: Database) -> AsyncIterator[Database]:
    """The database by the clock that the processes go by."""
    made = await Database.open(database_url, calendar=db.calendar, clock=SystemClock())
    yield made
    await made.close()


async def test_a_shop_carries_out_what_it_is_told_once_and_through_its_own_death(
    now_db: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(environment="test", home=tmp_path / "home", database_url=database_url)
    await load_programme(now_db)
    [member] = await register_members(now_db, 1)
    async with now_db.transaction() as tx:
        key = (await staff.create_key(tx, "shop", staff.SCOPES, by="test")).token
    (tmp_path / "key.txt").write_text(key)
    with api_of(settings) as address:
        async with httpx.AsyncClient(
            base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30
        ) as client:
            ground = Ground(now_db, client, member, await buy(now_db, member, "1"))
            shop = Shop(tmp_path, address)
            shop.start()
            worker = start_worker(database_url, settings)
            try:
                await carried_out(ground, shop, tmp_path)
                await reconciled(ground, shop)
                worker.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(worker.wait, 30) == 0
            finally:
                worker.kill()
                worker.wait(timeout=10)
                shop.kill()
    assert await breaches(now_db) == []


async def carried_out(ground: Ground, shop: Shop, directory: Path) -> None:
    body = {"name": "shop", "url": f"http://127.0.0.1:{shop.port}/hook", "events": EVENTS}
    made = await ground.client.post("/api/v1/webhooks", json=body, headers={"Idempotency-Key": "w"})
    assert made.status_code == 201, made.text
    (directory / "secret.txt").write_text(made.json()["secret"])
    await ground.ask("due", 2480)
    await ground.ask("poor", POOR)
    await ground.until_stand({"due": ("confirmed", 1), "poor": ("confirmed", 2)})
    (directory / "die").touch()
    await ground.ask("back", 480, "give_back")

    async def died() -> bool:
        return shop.is_dead()

    await until(died, "the shop was to die")
    assert [row["fen"] for row in shop.books()] == [2480, POOR, 480]
    assert (await ground.stand())["back"] == ("sent", 1)
    shop.kill()  # what is left of it
    shop.start()
    await ground.until_stand({"due": ("confirmed", 1), "poor": ("confirmed", 2), "back": ("confirmed", 1)})
    assert [row["fen"] for row in shop.books()] == [2480, POOR, 480]  # moved once


async def reconciled(ground: Ground, shop: Shop) -> None:
    """The shop sends its books, and they are the same as ours."""
    client, day = ground.client, ground.db.calendar.day(ground.db.clock.now())
    path = f"/api/v1/payments/statements/{day}"
    content = b"\n".join(msgspec.json.encode(row) for row in shop.books())
    told = await client.post(path, content=content, headers={"Content-Type": "application/x-ndjson"})
    assert (told.status_code, told.json()["accepted"]) == (200, 3), told.text
    found = (await client.get(path)).json()
    assert (found["agreed"], found["found"], found["differences"]) == (3, {}, [])
    assert found["ours"] == {"charges": 2, "charge_fen": 2480 + POOR, "give_backs": 1, "give_back_fen": 480}
