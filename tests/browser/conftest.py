"""Chromium, the installation it looks at, and pages whose errors are not overlooked."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect, sync_playwright

from huixiang.entry.pages import PAGES
from huixiang.platform.settings import Settings
from tests.browser.world import World, seed, served
from tests.support import pristine
from tests.support.fixtures import TestDatabase, create_database, drop_database
from tests.support.server import ServerInfo

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
SESSION = "/api/console/v1/session"
OpenPage = Callable[..., Page]
T = TypeVar("T")


class Installation(msgspec.Struct, frozen=True):
    """A seeded installation that answers, and its database."""

    world: World
    database: TestDatabase


@pytest.fixture(scope="session")
def installation(server: ServerInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Made once for each worker. What it is when it is handed out is what `world` goes back to."""
    missing = [name for name in ("console", "h5") if not (PAGES / name / "index.html").is_file()]
    if missing:
        pytest.fail(f"the pages {missing} are not built: run `make web`")
    database = TestDatabase(server, f"browser_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    create_database(server, database.name, template=server.template)
    settings = Settings(
        environment="test",
        home=tmp_path_factory.mktemp("home"),
        database_url=database.url("huixiang_app"),
    )
    made = in_thread(seed(settings))
    with psycopg.connect(database.url("postgres"), autocommit=True) as connection:
        pristine.install(connection)
    with served(made) as answering:
        yield Installation(answering, database)
    drop_database(server, database.name)


@pytest.fixture(scope="module")
def world(installation: Installation) -> World:
    """The installation as it was seeded: what a file changes is seen by that file alone."""
    made = installation.world
    with psycopg.connect(installation.database.url("postgres"), autocommit=True) as connection:
        pristine.restore(connection)
    return msgspec.structs.replace(made, accounts=dict(made.accounts))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or another that is installed."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("no Chromium found. On Debian: apt install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        expect.set_options(timeout=15_000)
        playwright.selectors.set_test_id_attribute("data-test")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: Playwright keeps the main one's event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(timeout=120)


@pytest.fixture
def open_page(chromium: Browser, world: World, failures: list[str]) -> Iterator[OpenPage]:
    """Opens a path in a browser of its own. Whatever a page logs as an error fails the test, see `failures`."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str,
        *,
        viewport: dict[str, int] = DESKTOP,
        locale: str = "zh-CN",
        scheme: str = "light",
        state: StorageState | None = None,
    ) -> Page:
        context = chromium.new_context(
            base_url=world.address,
            viewport={"width": viewport["width"], "height": viewport["height"]},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            storage_state=state,
            timezone_id="America/New_York",  # the reader's own clock must not matter
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """Errors that pages logged. A test that provokes one takes it out."""
    seen: list[str] = []
    yield seen
    assert seen == []


@pytest.fixture(scope="module")
def maker(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role operations."""
    return _signed_in(chromium, world, "maker")


@pytest.fixture(scope="module")
def clerk(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role customer service."""
    return _signed_in(chromium, world, "clerk")


@pytest.fixture(scope="module")
def checker(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role admin."""
    return _signed_in(chromium, world, "checker")


def _signed_in(chromium: Browser, world: World, username: str) -> StorageState:
    """By the API: the form has tests of its own."""
    given = {"username": username, "password": world.accounts[username].password, "code": world.code(username)}
    with chromium.new_context(base_url=world.address) as context:
        answer = context.request.post(SESSION, data=given)
        assert answer.status == 201, answer.text()
        return context.storage_state()


def lost(route: Route) -> None:
    """The server does what it is asked for; its answer never comes. The page logs that as an error."""
    route.fetch()
    route.abort()


class Held:
    """Requests of a page whose address matches, kept back until they are let go."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(re.compile(address), self._keep)

    def _keep(self, route: Route) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        for route in self.routes:
            route.continue_()
        self.page.unroute_all()


def fill_sign_in(page: Page, username: str, password: str, code: str) -> None:
    """Fill the form and send it by the keyboard."""
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.fill("input[name=code]", code)
    page.keyboard.press("Enter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives Chromium. (The hook sees items of other folders too.)"""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
