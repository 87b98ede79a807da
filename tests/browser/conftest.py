"""Chromium, the installation it looks at, and pages whose errors are not overlooked."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from huixiang.entry.pages import PAGES
from huixiang.platform.settings import Settings
from tests.browser.world import World, seed, served
from tests.support.fixtures import create_database, drop_database
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
# They hold pages to what the installation was seeded with; the other files give, register and send beside it.
BEFORE_ANY_CHANGE = ("test_overview", "test_members", "test_h5", "test_inbox", "test_messages")
OpenPage = Callable[..., Page]
T = TypeVar("T")


@pytest.fixture(scope="session")
def world(server: ServerInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A seeded installation that answers."""
    missing = [name for name in ("console", "h5") if not (PAGES / name / "index.html").is_file()]
    if missing:
        pytest.fail(f"the pages {missing} are not built: run `make web`")
    create_database(server, "browser", template=server.template)
    settings = Settings(
        environment="test",
        home=tmp_path_factory.mktemp("home"),
        database_url=server.url("huixiang_app", "browser"),
    )
    with served(in_thread(seed(settings))) as made:
        yield made
    drop_database(server, "browser")


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


@pytest.fixture(scope="session")
def maker(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role operations."""
    return _signed_in(chromium, world, "maker")


@pytest.fixture(scope="session")
def clerk(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role customer service."""
    return _signed_in(chromium, world, "clerk")


@pytest.fixture(scope="session")
def checker(chromium: Browser, world: World) -> StorageState:
    """The browser state of a signed-in user of role admin."""
    return _signed_in(chromium, world, "checker")


def _signed_in(chromium: Browser, world: World, username: str) -> StorageState:
    with chromium.new_context(base_url=world.address) as context:
        page = context.new_page()
        page.goto("/console/sign-in")
        fill_sign_in(page, username, world.accounts[username].password, world.code(username))
        page.wait_for_selector("[data-test=account]")
        return context.storage_state()


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
    last = len(BEFORE_ANY_CHANGE)
    places = {name: place for place, name in enumerate(BEFORE_ANY_CHANGE)}
    items.sort(key=lambda item: places.get(item.path.stem, last) if here in item.path.parents else last)
