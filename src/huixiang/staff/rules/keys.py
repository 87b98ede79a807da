"""Tokens of calling systems, and what they may ask for."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from uuid import UUID

# What the routes of a system may ask for.
SCOPES = frozenset(
    {
        "members:read",
        "members:write",
        "members:vouch",
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
    }
)


KEY_TOUCH = timedelta(hours=1)
_TOKEN = re.compile(r"hx_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")


def format_token(key_id: UUID, secret: str) -> str:
    return f"hx_{key_id.hex}_{secret}"


def parse_token(token: str) -> tuple[UUID, str] | None:
    """Key id and secret of a well-formed token; None for anything else."""
    match = _TOKEN.fullmatch(token)
    return (UUID(match[1]), match[2]) if match else None


def secret_hash(secret: str) -> bytes:
    """Of 256 random bits, never of anything a person chose."""
    return hashlib.sha256(secret.encode()).digest()
