"""Where a request comes from: the peer, or what a proxy that is trusted says of it.

The server in front of the application puts it there (`HUIXIANG_TRUSTED_PROXIES`): whoever is no trusted proxy can say
of themselves what they like, and is taken for what their connection shows.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What one customer of a network is given at least, so that it counts as one (RFC 6177).
_IPV6_SITE = 64


def client_of(scope: Any) -> Address | None:
    """The client's address in an ASGI scope; None where it has none, or a proxy says something that is no address."""
    client = scope.get("client")
    return address_of(client[0]) if client else None


@lru_cache(maxsize=4096)
def address_of(host: str) -> Address | None:
    """The address that a text is. IPv4 written as IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=4096)
def neighbourhood(address: Address | None) -> str:
    """Under what name an address is counted: IPv6 by its /64, of which one caller has all."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_SITE), strict=False))
    return str(address or "unknown")
