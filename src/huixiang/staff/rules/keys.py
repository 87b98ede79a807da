"""Tokens of calling systems, what they may ask for, from where, and how long."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.staff.model import KeyEnded, KeyRotating, KeySecret, StoredKey, SystemKey

# After so long a secret is to be another one: a year, as for the master key.
ROTATED_WITHIN = timedelta(days=365)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What the routes of a system may ask for.
SCOPES = frozenset(
    {
        "members:read",
        "members:write",
        "members:vouch",
        "members:manage",
        "members:tail",
        "points:read",
        "points:write",
        "partners:read",
        "partners:write",
        "books:write",
        "tiers:read",
        "finance:read",
        "orders:read",
        "orders:write",
        "catalogue:read",
        "catalogue:write",
        "rulebook:read",
        "rulebook:write",
        "rulebook:publish",
        "rulebook:publish_alone",
        "rulebook:switch",
        "plans:read",
        "plans:write",
        "benefits:read",
        "benefits:write",
        "coupons:read",
        "coupons:write",
        "quotes:write",
        "quotes:price",
        "prices:read",
        "stock:read",
        "stock:write",
        "webhooks:read",
        "webhooks:write",
    }
)


KEY_TOUCH = timedelta(hours=1)
_TOKEN = re.compile(r"hx_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


def rotation_due_at(key: SystemKey, now: datetime) -> datetime | None:
    """When the newest secret of a key is to be another one; None for a key that lets nobody in any more."""
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now) or not key.secrets:
        return None
    return key.secrets[0].created_at + ROTATED_WITHIN


def format_token(key_id: UUID, secret: str) -> str:
    return f"hx_{key_id.hex}_{secret}"


def parse_token(token: str) -> tuple[UUID, str] | None:
    """Key id and secret of a well-formed token; None for anything else."""
    match = _TOKEN.fullmatch(token)
    return (UUID(match[1]), match[2]) if match else None


def secret_hash(secret: str) -> bytes:
    """Of 256 random bits, never of anything a person chose."""
    return hashlib.sha256(secret.encode()).digest()


def networks(texts: Iterable[str], path: str = "$.addresses") -> list[Network]:
    """The networks that texts name; an address alone is the network of itself. Raises InvalidInput, also for a network
    with bits behind its length, which may mean one address or all of them."""
    found = []
    for index, text in enumerate(texts):
        try:
            network = ipaddress.ip_network(text)
        except ValueError as error:
            raise InvalidInput(path=f"{path}[{index}]", problem=f"is no address and no network: {error}") from None
        found.append(_plain(network))
    return found


def _plain(network: Network) -> Network:
    """IPv4 written as IPv6 (::ffff:192.0.2.0/120) is IPv4, as the addresses of callers are."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    return ipaddress.ip_network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


def within(address: Address | None, allowed: Sequence[Network]) -> bool:
    """Whether a caller may come from there. Where some networks are allowed, an address that is not known is none."""
    return not allowed or (address is not None and any(address in network for network in allowed))


def secret_in_use(stored: StoredKey, secret: str, now: datetime) -> KeySecret | None:
    """The secret of a key that this is, where the key and the secret are let in now."""
    given = secret_hash(secret)
    for one, known in zip(stored.key.secrets, stored.hashes, strict=True):
        if hmac.compare_digest(known, given):
            ended = one.ends_at is not None and one.ends_at <= now
            return one if not ended and holds(stored.key, now) else None
    return None


def holds(key: SystemKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def lasts_until(key: SystemKey, secret: KeySecret) -> datetime | None:
    """When a secret that is let in now stops being so by itself; None: never."""
    return min((end for end in (key.expires_at, secret.ends_at) if end is not None), default=None)


def check_rotation(key: SystemKey, now: datetime) -> None:
    """Raises KeyEnded, and KeyRotating while the secret before is still let in."""
    if not holds(key, now):
        raise KeyEnded(key_id=key.key_id)
    for secret in key.secrets:
        if secret.ends_at is not None and secret.ends_at > now:
            raise KeyRotating(key_id=key.key_id, ends_at=secret.ends_at)


def check_end(expires_at: datetime | None, now: datetime) -> None:
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(path="$.expires_at", problem="must lie ahead; revoke a key to end it now")
