"""Requests to an address that somebody has named: nowhere but to the public internet, and nowhere else than told.

The host is resolved once, every address of it is looked at, and the connection goes to the one that was looked at, so
that a name that changes its mind in between leads nowhere. Redirects are not followed, proxies of the environment are
not used, and no more of an answer is read than a limit.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping

import httpx
import msgspec

ANSWER_BYTES = 65_536
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], Awaitable[list[Address]]]  # host and port; raises OSError


class OutwardRefused(Exception):
    """An address that no request goes to. Says why, in a word: scheme, user, address."""


class OutwardAnswer(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class Outward:
    """A client of such addresses. private: also to addresses of private networks, and without TLS, which is for tests
    and for a machine of one's own. look_up: what finds a name's addresses; transport: what connects."""

    def __init__(
        self,
        timeout_s: float,
        *,
        private: bool = False,
        look_up: LookUp | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._private = private
        self._look_up = look_up or addresses_of
        self._client = httpx.AsyncClient(
            timeout=timeout_s, follow_redirects=False, trust_env=False, transport=transport
        )

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None = None
    ) -> OutwardAnswer:
        """One request. Raises OutwardRefused before anything is sent, and what httpx raises."""
        asked = httpx.URL(url)
        refuse_url(asked, private=self._private)
        address = await self._resolve(asked)
        pinned = asked.copy_with(host=str(address))
        host = asked.netloc.decode("ascii")
        async with self._client.stream(
            method,
            pinned,
            headers={**headers, "Host": host},
            content=content,
            extensions={"sni_hostname": asked.raw_host.decode("ascii")},
        ) as answer:
            return OutwardAnswer(answer.status_code, await _bounded(answer))

    async def examine(self, url: str) -> None:
        """Raises OutwardRefused for an address that `request` would refuse now, httpx.InvalidURL for none at all, and
        httpx.ConnectError where the name is not known."""
        asked = httpx.URL(url)
        refuse_url(asked, private=self._private)
        await self._resolve(asked)

    async def close(self) -> None:
        await self._client.aclose()

    async def _resolve(self, url: httpx.URL) -> Address:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await self._look_up(url.raw_host.decode("ascii"), port)
        except OSError as error:
            raise httpx.ConnectError("the name was not resolved") from error
        if not self._private and not all(map(is_public, addresses)):
            raise OutwardRefused("address")
        return addresses[0]


async def addresses_of(host: str, port: int) -> list[Address]:
    """What the machine's resolver says of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def refuse_url(url: httpx.URL, *, private: bool = False) -> None:
    """Raises OutwardRefused for what can be seen to be wrong without asking for the host's addresses."""
    if url.scheme not in ({"https", "http"} if private else {"https"}) or not url.host:
        raise OutwardRefused("scheme")
    if url.userinfo:
        raise OutwardRefused("user")
    try:
        literal = ipaddress.ip_address(url.host)
    except ValueError:
        return
    if not private and not is_public(literal):
        raise OutwardRefused("address")


def is_public(address: Address) -> bool:
    """Whether an address, and the one it may stand for, is on the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


async def _bounded(answer: httpx.Response) -> bytes:
    read = bytearray()
    async for part in answer.aiter_bytes():
        read += part
        if len(read) > ANSWER_BYTES:
            return bytes(read[:ANSWER_BYTES])
    return bytes(read)
