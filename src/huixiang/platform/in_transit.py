"""Whether what goes to a server is out of others' reach: by a socket of this machine, or under TLS whose certificate is
verified. Looks at URLs alone; nothing is connected to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, unquote, urlsplit

POSTGRES_TLS = "?sslmode=verify-full (and sslrootcert=FILE, where its certificate is your own authority's)"
VALKEY_TLS = "a URL that begins with valkeys://"


def is_private_postgres(url: str, default_host: str = "") -> bool:
    """default_host: for a URL without one, what PGHOST says. A service of a file could be anywhere."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if query.get("sslmode") == "verify-full":
        return True
    named = [host for host in _hosts(parts.netloc) if host]
    named += [host for name in ("host", "hostaddr") for host in query.get(name, "").split(",") if host]
    if not named and default_host:
        named = default_host.split(",")
    return "service" not in query and all(_is_here(host) for host in named)


def is_private_valkey(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return True
    if parts.scheme in {"valkeys", "rediss"}:
        loosened = parse_qs(parts.query).keys() & {"ssl_cert_reqs", "ssl_check_hostname"}
        return not loosened
    return all(_is_here(host) for host in _hosts(parts.netloc))


def is_private_kafka(brokers: Iterable[str]) -> bool:
    """brokers: `host:port` each, spoken to without TLS."""
    return all(_is_here(host) for broker in brokers for host in _hosts(broker))


def _hosts(netloc: str) -> Iterator[str]:
    for one in netloc.rpartition("@")[2].split(","):
        host = one[1:].partition("]")[0] if one.startswith("[") else one.partition(":")[0]
        yield unquote(host)


def _is_here(host: str) -> bool:
    """A socket by its path, or an address that no other machine can answer for."""
    if not host or host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
