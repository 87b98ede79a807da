"""SSRF: addresses that somebody names lead to the public internet or nowhere. What push gateways are refused stands in
tests/messaging/test_attacks.py; here is what stands behind all of them."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from huixiang.platform.outward import ANSWER_BYTES, Address, Outward, OutwardRefused, is_public
from tests.architecture.source_tree import ROOT
from tests.attacks.callers import document
from tests.attacks.requests import example, media_type, places
from tests.entry.document import JSON

pytestmark = pytest.mark.requirement("SEC-01")

INWARD = (
    "127.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",  # noqa: S104 - asked, not listened on
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "localhost",
    "localhost.",
    "[::]",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::a00:1]",
    "[2002:a00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[2001:0:a00:1::f5ff:fffe]",
)


@pytest.mark.parametrize("host", INWARD)
async def test_ssrf_no_spelling_of_an_inward_address_is_asked(host: str) -> None:
    outward = Outward(2)
    with pytest.raises((OutwardRefused, httpx.ConnectError, httpx.InvalidURL)):
        await outward.request("GET", f"https://{host}/", headers={})
    await outward.close()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com",
        "//example.com",
        "https://",
        "https://user@example.com/",
        "http://example.com/",
        "dict://x:11211/",
    ],
)
async def test_ssrf_no_other_scheme_is_asked(url: str) -> None:
    outward = Outward(2)
    with pytest.raises((OutwardRefused, httpx.InvalidURL)):
        await outward.request("GET", url, headers={})
    await outward.close()


@asynccontextmanager
async def answering(head: str, body: bytes = b"", times: int = 1) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that gives one answer to everything, and what it was asked."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode())
        try:
            for _ in range(times):
                writer.write(body)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


async def test_ssrf_redirects_are_not_followed() -> None:
    async with answering("302 Found\r\nLocation: http://169.254.169.254/latest/meta-data") as (port, asked):
        outward = Outward(2, private=True)
        answer = await outward.request("GET", f"http://127.0.0.1:{port}/push", headers={})
        await outward.close()
    assert (answer.status, len(asked)) == (302, 1)


async def test_ssrf_no_more_of_an_answer_is_read_than_a_limit() -> None:
    async with answering("200 OK", b"a" * 65_536, times=1_000) as (port, _):
        outward = Outward(5, private=True)
        answer = await outward.request("GET", f"http://127.0.0.1:{port}/", headers={})
        await outward.close()
    assert len(answer.body) == ANSWER_BYTES


class Rebinding:
    """A resolver that says another address at every question, as an attacker's name server would."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = [ipaddress.ip_address(one) for one in addresses]
        self.questions = 0

    async def look_up(self, _host: str, _port: int) -> list[Address]:
        self.questions += 1
        return [self._addresses[min(self.questions, len(self._addresses)) - 1]]


class Connections(httpx.AsyncBaseTransport):
    """Goes nowhere, and keeps where it would have gone, and under what name."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.made.append((request.url.host, request.extensions["sni_hostname"]))
        return httpx.Response(200)


async def test_ssrf_dns_rebinding_leads_nowhere() -> None:
    """The name is asked after once, and the connection goes to the address that was looked at."""
    resolver, connections = Rebinding("93.184.216.34", "127.0.0.1"), Connections()
    outward = Outward(2, look_up=resolver.look_up, transport=connections)
    await outward.request("GET", "https://rebind.example/", headers={})
    assert (resolver.questions, connections.made) == (1, [("93.184.216.34", "rebind.example")])
    with pytest.raises(OutwardRefused, match="address"):
        await outward.request("GET", "https://rebind.example/", headers={})
    assert len(connections.made) == 1
    await outward.close()


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_ssrf_what_is_public_is_let_through(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


LIKE_AN_ADDRESS = re.compile(r"(^|_)(ur[il]s?|webhook|callback|endpoint|href|host|link)($|_)")
MAKES_REQUESTS = re.compile(
    r"httpx\.(AsyncClient|Client|get|post)\(|^\s*(import|from) (urllib\.request|aiohttp|requests)\b", re.MULTILINE
)


# Behind the scope webhooks:write, and only where `Outward` goes (tests/webhooks/test_addresses.py).
NAMING = {"create_webhook: url", "change_webhook: url"}


def is_like_an_address(field: str) -> bool:
    return bool(LIKE_AN_ADDRESS.search(field)) and not field.endswith("_id")


def test_ssrf_no_request_names_an_address_to_call() -> None:
    """Addresses that the program calls stand in files of the operator; no body and no parameter holds one, but that of
    webhooks."""
    named = set()
    for one in document().operations():
        fields = {str(step) for steps, _ in places(example(one)) for step in steps[-1:]} if one.body else set()
        fields |= {str(parameter["name"]) for parameter in one.parameters}
        assert not one.body or media_type(one) in (JSON, "application/x-ndjson")
        named |= {f"{one.name}: {field}" for field in fields if is_like_an_address(field)}
    assert "create_webhook: url" in named
    assert named <= NAMING


def test_ssrf_nothing_else_makes_requests() -> None:
    """Who asks over HTTP: the one place for named addresses, and the adapters of providers, whose hosts are fixed."""
    asking = {
        path.relative_to(ROOT / "src/huixiang").as_posix()
        for path in (ROOT / "src/huixiang").rglob("*.py")
        if MAKES_REQUESTS.search(path.read_text())
    }
    providers = {f"messaging/adapters/{name}.py" for name in ("aliyun", "wechat", "wecom")}
    providers |= {"members/adapters/provider_http.py"}
    assert "platform/outward.py" in asking
    assert asking <= providers | {"platform/outward.py"}
